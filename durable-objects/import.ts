import { err, ok, type Result } from "#kernel/result";

export type ImportPage = {
  /** Names the export that the pages are of: two are never mixed. */
  readonly exportId: string;
  /** Pages count from 0; one that was taken is not taken again. */
  readonly page: number;
  readonly isLast: boolean;
  /** As `exportRows` gave them. */
  readonly rows: readonly string[];
};
export type ImportRefusal = "object.not_empty" | "object.out_of_order" | "object.other_steps";
export type Imported = Result<undefined, ImportRefusal>;

/** Where an import stands; it goes with the last page, and is in no export. */
const IMPORT_TABLE = "restoring";
/** What is overdue waits until every row was seen to be back; the object arms itself from what it has. */
const WAKE_MS = 10_000;

type Line = { readonly table: string; readonly row: { readonly [column: string]: unknown } };
type Sql = DurableObjectStorage["sql"];

/**
 * Puts an object's own rows back, a page a call, each page in one transaction. Only into an object that has
 * none: what it holds is newer than any backup. The same schema must have made them, step for step.
 */
export function importRows(storage: DurableObjectStorage, page: ImportPage): Imported {
  const { sql } = storage;
  return storage.transactionSync(() => {
    const begun = standOf(sql);
    if (begun === undefined && !isEmpty(sql)) return err("object.not_empty");
    if (begun !== undefined && begun.exportId !== page.exportId) return err("object.not_empty");
    const next = begun?.next ?? 0;
    if (page.page < next) return ok(undefined);
    if (page.page > next) return err("object.out_of_order");
    const lines = page.rows.map((text) => JSON.parse(text, textAsBytes) as Line);
    if (!isOfThisSchema(sql, lines)) return err("object.other_steps");
    for (const line of lines) insert(sql, line);
    if (page.isLast) {
      sql.exec(`DROP TABLE IF EXISTS "${IMPORT_TABLE}"`);
      void storage.setAlarm(Date.now() + WAKE_MS);
    } else remember(sql, page.exportId, next + 1);
    return ok(undefined);
  });
}

type Stand = { readonly exportId: string; readonly next: number };

function standOf(sql: Sql): Stand | undefined {
  if (!tablesOf(sql).includes(IMPORT_TABLE)) return undefined;
  return sql.exec<Stand>(`SELECT export_id AS exportId, next FROM "${IMPORT_TABLE}"`).toArray()[0];
}

function remember(sql: Sql, exportId: string, next: number): void {
  sql.exec(`CREATE TABLE IF NOT EXISTS "${IMPORT_TABLE}" (
    one INTEGER PRIMARY KEY CHECK (one = 1), export_id TEXT NOT NULL, next INTEGER NOT NULL) STRICT`);
  sql.exec(`INSERT OR REPLACE INTO "${IMPORT_TABLE}" VALUES (1, ?, ?)`, exportId, next);
}

const tablesOf = (sql: Sql): readonly string[] =>
  sql
    .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
    .toArray()
    .map(({ name }) => name);

/** The schema's own steps are there from the first call on; an index of words has no rows to read. */
const BOOKKEEPING = /^(sqlite_|_cf_|schema_version$|restoring$)|_text(_|$)/;

function isEmpty(sql: Sql): boolean {
  const filled = (name: string) => sql.exec(`SELECT 1 FROM "${name}" LIMIT 1`).toArray().length > 0;
  return !tablesOf(sql).some((name) => !BOOKKEEPING.test(name) && filled(name));
}

function isOfThisSchema(sql: Sql, lines: readonly Line[]): boolean {
  const known = new Set([...tablesOf(sql), "sqlite_sequence"]);
  const steps = new Set(
    sql
      .exec<{ n: number }>("SELECT n FROM schema_version")
      .toArray()
      .map(({ n }) => n),
  );
  return lines.every(({ table, row }) =>
    table === "schema_version" ? steps.has(Number(row.n)) : known.has(table),
  );
}

function insert(sql: Sql, { table, row }: Line): void {
  if (table === "schema_version") return;
  if (table === "sqlite_sequence") {
    // Numbers that were given stay given, also of rows that are gone: others tell them apart by these.
    sql.exec("DELETE FROM sqlite_sequence WHERE name = ?", String(row.name));
  }
  const columns = Object.keys(row);
  const names = columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(", ");
  const places = columns.map(() => "?").join(", ");
  sql.exec(
    `INSERT INTO "${table.replaceAll('"', '""')}" (${names}) VALUES (${places})`,
    ...(Object.values(row) as (string | number | null | ArrayBuffer)[]),
  );
}

function textAsBytes(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$bytes" in value)) return value;
  const bytes = Buffer.from(String(value.$bytes), "base64");
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
