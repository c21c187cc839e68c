import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect } from "vitest";
import type { EngineName } from "../../local/engines.ts";
import { freePorts } from "../../local/processes.ts";
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

/** Journeys wait for what follows from what they do: it need not gather in batches for a second first. */
const WAITS = { sweepMs: 1_000, batchMs: 100 };

/** A market with little time to pay: enough for a checkout on a busy machine, little enough to wait for. */
export const HURRIED = { market: "sg", payWithinMs: 8_000 };
/** A shop's own pages, which browsers may call a shared platform from. */
const [shopPort = 0, sharedPort = 0] = await freePorts(2);
export const SHOP_PAGES = { port: shopPort, origin: `http://127.0.0.1:${shopPort}` };

export type RunningPlatform = HostReport & {
  readonly pid: number;
  /** False once it was ended. */
  isRunning(): boolean;
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
function openLog(given?: string): number {
  const { testPath = "platform" } = expect.getState();
  const name = given ?? basename(testPath, ".test.ts");
  const file = join(import.meta.dirname, "../../dist/e2e", `${name}.log`);
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, begun.has(file) ? "a" : "w");
  begun.add(file);
  return log;
}

/** The platform in a process of its own, as `npm start` runs it but for the seed. */
export async function startHost(options: HostOptions, logName?: string): Promise<RunningPlatform> {
  const log = openLog(logName);
  const host = fork(join(import.meta.dirname, "platform-host.ts"), [JSON.stringify(options)], {
    execArgv: [],
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  const report = await reportOf(host);
  const ask = asker(host);
  const isRunning = () => host.exitCode === null && host.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!isRunning()) return;
    const ended = once(host, "exit");
    const timer = setTimeout(() => host.kill("SIGKILL"), STOP_WITHIN_MS);
    host.kill(signal);
    await ended;
    clearTimeout(timer);
  };
  return {
    ...report,
    pid: host.pid ?? 0,
    isRunning,
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
  const usual = { dataDir: directory, port: 0, durable: false, vars: RAISED, waits: WAITS };
  const platform = await startHost({ ...usual, ...options });
  const stop = async () => {
    await platform.stop();
    remove();
  };
  return { ...platform, stop };
}

let shared: Promise<RunningPlatform> | undefined;
let sharedData: string | undefined;
/**
 * One platform for all files that get along with each other's shops and buyers, on one disk and one port: a
 * start costs more than most of them. Who kills it asks for it again, and finds it started on what is on the
 * disk. It ends, and its data goes, with the process that the files share.
 */
export async function sharePlatform(): Promise<RunningPlatform> {
  const running = await shared?.catch(() => undefined);
  if (running?.isRunning()) return running;
  sharedData ??= scratchDirectory("shared").directory;
  const payment = { methods: ["card", "qris", "cod"], payWithinMs: HURRIED.payWithinMs };
  const options: HostOptions = {
    dataDir: sharedData,
    port: sharedPort,
    durable: true,
    vars: { ...RAISED, CORS_ORIGINS: SHOP_PAGES.origin },
    markets: {
      [HURRIED.market]: { payment, catalogue: { autoPublish: true } },
      gb: { catalogue: { autoPublish: true } },
    },
    waits: WAITS,
    isTemporary: true,
  };
  shared = startHost(options, "shared");
  return shared;
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
