import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { removePostgresData } from "../../local/postgres/placement.ts";

/** A directory for one test file, and how to be rid of it. */
export function scratchDirectory(name: string): { directory: string; remove: () => void } {
  const directory = mkdtempSync(path.join(tmpdir(), `titan-${name}-`));
  // Root runs Postgres as another user, who must be able to get there.
  chmodSync(directory, 0o755);
  const remove = () => {
    removePostgresData(directory);
    rmSync(directory, { recursive: true, force: true });
  };
  return { directory, remove };
}
