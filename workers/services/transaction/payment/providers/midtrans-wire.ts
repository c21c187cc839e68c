import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { Currency } from "#kernel/money";
import type { Bank, PaymentAction, Store } from "../domain/action.ts";
import { BANKS, STORES } from "../domain/action.ts";
import type { Progress, Report } from "../domain/payment.ts";

/** https://docs.midtrans.com/docs/transaction-status-cycle */
const STATUSES = [
  "pending",
  "authorize",
  "capture",
  "settlement",
  "deny",
  "cancel",
  "expire",
  "failure",
  "refund",
  "partial_refund",
  "chargeback",
  "partial_chargeback",
] as const;

const PAID: readonly string[] = [
  "capture",
  "settlement",
  "refund",
  "partial_refund",
  "chargeback",
  "partial_chargeback",
];
export const isChargeback = (status: string): status is "chargeback" | "partial_chargeback" =>
  status === "chargeback" || status === "partial_chargeback";

const DECIMAL = /^\d{1,15}(\.\d{1,2})?$/;
const zDecimal = z.string().regex(DECIMAL);

/** What notifications, statuses and answers have in common. */
export const zTransaction = z.looseObject({
  transaction_id: z.string().min(1).max(64),
  order_id: z.string().min(1).max(64),
  gross_amount: zDecimal,
  currency: z.string().default("IDR"),
  transaction_status: z.enum(STATUSES),
  fraud_status: z.string().optional(),
  refund_amount: zDecimal.optional().catch(undefined),
  refunds: z
    .array(z.looseObject({ refund_key: z.string().optional() }))
    .optional()
    .catch(undefined),
});
export type WireTransaction = z.output<typeof zTransaction>;

export const zNotification = zTransaction.extend({
  status_code: z.string().regex(/^\d{3}$/),
  signature_key: z.string().regex(/^[0-9a-f]{128}$/),
});
export type Notification = z.output<typeof zNotification>;

/** Hundredths are the minor units of all three currencies: ISO 4217 gives the rupiah two places too. */
export function toMinor(decimal: string): bigint {
  const [whole = "0", fraction = ""] = decimal.split(".");
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0"));
}

/** A JSON number, as Midtrans takes it; rupiah have no decimals there. */
export function toAmount(minor: bigint, currency: Currency): number {
  if (currency === "IDR" && minor % 100n !== 0n) throw new RangeError("a rupiah amount is off the cash step");
  return Number(`${minor / 100n}.${(minor % 100n).toString().padStart(2, "0")}`);
}

/** A card that the fraud detection holds back is not paid yet, whatever its status says. */
function progressOf({ transaction_status: status, fraud_status: fraud }: WireTransaction): Progress {
  // What was charged back had come; the case beside it says what becomes of it.
  if (isChargeback(status)) return "settlement";
  return status === "capture" && fraud === "challenge" ? "challenge" : status;
}

/** Midtrans captures the whole of what was authorised, or what a capture has made of it. */
export function toReport(wire: WireTransaction): Report {
  const minor = toMinor(wire.gross_amount);
  const isPaid = PAID.includes(wire.transaction_status) && wire.fraud_status !== "challenge";
  return {
    provider: "midtrans",
    capturedMinor: isPaid ? minor : 0n,
    transactionId: wire.transaction_id,
    status: progressOf(wire),
    amount: { minor, currency: wire.currency as Currency },
    refundedMinor: wire.refund_amount === undefined ? 0n : toMinor(wire.refund_amount),
  };
}

/** https://docs.midtrans.com/docs/https-notification-webhooks, "Verifying Signature Key". */
export function isSigned(notification: Notification, serverKey: string): boolean {
  const { order_id: orderId, status_code: code, gross_amount: amount, signature_key: theirs } = notification;
  const mine = createHash("sha512").update(`${orderId}${code}${amount}${serverKey}`).digest("hex");
  return timingSafeEqual(Buffer.from(mine), Buffer.from(theirs));
}

const zCharged = z.looseObject({
  redirect_url: z.url().optional(),
  qr_string: z.string().optional(),
  actions: z.array(z.looseObject({ name: z.string(), url: z.string() })).default([]),
  va_numbers: z.array(z.object({ bank: z.string(), va_number: z.string() })).optional(),
  permata_va_number: z.string().optional(),
  store: z.string().optional(),
  payment_code: z.string().optional(),
  bill_key: z.string().optional(),
  biller_code: z.string().optional(),
});

/** What the buyer is to be shown; undefined where the answer asks nothing of him. */
export function toAction(answer: unknown): PaymentAction | undefined {
  const { data } = zCharged.safeParse(answer);
  if (!data) return undefined;
  const urlOf = (name: string) => data.actions.find((action) => action.name === name)?.url;
  const deeplink = urlOf("deeplink-redirect");
  if (data.redirect_url) return { kind: "redirect", url: data.redirect_url };
  if (deeplink) return { kind: "deeplink", url: deeplink, qrString: data.qr_string ?? null };
  if (data.qr_string) {
    return { kind: "qr", qrString: data.qr_string, imageUrl: urlOf("generate-qr-code") ?? null };
  }
  const [va] = data.va_numbers ?? [];
  if (va) return { kind: "virtual_account", bank: bankOf(va.bank), number: va.va_number };
  if (data.permata_va_number) {
    return { kind: "virtual_account", bank: "permata", number: data.permata_va_number };
  }
  if (data.payment_code) {
    return { kind: "payment_code", store: storeOf(data.store ?? ""), code: data.payment_code };
  }
  const { bill_key: billKey, biller_code: billerCode } = data;
  return billKey && billerCode ? { kind: "bill", billerCode, billKey } : undefined;
}

const bankOf = (name: string): Bank => BANKS.find((bank) => bank === name) ?? "bca";

/** The documentation itself writes both "Indomaret" and "indomaret". */
const storeOf = (name: string): Store => STORES.find((store) => store === name.toLowerCase()) ?? "indomaret";

/** "2026-01-31 09:30:00 +0000", the form of Midtrans' times in requests. */
export const toWireTime = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} +0000`;
