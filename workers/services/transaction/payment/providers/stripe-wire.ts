import * as z from "zod";
import type { Currency } from "#kernel/money";
import type { PaymentAction } from "../domain/action.ts";
import type { Progress, Report } from "../domain/payment.ts";

const zRef = z.union([z.string(), z.looseObject({ id: z.string() })]).nullish();
const zAmount = z.int().min(0);
const zMetadata = z.record(z.string(), z.string()).default({});

/** https://docs.stripe.com/api/payment_intents/object, as far as it is ours to follow. */
export const zIntent = z.looseObject({
  id: z.string().startsWith("pi_"),
  object: z.literal("payment_intent"),
  amount: zAmount,
  amount_received: zAmount.default(0),
  currency: z.string().length(3),
  status: z.enum([
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "processing",
    "requires_capture",
    "succeeded",
    "canceled",
  ]),
  cancellation_reason: z.string().nullish(),
  last_payment_error: z.looseObject({}).nullish(),
  latest_charge: z.union([z.string(), z.looseObject({ amount_refunded: zAmount.optional() })]).nullish(),
  next_action: z
    .looseObject({ redirect_to_url: z.looseObject({ url: z.url().nullish() }).nullish() })
    .nullish(),
  metadata: zMetadata,
});
export type WireIntent = z.output<typeof zIntent>;

export const zCharge = z.looseObject({
  object: z.literal("charge"),
  amount: zAmount,
  amount_captured: zAmount,
  amount_refunded: zAmount,
  currency: z.string(),
  payment_intent: zRef,
  metadata: zMetadata,
});

export const zRefundObject = z.looseObject({
  object: z.literal("refund"),
  status: z.string().nullish(),
  failure_reason: z.string().nullish(),
  payment_intent: zRef,
  metadata: zMetadata.nullish(),
});

export const zSession = z.looseObject({
  id: z.string().startsWith("cs_"),
  object: z.literal("checkout.session"),
  amount_total: zAmount.nullish(),
  currency: z.string().nullish(),
  payment_intent: zRef,
  status: z.enum(["open", "complete", "expired"]).nullish(),
  url: z.url().nullish(),
  metadata: zMetadata.nullish(),
});
export type WireSession = z.output<typeof zSession>;

export const zDispute = z.looseObject({
  id: z.string(),
  object: z.literal("dispute"),
  amount: zAmount,
  currency: z.string(),
  reason: z.string().max(100),
  status: z.string(),
  payment_intent: zRef,
  created: z.int(),
  balance_transactions: z.array(z.looseObject({ fee: z.int(), currency: z.string() })).nullish(),
  evidence_details: z.looseObject({ due_by: z.int().nullish() }).nullish(),
});
export type WireDispute = z.output<typeof zDispute>;

export const idOf = (ref: z.output<typeof zRef>): string | undefined =>
  typeof ref === "string" ? ref : ref?.id;

/** Stripe counts all of our currencies in hundredths, as ISO 4217 does; its rupiah too. */
export const toWireAmount = (minor: bigint): number => {
  const amount = Number(minor);
  if (!Number.isSafeInteger(amount)) throw new RangeError("an amount is too large for the wire");
  return amount;
};
const currencyOf = (name: string) => name.toUpperCase() as Currency;

/** A page stays open when the bank turns a card down; without one the try is over. */
function progressOf({ status, metadata, ...intent }: WireIntent, refundedMinor: bigint): Progress {
  switch (status) {
    case "requires_payment_method":
      return intent.last_payment_error && metadata.page === undefined ? "deny" : "pending";
    case "requires_confirmation":
    case "requires_action":
    case "processing":
      return "pending";
    case "requires_capture":
      return "authorize";
    case "succeeded":
      if (refundedMinor === 0n) return "settlement";
      return refundedMinor >= BigInt(intent.amount_received) ? "refund" : "partial_refund";
    case "canceled":
      return intent.cancellation_reason === "automatic" ? "expire" : "cancel";
  }
}

export function toIntentReport(intent: WireIntent): Report {
  const { id, amount, amount_received: received, currency, latest_charge: charge } = intent;
  const refunded = typeof charge === "object" ? (charge?.amount_refunded ?? 0) : 0;
  const refundedMinor = BigInt(refunded);
  return {
    provider: "stripe",
    transactionId: id,
    status: progressOf(intent, refundedMinor),
    amount: { minor: BigInt(amount), currency: currencyOf(currency) },
    capturedMinor: BigInt(received),
    refundedMinor,
  };
}

/** Of a page on which nobody has tried to pay yet. */
export function toSessionReport({ id, status, amount_total: amount, currency }: WireSession): Report {
  return {
    provider: "stripe",
    transactionId: id,
    status: status === "expired" ? "expire" : "pending",
    amount: { minor: BigInt(amount ?? 0), currency: currencyOf(currency ?? "") },
    capturedMinor: 0n,
    refundedMinor: 0n,
  };
}

/** What the holder has to do at his bank. */
export function toIntentAction({ next_action: next }: WireIntent): PaymentAction | undefined {
  const url = next?.redirect_to_url?.url;
  return url ? { kind: "redirect", url } : undefined;
}
