import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Between two looks at a process that was told to end. */
const POLL_MS = 10;

/** The command line of a living process; a zombie has none and counts as dead. */
export function commandLineOf(pid: number): string | undefined {
  if (process.platform === "linux") {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() || undefined;
    } catch {
      return undefined;
    }
  }
  const listed = spawnSync("ps", ["-o", "stat=,command=", "-p", String(pid)], { encoding: "utf8" });
  const [, status, command] = /^\s*(\S+)\s+(.*)$/.exec(listed.stdout ?? "") ?? [];
  return status?.startsWith("Z") ? undefined : command?.trim() || undefined;
}

/** Tells a process from a later one that was given the same pid. */
export function identityOf(pid: number): string | undefined {
  const command = commandLineOf(pid);
  if (command === undefined) return undefined;
  if (process.platform !== "linux") {
    const started = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
    return `${started.stdout?.trim()} ${command}`;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold spaces, so fields are counted from the last bracket on.
    return `${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]} ${command}`;
  } catch {
    return undefined;
  }
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Ends a process that need not be our child: the asked signal first, SIGKILL when it lingers. */
export async function endProcess(pid: number, signal: NodeJS.Signals, withinMs: number): Promise<void> {
  sendSignal(pid, signal);
  const giveUpAt = performance.now() + withinMs;
  while (commandLineOf(pid) !== undefined) {
    if (performance.now() > giveUpAt) sendSignal(pid, "SIGKILL");
    await sleep(POLL_MS);
  }
}

/** Ports that were free just now, all different because all are held until the last is known. */
export async function freePorts(count: number): Promise<number[]> {
  const holders = await Promise.all(Array.from({ length: count }, holdPort));
  const ports = holders.map(({ port }) => port);
  await Promise.all(holders.map(({ release }) => release()));
  return ports;
}

function holdPort(): Promise<{ port: number; release: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      resolve({ port, release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
