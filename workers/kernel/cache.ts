import { createHash } from "node:crypto";
import { asUnavailable } from "./away.ts";
import type { Ctx } from "./ctx.ts";
import { tally } from "./metrics.ts";
import { hear, isHeard, logPurge } from "./purge-log.ts";

/** Freshness of an isolate's own copy when it cannot hear of purges; with the log it is that of Redis. */
const ALONE_MS = 2_000;
/** While one request makes an old copy anew, others answer with it for so long. */
const RENEWAL_MS = 2_000;
/** Bounds of the isolate's copies, of 128 MB in all: strings only, the oldest leave first. */
const MEMORY_ENTRIES_MAX = 4_000;
const MEMORY_CHARS_MAX = 12_000_000;
/** Redis keeps a copy this long to answer with when Postgres is away. */
const STALE_SECONDS = 3_600;
/** What Redis holds can be had elsewhere: it is not waited for longer than this. */
export const REDIS_WITHIN_MS = 2_000;
/** A Redis that says nothing, where a dead one would have refused, is left alone for so long. */
const SILENCE_MS = 5_000;

type Entry = {
  readonly text: string;
  readonly etag: string;
  readonly tags: readonly string[];
  /** Until when it holds whatever is purged meanwhile. */
  readonly alone: number;
  /** Until when it holds as long as purges are heard of. */
  readonly until: number;
  /** Until when it is made anew by a request of this isolate. */
  renewal: number;
};
/** `purges` counts what was forgotten: a copy that was read meanwhile may be of before. */
type Memory = {
  readonly entries: Map<string, Entry>;
  chars: number;
  purges: number;
  /** Until then Redis is not asked for copies. */
  silentUntil: number;
};
type Stored = { readonly text: string; readonly etag: string; readonly until: number; readonly tags: string };

/** The same text has the same tag. */
export const etagOf = (text: string): string =>
  `"${createHash("sha1").update(text).digest("base64url").slice(0, 20)}"`;

/** A JSON answer as text, so that a hit is neither parsed nor written again. */
export class JsonText<T> {
  declare readonly type: T;
  readonly text: string;
  readonly etag: string;
  constructor(text: string, etag: string) {
    this.text = text;
    this.etag = etag;
  }
  parse(): T {
    return JSON.parse(this.text) as T;
  }
}

type Reading = {
  /** Names the answer within the cell, with everything it depends on: filters, locale, page. */
  readonly key: string;
  /** Events purge by tag; an answer is gone when any of its tags was purged. */
  readonly tags: readonly string[];
  /** How long Redis answers without asking Postgres. */
  readonly freshMs: number;
};
type ReadingAhead<A> = Reading & {
  /** What `load` needs from another copy: asked for beside Redis and Postgres, and not before them. */
  readonly ahead: () => Promise<A>;
};

const memories = new WeakMap<object, Memory>();
/** Where a read was answered from; `none`: it had to be made. */
const READS = {
  memory: 'cache_reads_total{layer="memory"}',
  redis: 'cache_reads_total{layer="redis"}',
  stale: 'cache_reads_total{layer="stale"}',
  none: 'cache_reads_total{layer="none"}',
} as const;

function memoryOf(env: Env): Memory {
  const memory = memories.get(env) ?? { entries: new Map(), chars: 0, purges: 0, silentUntil: 0 };
  memories.set(env, memory);
  return memory;
}

function remember(memory: Memory, key: string, entry: Entry): void {
  const before = memory.entries.get(key);
  if (before) memory.chars -= before.text.length;
  memory.entries.delete(key);
  memory.entries.set(key, entry);
  memory.chars += entry.text.length;
  for (const [oldest, { text }] of memory.entries) {
    if (memory.entries.size <= MEMORY_ENTRIES_MAX && memory.chars <= MEMORY_CHARS_MAX) break;
    memory.entries.delete(oldest);
    memory.chars -= text.length;
  }
}

/** Copies of these tags go, or all copies when it is not known what was purged. */
function forget(memory: Memory, purged: ReadonlySet<string> | undefined): void {
  memory.purges += 1;
  for (const [key, { tags, text }] of memory.entries) {
    if (purged && !tags.some((tag) => purged.has(tag))) continue;
    memory.entries.delete(key);
    memory.chars -= text.length;
  }
}

/**
 * Reads isolate memory, then Redis, then `load`. `load` may answer null (a negative answer is kept too).
 * Without Redis it goes straight to `load`; without Postgres the last copy in Redis answers.
 */
export async function cached<T, A = undefined>(
  ctx: Ctx,
  reading: Reading | ReadingAhead<A>,
  load: (ahead: Promise<A>) => Promise<T>,
): Promise<JsonText<T>> {
  const key = `${ctx.cell}:cache:${reading.key}`;
  const now = Date.now();
  const memory = memoryOf(ctx.env);
  const near = memory.entries.get(key);
  const drop = (purged: ReadonlySet<string> | undefined) => forget(memory, purged);
  const isKept = near !== undefined && Math.max(near.until, near.renewal) > now;
  if (near && (near.alone > now || (isKept && isHeard(ctx, drop)))) return recall(ctx, near);
  if (near && !isKept) near.renewal = now + RENEWAL_MS;
  const { purges } = memory;
  const ahead = ("ahead" in reading ? reading.ahead() : Promise.resolve(undefined)) as Promise<A>;
  // Whoever waits for it hears of its failure; a hit in Redis does not need it.
  ahead.catch(() => undefined);
  const tags = reading.tags.map((tag) => tagKey(ctx, tag));
  const [found, isHeardNow] = await Promise.all([
    copyOf(ctx, memory, [key, ...tags]),
    isKept &&
      memory.silentUntil <= now &&
      hear(ctx, drop)
        .then(() => true)
        .catch(() => false),
  ]);
  if (near && isHeardNow && memory.entries.get(key) === near) return recall(ctx, near);
  const [stored, ...generations] = found;
  const copy = stored as Stored | null;
  const keep = (text: string, etag: string, until: number) => {
    const alone = Math.min(until, now + ALONE_MS);
    const held = memory.purges === purges ? until : alone;
    remember(memory, key, { text, etag, tags, alone, until: held, renewal: 0 });
    return new JsonText<T>(text, etag);
  };
  const generation = generations.join(" ");
  if (copy && copy.tags === generation && copy.until > now) {
    tally(ctx.env, READS.redis);
    return keep(copy.text, copy.etag, copy.until);
  }
  const fresh = await load(ahead).catch((error: unknown) => {
    if (copy && asUnavailable(error)) return copy;
    throw error;
  });
  if (fresh === copy && copy) {
    tally(ctx.env, READS.stale);
    return new JsonText(copy.text, copy.etag);
  }
  tally(ctx.env, READS.none);
  const text = JSON.stringify(fresh);
  const etag = etagOf(text);
  const entry: Stored = { text, etag, until: now + reading.freshMs, tags: generation };
  ctx.defer(ctx.redis.set(key, entry, { ex: STALE_SECONDS }).catch(() => undefined));
  return keep(text, etag, entry.until);
}

/** A copy in Redis and the generations of its tags, or nothing where there is no Redis. */
async function copyOf(ctx: Ctx, memory: Memory, keys: readonly string[]) {
  const askedAt = Date.now();
  if (memory.silentUntil > askedAt) return [null];
  return ctx.redis.mget<(Stored | string | number | null)[]>(...keys).catch(() => {
    const now = Date.now();
    if (now - askedAt >= REDIS_WITHIN_MS) memory.silentUntil = now + SILENCE_MS;
    return [null];
  });
}

function recall<T>({ env }: Ctx, { text, etag }: Entry): JsonText<T> {
  tally(env, READS.memory);
  return new JsonText(text, etag);
}

const tagKey = ({ cell }: Ctx, tag: string) => `${cell}:tag:${tag}`;

/** After the commit. This isolate forgets at once, every other within two seconds. */
export async function purge(ctx: Ctx, tags: readonly string[]): Promise<void> {
  if (tags.length === 0) return;
  const purged = new Set(tags.map((tag) => tagKey(ctx, tag)));
  await logPurge(ctx, [...purged]);
  forget(memoryOf(ctx.env), purged);
}

/** Empties this isolate's copies: tests and the cold benchmark begin from nothing. */
export function forgetMemory(env: Env): void {
  memories.delete(env);
}
