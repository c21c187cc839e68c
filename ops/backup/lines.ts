import { createHash } from "node:crypto";
import { BackupError } from "./container.ts";

/**
 * What a backup says: NDJSON. A part (a table, an object, a list of files) begins with its name, its rows
 * follow one a line, and it ends with their number and SHA-256; the last line lists all parts. The list comes
 * last because a backup is streamed, and a restore reads it all before it writes anything.
 */
const VERSION = 1;
const META = '{"$":';
/** Rows are handed over in groups of so many characters: a line each would cost more than its encryption. */
const GROUP_CHARS = 64 * 1024;
/** A row beyond this is no row of ours; whoever reads must not hold it. */
const LINE_CHARS_MAX = 64 * 1024 * 1024;

export type Part = {
  /** `id/postgres/order_line`, `id/object/chat-room/cnv_…`, `files/media`. */
  readonly name: string;
  readonly about: { readonly [field: string]: unknown };
  /** JSON texts without line breaks. */
  readonly rows: AsyncIterable<string>;
};
export type Summary = { readonly name: string; readonly rows: number; readonly sha256: string };
export type Read =
  | { readonly kind: "backup"; readonly createdAt: string }
  | { readonly kind: "part"; readonly name: string; readonly about: Part["about"] }
  | { readonly kind: "row"; readonly text: string }
  | { readonly kind: "end"; readonly summary: Summary }
  | { readonly kind: "manifest"; readonly parts: readonly Summary[] };

const meta = (kind: string, fields: object) => `${JSON.stringify({ $: kind, ...fields })}\n`;

/** The lines of a backup, in groups; `done` hears of each part as it ends. */
export async function* writeLines(
  parts: AsyncIterable<Part>,
  createdAt: string,
  done: (summary: Summary) => void = () => undefined,
): AsyncGenerator<string> {
  yield meta("backup", { version: VERSION, createdAt });
  const summaries: Summary[] = [];
  for await (const { name, about, rows } of parts) {
    yield meta("part", { name, about });
    const hash = createHash("sha256");
    let count = 0;
    let group = "";
    for await (const row of rows) {
      hash.update(row).update("\n");
      count += 1;
      group += `${row}\n`;
      if (group.length < GROUP_CHARS) continue;
      yield group;
      group = "";
    }
    const summary = { name, rows: count, sha256: hash.digest("hex") };
    summaries.push(summary);
    done(summary);
    yield group + meta("end", summary);
  }
  yield meta("manifest", { parts: summaries });
}

export async function* encode(groups: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const group of groups) yield encoder.encode(group);
}

async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let held = "";
  for await (const bytes of source) {
    const lines = (held + decoder.decode(bytes, { stream: true })).split("\n");
    held = lines.pop() ?? "";
    if (held.length > LINE_CHARS_MAX) throw new BackupError("a line is too long");
    yield* lines;
  }
  if (held !== "") throw new BackupError("the last line is cut off");
}

type Open = { readonly name: string; readonly hash: ReturnType<typeof createHash>; rows: number };

/** Reads and proves: each part's number and hash, and the list of all at the end. */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Read> {
  const proved: Summary[] = [];
  let part: Open | undefined;
  let isOver = false;
  for await (const line of splitLines(source)) {
    if (isOver) throw new BackupError("something follows the list of parts");
    if (!line.startsWith(META)) {
      if (!part) throw new BackupError("a row stands outside of a part");
      part.hash.update(line).update("\n");
      part.rows += 1;
      yield { kind: "row", text: line };
      continue;
    }
    const { $: kind, ...fields } = JSON.parse(line) as { readonly $: string } & Record<string, unknown>;
    if (kind === "backup") {
      if (fields.version !== VERSION) throw new BackupError(`version ${String(fields.version)} is not known`);
      yield { kind, createdAt: String(fields.createdAt) };
    } else if (kind === "part") {
      part = { name: String(fields.name), hash: createHash("sha256"), rows: 0 };
      yield { kind, name: part.name, about: fields.about as Part["about"] };
    } else if (kind === "end") {
      if (!part) throw new BackupError("a part ends that did not begin");
      const summary = { name: part.name, rows: part.rows, sha256: part.hash.digest("hex") };
      demandEqual(summary, fields as Summary);
      proved.push(summary);
      part = undefined;
      yield { kind, summary };
    } else {
      isOver = true;
      const parts = fields.parts as readonly Summary[];
      if (parts.length !== proved.length) throw new BackupError("parts are missing");
      for (const [i, listed] of parts.entries()) demandEqual(proved[i] as Summary, listed);
      yield { kind: "manifest", parts };
    }
  }
  if (!isOver) throw new BackupError("the list of parts is missing");
}

function demandEqual(mine: Summary, theirs: Summary): void {
  if (mine.name === theirs.name && mine.rows === theirs.rows && mine.sha256 === theirs.sha256) return;
  throw new BackupError(`${mine.name} is not what was backed up`);
}
