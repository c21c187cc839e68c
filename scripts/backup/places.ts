import { databaseOf, LOCAL_CELLS } from "../../local/configuration.ts";
import { BackupError, parseKey } from "../../ops/backup/container.ts";
import { findRunning } from "../client.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export function keyFrom({ BACKUP_KEY }: Environment) {
  return parseKey(BACKUP_KEY ?? findRunning()?.bindings.BACKUP_KEY);
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
