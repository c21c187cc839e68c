import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Between two looks at a process that was told to end. */
const POLL_MS = 10;
/**
 * Below those that systems give to outgoing connections: one of these could take an engine's port while it is
 * restarted, or, calling a port where nobody listens, even reach itself.
 */
const PORT_MIN = 15_000;
const PORT_MAX = 32_000;

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

/** When a process started, in a form that tells it from any other one that had or will have its pid. */
export function identityOf(pid: number): string | undefined {
  if (commandLineOf(pid) === undefined) return undefined;
  if (process.platform !== "linux") {
    return spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim();
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold spaces, so fields are counted from the last bracket on.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${ticks} since ${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}`;
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

/** What this process has given away: its new owner may not listen yet, and then the port still looks free. */
const given = new Set<number>();

/** Ports that were free just now, all different because all are held until the last is known. */
export async function freePorts(count: number): Promise<number[]> {
  const holders: Server[] = [];
  while (holders.length < count) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
    const holder = given.has(port) ? undefined : await holdPort(port);
    if (holder) holders.push(holder);
    given.add(port);
  }
  // A server that listens on a TCP port always has an address of this form.
  const ports = holders.map((holder) => (holder.address() as AddressInfo).port);
  await Promise.all(holders.map((holder) => new Promise((done) => holder.close(done))));
  return ports;
}

function holdPort(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
