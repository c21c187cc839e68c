import { and, eq, sql } from "drizzle-orm";
import { query } from "#kernel/db";
import { adCampaign, adGroup, adKeyword, adStat, adTarget } from "#schema/catalog/ad";
import { fromRow } from "./campaigns.ts";

const active = sql`(SELECT ${adCampaign.id} FROM ${adCampaign} WHERE ${adCampaign.state} = 'active')`;

/** The market of advertisements as it is now; who may run today is decided later. */
export const activeCampaignsQuery = query(
  (read) => read.select().from(adCampaign).where(eq(adCampaign.state, "active")),
  (rows) => rows.map(fromRow),
);

export const activeGroupsQuery = query(
  (read) =>
    read
      .select()
      .from(adGroup)
      .where(and(eq(adGroup.state, "active"), sql`${adGroup.campaignId} IN ${active}`)),
  (rows) => rows,
);

export const activeTargetsQuery = query(
  (read) => read.select().from(adTarget).where(sql`${adTarget.campaignId} IN ${active}`),
  (rows) => rows,
);

export const activeKeywordsQuery = query(
  (read) => read.select().from(adKeyword).where(sql`${adKeyword.campaignId} IN ${active}`),
  (rows) => rows,
);

/** How often each target was seen and clicked since a day. */
export const clickRatesQuery = (since: string) =>
  query(
    (read) =>
      read
        .select({
          groupId: adStat.groupId,
          productId: adStat.productId,
          impressions: sql<number>`sum(${adStat.impressions})::int`,
          clicks: sql<number>`sum(${adStat.clicks})::int`,
        })
        .from(adStat)
        .where(sql`${adStat.day} >= ${since}::date AND ${adStat.campaignId} IN ${active}`)
        .groupBy(adStat.groupId, adStat.productId),
    (rows) => new Map(rows.map((row) => [`${row.groupId} ${row.productId}`, row])),
  );

const sumOf = (what: ReturnType<typeof sql>) =>
  sql<string>`(coalesce(sum(${adStat.chargedMilli}) ${what}, 0))::text`;

/** What has been told of each campaign's spending, today's and all. */
export const spentQuery = (today: string) =>
  query(
    (read) =>
      read
        .select({
          campaignId: adStat.campaignId,
          totalMilli: sumOf(sql``),
          todayMilli: sumOf(sql`FILTER (WHERE ${adStat.day} = ${today}::date)`),
        })
        .from(adStat)
        .where(sql`${adStat.campaignId} IN ${active}`)
        .groupBy(adStat.campaignId),
    (rows) => new Map<string, (typeof rows)[number]>(rows.map((row) => [row.campaignId, row])),
  );
