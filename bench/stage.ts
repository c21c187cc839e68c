import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MarketOverrides } from "../local/configuration.ts";
import { freePorts } from "../local/processes.ts";
import { type Bare, startBare } from "./bare.ts";
import type { HostOptions, HostReport } from "./host.ts";

/** Beyond what any benchmark asks of one address or person in a minute; every middleware still runs. */
const RATE_LIMITS = {
  RATE_LIMIT_ADDRESS: "100000000",
  RATE_LIMIT_USER: "100000000",
  RATE_LIMIT_KEY: "100000000",
};
/** A first start makes a Postgres cluster and three migrated databases. */
const START_WITHIN_MS = 120_000;

export type Stage = HostReport & {
  readonly bare: Bare;
  /** The process that the whole platform hangs on. */
  readonly pid: number;
  /** Only where it was asked for: with an inspector the Worker is slower by a fifth. */
  readonly inspectorPort: number | undefined;
  readonly dataDir: string;
  readonly say: (line: string) => void;
  stop(): Promise<void>;
};

/** The platform and a bare Worker, on free ports and a data directory that is removed at the end. */
export async function openStage(
  say: (line: string) => void,
  { inspected, markets }: { readonly inspected: boolean; readonly markets?: MarketOverrides },
): Promise<Stage> {
  const dataDir = mkdtempSync(join(tmpdir(), "titan-bench-"));
  const [inspectorPort] = inspected ? await freePorts(1) : [];
  const options: HostOptions = {
    dataDir: join(dataDir, "platform"),
    vars: RATE_LIMITS,
    ...(markets === undefined ? {} : { markets }),
    ...(inspectorPort === undefined ? {} : { inspectorPort }),
  };
  say("starting the platform");
  const host = fork(fileURLToPath(new URL("./host.ts", import.meta.url).href), [JSON.stringify(options)], {
    // As package.json's start.
    execArgv: ["--max-old-space-size=192"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const stopHost = async () => {
    if (host.exitCode !== null || host.signalCode !== null) return;
    const ended = once(host, "exit");
    if (host.connected) host.disconnect();
    await ended;
  };
  const stopAll = async (bare?: Bare) => {
    await Promise.all([stopHost(), bare?.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const report = await reportOf(host);
    const bare = await startBare(join(dataDir, "bare"));
    const pid = host.pid ?? 0;
    return { ...report, bare, pid, inspectorPort, dataDir, say, stop: () => stopAll(bare) };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function reportOf(host: ChildProcess): Promise<HostReport> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the platform did not start in time")), START_WITHIN_MS);
    host.once("message", (report) => {
      clearTimeout(timer);
      resolve(report as HostReport);
    });
    host.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the platform ended while starting (exit ${code})`));
    });
  });
}
