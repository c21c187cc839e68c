import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";

const zMilli = z.string().regex(/^\d{1,18}$/);
const zPlaced = z.object({
  groupId: zId("adGroup"),
  productId: zId("product"),
  keywordId: zId("adKeyword").nullable(),
  placement: z.enum(["search", "category", "product"]),
  /** Of the market's calendar. */
  day: z.string(),
});

/**
 * What happened to a campaign's cards since its budget was last heard of; `seq` counts them. Money is in
 * thousandths of a minor unit. A click's receipt is the service's own, as JSON.
 */
export const AdEngaged = defineEvent(
  "ad.engaged",
  1,
  z.object({
    campaignId: zId("adCampaign"),
    sellerId: zId("seller"),
    tallies: z.array(
      zPlaced.extend({
        impressions: z.int(),
        clicks: z.int(),
        freeClicks: z.int(),
        chargedMilli: zMilli,
      }),
    ),
    clicks: z.array(
      z.object({
        receipt: z.string(),
        viewer: z.string(),
        buyerId: z.string().nullable(),
        at: z.int(),
        day: z.string(),
        verdict: z.string(),
        chargedMilli: zMilli,
      }),
    ),
  }),
);

/** A shop owes this for its advertisements; `n` counts a campaign's charges from one. */
export const AdCharged = defineEvent(
  "ad.charged",
  1,
  z.object({ campaignId: zId("adCampaign"), sellerId: zId("seller"), n: z.int().min(1), amount: zMoney }),
);

/** Clicks that were charged are given back. */
export const AdCredited = defineEvent(
  "ad.credited",
  1,
  z.object({
    creditId: zId("adCredit"),
    campaignId: zId("adCampaign"),
    sellerId: zId("seller"),
    amount: zMoney,
    clicks: z.int(),
  }),
);
