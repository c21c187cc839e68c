import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { unstable_getMiniflareWorkerOptions as readWrangler } from "wrangler";
import type { Module } from "./bundle.ts";

const FILE = join(import.meta.dirname, "../../dist/worker.kept");

/** What the Worker is made of: its modules, the folder they stand in, and what wrangler.toml says of it. */
export type Built = {
  readonly modules: readonly Module[];
  readonly modulesRoot: string;
  readonly workerOptions: ReturnType<typeof readWrangler>["workerOptions"];
};

/** A file that the Worker was built from, as it was then; one that was absent has no size. */
type Input = { readonly path: string; readonly changedAt: number; readonly size: number };
type Kept = { readonly inputs: readonly Input[]; readonly built: Built };

function look(path: string): Input {
  const { mtimeMs = 0, size = -1 } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return { path, changedAt: mtimeMs, size };
}

/** What was built last, unless what it was built from has changed since: most starts change nothing. */
export function readKept(file = FILE): Built | undefined {
  let kept: Kept;
  try {
    kept = deserialize(readFileSync(file)) as Kept;
  } catch {
    return undefined;
  }
  const isSame = ({ path, changedAt, size }: Input) => {
    const now = look(path);
    return now.changedAt === changedAt && now.size === size;
  };
  return kept.inputs.every(isSame) ? kept.built : undefined;
}

/** What changed while it was built may be in it or not: then nothing is kept. */
export function keep(built: Built, paths: readonly string[], begunAt: number, file = FILE): void {
  const inputs = paths.map(look);
  if (inputs.some(({ changedAt }) => changedAt >= begunAt)) return;
  mkdirSync(dirname(file), { recursive: true });
  // Under another name first, so that a reader never sees a part of it.
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, serialize({ inputs, built } satisfies Kept));
  renameSync(partial, file);
}
