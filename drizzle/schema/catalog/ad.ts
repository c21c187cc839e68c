import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
} from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { Currency } from "#kernel/money";
import type { Pricing } from "#services/catalog/ad/domain/auction";
import type { CampaignState, Pacing } from "#services/catalog/ad/domain/campaign";
import type { Receipt } from "#services/catalog/ad/domain/card";
import type { Match, Placement } from "#services/catalog/ad/domain/match";
import type { Hours } from "#services/catalog/ad/domain/schedule";
import type { ClickVerdict } from "#services/catalog/ad/domain/traffic";

const minor = () => bigint({ mode: "bigint" });

/** What a shop spends on being seen. How much is spent is the budget object's to know. */
export const adCampaign = pgTable(
  "ad_campaign",
  {
    id: id("adCampaign").primaryKey(),
    sellerId: id("seller").notNull(),
    name: text().notNull(),
    pricing: text().$type<Pricing>().notNull(),
    state: text().$type<CampaignState>().notNull(),
    blockedReason: text(),
    currency: text().$type<Currency>().notNull(),
    dailyMinor: minor(),
    totalMinor: minor(),
    startsAt: instant().notNull(),
    endsAt: instant(),
    hours: jsonb().$type<readonly Hours[]>().notNull(),
    pacing: text().$type<Pacing>().notNull(),
    viewerDayMax: integer(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index("ad_campaign_by_seller").on(t.sellerId, t.id),
    index("ad_campaign_active").on(t.id).where(sql`${t.state} = 'active'`),
    check("ad_campaign_budget", sql`coalesce(least(${t.dailyMinor}, ${t.totalMinor}), 0) > 0`),
    check("ad_campaign_window", sql`${t.endsAt} IS NULL OR ${t.startsAt} < ${t.endsAt}`),
  ],
);

/** Products that share keywords and a bid. */
export const adGroup = pgTable(
  "ad_group",
  {
    id: id("adGroup").primaryKey(),
    campaignId: id("adCampaign").notNull(),
    sellerId: id("seller").notNull(),
    name: text().notNull(),
    state: text({ enum: ["active", "paused"] }).notNull(),
    bidMinor: minor().notNull(),
    /** Also shown for queries whose words are all in a product's title. */
    matchesTitles: boolean().notNull(),
    placements: text().array().$type<Placement[]>().notNull(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index("ad_group_by_campaign").on(t.campaignId, t.id),
    check("ad_group_bid", sql`${t.bidMinor} > 0`),
  ],
);

export const adTarget = pgTable(
  "ad_target",
  {
    groupId: id("adGroup").notNull(),
    productId: id("product").notNull(),
    campaignId: id("adCampaign").notNull(),
    offerId: id("offer").notNull(),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.productId] }), index("ad_target_by_campaign").on(t.campaignId)],
);

export const adKeyword = pgTable(
  "ad_keyword",
  {
    id: id("adKeyword").primaryKey(),
    groupId: id("adGroup").notNull(),
    campaignId: id("adCampaign").notNull(),
    /** Its words in lower case, with one space between. */
    words: text().notNull(),
    match: text().$type<Match>().notNull(),
    /** Null: the group's bid. */
    bidMinor: minor(),
  },
  (t) => [
    unique("ad_keyword_once").on(t.groupId, t.words, t.match),
    index("ad_keyword_by_campaign").on(t.campaignId),
    check("ad_keyword_bid", sql`${t.bidMinor} > 0`),
  ],
);

/** Sums by day of the market; what a budget object has told, once each. */
export const adStat = pgTable(
  "ad_stat",
  {
    campaignId: id("adCampaign").notNull(),
    groupId: id("adGroup").notNull(),
    productId: id("product").notNull(),
    /** Empty where no keyword was met. */
    keywordId: text().notNull(),
    placement: text().$type<Placement>().notNull(),
    day: date().notNull(),
    sellerId: id("seller").notNull(),
    impressions: integer().notNull(),
    clicks: integer().notNull(),
    /** Clicks that nobody pays for. */
    freeClicks: integer().notNull(),
    chargedMilli: minor().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.campaignId, t.groupId, t.productId, t.keywordId, t.placement, t.day] }),
    check("ad_stat_charged", sql`${t.chargedMilli} >= 0`),
  ],
);

/** Visits that an advertisement brought, each with the receipt of its price. */
export const adClick = pgTable(
  "ad_click",
  {
    bidId: text().primaryKey(),
    campaignId: id("adCampaign").notNull(),
    productId: id("product").notNull(),
    sellerId: id("seller").notNull(),
    /** Null: a visitor whom nothing ties to an order, or who was erased. */
    buyerId: text(),
    /** A keyed hash of who clicked. */
    viewer: text().notNull(),
    at: instant().notNull(),
    day: date().notNull(),
    verdict: text().$type<ClickVerdict>().notNull(),
    chargedMilli: minor().notNull(),
    receipt: jsonb().$type<Receipt>().notNull(),
    /** The credit that gave its price back. */
    creditId: id("adCredit"),
  },
  (t) => [
    index("ad_click_by_buyer").on(t.buyerId, t.sellerId, t.at),
    index("ad_click_by_campaign").on(t.campaignId, t.at, t.bidId),
    index("ad_click_by_viewer").on(t.viewer, t.day),
    check("ad_click_charged", sql`${t.chargedMilli} >= 0`),
  ],
);

/** Lines of orders whose buyer had clicked; which click they follow is worked out when it is asked. */
export const adPurchase = pgTable(
  "ad_purchase",
  {
    orderId: id("order").notNull(),
    lineId: id("line").notNull(),
    sellerId: id("seller").notNull(),
    productId: id("product").notNull(),
    /** Null: he was erased. */
    buyerId: text(),
    quantity: integer().notNull(),
    netMinor: minor().notNull(),
    /** Null: called off before it was told that it was paid. */
    paidAt: instant(),
    cancelledAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.orderId, t.lineId] }),
    index("ad_purchase_by_seller").on(t.sellerId, t.paidAt),
    index("ad_purchase_by_buyer").on(t.buyerId),
  ],
);

/** Money of clicks given back. */
export const adCredit = pgTable(
  "ad_credit",
  {
    id: id("adCredit").primaryKey(),
    campaignId: id("adCampaign").notNull(),
    sellerId: id("seller").notNull(),
    amountMinor: minor().notNull(),
    clicks: integer().notNull(),
    reason: text().notNull(),
    by: id("user").notNull(),
    at: instant().notNull(),
  },
  (t) => [
    index("ad_credit_by_campaign").on(t.campaignId, t.id),
    check("ad_credit_amount", sql`${t.amountMinor} > 0`),
  ],
);

/** Who took part in an auction, of those that are kept: one a page and minute. */
export const adAuction = pgTable(
  "ad_auction",
  {
    auctionId: id("adAuction").notNull(),
    sellerId: id("seller").notNull(),
    campaignId: id("adCampaign").notNull(),
    at: instant().notNull(),
    outcome: text().notNull(),
    /** His bid and the rules, as in the receipt of a click; no price where nothing was won. */
    body: jsonb().$type<{ readonly [field: string]: unknown }>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.sellerId, t.auctionId] }),
    index("ad_auction_by_campaign").on(t.campaignId, t.auctionId),
    index("ad_auction_by_time").on(t.at),
  ],
);
