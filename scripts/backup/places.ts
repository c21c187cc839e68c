import { databaseOf, LOCAL_CELLS } from "../../local/configuration.ts";
import { BackupError, parseKey } from "../../ops/backup/container.ts";
import { findRunning } from "../client.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export function keyFrom({ BACKUP_KEY }: Environment) {
  return parseKey(BACKUP_KEY ?? findRunning()?.bindings.BACKUP_KEY);
}

/** What Redis holds was made from the rows of before; it is never the only copy of anything. */
export async function emptyCaches({ CELLS }: Environment, cells: readonly string[]): Promise<void> {
  const configured = CELLS ?? findRunning()?.bindings.CELLS ?? "{}";
  const redis = JSON.parse(configured) as Record<string, { redis?: { url: string; token: string } }>;
  for (const cell of cells) {
    const at = redis[cell]?.redis;
    if (!at) continue;
    const headers = { authorization: `Bearer ${at.token}`, "content-type": "application/json" };
    const answer = await fetch(at.url, { method: "POST", headers, body: '["FLUSHDB"]' });
    if (!answer.ok) throw new BackupError(`${cell}: Redis was not emptied: ${await answer.text()}`);
  }
}

/** Each cell's database: those of `CELLS`, or of the platform that runs on this machine. */
export function databasesFrom({ CELLS }: Environment): ReadonlyMap<string, string> {
  if (CELLS) {
    const cells = JSON.parse(CELLS) as Record<string, { databaseUrl: string }>;
    return new Map(Object.entries(cells).map(([cell, { databaseUrl }]) => [cell, databaseUrl]));
  }
  const running = findRunning();
  if (!running) throw new BackupError("nothing runs on this machine: run npm start, or set CELLS");
  return new Map(
    LOCAL_CELLS.map((cell) => {
      const url = new URL(running.postgresUrl);
      url.pathname = `/${databaseOf(cell)}`;
      return [cell, url.href];
    }),
  );
}
