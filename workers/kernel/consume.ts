import { and, eq, inArray, sql } from "drizzle-orm";
import type { z } from "zod";
import { asUnavailable, describeError } from "./away.ts";
import type { Ctx } from "./ctx.ts";
import { build, type Statement, statement } from "./db.ts";
import { due } from "./due.ts";
import type { Fact } from "./facts.ts";
import type { Id } from "./ids.ts";
import type { JobKind } from "./job.ts";
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
    // One bad event must not hold up its neighbours: after a failed group each is tried alone. When an engine
    // is away that is no fault of any of them.
    for (const fact of fresh) {
      const isLast = together === "away" || fresh.length === 1;
      if (isLast || (await handle(ctx, consumer, [fact])) !== "done") failed.add(fact.id);
    }
  }
  return failed;
}

function isOneOf(events: readonly EventDef[]): (fact: Fact) => boolean {
  const types = new Set(events.map(({ type, v }) => `${type} ${v}`));
  return ({ type, v }) => types.has(`${type} ${v}`);
}

type Outcome = "done" | "failed" | "away";

async function handle(ctx: Ctx, consumer: Consumer, facts: readonly Fact[]): Promise<Outcome> {
  const eventIds = facts.map((fact) => fact.id);
  try {
    const statements = await consumer.handle(ctx, facts);
    const result = await ctx.db.commit([...statements, record(consumer.name, eventIds, ctx.clock.now())]);
    if (result.ok || (result.code === "inbox.recorded" && facts.length === 1)) return "done";
    ctx.log.warn("consumer.refused", { consumer: consumer.name, code: result.code, facts: facts.length });
  } catch (error) {
    const reason = describeError(error);
    ctx.log.error("consumer.failed", { consumer: consumer.name, facts: facts.length, reason });
    if (asUnavailable(error)) return "away";
  }
  return "failed";
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
const ATTEMPTS_MAX = 8;
/** One provider that hangs must not hold up everybody else's jobs; Workers allow six connections at once. */
const PARALLEL_MAX = 4;
const BACKOFF_MS = 2_000;

/** Leases rows by id (a queue) or the oldest that are due (the sweep), runs them, ends or defers each. */
export async function runJobs(
  ctx: Ctx,
  handlers: readonly JobHandler[],
  which: { readonly ids: readonly string[] } | { readonly kinds: readonly string[]; readonly limit: number },
): Promise<number> {
  const claimed = await claim(ctx, which);
  const waiting = [...claimed];
  const work = async () => {
    for (let row = waiting.shift(); row; row = waiting.shift()) await runJob(ctx, handlers, row);
  };
  // Jobs of a queue come in batches of their own and may share a connection, as mails do; the sweep's do not.
  await Promise.all(Array.from({ length: "ids" in which ? 1 : PARALLEL_MAX }, work));
  return claimed.length;
}

type Row = Claimed & { readonly payload: unknown };

async function claim(
  ctx: Ctx,
  which: { readonly ids: readonly string[] } | { readonly kinds: readonly string[]; readonly limit: number },
): Promise<readonly Row[]> {
  const now = new Date(ctx.clock.now()).toISOString();
  const until = new Date(ctx.clock.now() + LEASE_MS).toISOString();
  const wanted =
    "ids" in which
      ? sql`id IN (SELECT jsonb_array_elements_text(${JSON.stringify(which.ids)}::jsonb))`
      : sql`kind IN (SELECT jsonb_array_elements_text(${JSON.stringify(which.kinds)}::jsonb))`;
  const limit = "ids" in which ? which.ids.length : which.limit;
  const result = await ctx.db.read.execute<Row>(sql`UPDATE ${due}
    SET lease_until = ${until}, attempts = attempts + 1
    WHERE id IN (
      SELECT id FROM ${due}
      WHERE ${wanted} AND dead_at IS NULL AND due_at <= ${now}
        AND (lease_until IS NULL OR lease_until < ${now})
      ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, subject, attempts, payload`);
  return result.rows;
}

async function runJob(ctx: Ctx, handlers: readonly JobHandler[], row: Row): Promise<void> {
  const handler = handlers.find((one) => one.kind.kind === row.kind);
  try {
    if (!handler) throw new Error(`nobody handles ${row.kind}`);
    const statements = await handler.run(ctx, handler.kind.payload.parse(row.payload), row);
    const result = await ctx.db.commit([...statements, end(row)]);
    if (!result.ok) await postpone(ctx, row, `refused: ${result.code}`);
  } catch (error) {
    const reason = describeError(error);
    ctx.log.error("job.failed", { kind: row.kind, subject: row.subject, attempts: row.attempts, reason });
    await postpone(ctx, row, reason).catch(() => undefined);
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
