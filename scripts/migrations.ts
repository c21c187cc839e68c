import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export type Migration = { readonly name: string; readonly sql: string; readonly hash: string };

/** The numbered SQL files of a folder below drizzle/, in their order. */
export function readMigrations(folder: "migrations" | "clickhouse"): readonly Migration[] {
  const root = path.join(import.meta.dirname, "..", "drizzle", folder);
  const names = readdirSync(root).filter((name) => /^\d{4}_\w+\.sql$/.test(name));
  return names.sort().map((name) => {
    const sql = readFileSync(path.join(root, name), "utf8");
    return { name, sql, hash: createHash("sha256").update(sql).digest("hex") };
  });
}

/** What is left to apply; a migration that changed after it was applied is refused. */
export function pendingOf(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): readonly Migration[] {
  for (const { name, hash } of migrations) {
    if (applied.has(name) && applied.get(name) !== hash) {
      throw new Error(
        `${name} has changed since it was applied to this database. Locally: npm start -- --reset. ` +
          "Elsewhere: restore the file and write the change as a new migration.",
      );
    }
  }
  return migrations.filter(({ name }) => !applied.has(name));
}
