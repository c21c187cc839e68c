import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { id, instant } from "./columns.ts";
import { insertMany, type Statement } from "./db.ts";
import type { Fact } from "./facts.ts";
import type { Id } from "./ids.ts";

/** Lives here and not in drizzle/schema, because the kernel stands on the lowest floor. */
export const outbox = pgTable(
  "outbox",
  {
    id: id("event").primaryKey(),
    type: text().notNull(),
    v: integer().notNull(),
    at: instant().notNull(),
    cell: text().notNull(),
    subject: text().notNull(),
    seq: integer().notNull(),
    trace: text().notNull(),
    payload: jsonb().notNull(),
    /** Set once every consumer has recorded it; being sent to a queue is not enough to close it. */
    closedAt: instant(),
    /** When the sweep last sent it again, and how often; null: only the relay has sent it. */
    resentAt: instant(),
    resends: integer(),
  },
  (t) => [
    index("outbox_open").on(t.at).where(sql`${t.closedAt} IS NULL`),
    index("outbox_by_subject").on(t.subject, t.seq),
  ],
);

type OutboxRow = typeof outbox.$inferSelect;

/** What travels of a row. */
export const toFact = ({ closedAt: _, resentAt: __, resends: ___, ...fact }: OutboxRow): Fact => fact;

/** What each consumer has handled, written in the same commit as its effect. */
export const inbox = pgTable(
  "inbox",
  {
    consumer: text().notNull(),
    eventId: id("event").notNull(),
    at: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.eventId, t.consumer] }), index("inbox_by_age").on(t.at)],
);

/** Records facts in the commit of the change they tell of; the relay sends them afterwards. */
export function append(...facts: readonly Fact[]): Statement {
  return { ...insertMany(outbox, [...facts]), facts };
}

/** Refuses the whole commit when one of the events was recorded meanwhile by a twin of this consumer. */
export function record(
  consumer: string,
  eventIds: readonly Id<"event">[],
  at: number,
): Statement<"inbox.recorded"> {
  const rows = eventIds.map((eventId) => ({ consumer, eventId, at }));
  return { ...insertMany(inbox, rows), constraints: { inbox_event_id_consumer_pk: "inbox.recorded" } };
}

/**
 * As `append`, for a sender that posts again until it has an answer (an object's outbox): what it has posted
 * before is recorded in the inbox under its name, and left out.
 */
export function appendOnce(sender: string, facts: readonly Fact[], at: number): Statement {
  const posted = insertMany(
    inbox,
    facts.map((fact) => ({ consumer: sender, eventId: fact.id, at })),
  );
  return {
    sql: sql`WITH fresh AS (${posted.sql} ON CONFLICT DO NOTHING RETURNING event_id)
      ${insertMany(outbox, [...facts]).sql} WHERE id IN (SELECT event_id FROM fresh)`,
    facts,
  };
}
