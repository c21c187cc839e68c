import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { PayoutReport } from "../domain/payout.ts";

/** https://docs.midtrans.com/reference/notification-payload: amounts are decimal strings. */
const zDecimal = z.string().regex(/^\d{1,15}(\.\d{1,2})?$/);
const STATUSES = ["queued", "approved", "rejected", "processed", "completed", "failed"] as const;

export const zIrisPayout = z.looseObject({
  reference_no: z.string().min(1).max(64),
  amount: zDecimal,
  status: z.enum(STATUSES),
  error_code: z.string().nullish(),
  error_message: z.string().nullish(),
});

export const zCreated = z.looseObject({
  payouts: z.array(z.looseObject({ status: z.string(), reference_no: z.string().min(1).max(64) })).length(1),
});
export const zValidated = z.looseObject({ account_name: z.string().min(1).max(200) });
export const zRefused = z.looseObject({ error_message: z.string().optional() });

const STATE = {
  queued: "sent",
  approved: "approved",
  processed: "processed",
  completed: "completed",
  // An approver may turn a payout down, or its validation fail: it never went out.
  rejected: "failed",
  failed: "failed",
} as const;

/** Hundredths are the minor units of the rupiah in ISO 4217. */
function toMinor(decimal: string): bigint {
  const [whole = "0", fraction = ""] = decimal.split(".");
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0"));
}

export function toReport(wire: z.output<typeof zIrisPayout>): PayoutReport {
  const { reference_no: referenceNo, amount, status, error_code: code, error_message: message } = wire;
  const note = [code, message].filter(Boolean).join(" ").slice(0, 200);
  return { referenceNo, state: STATE[status], amountMinor: toMinor(amount), note: note === "" ? null : note };
}

/** https://docs.midtrans.com/reference/notification-payload-1: SHA-512 of the body and the merchant key. */
export function isSigned(bytes: Uint8Array, signature: string, merchantKey: string): boolean {
  const mine = createHash("sha512").update(bytes).update(merchantKey).digest("hex");
  const [a, b] = [Buffer.from(mine), Buffer.from(signature)];
  return a.length === b.length && timingSafeEqual(a, b);
}
