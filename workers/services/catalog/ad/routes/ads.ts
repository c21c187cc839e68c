import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { open, operator, seller } from "#kernel/policy";
import { clickAd, seeAds } from "../commands/engage.ts";
import { creditClicks, setBlocked } from "../commands/moderate.ts";
import { listAll } from "../queries/campaigns.ts";
import { getAuction, getReceipt, rehearseAuction, verifyReceipt } from "../queries/receipts.ts";
import {
  toCampaignDto,
  zBlock,
  zCampaign,
  zCampaignRef,
  zCampaigns,
  zCredit,
  zCreditClicks,
  zListAll,
} from "../schemas/campaign.ts";
import {
  zAuctionAccount,
  zAuctionAccounts,
  zAuctionRef,
  zClicked,
  zReceiptRef,
  zRehearse,
  zSeen,
  zSignedReceipt,
  zUserAgent,
  zVerified,
} from "../schemas/report.ts";

const advertiser = seller("ad:write");
const moderator = operator("marketing:write");
const EXAMPLE_ID = "01jd8zt4w8h5vc6q1m9a2r7sxy";
const campaignId = `adc_${EXAMPLE_ID}`;
const RECEIPT = {
  bidId: `ada_${EXAMPLE_ID}-1`,
  auctionId: `ada_${EXAMPLE_ID}`,
  at: 1_793_750_400_000,
  ...{ placement: "search", query: "kopi", categoryId: null, currency: "IDR", slots: 1, stepMinor: "100" },
  ...{ reserveCpcMinor: "10000", reserveCpmMinor: "200000", ranks: [{ score: "5000000000000", tie: 0 }] },
  ...{ sellerId: `slr_${EXAMPLE_ID}`, campaignId, groupId: `adg_${EXAMPLE_ID}`, keywordId: null },
  ...{ productId: `prd_${EXAMPLE_ID}`, offerId: `ofr_${EXAMPLE_ID}`, pricing: "cpc", bidMinor: "50000" },
  ...{ clickPpm: 10_000, relevanceBps: 10_000, tie: 0, position: 1, priceMinor: "10000" },
};

const shown = newApp("/v1/ads")
  .route(
    defineRoute({
      method: "post",
      path: "/clicks",
      summary: "A sponsored card was followed; said twice it counts once, and nobody learns what it cost.",
      policy: open,
      request: { body: zClicked, headers: zUserAgent },
      responses: { 204: z.undefined() },
      example: { adId: "sealed" },
    }),
    (ctx, input) => clickAd(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/impressions",
      summary: "Sponsored cards were in sight; each counts once.",
      policy: open,
      request: { body: zSeen, headers: zUserAgent },
      responses: { 204: z.undefined() },
      example: { adIds: ["sealed"] },
    }),
    (ctx, input) => seeAds(ctx, input),
  );

const checked = shown
  .route(
    defineRoute({
      method: "get",
      path: "/rehearsal",
      summary: "How the shop's advertisements would stand on a page now, and why not better.",
      policy: advertiser,
      request: { query: zRehearse },
      responses: { 200: zAuctionAccounts },
      example: { q: "kopi" },
    }),
    (ctx, input) => rehearseAuction(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/auctions/{auctionId}",
      summary:
        "The shop's part of an auction that was kept: its bid, the rules, and how high one had to score.",
      policy: advertiser,
      request: { params: zAuctionRef },
      responses: { 200: zAuctionAccount },
      example: { auctionId: `ada_${EXAMPLE_ID}` },
    }),
    (ctx, input) => getAuction(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/receipts/{bidId}",
      summary: "What the price of a click was worked out from, signed.",
      policy: advertiser,
      request: { params: zReceiptRef },
      responses: { 200: zSignedReceipt },
      example: { bidId: `ada_${EXAMPLE_ID}-1` },
    }),
    (ctx, input) => getReceipt(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/receipts/verify",
      summary: "Whether a receipt is ours and its price follows from its inputs.",
      policy: open,
      request: { body: zSignedReceipt },
      responses: { 200: zVerified },
      example: { receipt: RECEIPT, signature: "none" },
    }),
    (ctx, input) => verifyReceipt(ctx, input),
  );

export const app = checked
  .route(
    defineRoute({
      method: "get",
      path: "/campaigns",
      summary: "The campaigns of every shop, or of one, the newest first.",
      policy: moderator,
      request: { query: zListAll },
      responses: { 200: zCampaigns },
      example: { limit: 20 },
    }),
    (ctx, input) => listAll(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/campaigns/{campaignId}/block",
      summary: "Takes a campaign out, with a reason that the shop reads.",
      policy: moderator,
      request: { params: zCampaignRef, body: zBlock },
      responses: { 200: zCampaign },
      example: { campaignId, reason: "It promises what the goods are not." },
    }),
    async (ctx, input) => toCampaignDto(await setBlocked(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/campaigns/{campaignId}/unblock",
      summary: "Lets a campaign that was taken out run again.",
      policy: moderator,
      request: { params: zCampaignRef },
      responses: { 200: zCampaign },
      example: { campaignId },
    }),
    async (ctx, input) => toCampaignDto(await setBlocked(ctx, { ...input, reason: null })),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/campaigns/{campaignId}/credits",
      summary: "Gives charged clicks back, these or all of one viewer; each once.",
      policy: moderator,
      request: { params: zCampaignRef, body: zCreditClicks },
      responses: { 201: zCredit },
      idempotency: "required",
      example: { campaignId, reason: "Clicks of a script.", viewer: "aXbYcZ", day: "2026-11-23" },
    }),
    (ctx, input) => creditClicks(ctx, input),
  );
