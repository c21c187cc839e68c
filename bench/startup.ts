import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { benchCart } from "./cart.ts";
import { readHeapBytes } from "./inspector.ts";
import { type Row, row } from "./row.ts";
import type { Stage } from "./stage.ts";
import { makeWorld } from "./world.ts";

const MIB = 1_048_576;
/** Budgets of a machine that runs all of it, and of the isolate, which production stops at 128 MB. */
const REST_MIB_MAX = 1_024;
const AFTER_MIB_MAX = 1_536;
const HEAP_MIB_MAX = 64;

/** Start-up and bundle, memory of every process at rest and after load, and the Worker's heap after it. */
export async function benchStartup(stage: Stage, seconds: number): Promise<Row[]> {
  const atRest = memoryBelow(stage.pid);
  await benchCart(stage, await makeWorld(stage), seconds);
  const after = memoryBelow(stage.pid);
  const heap = await readHeapBytes(stage.inspectorPort);
  const script = join(import.meta.dirname, "../scripts/check-startup.ts");
  const measured = execFileSync(process.execPath, [script, "--json"], { encoding: "utf8" });
  return [
    ...(JSON.parse(measured.trim().split("\n").at(-1) ?? "[]") as Row[]),
    row("memory at rest, all engines", atRest / MIB, "MiB", REST_MIB_MAX),
    row("memory after load, all engines", after / MIB, "MiB", AFTER_MIB_MAX),
    row("Worker heap after load", heap / MIB, "MiB", HEAP_MIB_MAX),
  ];
}

/** Proportional set size of a process and all below it: what several share is counted once. Linux only. */
export function memoryBelow(root: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const stat = read(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    parents.set(Number(name), parent);
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || isBelow(parents.get(pid)));
  return [...parents.keys()].filter(isBelow).reduce((sum, pid) => {
    const kib = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
    return sum + Number(kib ?? 0) * 1_024;
  }, 0);
}

/** A process may end while it is looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
