import { fork } from "node:child_process";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { type Built, readKept } from "./worker/kept.ts";

export const ROOT = join(import.meta.dirname, "..");
export type RuntimeOptions = {
  readonly port: number;
  readonly bindings: Readonly<Record<string, string>>;
  /** Objects, R2 and the rest persist below it; undefined keeps them in memory. */
  readonly dataDir: string | undefined;
  /** For the heap figure of the benchmarks. */
  readonly inspectorPort?: number;
  /** How long a queue gathers a batch; undefined: as wrangler.toml says. */
  readonly batchMs?: number | undefined;
  /** Begun before, so that it is done while the engines start. */
  readonly built: Promise<Built>;
};
export type Runtime = {
  readonly url: string;
  /** Runs the cron handler: a direct socket has no triggers of its own. */
  scheduled(): Promise<void>;
  reload(): Promise<void>;
  stop(): Promise<void>;
};

/** The Worker as wrangler.toml describes it, behind a direct socket: no proxy stands in front. */
export async function startRuntime(given: RuntimeOptions): Promise<Runtime> {
  const options = miniflareOptions(given, await given.built);
  const miniflare = keepingSignals(() => new Miniflare(options));
  await miniflare.ready;
  return {
    url: `http://127.0.0.1:${given.port}`,
    async scheduled() {
      const worker = await miniflare.getWorker();
      await worker.scheduled({ cron: "* * * * *" });
    },
    async reload() {
      await miniflare.setOptions(miniflareOptions(given, await buildWorker()));
    },
    stop: () => miniflare.dispose(),
  };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Miniflare exits at a signal, and everybody's orderly end with it: here whoever started it stops it. */
function keepingSignals<T>(work: () => T): T {
  const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
  const result = work();
  for (const [signal, own] of before) {
    for (const added of process.listeners(signal)) if (!own.includes(added)) process.off(signal, added);
  }
  return result;
}

/** Bundles the Worker and reads wrangler.toml in a child, see worker/main.ts, when something has changed. */
export async function buildWorker(): Promise<Built> {
  const kept = readKept();
  if (kept) return kept;
  const child = fork(join(import.meta.dirname, "worker/main.ts"), {
    // Without this process's bound of the heap.
    execArgv: [],
    // Modules that are WebAssembly come as bytes.
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // The secrets come from here and not from a file, so wrangler's notes about them mean nothing.
    env: { WRANGLER_LOG: "error", ...process.env },
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("message", (built) => resolve(built as Built));
    child.once("exit", (code) => reject(new Error(`the Worker does not build (exit ${code})`)));
  });
}

function miniflareOptions(
  { port, bindings, dataDir, inspectorPort, batchMs }: RuntimeOptions,
  { modules, modulesRoot, workerOptions }: Built,
) {
  const { ratelimits = {}, assets, queueConsumers = {}, ...rest } = workerOptions as WorkerOptions;
  const files = assets && filesWorker(assets);
  return convertV4MiniflareOptions({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    logRequests: false,
    telemetry: { enabled: false },
    log: new Log(LogLevel.WARN),
    ...(inspectorPort === undefined ? {} : { inspectorPort }),
    ...(dataDir === undefined ? {} : { resourcePersistencePath: dataDir }),
    workers: [
      {
        ...rest,
        name: "titan-commerce",
        modules: modules as never,
        modulesRoot,
        bindings: { ...(workerOptions.bindings as object), ...bindings },
        ratelimits: raised(ratelimits, bindings),
        queueConsumers: batchMs === undefined ? queueConsumers : hurried(queueConsumers, batchMs),
        ...(files && { serviceBindings: { [files.binding]: files.worker.name } }),
        unsafeDirectSockets: [{ host: "127.0.0.1", port }],
      },
      ...(files ? [files.worker] : []),
    ],
  } as never);
}

type Assets = { readonly directory: string; readonly binding?: string; readonly assetConfig?: object };
type WorkerOptions = Built["workerOptions"] & {
  readonly ratelimits?: Record<string, { simple: { limit: number; period: number } }>;
  readonly assets?: Assets;
  readonly queueConsumers?: Record<string, object>;
};

const hurried = (consumers: Record<string, object>, batchMs: number) =>
  Object.fromEntries(
    Object.entries(consumers).map(([queue, consumer]) => [
      queue,
      { ...consumer, maxBatchTimeout: batchMs / 1_000 },
    ]),
  );

/**
 * A Worker that holds the assets alone. With assets of its own ours would stand behind Miniflare's router and
 * its proxy, two Workers more for each request, which cost several times what our answer does.
 */
function filesWorker({ directory, binding = "ASSETS", assetConfig }: Assets) {
  const worker = {
    name: "titan-assets",
    modules: [{ type: "ESModule", path: "assets.js", contents: "export default {};" }],
    compatibilityDate: "2026-11-01",
    assets: { directory, binding, assetConfig, routerConfig: { has_user_worker: false } },
  };
  return { binding, worker };
}

/** The bindings' limits follow the RATE_LIMIT_ variables: a raised configuration is raised in both. */
function raised(
  ratelimits: Record<string, { simple: { limit: number; period: number } }>,
  bindings: Readonly<Record<string, string>>,
) {
  return Object.fromEntries(
    Object.entries(ratelimits).map(([name, limit]) => {
      const max = bindings[`RATE_LIMIT_${name.replace("_LIMIT", "")}`];
      return [
        name,
        max === undefined ? limit : { ...limit, simple: { ...limit.simple, limit: Number(max) } },
      ];
    }),
  );
}
