/**
 * Makes package-lock.json whole after `npm install`: a registry that lacks another platform's package makes
 * npm leave it out without a word, and then `npm ci` refuses the lock everywhere.
 *
 *   node scripts/lock.ts [--check]
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

type Locked = {
  version?: string;
  resolved?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
};
type Lock = { packages: Record<string, Locked> };

const FILE = path.join(import.meta.dirname, "..", "package-lock.json");
/** What a platform package's name says of where it runs, in npm's own words. */
const OS: Record<string, string> = { windows: "win32", win32: "win32", darwin: "darwin", linux: "linux" };
const CPU: Record<string, string> = {
  "64": "x64",
  armv7: "arm",
  eabi: "arm",
  gnueabihf: "arm",
  musleabihf: "arm",
};
const WORDS_OS = ["android", "freebsd", "openharmony"];
const WORDS_CPU = ["x64", "arm64", "arm", "ia32", "ppc64", "riscv64", "s390x", "wasm32"];

/** The folder that Node would find a dependency in, from the dependent's own upwards. */
function findLocked(lock: Lock, dependent: string, name: string): string | undefined {
  for (let at = dependent; ; at = at.slice(0, Math.max(at.lastIndexOf("/node_modules/"), 0))) {
    const candidate = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (lock.packages[candidate] !== undefined) return candidate;
    if (at === "") return undefined;
  }
}

function entryFor(name: string, version: string, dependent: Locked): Locked {
  const words = name.replace(/^@[^/]+\//, "").split("-");
  const os = words.map((word) => OS[word] ?? (WORDS_OS.includes(word) ? word : "")).find(Boolean);
  const cpu = words.map((word) => CPU[word] ?? (WORDS_CPU.includes(word) ? word : "")).find(Boolean);
  // WebAssembly runs on every system.
  if (cpu === undefined || (os === undefined && cpu !== "wasm32")) {
    throw new Error(`${name}: its name does not tell its platform`);
  }
  if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(version))
    throw new Error(`${name}: ${version} is not one exact version`);
  const libc = words.includes("musl") ? ["musl"] : words.includes("gnu") ? ["glibc"] : undefined;
  const dev = dependent.dev === undefined ? {} : { dev: dependent.dev };
  return {
    version,
    cpu: [cpu],
    ...dev,
    ...(libc && { libc }),
    optional: true,
    ...(os && cpu !== "wasm32" && { os: [os] }),
  };
}

/** The lock with what was missing, and a line for each change. */
export function completeLock(lock: Lock): { readonly lock: Lock; readonly changes: readonly string[] } {
  const changes: string[] = [];
  const packages = { ...lock.packages };
  for (const [place, locked] of Object.entries(lock.packages)) {
    if (locked.resolved !== undefined) {
      const { resolved, ...rest } = locked;
      packages[place] = rest;
      changes.push(`${place} names the host it came from: ${resolved}`);
    }
    for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
      if (findLocked(lock, place, name) !== undefined) continue;
      packages[`node_modules/${name}`] = entryFor(name, version, locked);
      changes.push(`node_modules/${name} is missing`);
    }
  }
  const order = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
  return { lock: { ...lock, packages: Object.fromEntries(order) }, changes };
}

if (import.meta.main) {
  const { lock, changes } = completeLock(JSON.parse(readFileSync(FILE, "utf8")) as Lock);
  const isCheck = process.argv.includes("--check");
  for (const change of changes) console.log(`package-lock.json: ${change}`);
  if (changes.length > 0 && !isCheck) writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
  if (changes.length > 0 && isCheck) process.exitCode = 1;
}
