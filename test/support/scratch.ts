import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A directory for one test file, and how to be rid of it. */
export function scratchDirectory(name: string): { directory: string; remove: () => void } {
  const directory = mkdtempSync(path.join(tmpdir(), `titan-${name}-`));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
