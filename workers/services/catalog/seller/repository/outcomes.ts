import { and, between, desc, eq, gt, type SQL, sql } from "drizzle-orm";
import { among, type Query, query, recordset, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { sellerOutcome, sellerTally } from "#schema/catalog/seller/performance";
import {
  addCounts,
  type Change,
  COUNTS,
  type Count,
  type Counts,
  type DayOf,
  NO_COUNTS,
  type Outcome,
} from "../domain/outcome.ts";
import type { Span } from "../domain/performance.ts";

type Row = typeof sellerOutcome.$inferSelect;

const pick = (row: Counts): Counts =>
  Object.fromEntries(COUNTS.map((count) => [count, row[count]])) as Counts;

const toOutcome = (row: Row): Outcome => ({
  subject: row.subject,
  kind: row.kind,
  sellerId: row.sellerId,
  orderId: row.orderId,
  seen: row.seen,
  countsAt: row.countsAt,
  counts: pick(row),
  version: row.version,
});

export const outcomesQuery = (subjects: readonly string[]): Query<ReadonlyMap<string, Outcome>> =>
  query(
    (read) => read.select().from(sellerOutcome).where(among(sellerOutcome.subject, subjects)),
    (rows) => new Map(rows.map((row) => [row.subject, toOutcome(row)])),
  );

/** New ones and changed ones; refused when another consumer changed one of them meanwhile. */
export function saveOutcomes(outcomes: readonly Outcome[], dayOf: DayOf): Statement<"outcome.stale"> {
  const rows = outcomes
    .map(({ counts, countsAt, ...rest }) => {
      return { ...rest, ...counts, countsAt, day: countsAt === null ? null : dayOf(countsAt) };
    })
    .sort((a, b) => (a.subject < b.subject ? -1 : 1));
  const { from, names } = recordset(sellerOutcome, rows);
  return {
    sql: sql`WITH done AS (
        INSERT INTO ${sellerOutcome} AS o (${names}) SELECT ${names} FROM ${from}
        ON CONFLICT (subject) DO UPDATE SET order_id = excluded.order_id, seen = excluded.seen,
          counts_at = excluded.counts_at, day = excluded.day, ${setCounts((c) => sql`excluded.${c}`)},
          version = excluded.version
        WHERE o.version = excluded.version - 1
        RETURNING 1)
      SELECT assert_that((SELECT count(*) FROM done) = ${rows.length}, 'outcome.stale')`,
    refuses: "outcome.stale",
  };
}

const columnOf = (count: Count): SQL => sql.raw(count === "preparationMs" ? "preparation_ms" : count);
const setCounts = (to: (column: SQL) => SQL): SQL =>
  sql.join(
    COUNTS.map((count) => sql`${columnOf(count)} = ${to(columnOf(count))}`),
    sql`, `,
  );

/** Days change by what their outcomes changed by, in the same commit; rows come sorted, so locks do too. */
export function addTallies(changes: readonly Change[]): Statement {
  const rows = changes.map(({ sellerId, day, counts }) => ({ sellerId, day, ...counts }));
  const { from, names } = recordset(sellerTally, rows);
  return {
    sql: sql`INSERT INTO ${sellerTally} AS t (${names}) SELECT ${names} FROM ${from}
      ON CONFLICT (seller_id, day) DO UPDATE SET ${setCounts((c) => sql`t.${c} + excluded.${c}`)}`,
  };
}

/** The sums over a span of days, from the tallies. */
export const tallyQuery = (sellerId: Id<"seller">, { first, last }: Span): Query<Counts> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerTally)
        .where(and(eq(sellerTally.sellerId, sellerId), between(sellerTally.day, first, last))),
    (rows) => rows.map(pick).reduce(addCounts, NO_COUNTS),
  );

/** The same from the outcomes themselves: what an auditor counts. */
export const recountQuery = (sellerId: Id<"seller">, { first, last }: Span): Query<Counts> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerOutcome)
        .where(and(eq(sellerOutcome.sellerId, sellerId), between(sellerOutcome.day, first, last))),
    (rows) => rows.map(pick).reduce(addCounts, NO_COUNTS),
  );

type Listing = {
  readonly span: Span;
  /** Only outcomes that count here. */
  readonly moved: Count;
  readonly after: readonly [day: number, subject: string] | undefined;
  readonly limit: number;
};

/** What moved a number, the latest day first; takes one row more than asked for. */
export const movedQuery = (
  sellerId: Id<"seller">,
  { span, moved, after, limit }: Listing,
): Query<readonly Outcome[]> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerOutcome)
        .where(
          and(
            eq(sellerOutcome.sellerId, sellerId),
            between(sellerOutcome.day, span.first, span.last),
            gt(sellerOutcome[moved], 0),
            after && sql`(${sellerOutcome.day}, ${sellerOutcome.subject}) < (${after[0]}, ${after[1]})`,
          ),
        )
        .orderBy(desc(sellerOutcome.day), desc(sellerOutcome.subject))
        .limit(limit + 1),
    (rows) => rows.map(toOutcome),
  );
