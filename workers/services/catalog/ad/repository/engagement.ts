import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import type { BuyerId } from "#kernel/actor";
import { among, build, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { adAuction, adClick, adCredit, adPurchase, type adStat } from "#schema/catalog/ad";

export type Stat = typeof adStat.$inferSelect;
export type Click = typeof adClick.$inferSelect;

/** Adds up; the consumer's record in the same commit makes it once. Rows are met in one order. */
export function addStats(stats: readonly Stat[]): Statement {
  const rows = stats.map((stat) => ({ ...stat, chargedMilli: stat.chargedMilli.toString() }));
  return {
    sql: sql`INSERT INTO ad_stat (campaign_id, group_id, product_id, keyword_id, placement, day, seller_id,
        impressions, clicks, free_clicks, charged_milli)
      SELECT "campaignId", "groupId", "productId", "keywordId", placement, day, min("sellerId"),
        sum(impressions), sum(clicks), sum("freeClicks"), sum("chargedMilli")
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS w ("campaignId" text, "groupId" text,
        "productId" text, "keywordId" text, placement text, day date, "sellerId" text, impressions int,
        clicks int, "freeClicks" int, "chargedMilli" bigint)
      GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
      ON CONFLICT (campaign_id, group_id, product_id, keyword_id, placement, day) DO UPDATE SET
        impressions = ad_stat.impressions + excluded.impressions,
        clicks = ad_stat.clicks + excluded.clicks,
        free_clicks = ad_stat.free_clicks + excluded.free_clicks,
        charged_milli = ad_stat.charged_milli + excluded.charged_milli`,
  };
}

/** Where the same fact is counted twice at once, the inbox is who refuses the second time, not the click. */
export const insertClicks = (clicks: readonly Click[]): Statement => ({
  sql: sql`${insertMany(adClick, clicks).sql} ON CONFLICT DO NOTHING`,
});

/** One click by the name of its card; another shop's is not found. */
export const clickQuery = (sellerId: Id<"seller">, bidId: string): Query<Click | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(adClick)
        .where(and(eq(adClick.bidId, bidId), eq(adClick.sellerId, sellerId))),
    ([row]) => row,
  );

type Listing = {
  readonly campaignId: Id<"adCampaign">;
  readonly before: readonly (string | number)[] | undefined;
  readonly limit: number;
};

const isBefore = ([at, bidId]: readonly (string | number)[]) =>
  sql`(${adClick.at}, ${adClick.bidId}) < (${new Date(Number(at)).toISOString()}, ${bidId})`;

/** The newest first. */
export const clicksQuery = ({ campaignId, before, limit }: Listing): Query<readonly Click[]> =>
  query(
    (read) =>
      read
        .select()
        .from(adClick)
        .where(and(eq(adClick.campaignId, campaignId), before && isBefore(before)))
        .orderBy(sql`${adClick.at} DESC`, sql`${adClick.bidId} DESC`)
        .limit(limit),
    (rows) => rows,
  );

/** Clicks of a campaign that were paid for and may be given back: these, or one viewer's of a day. */
export const creditableQuery = (
  campaignId: Id<"adCampaign">,
  {
    bidIds,
    viewer,
    day,
  }: { readonly bidIds?: readonly string[]; readonly viewer?: string; readonly day?: string },
): Query<readonly Click[]> =>
  query(
    (read) =>
      read
        .select()
        .from(adClick)
        .where(
          and(
            eq(adClick.campaignId, campaignId),
            eq(adClick.verdict, "charged"),
            isNull(adClick.creditId),
            bidIds && among(adClick.bidId, bidIds),
            viewer === undefined ? undefined : eq(adClick.viewer, viewer),
            day === undefined ? undefined : eq(adClick.day, day),
          ),
        )
        .orderBy(adClick.bidId)
        .limit(CREDITED_MAX),
    (rows) => rows,
  );
/** One decision of an operator; more are another. */
const CREDITED_MAX = 1_000;

/** Each click is given back once: a second credit of one of them refuses the whole. */
export function giveBack(
  credit: typeof adCredit.$inferInsert,
  bidIds: readonly string[],
): readonly Statement<"ad.stale">[] {
  const mark = sql`UPDATE ad_click SET credit_id = ${credit.id}
    WHERE ${among(sql`bid_id`, bidIds)} AND credit_id IS NULL AND verdict = 'charged' RETURNING 1`;
  return [
    insertMany(adCredit, [credit]),
    {
      sql: sql`WITH done AS (${mark})
        SELECT assert_that((SELECT count(*) FROM done) = ${bidIds.length}, 'ad.stale')`,
    },
  ];
}

export type Purchase = typeof adPurchase.$inferSelect;

/** Which of two facts of an order comes first does not matter: each fills in its own. */
export function notePurchases(purchases: readonly Purchase[]): Statement {
  const rows = purchases.map((one) => ({
    ...one,
    netMinor: one.netMinor.toString(),
    paidAt: one.paidAt === null ? null : new Date(one.paidAt).toISOString(),
    cancelledAt: one.cancelledAt === null ? null : new Date(one.cancelledAt).toISOString(),
  }));
  return {
    sql: sql`INSERT INTO ad_purchase (order_id, line_id, seller_id, product_id, buyer_id, quantity, net_minor,
        paid_at, cancelled_at)
      SELECT "orderId", "lineId", "sellerId", "productId", "buyerId", max(quantity), max("netMinor"),
        max("paidAt"), max("cancelledAt")
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS w ("orderId" text, "lineId" text,
        "sellerId" text, "productId" text, "buyerId" text, quantity int, "netMinor" bigint,
        "paidAt" timestamptz, "cancelledAt" timestamptz)
      WHERE EXISTS (SELECT 1 FROM ad_click c WHERE c.buyer_id = w."buyerId" AND c.seller_id = w."sellerId")
        OR EXISTS (SELECT 1 FROM ad_campaign a WHERE a.seller_id = w."sellerId")
      GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2
      ON CONFLICT (order_id, line_id) DO UPDATE SET
        paid_at = coalesce(ad_purchase.paid_at, excluded.paid_at),
        cancelled_at = coalesce(ad_purchase.cancelled_at, excluded.cancelled_at)`,
  };
}

/** Clicks of one person in an export; the oldest of more are left out. */
const EXPORTED_MAX = 1_000;

/** For a person's export: which advertisements were followed, and when. */
export const exportQuery = (buyerId: BuyerId): Query<readonly unknown[]> =>
  query(
    (read) =>
      read
        .select({ productId: adClick.productId, sellerId: adClick.sellerId, at: adClick.at })
        .from(adClick)
        .where(eq(adClick.buyerId, buyerId))
        .orderBy(desc(adClick.at))
        .limit(EXPORTED_MAX),
    (rows) => rows,
  );

/** Figures stay, and whose they were goes. */
export const forget = (userId: Id<"user">): Statement[] => [
  statement(build.update(adClick).set({ buyerId: null, viewer: "" }).where(eq(adClick.buyerId, userId))),
  statement(build.update(adPurchase).set({ buyerId: null }).where(eq(adPurchase.buyerId, userId))),
];

export type HeldAuction = typeof adAuction.$inferSelect;
/** Who keeps one sees to it that the old ones go. */
export const keepAuctions = (rows: readonly HeldAuction[], oldest: number): readonly Statement[] => [
  insertMany(adAuction, rows),
  statement(build.delete(adAuction).where(lt(adAuction.at, oldest))),
];

export const auctionQuery = (
  sellerId: Id<"seller">,
  auctionId: Id<"adAuction">,
): Query<HeldAuction | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(adAuction)
        .where(and(eq(adAuction.sellerId, sellerId), eq(adAuction.auctionId, auctionId))),
    ([row]) => row,
  );
