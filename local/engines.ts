import { rmSync } from "node:fs";
import path from "node:path";
import { type OnState, startClickhouse, startPostgres, startRedis } from "./children.ts";
import { Backend } from "./neon/backend.ts";
import { claimDirectory } from "./owner.ts";
import { removePostgresData } from "./postgres/placement.ts";
import { freePorts, sendSignal } from "./processes.ts";
import type { Engine, EngineState } from "./supervisor.ts";

export type EnginesOptions = {
  dataDir: string;
  /** True: what was committed survives a power cut. False: quicker, for tests. */
  durable: boolean;
  ports?: Partial<EnginePorts>;
  redis?: "auto" | "built-in";
  onState?: OnState;
};
export type EnginePorts = {
  postgres: number;
  neon: number;
  redis: number;
  redisServer: number;
  clickhouse: number;
};
/** The servers and adapters that can be watched and killed one by one. */
export type EngineName = "postgres" | "neon" | "redis" | "redis-server" | "clickhouse";
export type EngineHandle = {
  readonly pid: number | undefined;
  readonly state: EngineState;
  kill(signal: NodeJS.Signals): void;
  whenReady(): Promise<void>;
};
export type Engines = {
  postgresUrl(database: string): string;
  /** Where Neon's HTTP and WebSocket endpoints are: `127.0.0.1:port`. */
  readonly neonHost: string;
  readonly redisUrl: string;
  readonly clickhouseUrl: string;
  readonly redisBackend: "redis-server" | "valkey-server" | "built-in";
  readonly ports: EnginePorts;
  createDatabase(name: string, template?: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  engine(name: EngineName): EngineHandle;
  stop(): Promise<void>;
};

/** Everything that the platform stores things in, each engine a process that is restarted when it dies. */
export async function startEngines(options: EnginesOptions): Promise<Engines> {
  const letGo = claimDirectory(options.dataDir);
  const ports = await choosePorts(options.ports);
  const starting = start(options, ports);
  const settled = await Promise.allSettled(starting);
  const stop = async () => {
    await Promise.all(settled.map((result) => result.status === "fulfilled" && result.value.stop()));
    letGo();
  };
  try {
    const [postgres, redis, clickhouse] = await Promise.all(starting);
    return describe({ postgres, redis, clickhouse }, ports, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Removes all that the engines keep; Postgres's part may lie elsewhere. */
export function removeEngineData(dataDir: string): void {
  claimDirectory(dataDir)();
  removePostgresData(dataDir);
  for (const name of ["redis", "clickhouse"]) {
    rmSync(path.join(dataDir, name), { recursive: true, force: true });
  }
}

type Children = { postgres: Engine; redis: Engine; clickhouse: Engine };

function start(
  options: EnginesOptions,
  ports: EnginePorts,
): [Promise<Engine>, Promise<Engine>, Promise<Engine>] {
  const { dataDir, durable, redis = "auto", onState } = options;
  const { postgres, neon, redisServer } = ports;
  const redisOptions = { port: ports.redis, serverPort: redisServer, durable, backend: redis };
  return [
    startPostgres({ dataDir, durable, port: postgres, neonPort: neon }, onState),
    startRedis({ dataDir: path.join(dataDir, "redis"), ...redisOptions }, onState),
    startClickhouse({ dataDir: path.join(dataDir, "clickhouse"), port: ports.clickhouse }, onState),
  ];
}

/** Chosen once a run, so that an engine that is restarted is found where it was. */
async function choosePorts(given: Partial<EnginePorts> = {}): Promise<EnginePorts> {
  const [postgres = 0, neon = 0, redis = 0, redisServer = 0, clickhouse = 0] = await freePorts(5);
  return { postgres, neon, redis, redisServer, clickhouse, ...given };
}

function describe(children: Children, ports: EnginePorts, stop: () => Promise<void>): Engines {
  const admin = (sql: string) => runAsAdmin(ports.postgres, sql);
  const redisBackend = children.redis.facts.backend as Engines["redisBackend"];
  return {
    postgresUrl: (database) => `postgres://postgres:postgres@127.0.0.1:${ports.postgres}/${database}`,
    neonHost: `127.0.0.1:${ports.neon}`,
    redisUrl: `http://127.0.0.1:${ports.redis}`,
    clickhouseUrl: `http://127.0.0.1:${ports.clickhouse}`,
    redisBackend,
    ports,
    async createDatabase(name, template = "template1") {
      // A template must have no session, and warm ones may be left of those who made it.
      await admin(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${literal(template)}`,
      );
      await admin(`CREATE DATABASE ${identifier(name)} TEMPLATE ${identifier(template)} STRATEGY file_copy`);
    },
    dropDatabase: (name) => admin(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`),
    engine: (name) => handleOf(children, redisBackend, name),
    stop,
  };
}

/** A server below its adapter's process is known by the pid that the adapter reports. */
function handleOf(
  { postgres, redis, clickhouse }: Children,
  redisBackend: string,
  name: EngineName,
): EngineHandle {
  if (name === "postgres") return below(postgres, "postgres");
  if (name === "redis-server") return below(redis, redisBackend);
  return { neon: postgres, redis, clickhouse }[name];
}

function below(engine: Engine, server: string): EngineHandle {
  return {
    get pid() {
      return engine.pids[server];
    },
    get state() {
      return engine.state;
    },
    kill(signal) {
      const pid = engine.pids[server];
      if (pid !== undefined) sendSignal(pid, signal);
    },
    whenReady: () => engine.whenReady(),
  };
}

async function runAsAdmin(port: number, sql: string): Promise<void> {
  const backend = await Backend.connect({ port, user: "postgres", database: "postgres" });
  try {
    await backend.run([{ sql, values: [] }]);
  } finally {
    backend.end();
  }
}

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
