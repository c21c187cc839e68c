import { type ClickHouseClient, createClient } from "@clickhouse/client-web";
import { Redis } from "@upstash/redis/cloudflare";
import { type Actor, SYSTEM } from "./actor.ts";
import { describeError } from "./away.ts";
import { REDIS_WITHIN_MS } from "./cache.ts";
import { type Cell, type CellConfig, cellConfig } from "./cell.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Ctx } from "./ctx.ts";
import { type Db, openDb, type Written } from "./db.ts";
import type { Locale } from "./errors.ts";
import { createIds, type Id, type Ids } from "./ids.ts";
import { type Keys, openKeys } from "./keys.ts";
import { type Log, openLog } from "./log.ts";
import { sendFacts, sendJobs } from "./relay.ts";
import { newTraceId } from "./trace.ts";

/** An analytical query that takes longer than this answers nobody. */
const CLICKHOUSE_TIMEOUT_MS = 20_000;

export type Opening = {
  readonly env: Env;
  readonly cell: Cell;
  readonly requestId: Id<"request">;
  readonly traceId: string;
  readonly locale: Locale;
  readonly actor: Actor;
  readonly address: string;
  readonly clock: Clock;
  readonly defer: (work: Promise<unknown>) => void;
};

/** Builds what a verb needs. Nothing connects before its first use, and each client lives for one request. */
export function openCtx(opening: Opening): Ctx {
  return new OpenCtx(opening);
}

/** A class, since an object of as many closures costs each request more than a cached answer does. */
class OpenCtx implements Ctx {
  readonly env: Env;
  readonly cell: Cell;
  readonly requestId: Id<"request">;
  readonly traceId: string;
  readonly locale: Locale;
  readonly actor: Actor;
  readonly address: string;
  readonly clock: Clock;
  readonly defer: Opening["defer"];
  readonly config: CellConfig;
  #ids: Ids | undefined;
  #db: Db | undefined;
  #redis: Redis | undefined;
  #clickhouse: ClickHouseClient | undefined;
  #keys: Keys | undefined;
  #log: Log | undefined;

  constructor(opening: Opening) {
    this.env = opening.env;
    this.cell = opening.cell;
    this.requestId = opening.requestId;
    this.traceId = opening.traceId;
    this.locale = opening.locale;
    this.actor = opening.actor;
    this.address = opening.address;
    this.clock = opening.clock;
    this.defer = opening.defer;
    this.config = cellConfig(opening.env, opening.cell).config;
  }

  get market() {
    return this.config.market;
  }
  get objects() {
    return this.env;
  }
  get buckets() {
    return this.env;
  }
  get queues() {
    return this.env;
  }
  get ids(): Ids {
    this.#ids ??= createIds(this.clock);
    return this.#ids;
  }
  get db(): Db {
    this.#db ??= openDb(this.config, (written) => this.#relay(written));
    return this.#db;
  }
  trips(): number {
    return this.#db?.trips() ?? 0;
  }
  get redis(): Redis {
    const options = { enableTelemetry: false, enableAutoPipelining: true, retry: false } as const;
    const signal = () => AbortSignal.timeout(REDIS_WITHIN_MS);
    this.#redis ??= new Redis({ ...this.config.redis, ...options, signal });
    return this.#redis;
  }
  get clickhouse(): ClickHouseClient {
    this.#clickhouse ??= openClickhouse(this.config);
    return this.#clickhouse;
  }
  get keys(): Keys {
    this.#keys ??= openKeys(this.env, this.cell);
    return this.#keys;
  }
  get log(): Log {
    this.#log ??= openLog(this.env.LOG_LEVEL, this);
    return this.#log;
  }

  /** The rows are the promise; a failed send only means that the sweep does it. */
  #relay({ facts, jobs }: Written): void {
    const { env, cell, clock } = this;
    const sent = Promise.all([sendFacts(env, facts), sendJobs(env, cell, jobs, clock.now())]);
    this.defer(sent.catch((error) => this.log.warn("relay.failed", { reason: describeError(error) })));
  }
}

function openClickhouse({ clickhouse: { url, database, user, password } }: CellConfig): ClickHouseClient {
  return createClient({
    url,
    database,
    username: user ?? "default",
    password: password ?? "",
    request_timeout: CLICKHOUSE_TIMEOUT_MS,
  });
}

/** The context of our own consumers and sweeps. */
export function openSystemCtx(
  env: Env,
  cell: string,
  { defer, clock = systemClock, traceId }: { defer: Ctx["defer"]; clock?: Clock; traceId?: string },
): Ctx {
  const requestId = createIds(clock).next("request");
  return openCtx({
    env,
    cell: cellConfig(env, cell).cell,
    requestId,
    traceId: traceId ?? newTraceId(),
    locale: "en",
    actor: SYSTEM,
    address: "",
    clock,
    defer,
  });
}
