import { BackupError } from "./container.ts";
import type { Part, Read } from "./lines.ts";
import {
  loadSql,
  MIGRATIONS_TABLE,
  parentsFirst,
  quote,
  REFERENCES_SQL,
  rowsSql,
  SEQUENCES_SQL,
  TABLES_SQL,
  type Table,
} from "./tables.ts";

/** Between two statements it reads a file, or somebody takes what it reads, however slow that is. */
const PATIENT = "SET LOCAL idle_in_transaction_session_timeout = 0";

/** Rows in memory at once; the widest of ours have some kilobytes. */
const FETCHED = 500;

/** A connection of its own, by TCP or by a WebSocket. */
export type Session = {
  query(sql: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
};

async function readTables(session: Session): Promise<readonly Table[]> {
  const { rows } = await session.query(TABLES_SQL);
  return rows as unknown as readonly Table[];
}

async function* cursorRows(session: Session, sql: string): AsyncGenerator<string> {
  await session.query(`DECLARE backup_rows NO SCROLL CURSOR FOR ${sql}`);
  for (;;) {
    const { rows } = await session.query(`FETCH ${FETCHED} FROM backup_rows`);
    for (const { row } of rows) yield String(row);
    if (rows.length < FETCHED) break;
  }
  await session.query("CLOSE backup_rows");
}

async function* dumpTables(session: Session, cell: string): AsyncGenerator<Part> {
  for (const table of await readTables(session)) {
    const about = { columns: table.columns, key: table.key };
    yield { name: `${cell}/postgres/${table.name}`, about, rows: cursorRows(session, rowsSql(table)) };
  }
  yield { name: `${cell}/sequences`, about: {}, rows: cursorRows(session, SEQUENCES_SQL) };
}

/** Every table of a database as of one moment, and where its sequences stand. */
export async function* dumpDatabase(session: Session, cell: string): AsyncGenerator<Part> {
  await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    await session.query("SET LOCAL TIME ZONE 'UTC'");
    await session.query(PATIENT);
    yield* dumpTables(session, cell);
  } finally {
    await session.query("ROLLBACK");
  }
}

export async function isEmpty(session: Session): Promise<boolean> {
  for (const { name } of await readTables(session)) {
    if (name === MIGRATIONS_TABLE) continue;
    const { rows } = await session.query(`SELECT 1 FROM public.${quote(name)} LIMIT 1`);
    if (rows.length > 0) return false;
  }
  return true;
}

type Loading = {
  readonly cell: string;
  readonly read: () => AsyncIterable<Read>;
  /** Sees what was loaded while nobody else can: a platform that runs on it writes at once. */
  readonly look: (loaded: AsyncIterable<Part>) => Promise<void>;
};

/**
 * Loads the parts of one cell into a migrated database, all or nothing; whatever was there is gone. Parts
 * stand in the order of their names and references want parents first: the file is read once for each rank.
 * Answers how many rows there are.
 */
export async function loadDatabase(session: Session, { cell, read, look }: Loading): Promise<number> {
  const tables = new Map((await readTables(session)).map((table) => [table.name, table]));
  const { rows } = await session.query(REFERENCES_SQL);
  const references = rows as unknown as readonly { child: string; parent: string }[];
  const order = parentsFirst([...tables.keys()], references).filter((name) => name !== MIGRATIONS_TABLE);
  let loaded = 0;
  await session.query("BEGIN");
  try {
    await session.query("SET LOCAL TIME ZONE 'UTC'");
    await session.query(PATIENT);
    for (const name of order) await session.query(`ALTER TABLE public.${quote(name)} DISABLE TRIGGER USER`);
    await session.query(`TRUNCATE ${order.map((name) => `public.${quote(name)}`).join(", ")}`);
    const all = ranks(order, references);
    for (const rank of all) {
      loaded += await loadRank(session, { cell, tables, rank, isLast: rank === all.at(-1) }, read());
    }
    await look(dumpTables(session, cell));
    for (const name of order) await session.query(`ALTER TABLE public.${quote(name)} ENABLE TRIGGER USER`);
    await session.query("COMMIT");
  } catch (error) {
    await session.query("ROLLBACK");
    throw error;
  }
  return loaded;
}

/** Groups of tables that refer only to groups before theirs. */
function ranks(
  order: readonly string[],
  references: readonly { readonly child: string; readonly parent: string }[],
): readonly ReadonlySet<string>[] {
  const depth = new Map<string, number>();
  for (const name of order) {
    const parents = references.filter(({ child, parent }) => child === name && parent !== name);
    depth.set(name, Math.max(-1, ...parents.map(({ parent }) => depth.get(parent) ?? -1)) + 1);
  }
  const deepest = Math.max(0, ...depth.values());
  return Array.from({ length: deepest + 1 }, (_, at) => {
    return new Set(order.filter((name) => depth.get(name) === at));
  });
}

type Rank = {
  readonly cell: string;
  readonly tables: ReadonlyMap<string, Table>;
  readonly rank: ReadonlySet<string>;
  /** A sequence that was set stays set when the transaction is undone, so it is set when all else is done. */
  readonly isLast: boolean;
};

async function loadRank(
  session: Session,
  { cell, tables, rank, isLast }: Rank,
  lines: AsyncIterable<Read>,
): Promise<number> {
  const prefix = `${cell}/postgres/`;
  let table: Table | undefined;
  let isSequences = false;
  let batch: string[] = [];
  let rows = 0;
  const flush = async () => {
    if (table && batch.length > 0) await session.query(loadSql(table), [`[${batch.join(",")}]`]);
    batch = [];
  };
  for await (const line of lines) {
    if (line.kind === "part") {
      const name = line.name.startsWith(prefix) ? line.name.slice(prefix.length) : undefined;
      isSequences = isLast && line.name === `${cell}/sequences`;
      table = name !== undefined && rank.has(name) ? sameTable(tables.get(name), line.about) : undefined;
      if (name !== undefined && !tables.has(name)) throw new BackupError(`no table ${name} here`);
    } else if (line.kind === "row" && isSequences) {
      const { name, value } = JSON.parse(line.text) as { name: string; value: string };
      await session.query("SELECT setval($1::regclass, $2::bigint)", [`public.${quote(name)}`, value]);
    } else if (line.kind === "row" && table) {
      batch.push(line.text);
      rows += 1;
      if (batch.length === FETCHED) await flush();
    } else if (line.kind === "end") await flush();
  }
  return rows;
}

/** A column that is not here would be lost; one that is new here gets its default only if it has one. */
function sameTable(table: Table | undefined, about: Part["about"]): Table {
  const columns = about.columns as readonly string[];
  const missing = columns.filter((column) => !table?.columns.includes(column));
  if (!table || missing.length > 0) throw new BackupError(`no column ${missing.join(", ")} here`);
  return { ...table, columns };
}
