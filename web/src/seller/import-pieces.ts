/** What one request takes: so many lines of a file, and somewhat less than its bytes. */
const LINES_MAX = 500;
const BYTES_MAX = 3_500_000;

/** `before` lines of the file stand before its first. */
export type Piece = { readonly text: string; readonly before: number };
/** A product, which is never cut in two. */
type Part = { readonly text: string; readonly lines: number };

/** A file of any length as files that the API takes, in their order. One that is no CSV stays as it is. */
export function piecesOf(text: string, isCsv: boolean): readonly Piece[] {
  if (!isCsv) {
    const lines = text.split("\n").map((line) => ({ text: `${line}\n`, lines: 1 }));
    return gather(lines, "");
  }
  const [header = "", ...records] = recordsOf(text);
  const at = cellsOf(header.replace(/^\uFEFF/, "")).indexOf("ref");
  return at < 0 ? [{ text, before: 0 }] : gather(productsOf(records, at), header);
}

function gather(parts: readonly Part[], header: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let [text, lines, bytes, before] = [header, 0, 0, 0];
  const end = () => {
    if (lines > 0) pieces.push({ text, before });
    [text, before, lines, bytes] = [header, before + lines, 0, 0];
  };
  for (const part of parts) {
    const size = new TextEncoder().encode(part.text).length;
    if (lines + part.lines > LINES_MAX || bytes + size > BYTES_MAX) end();
    text += part.text;
    lines += part.lines;
    bytes += size;
  }
  end();
  return pieces;
}

/** Neighbouring lines of one ref. */
function productsOf(records: readonly string[], at: number): readonly Part[] {
  const parts: { text: string; lines: number; ref: string }[] = [];
  for (const record of records) {
    const ref = cellsOf(record)[at] ?? "";
    const last = parts.at(-1);
    if (last && ref !== "" && last.ref === ref) {
      last.text += record;
      last.lines += 1;
    } else parts.push({ text: record, lines: 1, ref });
  }
  return parts;
}

/** Lines as they stand in the file; a quoted cell may hold line breaks. Empty ones count nowhere. */
function recordsOf(text: string): readonly string[] {
  const records: string[] = [];
  let start = 0;
  scan(text, (char, at) => {
    if (char !== "\n") return;
    records.push(text.slice(start, at + 1));
    start = at + 1;
  });
  if (start < text.length) records.push(`${text.slice(start)}\n`);
  return records.filter((record) => record.trim() !== "");
}

function cellsOf(record: string): readonly string[] {
  const cells: string[] = [];
  let start = 0;
  const end = (at: number) => {
    const cell = record.slice(start, at).replace(/\r?\n?$/, "");
    cells.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    start = at + 1;
  };
  scan(record, (char, at) => char === "," && end(at));
  end(record.length);
  return cells;
}

/** Tells commas and line breaks that are outside of quotes; a quote opens only where a cell begins. */
function scan(text: string, tell: (char: string, at: number) => void): void {
  let [isQuoted, isFresh] = [false, true];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (isQuoted) {
      // A doubled quote closes and opens again.
      if (char === '"') isQuoted = false;
      continue;
    }
    if (char === '"' && (isFresh || text.charAt(at - 1) === '"')) isQuoted = true;
    if (char === "," || char === "\n") tell(char, at);
    isFresh = char === "," || char === "\n" || (isFresh && char === "\uFEFF");
  }
}
