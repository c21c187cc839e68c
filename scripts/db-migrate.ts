/**
 * Applies drizzle/migrations to Postgres.
 *
 *   DATABASE_URL=postgres://... npm run db:migrate       one database
 *   CELLS='{"id":{"databaseUrl":...}}' npm run db:migrate  every cell's
 */
import { Client as NeonClient } from "@neondatabase/serverless";
import pg from "pg";
import { pendingOf, readMigrations } from "./migrations.ts";

/** One number for all callers: two migrations of one database wait for each other. */
const ADVISORY_LOCK = 7_340_001;
/** A migration that waits longer for a table holds up the traffic that queues behind it. */
const LOCK_TIMEOUT_MS = 10_000;

type Session = {
  query(sql: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
};

/** Neon is reached over its WebSocket, which passes where port 5432 does not. */
export async function openSession(databaseUrl: string): Promise<Session> {
  const isNeon = new URL(databaseUrl).hostname.endsWith(".neon.tech");
  const client = isNeon ? new NeonClient(databaseUrl) : new pg.Client(databaseUrl);
  await client.connect();
  return client;
}

async function withSession<T>(databaseUrl: string, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(databaseUrl);
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}

async function inTransaction<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.query("BEGIN");
  try {
    await session.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await session.query("SELECT pg_advisory_xact_lock($1)", [ADVISORY_LOCK]);
    const result = await work();
    await session.query("COMMIT");
    return result;
  } catch (error) {
    await session.query("ROLLBACK");
    throw error;
  }
}

async function readApplied(session: Session): Promise<ReadonlyMap<string, string>> {
  await session.query(
    `CREATE TABLE IF NOT EXISTS schema_migration (
       name text PRIMARY KEY, hash text NOT NULL, applied_at timestamptz(3) NOT NULL DEFAULT now())`,
  );
  const { rows } = await session.query("SELECT name, hash FROM schema_migration");
  return new Map(rows.map((row) => [String(row.name), String(row.hash)]));
}

/** Applies what is missing, one transaction each, and answers the names of what it applied. */
export async function migrate(databaseUrl: string): Promise<readonly string[]> {
  const migrations = readMigrations("migrations");
  return withSession(databaseUrl, async (session) => {
    const applied: string[] = [];
    for (;;) {
      const name = await inTransaction(session, async () => {
        const [next] = pendingOf(migrations, await readApplied(session));
        if (next === undefined) return undefined;
        await session.query(next.sql);
        await session.query("INSERT INTO schema_migration (name, hash) VALUES ($1, $2)", [
          next.name,
          next.hash,
        ]);
        return next.name;
      });
      if (name === undefined) return applied;
      applied.push(name);
    }
  });
}

/** Makes an empty database, or a copy of a migrated one, unless it exists; answers its URL. */
export async function createDatabase(
  serverUrl: string,
  name: string,
  options: { readonly template?: string } = {},
): Promise<string> {
  const url = new URL(serverUrl);
  const quoted = (identifier: string) => pg.escapeIdentifier(identifier);
  await withSession(serverUrl, async (session) => {
    const { rows } = await session.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (rows.length > 0) return;
    const copy = options.template ? ` TEMPLATE ${quoted(options.template)} STRATEGY file_copy` : "";
    await session.query(`CREATE DATABASE ${quoted(name)}${copy}`);
  });
  url.pathname = `/${name}`;
  return url.href;
}

/** The databases that the environment names, by the name to print. */
function databasesFromEnvironment(): readonly (readonly [string, string])[] {
  const { DATABASE_URL, CELLS } = process.env;
  if (DATABASE_URL) return [["DATABASE_URL", DATABASE_URL]];
  if (!CELLS) return [];
  const cells = JSON.parse(CELLS) as Record<string, { databaseUrl: string }>;
  return Object.entries(cells).map(([cell, { databaseUrl }]) => [cell, databaseUrl]);
}

if (import.meta.main) {
  const databases = databasesFromEnvironment();
  if (databases.length === 0) {
    console.error("Set DATABASE_URL to one database or CELLS to the cells' configuration.");
    process.exitCode = 2;
  }
  for (const [name, url] of databases) {
    const applied = await migrate(url);
    console.log(`${name}: ${applied.length === 0 ? "nothing to apply" : applied.join(", ")}`);
  }
}
