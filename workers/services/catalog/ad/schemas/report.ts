import * as z from "zod";
import { zId } from "#kernel/ids";
import { zPage, zPageQuery } from "#kernel/page";
import { zBidId, zReceipt } from "../domain/card.ts";
import { PLACEMENTS } from "../domain/match.ts";
import { OUTCOMES, RECEIPT_FAULTS } from "../domain/receipt.ts";
import { CLICK_VERDICTS } from "../domain/traffic.ts";

export const REPORTED_BY = ["day", "group", "product", "keyword", "placement"] as const;
export type ReportedBy = (typeof REPORTED_BY)[number];
/** Days after a click in which a purchase is its. */
export const WINDOWS = ["7", "14", "30"] as const;

export const zReportQuery = z.object({
  /** Days of the market, both included. */
  from: z.iso.date(),
  to: z.iso.date(),
  by: z.enum(REPORTED_BY).default("day"),
  windowDays: z.enum(WINDOWS).default("7"),
});
export type ReportQuery = z.output<typeof zReportQuery>;

const zFigures = z.object({
  impressions: z.int(),
  clicks: z.int(),
  freeClicks: z.int(),
  /** Minor units, with a decimal point where a thousand impressions are paid. */
  spendMinor: z.string(),
  orders: z.int(),
  units: z.int(),
  /** Bought after a click on any advertisement of the shop; of the clicked product alone, direct. */
  salesMinor: z.string(),
  directSalesMinor: z.string(),
  clickRate: z.number().nullable(),
  /** Sales for each unit spent. */
  roas: z.number().nullable(),
  /** Spending for each unit sold. */
  acos: z.number().nullable(),
});
export type Figures = z.output<typeof zFigures>;
export const zReport = z.object({
  rows: z.array(zFigures.extend({ name: z.string() })),
  total: zFigures,
  creditedMinor: z.string(),
});

export const zReceiptRef = z.object({ bidId: zBidId });
export const zSignedReceipt = z.object({ receipt: zReceipt, signature: z.string().max(64) });
export type SignedReceipt = z.output<typeof zSignedReceipt>;
export const zVerified = z.object({ valid: z.boolean(), faults: z.array(z.enum(RECEIPT_FAULTS)) });

export const zClick = z.object({
  bidId: z.string(),
  productId: zId("product"),
  /** The same for one person; nobody is read from it. */
  viewer: z.string(),
  at: z.iso.datetime(),
  verdict: z.enum(CLICK_VERDICTS),
  chargedMinor: z.string(),
  credited: z.boolean(),
});
export const zClicks = zPage(zClick);
export const zClicksQuery = zPageQuery;

export const zRehearse = z.object({
  q: z.string().trim().max(200).default(""),
  category: zId("category").optional(),
  placement: z.enum(PLACEMENTS).default("search"),
});
export type Rehearse = z.output<typeof zRehearse>;

export const zAuctionRef = z.object({ auctionId: zId("adAuction") });
/** A seller's part of an auction: with the ranks in it he can work out why he lost or what he paid. */
export const zAuctionAccount = z.object({
  auctionId: zId("adAuction"),
  campaignId: zId("adCampaign"),
  outcome: z.enum(OUTCOMES),
  at: z.iso.datetime(),
  body: z.record(z.string(), z.unknown()),
});
export const zAuctionAccounts = z.object({ items: z.array(zAuctionAccount) });

/** Sealed; some two thousand characters with a long query. */
const zAdId = z.string().min(1).max(8_000);
export const zUserAgent = z.object({ "user-agent": z.string().max(1_000).default("") });
export const zClicked = z.object({ adId: zAdId });
export const zSeen = z.object({ adIds: z.array(zAdId).min(1).max(8) });
type FromBrowser = { readonly headers: z.output<typeof zUserAgent> };
export type Clicked = z.output<typeof zClicked> & FromBrowser;
export type SeenCards = z.output<typeof zSeen> & FromBrowser;
