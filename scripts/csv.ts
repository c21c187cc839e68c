import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

/** RFC 4180: fields in quotes may hold commas, line breaks and doubled quotes. `text` is one record. */
export function parseRecord(text: string): readonly string[] {
  if (!text.includes('"')) return text.split(",");
  const fields: string[] = [];
  let at = 0;
  while (at <= text.length) {
    if (text[at] !== '"') {
      const comma = text.indexOf(",", at);
      const end = comma < 0 ? text.length : comma;
      fields.push(text.slice(at, end));
      at = end + 1;
      continue;
    }
    let field = "";
    let from = at + 1;
    let quote = text.indexOf('"', from);
    while (quote >= 0 && text[quote + 1] === '"') {
      field += text.slice(from, quote + 1);
      from = quote + 2;
      quote = text.indexOf('"', from);
    }
    if (quote < 0) throw new Error(`a quote is not closed: ${text.slice(0, 80)}`);
    fields.push(field + text.slice(from, quote));
    at = quote + 2;
  }
  return fields;
}

/** Cuts text that comes in pieces into records; what is not whole yet waits for the next piece. */
export function createRecords(): { push(text: string): readonly string[]; end(): readonly string[] } {
  let rest = "";
  const cut = (line: string) => (line.endsWith("\r") ? line.slice(0, -1) : line);
  return {
    push(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      const records: string[] = [];
      let open = "";
      for (const line of lines) {
        const record = open === "" ? line : `${open}\n${line}`;
        // An odd number of quotes: the line break stands inside a field.
        const isOpen = record.includes('"') && (record.split('"').length - 1) % 2 === 1;
        if (!isOpen) records.push(cut(record));
        open = isOpen ? record : "";
      }
      if (open !== "") rest = `${open}\n${rest}`;
      return records;
    },
    end() {
      const last = cut(rest);
      rest = "";
      return last === "" ? [] : [last];
    },
  };
}

/** The records of a file, gzipped or not, as many at a time as one read brings. */
export async function* readCsv(path: string): AsyncGenerator<readonly (readonly string[])[]> {
  const file = createReadStream(path);
  const text = path.endsWith(".gz") ? file.compose(createGunzip()) : file;
  const decoder = new TextDecoder();
  const records = createRecords();
  for await (const chunk of text as AsyncIterable<Buffer>) {
    yield records.push(decoder.decode(chunk, { stream: true })).map(parseRecord);
  }
  yield [...records.push(decoder.decode()), ...records.end()].map(parseRecord);
}
