import { and, eq, inArray, sql } from "drizzle-orm";
import type { z } from "zod";
import { asUnavailable, describeError } from "./away.ts";
import type { Ctx } from "./ctx.ts";
import { build, type Statement, statement } from "./db.ts";
import { due } from "./due.ts";
import type { Fact } from "./facts.ts";
import type { Id } from "./ids.ts";
import type { JobKind } from "./job.ts";
import { openCtx } from "./open-ctx.ts";
import { inbox, record } from "./outbox.ts";

type EventDef = { readonly type: string; readonly v: number; readonly payload: z.ZodType };
type FactOf<E extends EventDef> = E extends {
  readonly type: infer T extends string;
  readonly v: infer V extends number;
  readonly payload: infer P extends z.ZodType;
}
  ? Fact<T, V, z.output<P>>
  : never;

/**
 * A handler of others' events. It gets the events of a batch it has not recorded yet and returns what to
 * write; the kernel commits that with the record, so handling twice is handling once. Events come in any
 * order: compare `seq` per subject, or read the present state.
 */
export type Consumer = {
  readonly name: string;
  readonly on: readonly EventDef[];
  readonly queue: "EVENTS" | "ANALYTICS";
  readonly handle: (ctx: Ctx, facts: readonly Fact[]) => Promise<readonly Statement<string>[]>;
};

export function defineConsumer<const E extends readonly EventDef[]>(consumer: {
  readonly name: `${string}.${string}`;
  readonly on: E;
  readonly queue?: "EVENTS" | "ANALYTICS";
  readonly handle: (ctx: Ctx, facts: readonly FactOf<E[number]>[]) => Promise<readonly Statement<string>[]>;
}): Consumer {
  return { queue: "EVENTS", ...consumer, handle: consumer.handle as Consumer["handle"] };
}

/** Which of these events each consumer has recorded, in one read. */
async function loadRecorded(ctx: Ctx, facts: readonly Fact[]): Promise<ReadonlySet<string>> {
  const ids = facts.map((fact) => fact.id);
  const rows = await ctx.db.read.select().from(inbox).where(inArray(inbox.eventId, ids));
  return new Set(rows.map((row) => `${row.consumer} ${row.eventId}`));
}

/** Ids of the events that some consumer could not handle: their messages are to come again. */
export async function consumeFacts(
  ctx: Ctx,
  consumers: readonly Consumer[],
  facts: readonly Fact[],
): Promise<ReadonlySet<Id<"event">>> {
  const failed = new Set<Id<"event">>();
  const wanted = facts.filter(isOneOf(consumers.flatMap(({ on }) => on)));
  if (wanted.length === 0) return failed;
  const recorded = await loadRecorded(ctx, wanted);
  for (const consumer of consumers) {
    const isMine = isOneOf(consumer.on);
    const fresh = wanted.filter((fact) => isMine(fact) && !recorded.has(`${consumer.name} ${fact.id}`));
    if (fresh.length === 0) continue;
    const together = await handle(ctx, consumer, fresh);
    if (together === "done") continue;
    // One bad event must not hold up its neighbours: after a failed group each is tried alone, and one that
    // was refused, because another writer came between, decides anew. When an engine is away that is no
    // fault of any of them.
    const isLast = together === "away" || (together === "failed" && fresh.length === 1);
    for (const fact of fresh) {
      if (isLast || (await handle(ctx, consumer, [fact])) !== "done") failed.add(fact.id);
    }
  }
  return failed;
}

function isOneOf(events: readonly EventDef[]): (fact: Fact) => boolean {
  const types = new Set(events.map(({ type, v }) => `${type} ${v}`));
  return ({ type, v }) => types.has(`${type} ${v}`);
}

/** What is done for events of one request is logged and told under its trace; a mixed group has its own. */
function inTrace(ctx: Ctx, facts: readonly Fact[]): Ctx {
  const [traceId = ctx.traceId, ...others] = new Set(facts.map(({ trace }) => trace));
  return others.length > 0 || traceId === ctx.traceId ? ctx : openCtx({ ...ctx, traceId });
}

type Outcome = "done" | "refused" | "failed" | "away";

async function handle(batch: Ctx, consumer: Consumer, facts: readonly Fact[]): Promise<Outcome> {
  const eventIds = facts.map((fact) => fact.id);
  const ctx = inTrace(batch, facts);
  try {
    const statements = await consumer.handle(ctx, facts);
    const result = await ctx.db.commit([...statements, record(consumer.name, eventIds, ctx.clock.now())]);
    if (result.ok || (result.code === "inbox.recorded" && facts.length === 1)) return "done";
    ctx.log.warn("consumer.refused", { consumer: consumer.name, code: result.code, facts: facts.length });
    return "refused";
  } catch (error) {
    const reason = describeError(error);
    ctx.log.error("consumer.failed", { consumer: consumer.name, facts: facts.length, reason });
    return asUnavailable(error) ? "away" : "failed";
  }
}

/** A due row in a worker's hands. */
export type Claimed = {
  readonly id: Id<"due">;
  readonly kind: string;
  readonly subject: string;
  readonly attempts: number;
};

export type JobHandler = {
  readonly kind: JobKind;
  readonly run: (ctx: Ctx, payload: unknown, claimed: Claimed) => Promise<readonly Statement<string>[]>;
};

/** What the handler returns is committed with the row's end. Its effects outside must be idempotent. */
export const handleJob = <P>(
  kind: JobKind<P>,
  run: (ctx: Ctx, payload: P, claimed: Claimed) => Promise<readonly Statement<string>[]>,
): JobHandler => ({ kind: kind as JobKind, run: run as JobHandler["run"] });

/** Longer than any job takes; a worker that died is replaced after it. */
const LEASE_MS = 60_000;
/** So many milliseconds shorter at most, by lot: of two claims at one time each knows its own rows. */
const LEASE_LOTS = 1_000;
const ATTEMPTS_MAX = 8;
/** One provider that hangs must not hold up everybody else's jobs; Workers allow six connections at once. */
const PARALLEL_MAX = 4;
const BACKOFF_MS = 2_000;
/** A database that restarts is looked for this often, for half of a lease. */
const RETURN_MS = 500;
const RETURNS_MAX = LEASE_MS / 2 / RETURN_MS;

type Which =
  | { readonly ids: readonly string[] }
  | { readonly kinds: readonly string[]; readonly limit: number };

/** Leases rows by id (a queue) or the oldest that are due (the sweep), runs them, ends or defers each. */
export async function runJobs(ctx: Ctx, handlers: readonly JobHandler[], which: Which): Promise<number> {
  const until = newLease(ctx);
  const claimed = await claim(ctx, which, until).catch(async (error) => {
    // It may have been carried out all the same.
    if (asUnavailable(error)) await letGo(ctx, which, until);
    throw error;
  });
  const waiting = [...claimed];
  let isAway = false;
  const work = async () => {
    for (let row = waiting.shift(); row && !isAway; row = waiting.shift()) {
      if (!(await runJob(ctx, handlers, row))) isAway = true;
    }
  };
  // Jobs of a queue come in batches of their own and may share a connection, as mails do; the sweep's do not.
  await Promise.all(Array.from({ length: "ids" in which ? 1 : PARALLEL_MAX }, work));
  if (isAway) await letGo(ctx, which, until);
  return claimed.length;
}

type Row = Claimed & { readonly payload: unknown };

const wantedBy = (which: Which) =>
  "ids" in which
    ? sql`id IN (SELECT jsonb_array_elements_text(${JSON.stringify(which.ids)}::jsonb))`
    : sql`kind IN (SELECT jsonb_array_elements_text(${JSON.stringify(which.kinds)}::jsonb))`;

/** The end of a lease names its claim too, for one that never heard which rows it got. */
const newLease = (ctx: Ctx): string =>
  new Date(ctx.clock.now() + LEASE_MS - Math.floor(Math.random() * LEASE_LOTS)).toISOString();

async function claim(ctx: Ctx, which: Which, until: string): Promise<readonly Row[]> {
  const now = new Date(ctx.clock.now()).toISOString();
  const limit = "ids" in which ? which.ids.length : which.limit;
  const result = await ctx.db.read.execute<Row>(sql`UPDATE ${due}
    SET lease_until = ${until}, attempts = attempts + 1
    WHERE id IN (
      SELECT id FROM ${due}
      WHERE ${wantedBy(which)} AND dead_at IS NULL AND due_at <= ${now}
        AND (lease_until IS NULL OR lease_until < ${now})
      ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, subject, attempts, payload`);
  return result.rows;
}

/** What a claim still holds when the database came back, so that nobody waits for the end of its lease. */
async function letGo(ctx: Ctx, which: Which, until: string): Promise<void> {
  const free = sql`UPDATE ${due} SET lease_until = NULL WHERE ${wantedBy(which)} AND lease_until = ${until}`;
  for (let tries = 1; ; tries += 1) {
    try {
      return void (await ctx.db.read.execute(free));
    } catch (error) {
      if (tries < RETURNS_MAX && asUnavailable(error)) await scheduler.wait(RETURN_MS);
      else return ctx.log.warn("jobs.held", { reason: describeError(error) });
    }
  }
}

/** False when the database was away, so that the row says nothing of how it ended. */
async function runJob(ctx: Ctx, handlers: readonly JobHandler[], row: Row): Promise<boolean> {
  const handler = handlers.find((one) => one.kind.kind === row.kind);
  try {
    if (!handler) throw new Error(`nobody handles ${row.kind}`);
    const statements = await handler.run(ctx, handler.kind.payload.parse(row.payload), row);
    const result = await ctx.db.commit([...statements, end(row)]);
    if (!result.ok) await postpone(ctx, row, `refused: ${result.code}`);
    return true;
  } catch (error) {
    const reason = describeError(error);
    ctx.log.error("job.failed", { kind: row.kind, subject: row.subject, attempts: row.attempts, reason });
    return postpone(ctx, row, reason).then(
      () => true,
      (failure) => asUnavailable(failure) === undefined,
    );
  }
}

/** Only this lease's row: one that was scheduled anew meanwhile stays. */
const end = (row: Row): Statement =>
  statement(build.delete(due).where(and(eq(due.id, row.id), eq(due.attempts, row.attempts))));

async function postpone(ctx: Ctx, row: Row, reason: string): Promise<void> {
  const now = ctx.clock.now();
  const change = {
    leaseUntil: null,
    lastError: reason.slice(0, 500),
    dueAt: now + BACKOFF_MS * 2 ** row.attempts,
    deadAt: row.attempts >= ATTEMPTS_MAX ? now : null,
  };
  const mine = and(eq(due.id, row.id), eq(due.attempts, row.attempts));
  await ctx.db.commit([statement(build.update(due).set(change).where(mine))]);
}
