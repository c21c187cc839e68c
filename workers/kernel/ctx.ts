import type { ClickHouseClient } from "@clickhouse/client-web";
import type { Redis } from "@upstash/redis/cloudflare";
import type { Actor } from "./actor.ts";
import type { Cell, CellConfig } from "./cell.ts";
import type { Clock } from "./clock.ts";
import type { Db } from "./db.ts";
import type { Locale } from "./errors.ts";
import type { Id, Ids } from "./ids.ts";
import type { Keys } from "./keys.ts";
import type { Log } from "./log.ts";
import type { Market } from "./market.ts";

type Bound<Kind> = { readonly [K in keyof Env as Env[K] extends Kind ? K : never]: Env[K] };
/** The bound object namespaces; only durable-objects/stubs.ts names an object in them. */
export type Objects = Bound<{ idFromName: unknown }>;
export type Buckets = Bound<{ createMultipartUpload: unknown }>;
export type Queues = Bound<{ sendBatch: unknown }>;

/** What every verb takes first: a plain value that tests build by hand. Connections open at first use. */
export type Ctx = {
  readonly requestId: Id<"request">;
  /** W3C trace id (32 hex digits): the caller's, or one of ours. */
  readonly traceId: string;
  readonly locale: Locale;
  readonly actor: Actor;
  readonly cell: Cell;
  readonly config: CellConfig;
  readonly market: Market;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly db: Db;
  /** Round trips to Postgres so far; to ask opens nothing. */
  readonly trips: () => number;
  readonly redis: Redis;
  readonly clickhouse: ClickHouseClient;
  readonly objects: Objects;
  readonly buckets: Buckets;
  readonly queues: Queues;
  /** Keys derived from the root secret for this cell. */
  readonly keys: Keys;
  readonly log: Log;
  /** Lets work go on after the answer (waitUntil). What must happen is a due row, never this alone. */
  readonly defer: (work: Promise<unknown>) => void;
  /** Network address of the caller, or "" inside the platform. */
  readonly address: string;
  readonly env: Env;
};
