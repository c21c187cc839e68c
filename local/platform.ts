import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { migrateClickhouse } from "../scripts/clickhouse-migrate.ts";
import { createDatabase, migrate } from "../scripts/db-migrate.ts";
import {
  type Addresses,
  analyticsOf,
  databaseOf,
  keepSecrets,
  LOCAL_CELLS,
  type MarketOverrides,
  workerBindings,
} from "./configuration.ts";
import { type Engines, startEngines } from "./engines.ts";
import { endLeases } from "./leases.ts";
import { endOrphan, rememberRuntime } from "./orphans.ts";
import { claimDirectory } from "./owner.ts";
import { freePorts } from "./processes.ts";
import { buildWorker, type Runtime, startRuntime } from "./runtime.ts";
import {
  startBiteship,
  startEasypost,
  startMail,
  startMidtrans,
  startStream,
  startStripe,
} from "./sandboxes.ts";
import { FFMPEG_MISSING, findFfmpeg } from "./stream/ffmpeg.ts";
import type { Engine } from "./supervisor.ts";

/** In production cron sweeps every minute; here what was lost by a kill is found again sooner. */
const SWEEP_MS = 2_000;

export type PlatformOptions = {
  /** Everything that persists lies below it. */
  readonly dataDir: string;
  /** The public port; 0 takes a free one. */
  readonly port: number;
  /** fsync on: what was answered survives a power cut. Benchmarks run with it, tests without. */
  readonly durable: boolean;
  readonly redis?: "auto" | "built-in";
  readonly markets?: MarketOverrides;
  readonly vars?: Readonly<Record<string, string>>;
  /** Whom people may sign in by; nobody unless told. */
  readonly oauth?: Addresses["oauth"];
  readonly inspectorPort?: number;
  /** Between two sweeps, and how long a queue gathers a batch; wrangler.toml's own where it is left out. */
  readonly waits?: { readonly sweepMs: number; readonly batchMs: number };
  /** Last look before the public port is taken; throws to stop the start. */
  readonly beforeServing?: (port: number) => Promise<void>;
  readonly say?: (line: string) => void;
};

export type Platform = {
  readonly url: string;
  readonly mailUrl: string;
  readonly midtransUrl: string;
  readonly stripeUrl: string;
  readonly biteshipUrl: string;
  readonly easypostUrl: string;
  /** Undefined where there is no ffmpeg. */
  readonly streamUrl?: string;
  readonly engines: Engines;
  readonly sandboxes: readonly Engine[];
  readonly bindings: Readonly<Record<string, string>>;
  reload(): Promise<void>;
  stop(): Promise<void>;
};

/** The whole platform on this machine, as `npm start`, the benchmarks and the end-to-end tests run it. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { dataDir, say = () => undefined } = options;
  mkdirSync(dataDir, { recursive: true });
  // Whoever else runs on this data is told of before anything of his is taken for an orphan.
  claimDirectory(dataDir)();
  await endOrphan(dataDir);
  const [runtimePort = 0, mailPort = 0, smtpPort = 0, midtransPort = 0, ...others] = await freePorts(9);
  const [streamPort = 0, rtmpPort = 0, biteshipPort = 0, stripePort = 0, easypostPort = 0] = others;
  const port = options.port === 0 ? runtimePort : options.port;
  await options.beforeServing?.(port);
  const ffmpeg = findFfmpeg(process.env);
  if (ffmpeg === undefined) say(FFMPEG_MISSING);
  const { keep, stop } = keeper();
  const built = buildWorker();
  // Whoever waits for it hears of its failure; until then the engines start.
  built.catch(() => undefined);
  try {
    const streamPorts = { port: streamPort, rtmpPort, platformPort: port };
    const [engines, mail, midtrans, stripe, biteship, easypost, stream] = await Promise.all([
      keep(startEngines({ dataDir, durable: options.durable, redis: options.redis ?? "auto" })),
      keep(startMail(dataDir, mailPort, smtpPort)),
      keep(startMidtrans(dataDir, midtransPort, port, say)),
      keep(startStripe(dataDir, stripePort, port, say)),
      keep(startBiteship(dataDir, biteshipPort, port, say)),
      keep(startEasypost(dataDir, easypostPort, port, say)),
      ffmpeg === undefined ? undefined : keep(startStream(dataDir, { ...streamPorts, ffmpeg }, say)),
    ]);
    await prepareStores(engines);
    const urls = {
      midtransUrl: `http://127.0.0.1:${midtransPort}`,
      stripeUrl: `http://127.0.0.1:${stripePort}`,
      biteshipUrl: `http://127.0.0.1:${biteshipPort}`,
      easypostUrl: `http://127.0.0.1:${easypostPort}`,
    };
    const { markets = {}, vars = {}, oauth = {} } = options;
    const own = { port, smtpPort, ...urls, stream: factsOf(stream), oauth };
    const addresses = addressesOf(engines, own);
    const bindings = workerBindings(addresses, keepSecrets(join(dataDir, "secrets.json")), { markets, vars });
    const inspector = options.inspectorPort === undefined ? {} : { inspectorPort: options.inspectorPort };
    const { sweepMs = SWEEP_MS, batchMs } = options.waits ?? {};
    const at = { port, dataDir: join(dataDir, "runtime") };
    const runtime = await keep(startRuntime({ ...at, bindings, built, batchMs, ...inspector }));
    rememberRuntime(dataDir);
    await keep(Promise.resolve(keepSweeping(runtime, sweepMs)));
    return {
      url: `http://127.0.0.1:${port}`,
      mailUrl: `http://127.0.0.1:${mailPort}`,
      ...urls,
      ...(stream && { streamUrl: `http://127.0.0.1:${streamPort}` }),
      engines,
      sandboxes: [mail, midtrans, stripe, biteship, easypost, ...(stream ? [stream] : [])],
      bindings,
      reload: () => runtime.reload(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What was started is stopped in the other order, also when something after it does not start. */
function keeper() {
  const started: { stop(): Promise<void> }[] = [];
  const keep = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    started.push(one);
    return one;
  };
  const stop = async () => {
    for (const one of started.toReversed()) await one.stop();
  };
  return { keep, stop };
}

type OwnAddresses = Pick<Addresses, "midtransUrl" | "stripeUrl" | "biteshipUrl" | "easypostUrl" | "oauth"> & {
  readonly port: number;
  readonly smtpPort: number;
  readonly stream: Addresses["stream"];
};

/** The sandbox makes its signing key itself and says it when it is ready. */
function factsOf(stream: Engine | undefined): Addresses["stream"] {
  if (!stream) return undefined;
  const { url = "", signingKeyId = "", signingJwk = "" } = stream.facts;
  return { url, signingKeyId, signingJwk };
}

const addressesOf = (engines: Engines, { port, smtpPort, stream, ...own }: OwnAddresses): Addresses => ({
  // Never looked up: neonEndpoint says where to connect.
  databaseUrl: (database) => `postgresql://postgres:postgres@db.localtest.me/${database}`,
  neonEndpoint: `http://${engines.neonHost}/sql`,
  redisUrl: engines.redisUrl,
  clickhouseUrl: engines.clickhouseUrl,
  smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
  ...own,
  ...(stream && { stream }),
  origin: `http://localhost:${port}`,
});

/**
 * Every cell's database, migrated; both kinds of migration are safe to run again. What fails waits for the
 * others, since the engines are stopped after it.
 */
async function prepareStores(engines: Engines): Promise<void> {
  const outcomes = await Promise.allSettled([
    ...LOCAL_CELLS.map(async (cell) => {
      const url = await createDatabase(engines.postgresUrl("postgres"), databaseOf(cell));
      await migrate(url);
      await endLeases(url);
    }),
    (async () => {
      for (const cell of LOCAL_CELLS) await migrateClickhouse(engines.clickhouseUrl, analyticsOf(cell));
    })(),
  ]);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

function keepSweeping(runtime: Runtime, everyMs: number): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const next = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = runtime.scheduled().catch(() => undefined);
      void running.then(next);
    }, everyMs);
  };
  next();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
