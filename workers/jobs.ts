import { sql } from "drizzle-orm";
import { describeError } from "#kernel/away";
import { cellsOf } from "#kernel/cell";
import { type Consumer, consumeFacts, type JobHandler, runJobs } from "#kernel/consume";
import type { Ctx } from "#kernel/ctx";
import { among, build } from "#kernel/db";
import { keepDeadLetters } from "#kernel/dead-letter";
import { due } from "#kernel/due";
import type { Fact } from "#kernel/facts";
import { idempotency } from "#kernel/idempotency";
import { openSystemCtx } from "#kernel/open-ctx";
import { inbox, outbox, toFact } from "#kernel/outbox";
import { isDueMessage, isStoredMessage, type Message, sendFacts, sendJobs } from "#kernel/relay";
import { nightly } from "#platform/backup/commands";
import { CONSUMERS, JOBS } from "./catalogue.ts";

/** A message never waits longer than this for its next try. */
const RETRY_SECONDS_MAX = 600;
type Defer = Ctx["defer"];

/** Messages of one batch are worked on by cell; one that failed comes again, later each time. */
export async function consumeBatch(batch: MessageBatch<unknown>, env: Env, defer: Defer): Promise<void> {
  const byCell = Map.groupBy(batch.messages, (message) => (message.body as Message).cell);
  for (const [cell, messages] of byCell) {
    const ctx = openSystemCtx(env, cell, { defer });
    const failed = batch.queue.endsWith("-dlq")
      ? await bury(ctx, batch.queue, messages)
      : await consumeCell(ctx, batch.queue, messages);
    for (const message of messages) {
      const { id = "" } = message.body as { readonly id?: string };
      if (failed === "all" || failed.has(id)) {
        message.retry({ delaySeconds: Math.min(RETRY_SECONDS_MAX, 2 ** message.attempts) });
      } else message.ack();
    }
  }
}

type Failed = ReadonlySet<string> | "all";

/** A job that failed is not retried by its message: its row says when it runs again. */
async function consumeCell(ctx: Ctx, queue: string, messages: readonly QueueMessage[]): Promise<Failed> {
  const bodies = messages.map(({ body }) => body as Message);
  const [consumers, jobs] = await Promise.all([CONSUMERS(), JOBS()]);
  const ids = bodies.filter(isDueMessage).map((message) => message.dueId);
  if (ids.length > 0) await runJobs(ctx, jobs, { ids }).catch((error) => logFailure(ctx, queue, error));
  const stored = bodies.filter(isStoredMessage).map((message) => message.id);
  const facts = bodies.filter((body): body is Fact => !isDueMessage(body) && !isStoredMessage(body));
  if (stored.length === 0) return consumeAll(ctx, queue, consumers, facts);
  const large = await loadStored(ctx, stored).catch((error) => {
    logFailure(ctx, queue, error);
    return undefined;
  });
  return large ? consumeAll(ctx, queue, consumers, [...facts, ...large]) : "all";
}

/** Facts that were too large for a queue. One that is gone was handled long ago. */
async function loadStored(ctx: Ctx, ids: readonly Fact["id"][]): Promise<readonly Fact[]> {
  const rows = await ctx.db.read.select().from(outbox).where(among(outbox.id, ids));
  return rows.map(toFact);
}

async function bury(ctx: Ctx, queue: string, messages: readonly QueueMessage[]): Promise<Failed> {
  try {
    await keepDeadLetters(
      ctx,
      queue,
      messages.map(({ body }) => body as Message),
    );
    return new Set();
  } catch (error) {
    logFailure(ctx, queue, error);
    return "all";
  }
}

const logFailure = (ctx: Ctx, queue: string, error: unknown): void =>
  ctx.log.error("queue.failed", { queue, reason: describeError(error) });

async function consumeAll(
  ctx: Ctx,
  queue: string,
  consumers: readonly Consumer[],
  facts: readonly Fact[],
): Promise<Failed> {
  if (facts.length === 0) return new Set();
  const own = queue === "analytics" ? "ANALYTICS" : "EVENTS";
  try {
    return await consumeFacts(
      ctx,
      consumers.filter((consumer) => consumer.queue === own),
      facts,
    );
  } catch (error) {
    logFailure(ctx, queue, error);
    return "all";
  }
}
type QueueMessage = MessageBatch<unknown>["messages"][number];

/** Younger events are still on their way by queue. */
const OUTBOX_PATIENCE_MS = 15_000;
/** Doubled with each time up to this; a consumer that was mended waits no longer for what it missed. */
const RESEND_MAX_MS = 600_000;
const DOUBLINGS_MAX = 10;
const SWEEP_MAX = 500;
/** Run one after the other, and all of them well within their lease. */
const JOBS_MAX = 50;
const IDEMPOTENCY_KEPT_MS = 48 * 3_600_000;
const INBOX_KEPT_MS = 14 * 86_400_000;
const OUTBOX_KEPT_MS = 90 * 86_400_000;

/** Takes up in every cell what was lost on the way, and what has come due. Safe at any time, and twice. */
export async function sweep(env: Env, defer: Defer): Promise<void> {
  for (const cell of Object.keys(cellsOf(env))) {
    const ctx = openSystemCtx(env, cell, { defer });
    await sweepCell(ctx).catch((error) => ctx.log.error("sweep.failed", { reason: describeError(error) }));
  }
}

export async function sweepCell(ctx: Ctx): Promise<void> {
  await ctx.db.commit(nightly(ctx));
  const [consumers, jobs] = await Promise.all([CONSUMERS(), JOBS()]);
  await closeOutbox(ctx, consumers);
  await resend(ctx);
  const queued = jobs.filter((job) => job.kind.queue !== undefined);
  await resendJobs(ctx, queued);
  const own = jobs.filter((job) => job.kind.queue === undefined).map((job) => job.kind.kind);
  while ((await runJobs(ctx, jobs, { kinds: own, limit: JOBS_MAX })) === JOBS_MAX);
  await forget(ctx);
}

/** An event is closed when every consumer of its type has recorded it; one that nobody consumes, at once. */
async function closeOutbox(ctx: Ctx, consumers: readonly Consumer[]): Promise<void> {
  const wanted = consumers.flatMap(({ name, on }) => on.map(({ type, v }) => ({ type, v, consumer: name })));
  const now = new Date(ctx.clock.now()).toISOString();
  await ctx.db.read.execute(sql`UPDATE ${outbox} o SET closed_at = ${now}
    WHERE closed_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
        AS w (type text, v int, consumer text)
      WHERE w.type = o.type AND w.v = o.v AND NOT EXISTS (
        SELECT 1 FROM ${inbox} i WHERE i.event_id = o.id AND i.consumer = w.consumer))`);
}

/**
 * Sends the oldest open events again, each later than the time before: while a consumer cannot work, its
 * queue is not filled with the same messages over and over, which would end as dead letters.
 */
async function resend(ctx: Ctx): Promise<void> {
  const now = new Date(ctx.clock.now()).toISOString();
  const waited = sql`make_interval(secs => least(${RESEND_MAX_MS}::float8,
    ${OUTBOX_PATIENCE_MS}::float8 * power(2, least(coalesce(resends, 0), ${DOUBLINGS_MAX}))) / 1000)`;
  const taken = build
    .select({ id: outbox.id })
    .from(outbox)
    .where(sql`closed_at IS NULL AND coalesce(resent_at, at) + ${waited} < ${now}::timestamptz`)
    .orderBy(outbox.at)
    .limit(SWEEP_MAX)
    .for("update", { skipLocked: true });
  const rows = await ctx.db.read
    .update(outbox)
    .set({ resentAt: ctx.clock.now(), resends: sql`coalesce(resends, 0) + 1` })
    .where(sql`id IN (${taken})`)
    .returning();
  await sendFacts(ctx.env, rows.map(toFact));
}

async function resendJobs(ctx: Ctx, handlers: readonly JobHandler[]): Promise<void> {
  const now = new Date(ctx.clock.now()).toISOString();
  const kinds = JSON.stringify(handlers.map((handler) => handler.kind.kind));
  const { rows } = await ctx.db.read.execute<{ id: string; kind: string }>(sql`SELECT id, kind FROM ${due}
    WHERE kind IN (SELECT jsonb_array_elements_text(${kinds}::jsonb)) AND dead_at IS NULL AND due_at <= ${now}
      AND (lease_until IS NULL OR lease_until < ${now})
    ORDER BY due_at LIMIT ${SWEEP_MAX}`);
  const jobs = rows.map((row) => {
    const queue = handlers.find((handler) => handler.kind.kind === row.kind)?.kind.queue;
    return { id: row.id as never, kind: row.kind, queue, dueAt: 0 };
  });
  await sendJobs(ctx.env, ctx.cell, jobs, ctx.clock.now());
}

async function forget(ctx: Ctx): Promise<void> {
  const before = (ms: number) => new Date(ctx.clock.now() - ms).toISOString();
  await ctx.db.commit([
    { sql: sql`DELETE FROM ${idempotency} WHERE created_at < ${before(IDEMPOTENCY_KEPT_MS)}` },
    { sql: sql`DELETE FROM ${inbox} WHERE at < ${before(INBOX_KEPT_MS)}` },
    { sql: sql`DELETE FROM ${outbox} WHERE closed_at IS NOT NULL AND at < ${before(OUTBOX_KEPT_MS)}` },
  ]);
}
