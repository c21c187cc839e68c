import { and, asc, desc, eq, gt, lt, sql } from "drizzle-orm";
import { among, build, guarded, insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { seller } from "#schema/catalog/seller";
import { sellerPoint, sellerTally } from "#schema/catalog/seller/performance";
import { sellerAppeal } from "#schema/catalog/seller/profile";
import type { Span } from "../domain/performance.ts";
import type { Appeal, AppealState, Point } from "../domain/standing.ts";
import type { SellerState } from "../facts.ts";

export type SellerStanding = {
  readonly sellerId: Id<"seller">;
  readonly state: SellerState;
  /** Penalty points that count now. */
  readonly points: number;
  /** Hundredths of a star over the rolling window; null: nobody has rated the shop. */
  readonly rating: number | null;
};

/** Where shops stand: state, points and rating, for what only shops in good standing may do. */
export const standingQuery = (
  sellerIds: readonly Id<"seller">[],
  { first, last }: Span,
  now: number,
): Query<readonly SellerStanding[]> => {
  const at = new Date(now).toISOString();
  // Named with its table: alone in a FROM clause a column is written bare, and the inner one would be meant.
  const shop = sql`${seller}.id`;
  return query(
    (read) =>
      read
        .select({
          sellerId: seller.id,
          state: seller.state,
          points: sql<number>`(SELECT coalesce(sum(p.points), 0)::int FROM ${sellerPoint} p
            WHERE p.seller_id = ${shop} AND p.expires_at > ${at})`,
          rating: sql<number | null>`(SELECT round(sum(t.stars) * 100.0 / nullif(sum(t.ratings), 0))::int
            FROM ${sellerTally} t
            WHERE t.seller_id = ${shop} AND t.day BETWEEN ${first} AND ${last})`,
        })
        .from(seller)
        .where(among(seller.id, sellerIds)),
    (rows) => rows,
  );
};

/** Refused when the same number of the same period has been judged before, or the penalty taken back. */
export const insertPoints = (points: readonly Point[]): Statement<"penalty.exists" | "penalty.restored"> => ({
  ...insertMany(sellerPoint, [...points]),
  constraints: { seller_point_once: "penalty.exists", seller_point_restored_once: "penalty.restored" },
});

export const pointQuery = (sellerId: Id<"seller">, penaltyId: Id<"penalty">): Query<Point | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerPoint)
        .where(and(eq(sellerPoint.id, penaltyId), eq(sellerPoint.sellerId, sellerId))),
    ([row]) => row,
  );

/** Numbers of a period that have been judged. */
export const judgedQuery = (
  sellerId: Id<"seller">,
  period: string,
  firstDay: number,
): Query<ReadonlySet<string>> =>
  query(
    (read) =>
      read
        .select({ metric: sellerPoint.metric })
        .from(sellerPoint)
        .where(
          and(
            eq(sellerPoint.sellerId, sellerId),
            eq(sellerPoint.period, period),
            eq(sellerPoint.firstDay, firstDay),
          ),
        ),
    (rows) => new Set(rows.map(({ metric }) => metric)),
  );

type Listing = { readonly before: string | undefined; readonly limit: number };

/** The newest first; takes one row more than asked for. */
export const pointsQuery = (sellerId: Id<"seller">, { before, limit }: Listing): Query<readonly Point[]> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerPoint)
        .where(
          and(
            eq(sellerPoint.sellerId, sellerId),
            before === undefined ? undefined : lt(sellerPoint.id, before as Id<"penalty">),
          ),
        )
        .orderBy(desc(sellerPoint.id))
        .limit(limit + 1),
    (rows) => rows,
  );

export const insertAppeal = (appeal: Appeal): Statement<"appeal.exists"> => ({
  ...insertMany(sellerAppeal, [appeal]),
  constraints: { seller_appeal_once: "appeal.exists" },
});

export function saveAppeal({ id, sellerId: _, ...rest }: Appeal): Statement<"appeal.decided"> {
  const before = and(eq(sellerAppeal.id, id), eq(sellerAppeal.version, rest.version - 1));
  return guarded(build.update(sellerAppeal).set(rest).where(before), 1, "appeal.decided");
}

export const appealQuery = (id: Id<"appeal">): Query<Appeal | undefined> =>
  query(
    (read) => read.select().from(sellerAppeal).where(eq(sellerAppeal.id, id)),
    ([row]) => row,
  );

export const appealsOfQuery = (
  sellerId: Id<"seller">,
  { before, limit }: Listing,
): Query<readonly Appeal[]> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerAppeal)
        .where(
          and(
            eq(sellerAppeal.sellerId, sellerId),
            before === undefined ? undefined : lt(sellerAppeal.id, before as Id<"appeal">),
          ),
        )
        .orderBy(desc(sellerAppeal.id))
        .limit(limit + 1),
    (rows) => rows,
  );

/** What operators work through: those that wait longest come first. */
export const appealsQuery = (
  state: AppealState,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Query<readonly Appeal[]> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerAppeal)
        .where(
          and(
            eq(sellerAppeal.state, state),
            after === undefined ? undefined : gt(sellerAppeal.id, after as Id<"appeal">),
          ),
        )
        .orderBy(asc(sellerAppeal.id))
        .limit(limit + 1),
    (rows) => rows,
  );

/** What a decision rests on stays. */
export const assertNoEvidence = (
  sellerId: Id<"seller">,
  documentId: Id<"document">,
): Statement<"document.is_evidence"> => ({
  sql: sql`SELECT assert_that(NOT EXISTS (SELECT 1 FROM ${sellerAppeal}
    WHERE seller_id = ${sellerId} AND evidence @> ${JSON.stringify([documentId])}::jsonb),
    'document.is_evidence')`,
});
