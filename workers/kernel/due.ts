import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { id, instant } from "./columns.ts";
import type { Ctx } from "./ctx.ts";
import type { Statement } from "./db.ts";
import type { JobKind } from "./job.ts";

/**
 * Work that must happen, at once or at its time: the row is the promise, the queue only the quick way to it.
 * A row goes away in the commit of its effect; the sweep takes up what was lost on the way.
 */
export const due = pgTable(
  "due",
  {
    id: id("due").primaryKey(),
    kind: text().notNull(),
    subject: text().notNull(),
    payload: jsonb().notNull(),
    dueAt: instant().notNull(),
    /** Until then somebody is working on it; `attempts` names the lease, so a late worker cannot close it. */
    leaseUntil: instant(),
    attempts: integer().notNull(),
    lastError: text(),
    /** Given up after the last attempt; `npm run redrive` clears it. */
    deadAt: instant(),
    createdAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex("due_kind_subject").on(t.kind, t.subject),
    index("due_by_time").on(t.dueAt).where(sql`${t.deadAt} IS NULL`),
  ],
);

type Scheduled<P> = { readonly subject: string; readonly payload: P; readonly dueAt?: number };

/** One row a (kind, subject): scheduling again moves the time and replaces the payload. */
export function schedule<P>(
  ctx: Pick<Ctx, "ids" | "clock">,
  { kind, queue }: JobKind<P>,
  { subject, payload, dueAt = ctx.clock.now() }: Scheduled<P>,
): Statement {
  const now = ctx.clock.now();
  const dueId = ctx.ids.next("due");
  const at = (ms: number) => new Date(ms).toISOString();
  return {
    sql: sql`INSERT INTO ${due} (id, kind, subject, payload, due_at, attempts, created_at)
      VALUES (${dueId}, ${kind}, ${subject}, ${JSON.stringify(payload)}::jsonb, ${at(dueAt)}, 0, ${at(now)})
      ON CONFLICT (kind, subject) DO UPDATE
      SET payload = excluded.payload, due_at = excluded.due_at, id = excluded.id,
        lease_until = NULL, attempts = 0, dead_at = NULL`,
    jobs: [{ id: dueId, kind, queue, dueAt }],
  };
}

/** Takes back what is no longer wanted. */
export function unschedule({ kind }: JobKind<never> | JobKind, subject: string): Statement {
  return { sql: sql`DELETE FROM ${due} WHERE kind = ${kind} AND subject = ${subject}` };
}

/** As `schedule`, for as many subjects as there are: the text of the statement stays the same. */
export function scheduleAll<P>(
  ctx: Pick<Ctx, "ids" | "clock">,
  { kind, queue }: JobKind<P>,
  wanted: readonly Scheduled<P>[],
): Statement {
  const now = ctx.clock.now();
  const jobs = wanted.map(({ dueAt = now }) => ({ id: ctx.ids.next("due"), kind, queue, dueAt }));
  const rows = wanted.map(({ subject, payload }, i) => {
    const { id: dueId = "", dueAt = now } = jobs[i] ?? {};
    return { id: dueId, subject, payload, due_at: new Date(dueAt).toISOString() };
  });
  return {
    sql: sql`INSERT INTO ${due} (id, kind, subject, payload, due_at, attempts, created_at)
      SELECT w.id, ${kind}, w.subject, w.payload, w.due_at, 0, ${new Date(now).toISOString()}
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS w (id text, subject text, payload jsonb, due_at timestamptz)
      ORDER BY w.subject
      ON CONFLICT (kind, subject) DO UPDATE
      SET payload = excluded.payload, due_at = excluded.due_at, id = excluded.id,
        lease_until = NULL, attempts = 0, dead_at = NULL`,
    jobs,
  };
}
