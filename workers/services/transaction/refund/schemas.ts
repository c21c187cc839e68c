import * as z from "zod";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { zPageQuery } from "#kernel/page";
import { REASONS } from "./domain/case.ts";
import { KINDS, MOVES, STATES, STEPS } from "./domain/states.ts";
import { WAYS } from "./domain/unstick.ts";

const TEXT_CHARS_MAX = 2_000;
/** Somebody with more to show shows it to the platform's people. */
const EVIDENCE_MAX = 8;
/** A bulk order has several hundred lines. */
const LINES_MAX = 500;
const UNITS_MAX = 1_000_000;
export const EVIDENCE_TYPES = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/gif",
  "video/mp4",
  "application/pdf",
] as const;
/** A phone's photo or some seconds of video; the isolate holds it once while it is looked at. */
export const EVIDENCE_BYTES_MAX = 10 * 1024 * 1024;

export const zRefundRef = z.object({ refundId: zId("refundCase") });
export type RefundRef = z.output<typeof zRefundRef>;
export const zEvidenceRef = zRefundRef.extend({ attachmentId: zId("attachment") });
export const zOrderQuery = z.object({ orderId: zId("order") });
export const zAsQuery = z.object({ as: z.enum(["buyer", "seller", "operator"]).optional() });
export type As = z.output<typeof zAsQuery>;

const zText = z.string().trim().max(TEXT_CHARS_MAX);
const zEvidence = z.array(zId("attachment")).max(EVIDENCE_MAX);
export const zTender = z.enum(["original", "wallet"]);
const zUnits = z.object({ lineId: zId("line"), quantity: z.int().min(1).max(UNITS_MAX) });
const isOnce = (lines: readonly { readonly lineId: string }[]) =>
  new Set(lines.map(({ lineId }) => lineId)).size === lines.length;
const ONCE = { message: "A line is named twice." };

export const zRequest = z.object({
  orderId: zId("order"),
  /** A cancellation is an order's affair: `POST /v1/orders/{orderId}/cancel` with its units. */
  kind: z.enum(KINDS).exclude(["cancellation"]),
  reason: z.enum([...REASONS.return, ...REASONS.exchange, ...REASONS.claim]),
  lines: z.array(zUnits).min(1).max(LINES_MAX).refine(isOnce, ONCE),
  text: zText.default(""),
  evidence: zEvidence.default([]),
  tender: zTender.optional(),
});
export type RequestRefund = z.output<typeof zRequest>;

/** Words and files that go with a move. */
export const zSay = z.object({ text: zText.default(""), evidence: zEvidence.default([]) });
export type Say = RefundRef & z.output<typeof zSay>;
export const zChooseTender = z.object({ tender: zTender });
export type ChooseTender = RefundRef & z.output<typeof zChooseTender>;
export const zApprove = z.object({
  /** The buyer keeps the goods and has his money all the same. */
  returnless: z.boolean().default(false),
});
export type Approve = RefundRef & z.output<typeof zApprove>;
export const zOffer = zSay.extend({ amountMinor: z.string().regex(/^[1-9]\d{0,14}$/) });
export type Offer = RefundRef & z.output<typeof zOffer>;
export const zParcel = z.object({
  carrier: z.string().trim().min(1).max(60),
  trackingNumber: z.string().trim().min(1).max(60),
});
export type SendBack = RefundRef & z.output<typeof zParcel>;
export const zGiveLabel = z.object({
  weightGrams: z.int().min(1).max(1_000_000).optional(),
  /** Bought up to this price, whatever the way there was quoted at. */
  acceptMinor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
});
export const zLabelAs = z.object({ as: z.enum(["seller", "operator"]).optional() });
export type GiveLabel = RefundRef & z.output<typeof zGiveLabel> & z.output<typeof zLabelAs>;
const zCount = z.int().min(0).max(UNITS_MAX);
export const zReceive = z.object({
  lines: z
    .array(
      z
        .object({
          lineId: zId("line"),
          /** As good as new; broken or used; not in the parcel. */
          resellable: zCount.default(0),
          damaged: zCount.default(0),
          missing: zCount.default(0),
        })
        .refine(({ resellable, damaged, missing }) => resellable + damaged + missing > 0, {
          message: "Nothing is said of this line.",
        }),
    )
    .min(1)
    .max(LINES_MAX)
    .refine(isOnce, ONCE),
});
export type Receive = RefundRef & z.output<typeof zReceive>;
export const zDecide = z.object({
  outcome: z.enum(["refund", "return", "reject"]),
  /** Who pays for it. */
  bearer: z.enum(["seller", "platform"]).default("seller"),
  text: zText.default(""),
});
export type Decide = RefundRef & z.output<typeof zDecide>;

/** With the proof of it: a bank's reference, the case in which it was paid. */
export const zUnstick = z.object({ way: z.enum(WAYS), evidence: z.string().trim().min(3).max(500) });
export type Unstick = RefundRef & z.output<typeof zUnstick>;

export const zRefundList = zPageQuery.extend({
  as: z.enum(["buyer", "seller", "operator"]).optional(),
  state: z.enum(STATES).optional(),
  orderId: zId("order").optional(),
  /** Only cases whose money does not go. */
  stuck: z.stringbool().optional(),
});
export type RefundList = z.output<typeof zRefundList>;

const zTime = z.iso.datetime();
const zHead = z.object({
  id: zId("refundCase"),
  kind: z.enum(KINDS),
  state: z.enum(STATES),
  orderId: zId("order"),
  sellerId: zId("seller"),
  reason: z.string(),
  tender: zTender,
  resolution: z.enum(["refund", "replacement"]),
  /** What it is likely to come to; `amounts` is the last word. */
  quoted: zMoney,
  /** When silence decides. */
  answerBefore: zTime.nullable(),
  createdAt: zTime,
  resolvedAt: zTime.nullable(),
  version: z.int(),
});
export const zRefundItem = zHead;

const zParcelOut = z.object({ carrier: z.string(), trackingNumber: z.string() });
export const zRefund = zHead.extend({
  step: z.enum(STEPS).nullable(),
  /** Why the money does not go, for shops and operators. */
  stuckNote: z.string().nullable(),
  goodsBack: z.boolean(),
  isInstant: z.boolean(),
  isFinal: z.boolean(),
  offer: zMoney.nullable(),
  back: zParcelOut.nullable(),
  /** A label for the way back that the buyer need not pay; `pdfUrl` once it is there. */
  label: z
    .object({
      carrier: z.string().nullable(),
      trackingNumber: z.string().nullable(),
      pdfUrl: z.string().nullable(),
      /** Only the shop and the platform see who pays it. */
      paidBy: z.enum(["seller", "platform"]).optional(),
    })
    .nullable(),
  replacement: zParcelOut.nullable(),
  lines: z.array(
    z.object({
      lineId: zId("line"),
      offerId: zId("offer"),
      title: z.string(),
      sku: z.string(),
      quantity: z.int(),
      resellable: z.int(),
      damaged: z.int(),
      missing: z.int(),
    }),
  ),
  evidence: z.array(
    z.object({ attachmentId: zId("attachment"), by: z.string(), contentType: z.string(), addedAt: zTime }),
  ),
  amounts: z
    .object({
      toBuyer: zMoney,
      shipping: zMoney,
      withheld: zMoney,
      tax: zMoney,
      /** Only the shop and the platform see who bears it. */
      fromSeller: zMoney.optional(),
      fromPlatform: zMoney.optional(),
      commissionBack: zMoney.optional(),
      commissionTaxBack: zMoney.optional(),
    })
    .nullable(),
  creditNote: z.object({ number: z.string(), issuedAt: zTime, isReady: z.boolean() }).nullable(),
});

export const zTimeline = z.object({
  items: z.array(
    z.object({
      seq: z.int(),
      at: zTime,
      by: z.string(),
      as: z.enum(["buyer", "seller", "operator", "system"]),
      move: z.enum(MOVES),
      state: z.enum(STATES),
      step: z.enum(STEPS).nullable(),
      detail: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
});
export const zUploaded = z.object({ attachmentId: zId("attachment"), contentType: z.string() });
