import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { startPostgres } from "../../local/children.ts";
import { removePostgresData } from "../../local/postgres/placement.ts";
import { freePorts } from "../../local/processes.ts";
import { findRunning } from "../client.ts";
import { createDatabase } from "../db-migrate.ts";

/** The server of the platform that runs here, or one of its own that is gone afterwards. */
export async function withServer<T>(work: (serverUrl: string) => Promise<T>): Promise<T> {
  const running = findRunning();
  if (running) return work(running.postgresUrl);
  const dataDir = mkdtempSync(path.join(tmpdir(), "titan-drill-"));
  // Root runs Postgres as another user, who must be able to get there.
  chmodSync(dataDir, 0o755);
  const [port = 0, neonPort = 0] = await freePorts(2);
  const engine = await startPostgres({ dataDir, durable: false, port, neonPort });
  try {
    return await work(`postgres://postgres:postgres@127.0.0.1:${port}/postgres`);
  } finally {
    await engine.stop();
    removePostgresData(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

export async function inScratchDatabase<T>(
  serverUrl: string,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  const name = `titan_drill_${randomBytes(6).toString("hex")}`;
  const url = await createDatabase(serverUrl, name);
  try {
    return await work(url);
  } finally {
    const client = new pg.Client(serverUrl);
    await client.connect();
    await client.query(`DROP DATABASE ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    await client.end();
  }
}
