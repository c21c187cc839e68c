import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { identityOf } from "../../local/processes.ts";

/** A process by its number and by what tells it from a later one of that number. */
export type Known = { readonly pid: number; readonly identity: string };

function parents(): ReadonlyMap<number, number> {
  if (process.platform !== "linux") {
    const { stdout = "" } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
    const rows = stdout.trim().split("\n");
    return new Map(rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]));
  }
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return new Map(pids.flatMap((pid) => parentOf(Number(pid))));
}

function parentOf(pid: number): [number, number][] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold spaces, so fields are counted from the last bracket on.
    return [[pid, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])]];
  } catch {
    return [];
  }
}

/** A process and everything below it. */
export function familyOf(pid: number): readonly Known[] {
  const all = parents();
  const below = (one: number): number[] => [
    one,
    ...[...all].filter(([, parent]) => parent === one).flatMap(([child]) => below(child)),
  ];
  return below(pid).flatMap((one) => {
    const identity = identityOf(one);
    return identity === undefined ? [] : [{ pid: one, identity }];
  });
}

export const livingOf = (known: readonly Known[]): readonly number[] =>
  known.filter(({ pid, identity }) => identityOf(pid) === identity).map(({ pid }) => pid);
