import { createClient } from "@clickhouse/client-web";
import { Redis } from "@upstash/redis/cloudflare";
import { type Actor, SYSTEM } from "./actor.ts";
import { describeError } from "./away.ts";
import { type Cell, cellConfig } from "./cell.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Ctx } from "./ctx.ts";
import { openDb } from "./db.ts";
import type { Locale } from "./errors.ts";
import type { Id } from "./ids.ts";
import { createIds } from "./ids.ts";
import { openKeys } from "./keys.ts";
import { openLog } from "./log.ts";
import { randomBytes } from "./random.ts";
import { sendFacts, sendJobs } from "./relay.ts";

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
export function openCtx({ env, cell, ...base }: Opening): Ctx {
  const { config } = cellConfig(env, cell);
  const { clock } = base;
  const open = <T>(make: () => T) => {
    let made: T | undefined;
    return () => {
      made ??= make();
      return made;
    };
  };
  const log = open(() => openLog(env.LOG_LEVEL, { ...base, cell }));
  const db = open(() =>
    openDb(config, ({ facts, jobs }) => {
      const sent = Promise.all([sendFacts(env, facts), sendJobs(env, cell, jobs, clock.now())]);
      // The rows are the promise; a failed send only means that the sweep does it.
      base.defer(sent.catch((error) => log().warn("relay.failed", { reason: describeError(error) })));
    }),
  );
  const redis = open(
    () => new Redis({ ...config.redis, enableTelemetry: false, enableAutoPipelining: true, retry: false }),
  );
  const clickhouse = open(() => {
    const { url, database, user, password } = config.clickhouse;
    return createClient({
      url,
      database,
      username: user ?? "default",
      password: password ?? "",
      request_timeout: CLICKHOUSE_TIMEOUT_MS,
    });
  });
  const keys = open(() => openKeys(env, cell));
  return {
    ...base,
    env,
    cell,
    config,
    market: config.market,
    ids: createIds(clock),
    objects: env,
    buckets: env,
    queues: env,
    get db() {
      return db();
    },
    get redis() {
      return redis();
    },
    get clickhouse() {
      return clickhouse();
    },
    get keys() {
      return keys();
    },
    get log() {
      return log();
    },
  };
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

export const newTraceId = (): string => Buffer.from(randomBytes(16)).toString("hex");
