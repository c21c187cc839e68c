import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { Outcome, OutcomeKind } from "#services/catalog/seller/domain/outcome";

/** What an outcome, or a day, adds to each number of its shop. */
const counts = () => ({
  orders: integer().notNull(),
  cancelled: integer().notNull(),
  unfulfilled: integer().notNull(),
  shipped: integer().notNull(),
  late: integer().notNull(),
  preparationMs: bigint({ mode: "number" }).notNull(),
  delivered: integer().notNull(),
  returned: integer().notNull(),
  questions: integer().notNull(),
  answered: integer().notNull(),
  ratings: integer().notNull(),
  stars: integer().notNull(),
});

/** One order, question or review: what was seen of it, and what it adds to the numbers of its shop. */
export const sellerOutcome = pgTable(
  "seller_order_outcome",
  {
    subject: text().primaryKey(),
    kind: text().$type<OutcomeKind>().notNull(),
    sellerId: id("seller").notNull(),
    orderId: id("order"),
    seen: jsonb().$type<Outcome["seen"]>().notNull(),
    countsAt: instant(),
    /** The market's day that it counts for; null with `countsAt`. */
    day: integer(),
    ...counts(),
    version: integer().notNull(),
  },
  (t) => [
    index("seller_order_outcome_by_day").on(t.sellerId, t.day, t.subject),
    check("seller_order_outcome_counts", sql`(${t.day} IS NULL) = (${t.countsAt} IS NULL)`),
  ],
);

/** The sums of a day's outcomes, kept with each change of one: a recount of the outcomes gives the same. */
export const sellerTally = pgTable(
  "seller_tally",
  { sellerId: id("seller").notNull(), day: integer().notNull(), ...counts() },
  (t) => [primaryKey({ columns: [t.sellerId, t.day] })],
);

/**
 * Points of a shop, a log: a penalty adds, a successful appeal takes the same away again, and both lapse on
 * one day. A trigger refuses every change of a row.
 */
export const sellerPoint = pgTable(
  "seller_point",
  {
    id: id("penalty").primaryKey(),
    sellerId: id("seller").notNull(),
    points: integer().notNull(),
    /** The number that missed its target, or `conduct` where an operator judged. */
    metric: text().notNull(),
    period: text(),
    /** First and last day of what was judged. */
    firstDay: integer(),
    lastDay: integer(),
    value: integer(),
    target: integer(),
    of: bigint({ mode: "number" }),
    per: integer(),
    reason: text(),
    /** The penalty that this takes back. */
    restores: id("penalty"),
    by: id("user"),
    at: instant().notNull(),
    expiresAt: instant().notNull(),
  },
  (t) => [
    index("seller_point_by_seller").on(t.sellerId, t.id),
    uniqueIndex("seller_point_once").on(t.sellerId, t.period, t.firstDay, t.metric),
    uniqueIndex("seller_point_restored_once").on(t.restores),
    check("seller_point_sign", sql`(${t.points} < 0) = (${t.restores} IS NOT NULL)`),
  ],
);
