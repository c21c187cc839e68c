/** Rows a call: a page stays far below what one answer may carry. */
const ROWS_MAX = 250;
/** Bookkeeping of SQLite and of the runtime, and an index of words that is made anew from its rows. */
const OWN = /^(sqlite_|_cf_|restoring$)|_text(_|$)/;

export type ExportPage = {
  /** JSON of `{ table, row }`; bytes stand in base64 under `$bytes`. */
  readonly rows: readonly string[];
  /** Where the next page begins, or null after the last. */
  readonly next: string | null;
};

type Cursor = { readonly table: string; readonly at: number };

/** What an object's tables hold, a page at a time; the object goes on meanwhile. */
export function exportRows({ sql }: DurableObjectStorage, after: string): ExportPage {
  const tables = sql
    .exec<{ name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name",
    )
    .toArray()
    .filter(({ name }) => !OWN.test(name));
  const from: Cursor = after === "" ? { table: "", at: 0 } : (JSON.parse(after) as Cursor);
  const rows: string[] = [];
  for (const { name, sql: made } of tables) {
    if (name < from.table) continue;
    const at = name === from.table ? from.at : 0;
    const left = ROWS_MAX - rows.length;
    // A table without rowids is a small one: its pages are counted.
    const page = /WITHOUT ROWID/i.test(made)
      ? sql.exec(`SELECT ${at} + row_number() OVER () AS "$at", * FROM (
          SELECT * FROM "${name}" LIMIT ${left} OFFSET ${at})`)
      : sql.exec(`SELECT rowid AS "$at", * FROM "${name}" WHERE rowid > ? ORDER BY rowid LIMIT ${left}`, at);
    let reached = at;
    for (const { $at, ...row } of page) {
      reached = Number($at);
      rows.push(JSON.stringify({ table: name, row }, bytesAsText));
    }
    if (rows.length === ROWS_MAX) return { rows, next: JSON.stringify({ table: name, at: reached }) };
  }
  return { rows: [...rows, ...sequencesOf(sql)], next: null };
}

/** Where numbers stand that are never given twice; a table for them is there once one of ours asks for it. */
function sequencesOf(sql: DurableObjectStorage["sql"]): readonly string[] {
  const made = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'";
  if (sql.exec(made).toArray().length === 0) return [];
  return sql
    .exec("SELECT name, seq FROM sqlite_sequence ORDER BY name")
    .toArray()
    .map((row) => JSON.stringify({ table: "sqlite_sequence", row }));
}

const bytesAsText = (_: string, value: unknown): unknown =>
  value instanceof ArrayBuffer ? { $bytes: Buffer.from(value).toString("base64") } : value;
