import type { Cell } from "./cell.ts";
import type { Ctx } from "./ctx.ts";

/** A purge is felt by every isolate within this time. */
const HEARD_MS = 2_000;
/** From here on somebody asks in the background, so that a busy isolate never waits for the log. */
const ASK_AFTER_MS = 1_200;
/** An asker that died is replaced after this. */
const ASKER_LOST_MS = 400;
/** Purges of some seconds; an isolate that missed more forgets all its copies. */
const LOG_MAX = 64;
/** A purge of more tags than this is logged as one of everything: reading it would cost too much. */
const TAGS_MAX = 100;
const EVERYTHING = "*";

/** What was purged; undefined when it cannot be known. */
type Purged = ReadonlySet<string> | undefined;
type Forget = (purged: Purged) => void;
/** An id that no other entry has, then the tags. */
type Entry = readonly string[];
type State = { last: string | undefined; heardAt: number; askedAt: number };

const states = new WeakMap<object, Map<Cell, State>>();
const logKey = (cell: Cell) => `${cell}:purges`;

function stateOf({ env, cell }: Pick<Ctx, "env" | "cell">): State {
  const cells = states.get(env) ?? new Map<Cell, State>();
  states.set(env, cells);
  const state = cells.get(cell) ?? { last: undefined, heardAt: 0, askedAt: 0 };
  cells.set(cell, state);
  return state;
}

/**
 * Whether this isolate has heard of every purge until shortly ago. What it keeps then holds for as long as
 * it is fresh, and an isolate asks Redis once in a while and not once for each copy.
 */
export function isHeard(ctx: Ctx, forget: Forget): boolean {
  const state = stateOf(ctx);
  const now = Date.now();
  const age = now - state.heardAt;
  if (age >= HEARD_MS) return false;
  if (age >= ASK_AFTER_MS && now - state.askedAt >= ASKER_LOST_MS) {
    ctx.defer(hear(ctx, forget).catch(() => undefined));
  }
  return true;
}

/** Reads what was purged since the last time, and lets it be forgotten. */
export async function hear(ctx: Ctx, forget: Forget): Promise<void> {
  const state = stateOf(ctx);
  const askedAt = Date.now();
  state.askedAt = askedAt;
  const entries = await ctx.redis.lrange<Entry>(logKey(ctx.cell), 0, LOG_MAX - 1);
  // A log that is empty was lost, with purges that nobody will hear of.
  if (entries.length === 0) ctx.defer(logPurge(ctx, []).catch(() => undefined));
  const known = entries.findIndex(([id]) => id === state.last);
  if (known !== 0) forget(purgedBy(known < 0 ? undefined : entries.slice(0, known)));
  state.last = entries[0]?.[0];
  state.heardAt = Math.max(state.heardAt, askedAt);
}

function purgedBy(entries: readonly Entry[] | undefined): Purged {
  const tags = new Set(entries?.flatMap(([, ...tagged]) => tagged));
  return entries === undefined || tags.has(EVERYTHING) ? undefined : tags;
}

/** Starts a new generation of each tag and tells every isolate; without tags it only starts the log anew. */
export async function logPurge(ctx: Ctx, tags: readonly string[]): Promise<void> {
  const log = logKey(ctx.cell);
  const entry: Entry = [crypto.randomUUID(), ...(tags.length > TAGS_MAX ? [EVERYTHING] : tags)];
  const pipeline = ctx.redis.pipeline();
  for (const tag of tags) pipeline.incr(tag);
  await pipeline
    .lpush(log, entry)
    .ltrim(log, 0, LOG_MAX - 1)
    .exec();
}
