import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { identityOf } from "./processes.ts";

const fileOf = (dataDir: string) => path.join(dataDir, "engines.pid");

/** The living process that runs on this data, this one too. */
export function ownerOf(dataDir: string): number | undefined {
  const file = fileOf(dataDir);
  const owner = existsSync(file) ? readFileSync(file, "utf8") : "";
  const pid = Number.parseInt(owner, 10);
  return pid > 0 && owner === `${pid} ${identityOf(pid)}` ? pid : undefined;
}

/**
 * Marks a data directory as in use by this process and answers how to let go. Without it a second run would
 * take the first one's servers for orphans and end them.
 */
export function claimDirectory(dataDir: string): () => void {
  const file = fileOf(dataDir);
  const ours = `${process.pid} ${identityOf(process.pid)}`;
  const pid = ownerOf(dataDir);
  if (pid !== undefined) {
    throw new Error(`the engines in ${dataDir} are already run by process ${pid}; stop it first`);
  }
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, ours);
  return () => rmSync(file, { force: true });
}
