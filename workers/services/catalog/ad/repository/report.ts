import { type SQL, sql } from "drizzle-orm";
import { type Query, query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Counted, Sold } from "../domain/figures.ts";
import type { ReportedBy } from "../schemas/report.ts";

type Span = {
  readonly campaignId: Id<"adCampaign">;
  readonly sellerId: Id<"seller">;
  /** Days of the market, both included. */
  readonly from: string;
  readonly to: string;
  readonly by: ReportedBy;
  readonly windowDays: number;
};

const STAT_NAME: { readonly [by in ReportedBy]: SQL } = {
  day: sql.raw("s.day::text"),
  group: sql.raw("s.group_id"),
  product: sql.raw("s.product_id"),
  keyword: sql.raw("s.keyword_id"),
  placement: sql.raw("s.placement"),
};
const CLICK_NAME: { readonly [by in ReportedBy]: SQL } = {
  day: sql.raw("c.day::text"),
  group: sql.raw("c.receipt ->> 'groupId'"),
  product: sql.raw("c.product_id"),
  keyword: sql.raw("coalesce(c.receipt ->> 'keywordId', '')"),
  placement: sql.raw("c.receipt ->> 'placement'"),
};

export const countedQuery = ({ campaignId, from, to, by }: Span): Query<ReadonlyMap<string, Counted>> =>
  query(
    (read) =>
      read.execute<Omit<Counted, "chargedMilli"> & { name: string; milli: string }>(sql`
        SELECT ${STAT_NAME[by]} AS name, sum(impressions)::int AS impressions, sum(clicks)::int AS clicks,
          sum(free_clicks)::int AS "freeClicks", sum(charged_milli)::text AS milli
        FROM ad_stat s WHERE s.campaign_id = ${campaignId} AND s.day BETWEEN ${from}::date AND ${to}::date
        GROUP BY 1`),
    ({ rows }) =>
      new Map(rows.map(({ name, milli, ...counts }) => [name, { ...counts, chargedMilli: BigInt(milli) }])),
  );

/**
 * What was bought after a click: a line belongs to the buyer's last click on any advertisement of the shop
 * within the window, so no two campaigns count it, and stands on the day of the click beside what that cost.
 */
export const soldQuery = ({ campaignId, sellerId, from, to, by, windowDays }: Span) =>
  query(
    (read) =>
      read.execute<{ name: string; orders: number; units: number; sales: string; direct: string }>(sql`
        SELECT ${CLICK_NAME[by]} AS name, count(DISTINCT p.order_id)::int AS orders,
          sum(p.quantity)::int AS units, sum(p.net_minor)::text AS sales,
          coalesce(sum(p.net_minor) FILTER (WHERE p.product_id = c.product_id), 0)::text AS direct
        FROM ad_purchase p CROSS JOIN LATERAL (
          SELECT * FROM ad_click k
          WHERE k.buyer_id = p.buyer_id AND k.seller_id = p.seller_id AND k.at <= p.paid_at
            AND k.at > p.paid_at - make_interval(days => ${windowDays})
          ORDER BY k.at DESC, k.bid_id DESC LIMIT 1) c
        WHERE p.seller_id = ${sellerId} AND p.cancelled_at IS NULL
          AND p.paid_at >= ${from}::date - interval '1 day'
          AND p.paid_at < ${to}::date + make_interval(days => ${windowDays} + 2)
          AND c.campaign_id = ${campaignId} AND c.day BETWEEN ${from}::date AND ${to}::date
        GROUP BY 1`),
    ({ rows }) =>
      new Map(
        rows.map(({ name, orders, units, sales, direct }): [string, Sold] => [
          name,
          { orders, units, salesMinor: BigInt(sales), directMinor: BigInt(direct) },
        ]),
      ),
  );

export const creditedQuery = (campaignId: Id<"adCampaign">): Query<bigint> =>
  query(
    (read) =>
      read.execute<{ minor: string }>(
        sql`SELECT coalesce(sum(amount_minor), 0)::text AS minor FROM ad_credit
          WHERE campaign_id = ${campaignId}`,
      ),
    ({ rows: [row] }) => BigInt(row?.minor ?? 0),
  );
