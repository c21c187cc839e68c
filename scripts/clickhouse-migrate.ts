/** Applies drizzle/clickhouse to a database; its statements are idempotent, as there are no transactions. */
import { createClient } from "@clickhouse/client";
import { pendingOf, readMigrations } from "./migrations.ts";

/** A statement ends with a semicolon at the end of a line. */
const statementsOf = (sql: string) =>
  sql
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^--.*$/gm, "").trim() !== "");

/** `url` may carry the user and the password; answers the names of what it applied. */
export async function migrateClickhouse(url: string, database: string): Promise<readonly string[]> {
  if (!/^\w+$/.test(database)) throw new Error(`${database} is no name for a ClickHouse database`);
  const server = createClient({ url });
  await server.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
  await server.close();
  const client = createClient({ url, database });
  try {
    await client.command({
      query: `CREATE TABLE IF NOT EXISTS ${database}.schema_migration
        (name String, hash String, applied_at DateTime64(3) DEFAULT now64(3))
        ENGINE = MergeTree ORDER BY name`,
    });
    const query = `SELECT name, hash FROM ${database}.schema_migration`;
    const answer = await client.query({ query, format: "JSONEachRow" });
    const rows = await answer.json<{ name: string; hash: string }>();
    const pending = pendingOf(
      readMigrations("clickhouse"),
      new Map(rows.map(({ name, hash }) => [name, hash])),
    );
    for (const { name, hash, sql } of pending) {
      for (const statement of statementsOf(sql)) await client.command({ query: statement });
      const table = `${database}.schema_migration`;
      await client.insert({
        table,
        values: [{ name, hash }],
        columns: ["name", "hash"],
        format: "JSONEachRow",
      });
    }
    return pending.map(({ name }) => name);
  } finally {
    await client.close();
  }
}
