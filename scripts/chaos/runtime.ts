import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RuntimeHostOptions } from "./runtime-host.ts";

/** A runtime that can be killed without a word and started again on what it left on disk. */
export class Runtime {
  readonly #options: RuntimeHostOptions;
  #host: ChildProcess | undefined;

  constructor(options: RuntimeHostOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const file = fileURLToPath(new URL("./runtime-host.ts", import.meta.url).href);
    const host = fork(file, [JSON.stringify(this.#options)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#host = host;
    await Promise.race([
      once(host, "message"),
      once(host, "exit").then(() => Promise.reject(new Error("the runtime ended while it started"))),
    ]);
  }

  /** SIGKILL to workerd and to what started it, as a power cut would. */
  async kill(): Promise<void> {
    const host = this.#host;
    if (host?.pid === undefined) return;
    const ended = once(host, "exit");
    for (const pid of [...childrenOf(host.pid), host.pid]) process.kill(pid, "SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    const host = this.#host;
    if (host === undefined || host.exitCode !== null || host.signalCode !== null) return;
    const ended = once(host, "exit");
    if (host.connected) host.disconnect();
    await ended;
  }
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

/** A power cut for the Worker and its objects alone; who keeps the runtime starts it again. */
export function killRuntimeOf(platformPid: number): void {
  for (const pid of runtimesOf(platformPid)) process.kill(pid, "SIGKILL");
}

/**
 * Holds the runtime of a platform still, and leaves its engines to another one. Killed, it would be started
 * again by who keeps it.
 */
export function signalRuntimeOf(platformPid: number, signal: "SIGSTOP" | "SIGCONT"): void {
  for (const pid of runtimesOf(platformPid)) process.kill(pid, signal);
}

const runtimesOf = (platformPid: number): readonly number[] =>
  childrenOf(platformPid).filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "workerd");
