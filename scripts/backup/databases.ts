import { BackupError } from "../../ops/backup/container.ts";
import { type Part, type Read, type Summary, writeLines } from "../../ops/backup/lines.ts";
import { dumpDatabase, isEmpty, loadDatabase } from "../../ops/backup/postgres.ts";
import { MIGRATIONS_TABLE } from "../../ops/backup/tables.ts";
import { migrate, openSession } from "../db-migrate.ts";

type Session = Awaited<ReturnType<typeof openSession>>;

async function inSession<T>(url: string, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(url);
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}

/** One cell after the other, each as of one moment. */
export async function* dumpDatabases(databases: ReadonlyMap<string, string>): AsyncGenerator<Part> {
  for (const [cell, url] of databases) {
    const session = await openSession(url);
    try {
      yield* dumpDatabase(session, cell);
    } finally {
      await session.end();
    }
  }
}

async function summariesOf(parts: AsyncIterable<Part>): Promise<readonly Summary[]> {
  const summaries: Summary[] = [];
  for await (const _ of writeLines(parts, "", (one) => summaries.push(one)));
  return summaries;
}

/** What a database holds now, as a backup would list it. */
export const summarise = (cell: string, url: string): Promise<readonly Summary[]> =>
  summariesOf(dumpDatabases(new Map([[cell, url]])));

type Proved = {
  readonly createdAt: string;
  readonly parts: readonly Summary[];
  /** Names and hashes of the migrations that each cell's database had. */
  readonly migrations: ReadonlyMap<string, ReadonlyMap<string, string>>;
};

/** Reads all of it and writes nothing: a backup that fails here has not touched anything. */
export async function prove(read: () => AsyncIterable<Read>): Promise<Proved> {
  const migrations = new Map<string, Map<string, string>>();
  let createdAt = "";
  const parts = new Map<string, Summary>();
  let cell: string | undefined;
  for await (const line of read()) {
    if (line.kind === "backup") createdAt = line.createdAt;
    for (const one of line.kind === "manifest" ? line.parts : []) {
      const before = parts.get(one.name);
      // Slices of one table add up; each has been proved by its own hash.
      parts.set(one.name, before ? { name: one.name, rows: before.rows + one.rows, sha256: "" } : one);
    }
    if (line.kind === "part") {
      const [owner, , table] = line.name.split("/");
      cell = table === MIGRATIONS_TABLE ? owner : undefined;
    }
    if (line.kind === "row" && cell !== undefined) {
      const { name, hash } = JSON.parse(line.text) as { name: string; hash: string };
      migrations.set(cell, (migrations.get(cell) ?? new Map<string, string>()).set(name, hash));
    }
  }
  return { createdAt, parts: [...parts.values()], migrations };
}

type Restoring = {
  readonly cell: string;
  readonly url: string;
  readonly read: () => AsyncIterable<Read>;
  readonly migrations: ReadonlyMap<string, string> | undefined;
  /** Empties what is there, and takes a backup of another schema as far as its columns fit. */
  readonly force: boolean;
};

type Restored = {
  readonly rows: number;
  /** What a backup of it would list, before anybody wrote into it. */
  readonly found: readonly Summary[];
};

export async function restoreDatabase({ cell, url, read, migrations, force }: Restoring): Promise<Restored> {
  const empty = await inSession(url, isEmpty);
  if (!empty && !force) throw new BackupError(`${cell}: the database is not empty; --force empties it`);
  await migrate(url);
  return inSession(url, async (session) => {
    const { rows } = await session.query(`SELECT name, hash FROM ${MIGRATIONS_TABLE}`);
    const here = new Map(rows.map((row) => [String(row.name), String(row.hash)]));
    const other = [...(migrations ?? [])].filter(([name, hash]) => here.get(name) !== hash);
    if (other.length > 0 && !force) {
      const names = other.map(([name]) => name).join(", ");
      throw new BackupError(`${cell}: made with other migrations (${names}); --force loads what fits`);
    }
    let found: readonly Summary[] = [];
    const look = async (loaded: AsyncIterable<Part>) => {
      found = await summariesOf(loaded);
    };
    return { rows: await loadDatabase(session, { cell, read, look }), found };
  });
}

export type Difference = {
  readonly name: string;
  readonly wanted: number;
  readonly found: number | undefined;
  readonly isSame: boolean;
};

/** Tables of a cell in the backup and in the database, by rows and hash. */
export function compare(
  cell: string,
  wanted: readonly Summary[],
  found: readonly Summary[],
): readonly Difference[] {
  const isCompared = ({ name }: Summary) =>
    name.startsWith(`${cell}/`) &&
    (name.startsWith(`${cell}/postgres/`) || name === `${cell}/sequences`) &&
    name !== `${cell}/postgres/${MIGRATIONS_TABLE}`;
  const byName = new Map(found.map((one) => [one.name, one]));
  const missing = found.filter((one) => isCompared(one) && !wanted.some(({ name }) => name === one.name));
  return [
    ...wanted.filter(isCompared).map(({ name, rows, sha256 }) => {
      const mine = byName.get(name);
      return {
        name,
        wanted: rows,
        found: mine?.rows,
        isSame: mine?.rows === rows && ["", mine.sha256].includes(sha256),
      };
    }),
    // A table that the backup does not know is empty after it.
    ...missing.map(({ name, rows }) => ({ name, wanted: 0, found: rows, isSame: rows === 0 })),
  ];
}
