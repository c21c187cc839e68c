import { sql } from "drizzle-orm";
import { among, build, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { searchAct, searchDay, searchView } from "#schema/catalog/search";
import { type ActKind, RULES } from "../domain/feedback.ts";

const iso = (ms: number) => new Date(ms).toISOString();

export type Told = {
  readonly searchId: Id<"search">;
  readonly viewer: string;
  readonly origin: string;
  /** Shops that the viewer belongs to: what he does with their goods says nothing. */
  readonly shops: readonly Id<"seller">[];
  readonly acts: readonly { readonly kind: ActKind; readonly productId: Id<"product"> }[];
  readonly at: number;
};

/** The page was in sight, and this was done with it; said again it changes nothing. */
export const saveFeedback = ({
  searchId,
  viewer,
  origin,
  shops,
  acts,
  at,
}: Told): Statement<"search.answer_not_found" | "search.not_shown"> => ({
  sql: sql`WITH answer AS (SELECT id, product_ids FROM search_answer WHERE id = ${searchId}),
    told AS (SELECT DISTINCT kind, "productId" AS product_id
      FROM jsonb_to_recordset(${JSON.stringify(acts)}::jsonb) AS w (kind text, "productId" text)),
    viewed AS (INSERT INTO search_view (search_id, viewer, origin, at)
      SELECT id, ${viewer}, ${origin}, ${iso(at)}::timestamptz FROM answer ON CONFLICT DO NOTHING),
    acted AS (INSERT INTO search_act (search_id, viewer, product_id, kind, at)
      SELECT id, ${viewer}, product_id, kind, ${iso(at)}::timestamptz FROM answer, told
      WHERE NOT EXISTS (SELECT 1 FROM listing l WHERE l.product_id = told.product_id
        AND l.seller_ids && ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(shops)}::jsonb)))
      ON CONFLICT DO NOTHING)
    SELECT assert_that(EXISTS (SELECT 1 FROM answer), 'search.answer_not_found'),
      assert_that(NOT EXISTS (SELECT 1 FROM told, answer WHERE product_id <> ALL (product_ids)),
        'search.not_shown')`,
});

export type Sale = {
  readonly viewer: string;
  readonly orderId: Id<"order">;
  readonly productIds: readonly Id<"product">[];
  readonly at: number;
};

/**
 * Credits the last click that led to what was bought. An order that came to nothing is noted at a click too,
 * by its id, so that it takes its credit back whichever of the two is heard of first.
 */
export const saveSales = (kind: "purchase" | "undone", sales: readonly Sale[]): Statement => {
  const reach = kind === "purchase" ? RULES.attributedMs : RULES.keptMs;
  const rows = sales.flatMap(({ productIds, at, ...sale }) =>
    productIds.map((productId) => ({ ...sale, productId, at: iso(at), since: iso(at - reach) })),
  );
  return {
    sql: sql`INSERT INTO search_act (search_id, viewer, product_id, kind, order_id, at)
      SELECT DISTINCT ON (a.viewer, a.product_id, w."orderId") a.search_id, a.viewer, a.product_id, ${kind},
        w."orderId", w.at
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS w (viewer text, "orderId" text, "productId" text, at timestamptz, since timestamptz)
      JOIN search_act a ON a.viewer = w.viewer AND a.product_id = w."productId" AND a.kind = 'click'
        AND a.at > w.since AND a.at <= w.at
      ORDER BY a.viewer, a.product_id, w."orderId", a.at DESC
      ON CONFLICT DO NOTHING`,
  };
};

export const forgetViewers = (viewers: readonly string[]): Statement[] => [
  statement(build.delete(searchAct).where(among(searchAct.viewer, viewers))),
  statement(build.delete(searchView).where(among(searchView.viewer, viewers))),
];

export const learn = (at: number, timeZone: string): Statement => ({
  sql: sql`SELECT search_learn(${JSON.stringify(RULES)}::jsonb, ${iso(at)}::timestamptz, ${timeZone})`,
});

export type Range = { readonly from: string; readonly to: string };
export type Counts = {
  readonly searches: number;
  readonly empty: number;
  readonly clicked: number;
  readonly clicks: number;
  readonly carts: number;
  readonly purchases: number;
  readonly reciprocal: number;
};
const SUMS = {
  searches: sql<number>`sum(${searchDay.searches})::float8`,
  empty: sql<number>`sum(${searchDay.empty})::float8`,
  clicked: sql<number>`sum(${searchDay.clicked})::float8`,
  clicks: sql<number>`sum(${searchDay.clicks})::float8`,
  carts: sql<number>`sum(${searchDay.carts})::float8`,
  purchases: sql<number>`sum(${searchDay.purchases})::float8`,
  reciprocal: sql<number>`sum(${searchDay.reciprocal})::float8`,
};
const within = ({ from, to }: Range) => sql`${searchDay.day} BETWEEN ${from} AND ${to}`;

export const daysQuery = (range: Range): Query<readonly (Counts & { readonly day: string })[]> =>
  query(
    (read) =>
      read
        .select({ day: searchDay.day, ...SUMS })
        .from(searchDay)
        .where(within(range))
        .groupBy(searchDay.day)
        .orderBy(searchDay.day),
    (rows) => rows,
  );

/** The queries asked most, or those that most often found nothing. */
export const topQuery = (
  range: Range,
  order: "searches" | "empty",
  limit: number,
): Query<readonly (Counts & { readonly query: string })[]> =>
  query(
    (read) =>
      read
        .select({ query: searchDay.query, ...SUMS })
        .from(searchDay)
        .where(within(range))
        .groupBy(searchDay.query)
        .having(sql`${SUMS[order]} > 0`)
        .orderBy(sql`${SUMS[order]} DESC`, searchDay.query)
        .limit(limit),
    (rows) => rows,
  );
