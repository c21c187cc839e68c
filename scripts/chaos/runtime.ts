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
    const children = readFileSync(`/proc/${host.pid}/task/${host.pid}/children`, "utf8").trim().split(" ");
    for (const pid of [...children.filter((text) => text !== "").map(Number), host.pid]) {
      process.kill(pid, "SIGKILL");
    }
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
