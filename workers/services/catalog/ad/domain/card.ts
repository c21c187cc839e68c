import * as z from "zod";
import { zId } from "#kernel/ids";
import { zCurrency } from "#kernel/money";
import { PRICINGS } from "./auction.ts";
import { PLACEMENTS } from "./match.ts";

const zMinor = z.string().regex(/^\d{1,15}$/);
/** Prices are rounded to it: of nought there is no multiple. */
const zStep = z.string().regex(/^[1-9]\d{0,14}$/);
const zScore = z.string().regex(/^\d{1,30}$/);

/** Names one place of one auction: `<auction>-<position>`. */
export const zBidId = z.string().regex(/^ada_[0-7][0-9a-hjkmnp-tv-z]{25}-\d{1,2}$/);

/**
 * What an auction was decided by, as far as whoever won a place in it may know: his own bid, the rules, and
 * how high one had to score, but not who scored it. It travels sealed in the card and is the receipt.
 */
export const zReceipt = z.object({
  bidId: zBidId,
  auctionId: zId("adAuction"),
  at: z.int(),
  placement: z.enum(PLACEMENTS),
  query: z.string().max(200).nullable(),
  categoryId: zId("category").nullable(),
  currency: zCurrency,
  slots: z.int().min(1).max(20),
  stepMinor: zStep,
  reserveCpcMinor: zMinor,
  reserveCpmMinor: zMinor,
  ranks: z.array(z.object({ score: zScore, tie: z.int().min(0) })).max(21),
  sellerId: zId("seller"),
  campaignId: zId("adCampaign"),
  groupId: zId("adGroup"),
  productId: zId("product"),
  offerId: zId("offer"),
  keywordId: zId("adKeyword").nullable(),
  pricing: z.enum(PRICINGS),
  bidMinor: zMinor,
  clickPpm: z.int().min(0).max(1_000_000),
  relevanceBps: z.int().min(0).max(10_000),
  tie: z.int().min(0),
  position: z.int().min(1),
  priceMinor: zMinor,
});
export type Receipt = z.output<typeof zReceipt>;

const FIELDS = Object.keys(zReceipt.shape).filter((field) => field !== "ranks") as (keyof Receipt)[];

/** The text that a receipt's signature is over: every field, each in its place. */
export const receiptText = (receipt: Receipt): string =>
  JSON.stringify([
    ...FIELDS.map((field) => receipt[field]),
    receipt.ranks.map(({ score, tie }) => [score, tie]),
  ]);
