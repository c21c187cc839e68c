import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { endProcess, identityOf } from "./processes.ts";

/** A child that has not ended this long after SIGTERM is killed. */
const STOP_WITHIN_MS = 5_000;
/** A child that cannot become ready so often in a row, never having been ready, has a lasting fault. */
const FIRST_TRIES = 3;
const BACK_OFF_MIN_MS = 50;
const BACK_OFF_MAX_MS = 2_000;
/** What a dead child said last is quoted in the error, up to this many characters. */
const LAST_WORDS_MAX = 4_000;

export type EngineState = "starting" | "ready" | "restarting" | "stopped";

/** What a child tells its parent over IPC; `pids` are processes that it started itself. */
export type EngineReport = {
  ready?: boolean;
  pids?: Record<string, number>;
  facts?: Record<string, string>;
  /** Why it can never start on this machine as it is, in one line for whoever starts it. */
  unfit?: string;
};

export type EngineSpec = {
  name: string;
  /** The file that the child runs. */
  entry: URL;
  args: string[];
  env?: Record<string, string>;
  /** Node's own options, such as a bound of the heap. */
  nodeOptions?: string[];
  onState?: (state: EngineState, reason?: string) => void;
};

export type Engine = {
  readonly name: string;
  readonly state: EngineState;
  readonly pid: number | undefined;
  /** Processes below the child, by name. */
  readonly pids: Readonly<Record<string, number>>;
  readonly facts: Readonly<Record<string, string>>;
  /** How often the child was started anew. */
  readonly restarts: number;
  whenReady(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
};

/** Runs a child process until `stop`, however often it dies; resolves when it is ready for the first time. */
export async function superviseEngine(spec: EngineSpec): Promise<Engine> {
  const engine = new SupervisedEngine(spec);
  await engine.whenReady();
  return engine;
}

class SupervisedEngine implements Engine {
  readonly name: string;
  state: EngineState = "starting";
  pids: Record<string, number> = {};
  facts: Record<string, string> = {};
  restarts = 0;
  readonly #spec: EngineSpec;
  #child: ChildProcess | undefined;
  #lastWords = "";
  /** What tells each process in `pids` from a later one of the same number. */
  #identities = new Map<number, string | undefined>();
  /** Left behind by a child that died; the next child ends them itself. */
  #orphans: number[] = [];
  #failures = 0;
  #wasReady = false;
  #unfit: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(spec: EngineSpec) {
    this.#spec = spec;
    this.name = spec.name;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  whenReady(): Promise<void> {
    if (this.state === "ready") return Promise.resolve();
    if (this.state === "stopped") return Promise.reject(new Error(`${this.name} is stopped`));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#enter("stopped");
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return this.#endOrphans();
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
    await this.#endOrphans();
  }

  async #endOrphans(): Promise<void> {
    const left = [...this.#orphans, ...Object.values(this.pids)].filter((pid) => {
      const identity = this.#identities.get(pid);
      return identity !== undefined && identity === identityOf(pid);
    });
    // An interrupt is what servers take for "stop now and cleanly".
    await Promise.all(left.map((pid) => endProcess(pid, "SIGINT", STOP_WITHIN_MS)));
  }

  #start(): void {
    const { entry, args, env, nodeOptions = [] } = this.#spec;
    const child = fork(fileURLToPath(entry.href), args, {
      execPath: process.execPath,
      execArgv: ["--disable-warning=ExperimentalWarning", ...nodeOptions],
      env: { ...process.env, NODE_OPTIONS: "", ...env },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // A Ctrl-C in the terminal reaches the whole process group; engines are stopped by us, in order.
      detached: true,
    });
    this.#child = child;
    this.#lastWords = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-LAST_WORDS_MAX);
    });
    child.on("message", (report: EngineReport) => this.#hear(report));
    child.once("error", (error) => this.#died(child, error.message));
    child.once("exit", (code, signal) => this.#died(child, signal ?? `exit ${code}`));
  }

  #hear({ ready, pids, facts, unfit }: EngineReport): void {
    this.#unfit = unfit;
    if (pids) {
      this.pids = pids;
      this.#identities = new Map(Object.values(pids).map((pid) => [pid, identityOf(pid)]));
    }
    if (facts) this.facts = facts;
    if (ready) this.#orphans = [];
    if (this.state === "stopped" || ready === undefined) return;
    this.#enter(ready ? "ready" : "restarting");
  }

  #enter(state: EngineState, reason?: string): void {
    this.state = state;
    const waiting = this.#waiting;
    if (state === "ready") {
      this.#wasReady = true;
      this.#failures = 0;
      this.#waiting = [];
      for (const { resolve } of waiting) resolve();
    }
    if (state === "stopped") {
      this.#waiting = [];
      for (const { reject } of waiting) reject(new Error(`${this.name} stopped: ${reason ?? "as asked"}`));
    }
    this.#spec.onState?.(state, reason);
  }

  #died(child: ChildProcess, cause: string): void {
    if (this.state === "stopped" || child !== this.#child) return;
    this.#child = undefined;
    this.#orphans = Object.values(this.pids);
    this.pids = {};
    this.#failures += 1;
    const said = [`${this.name} ended (${cause})`, this.#lastWords.trim()].filter(Boolean).join("\n");
    const reason = this.#unfit ?? said;
    const lasting = !this.#wasReady && (this.#unfit !== undefined || this.#failures >= FIRST_TRIES);
    this.#enter(lasting ? "stopped" : "restarting", reason);
    if (lasting) return;
    const longest = Math.min(BACK_OFF_MIN_MS * 2 ** this.#failures, BACK_OFF_MAX_MS);
    this.#timer = setTimeout(
      () => {
        this.restarts += 1;
        this.#start();
      },
      // Jitter keeps engines that died together from starting together.
      BACK_OFF_MIN_MS + Math.random() * (longest - BACK_OFF_MIN_MS),
    );
  }
}
