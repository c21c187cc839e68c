import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { identityOf } from "./processes.ts";

/**
 * Marks a data directory as in use by this process and answers how to let go. Without it a second run would
 * take the first one's servers for orphans and end them.
 */
export function claimDirectory(dataDir: string): () => void {
  const file = path.join(dataDir, "engines.pid");
  const ours = `${process.pid} ${identityOf(process.pid)}`;
  const owner = existsSync(file) ? readFileSync(file, "utf8") : "";
  const pid = Number.parseInt(owner, 10);
  if (owner === ours || (pid > 0 && owner === `${pid} ${identityOf(pid)}`)) {
    throw new Error(`the engines in ${dataDir} are already run by process ${pid}; stop it first`);
  }
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, ours);
  return () => rmSync(file, { force: true });
}
