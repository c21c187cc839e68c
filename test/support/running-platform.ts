import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect } from "vitest";
import type { EngineName } from "../../local/engines.ts";
import type { Ask, HostOptions, HostReport, Told } from "./platform-host.ts";
import { scratchDirectory } from "./scratch.ts";

/** A first start makes a Postgres cluster and migrates three databases, on a machine that others use too. */
const START_WITHIN_MS = 90_000;
/** A stop that takes longer leaves something running, and is made to end. */
const STOP_WITHIN_MS = 20_000;

/** Beyond what one test file asks for in a minute; every middleware still runs. */
export const RAISED = {
  RATE_LIMIT_ADDRESS: "1000000",
  RATE_LIMIT_USER: "1000000",
  RATE_LIMIT_KEY: "1000000",
};

export type RunningPlatform = HostReport & {
  readonly pid: number;
  /** SIGKILL for an engine. */
  kill(engine: EngineName): Promise<void>;
  pidOf(engine: EngineName): Promise<number | undefined>;
  /** Ends everything in order. */
  stop(): Promise<void>;
  /** Ends the process that everything hangs on as a power cut would, or tells it to end. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
};

const begun = new Set<string>();
/** Where the platforms of a test file say what they have to say in its last run: `dist/e2e/buying.log`. */
function openLog(): number {
  const { testPath = "platform" } = expect.getState();
  const file = join(import.meta.dirname, "../../dist/e2e", `${basename(testPath, ".test.ts")}.log`);
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, begun.has(file) ? "a" : "w");
  begun.add(file);
  return log;
}

/** The platform in a process of its own, as `npm start` runs it but for the seed. */
export async function startHost(options: HostOptions): Promise<RunningPlatform> {
  const log = openLog();
  const host = fork(join(import.meta.dirname, "platform-host.ts"), [JSON.stringify(options)], {
    execArgv: [],
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  const report = await reportOf(host);
  const ask = asker(host);
  const end = async (signal: NodeJS.Signals) => {
    if (host.exitCode !== null || host.signalCode !== null) return;
    const ended = once(host, "exit");
    const timer = setTimeout(() => host.kill("SIGKILL"), STOP_WITHIN_MS);
    host.kill(signal);
    await ended;
    clearTimeout(timer);
  };
  return {
    ...report,
    pid: host.pid ?? 0,
    kill: async (engine) => void (await ask("kill", engine)),
    pidOf: async (engine) => (await ask("pid", engine)).pid,
    stop: () => end("SIGTERM"),
    end,
  };
}

/**
 * One platform for all tests of a file, on free ports and on data of its own: started in `beforeAll`, which
 * gives back `stop`, so that it ends with the file and its data goes.
 */
export async function runPlatform(options: Partial<HostOptions> = {}): Promise<RunningPlatform> {
  const { directory, remove } = scratchDirectory("e2e");
  const platform = await startHost({ dataDir: directory, port: 0, durable: false, vars: RAISED, ...options });
  const stop = async () => {
    await platform.stop();
    remove();
  };
  return { ...platform, stop };
}

function reportOf(host: ChildProcess): Promise<HostReport> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      host.kill("SIGKILL");
      reject(new Error(`the platform was not ready in ${START_WITHIN_MS} ms`));
    }, START_WITHIN_MS);
    host.once("message", (report) => {
      clearTimeout(timer);
      resolve(report as HostReport);
    });
    host.once("exit", (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`the platform ended with ${signal ?? code} while it started`));
    });
  });
}

function asker(host: ChildProcess) {
  let asked = 0;
  return (verb: Ask["verb"], engine: EngineName): Promise<Told> =>
    new Promise((resolve, reject) => {
      asked += 1;
      const id = asked;
      const hear = (told: Told) => {
        if (told.id !== id) return;
        host.off("message", hear);
        resolve(told);
      };
      host.on("message", hear);
      host.send({ id, verb, engine } satisfies Ask, (error) => error && reject(error));
    });
}
