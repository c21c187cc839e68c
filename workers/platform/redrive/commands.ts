import { asc, inArray, isNotNull } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import { build, query, statement } from "#kernel/db";
import { deadLetter } from "#kernel/dead-letter";
import { due } from "#kernel/due";

/** As many as one commit and one look can carry; a redrive is repeated until nothing is left. */
const LETTERS_MAX = 100;

const lettersQuery = query(
  (read) => read.select().from(deadLetter).orderBy(asc(deadLetter.at)).limit(LETTERS_MAX),
  (rows) => rows,
);
const jobsQuery = query(
  (read) => read.select().from(due).where(isNotNull(due.deadAt)).orderBy(asc(due.deadAt)).limit(LETTERS_MAX),
  (rows) => rows,
);

export async function listDead(ctx: Ctx) {
  const [letters, jobs] = await ctx.db.load(lettersQuery, jobsQuery);
  const instant = (ms: number) => new Date(ms).toISOString();
  return {
    letters: letters.map(({ id, queue, at }) => ({ id, queue, at: instant(at) })),
    jobs: jobs.map(({ id, kind, subject, attempts, lastError, deadAt }) => ({
      id,
      kind,
      subject,
      attempts,
      lastError,
      deadAt: instant(deadAt ?? 0),
    })),
  };
}

const QUEUES = {
  "events-dlq": "EVENTS",
  "email-dlq": "EMAIL",
  "invoice-dlq": "INVOICE",
  "notification-dlq": "NOTIFICATION",
  "analytics-dlq": "ANALYTICS",
  "webhook-dlq": "WEBHOOK",
} as const;

/** Sent before it is deleted: a crash in between sends twice, and every consumer bears that. */
export async function redrive(ctx: Ctx): Promise<{ letters: number; jobs: number }> {
  const [letters, jobs] = await ctx.db.load(lettersQuery, jobsQuery);
  for (const { queue, body } of letters) {
    await ctx.queues[QUEUES[queue as keyof typeof QUEUES]].send(body);
  }
  const ids = letters.map((letter) => letter.id);
  const dead = jobs.map((job) => job.id);
  const revived = { deadAt: null, attempts: 0, leaseUntil: null, dueAt: ctx.clock.now() };
  await ctx.db.commit([
    statement(build.delete(deadLetter).where(inArray(deadLetter.id, ids))),
    statement(build.update(due).set(revived).where(inArray(due.id, dead))),
  ]);
  return { letters: letters.length, jobs: jobs.length };
}
