import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { endOrphan } from "./orphan.ts";

/** Postgres refuses to run as root, so root runs it as this user ("nobody" wherever there is one). */
export const UNPRIVILEGED_ID = 65_534;
const CLONE = path.resolve(import.meta.dirname, "../..");
/** Left in the data directory when the data lies elsewhere: without it what lies there belongs to nobody. */
const MARKER = "postgres-lies-at";

/**
 * The data lies in the data directory, except where the user that root runs Postgres as cannot get there:
 * then it lies in a directory of this clone that all can enter, and goes when the data directory is gone.
 */
export async function placeData(dataDir: string): Promise<string> {
  if (process.getuid?.() !== 0 || canEnter(dataDir)) return path.join(dataDir, "postgres");
  const home = cloneHome();
  await removeAbandoned(home);
  const data = elsewhere(home, dataDir);
  writeFileSync(originOf(data), path.resolve(dataDir));
  writeFileSync(path.join(dataDir, MARKER), data);
  return data;
}

/** Removes the data, wherever it lies. */
export function removePostgresData(dataDir: string): void {
  const marker = path.join(dataDir, MARKER);
  const data = existsSync(marker) ? readFileSync(marker, "utf8") : path.join(dataDir, "postgres");
  for (const gone of [data, originOf(data), marker]) rmSync(gone, { recursive: true, force: true });
}

/** True when every directory on the way lets others pass. */
export function canEnter(directory: string): boolean {
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    const { mode, uid } = statSync(at);
    const passable = uid === UNPRIVILEGED_ID ? mode & 0o100 : mode & 0o001;
    if (!passable) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** A directory of this clone's own that every user can enter and that outlives a reboot. */
export function cloneHome(): string {
  const parent = existsSync("/var/tmp") ? "/var/tmp" : os.tmpdir();
  const home = path.join(parent, `titan-commerce-${hash(CLONE)}`);
  mkdirSync(home, { recursive: true });
  // The name can be guessed in a directory that all may write to, so the owner is checked.
  if (statSync(home).uid !== 0) throw new Error(`${home} belongs to another user; remove it`);
  chmodSync(home, 0o755);
  return home;
}

export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

const elsewhere = (home: string, dataDir: string) => path.join(home, `data-${hash(path.resolve(dataDir))}`);
const originOf = (data: string) => `${data}.origin`;

/** What deleted data directories left here, with servers that may still run on it. */
async function removeAbandoned(home: string): Promise<void> {
  for (const name of readdirSync(home).filter((entry) => /^data-[0-9a-f]+$/.test(entry))) {
    const data = path.join(home, name);
    const origin = existsSync(originOf(data)) ? readFileSync(originOf(data), "utf8") : undefined;
    if (origin !== undefined && existsSync(path.join(origin, MARKER))) continue;
    await endOrphan(data);
    for (const gone of [data, originOf(data)]) rmSync(gone, { recursive: true, force: true });
  }
}
