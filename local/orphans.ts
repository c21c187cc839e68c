import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLineOf, endProcess, identityOf } from "./processes.ts";

const END_WITHIN_MS = 3_000;
const fileOf = (dataDir: string) => join(dataDir, "runtime.pids");

/** workerd outlives a parent that was killed and would keep the port: the next start ends it first. */
export async function endOrphan(dataDir: string): Promise<void> {
  const file = fileOf(dataDir);
  if (!existsSync(file)) return;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [pid, ...identity] = line.split(" ");
    if (pid && identityOf(Number(pid)) === identity.join(" ")) {
      await endProcess(Number(pid), "SIGTERM", END_WITHIN_MS);
    }
  }
  rmSync(file, { force: true });
}

/** Notes the runtime below this process, with what tells it from a later process of the same number. */
export function rememberRuntime(dataDir: string): void {
  const lines = childrenOf(process.pid)
    .filter((pid) => commandLineOf(pid)?.includes("workerd"))
    .map((pid) => `${pid} ${identityOf(pid)}`);
  writeFileSync(fileOf(dataDir), lines.join("\n"));
}

function childrenOf(pid: number): number[] {
  const listed =
    process.platform === "linux"
      ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      : (spawnSync("pgrep", ["-P", String(pid)], { encoding: "utf8" }).stdout ?? "");
  return listed.split(/\s+/).filter(Boolean).map(Number);
}
