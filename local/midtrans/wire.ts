import { createHash } from "node:crypto";
import { fromHundredths, toHundredths } from "./amounts.ts";
import type { Merchant, Refusal, Transaction } from "./types.ts";

/** Midtrans writes every instant in Western Indonesian time without saying so: "2020-01-09 18:27:19". */
const WIB_OFFSET_MS = 7 * 3_600_000;

export const wibTime = (instant: number): string =>
  new Date(instant + WIB_OFFSET_MS).toISOString().slice(0, 19).replace("T", " ");

/** Reads "2016-12-07 11:54:12 +0700"; without a zone it is Western Indonesian time. */
export function parseWibTime(text: string): number | undefined {
  const parts = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?: ?([+-]\d{2}):?(\d{2}))?$/.exec(text);
  if (!parts) return undefined;
  const instant = Date.parse(`${parts[1]}T${parts[2]}${parts[3] ?? "+07"}:${parts[4] ?? "00"}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** https://docs.midtrans.com/docs/https-notification-webhooks, "Verifying Signature Key". */
export const signatureOf = (orderId: string, code: string, grossAmount: string, serverKey: string): string =>
  createHash("sha512").update(`${orderId}${code}${grossAmount}${serverKey}`).digest("hex");

/** A merchant without an id of its own gets one of Midtrans' form, always the same for its key. */
function merchantIdOf(merchant: Merchant): string {
  if (merchant.merchantId) return merchant.merchantId;
  const hash = createHash("sha256").update(merchant.serverKey).digest();
  return `G${100_000_000 + (hash.readUInt32BE(0) % 900_000_000)}`;
}

/**
 * https://docs.midtrans.com/reference/code-statuses; 407 for an expired transaction is what Get Status
 * answers.
 */
export function statusCode(transaction: Transaction): string {
  switch (transaction.status) {
    case "pending":
      return "201";
    case "capture":
      return transaction.fraud === "challenge" ? "201" : "200";
    case "deny":
    case "failure":
      return "202";
    case "expire":
      return "407";
    default:
      return "200";
  }
}

/**
 * Notifications of a cancelled or expired transaction carry 202: the sample notifications of those two
 * pages.
 */
const notifiedCode = (transaction: Transaction): string =>
  transaction.status === "expire" || transaction.status === "cancel" ? "202" : statusCode(transaction);

export const refundedTotal = (transaction: Transaction): bigint =>
  transaction.refunds.reduce((total, refund) => total + toHundredths(refund.refund_amount), 0n);

/** The fields that an answer, a status and a notification have in common. */
function core(transaction: Transaction, merchant: Merchant): Record<string, unknown> {
  const { refunds } = transaction;
  return {
    transaction_id: transaction.id,
    order_id: transaction.orderId,
    merchant_id: merchantIdOf(merchant),
    gross_amount: transaction.grossAmount,
    currency: transaction.currency,
    payment_type: transaction.paymentType,
    transaction_time: wibTime(transaction.createdAt),
    transaction_status: transaction.status,
    fraud_status: transaction.fraud,
    expiry_time: wibTime(transaction.expiresAt),
    ...transaction.shown,
    ...(transaction.settledAt === undefined ? {} : { settlement_time: wibTime(transaction.settledAt) }),
    ...(refunds.length === 0 ? {} : { refund_amount: fromHundredths(refundedTotal(transaction)), refunds }),
  };
}

const CREATED: Record<Transaction["paymentType"], string> = {
  credit_card: "Success, Credit Card transaction is successful",
  qris: "QRIS transaction is created",
  gopay: "GO-PAY billing created",
  shopeepay: "ShopeePay transaction is created",
  bank_transfer: "Success, Bank Transfer transaction is created",
  echannel: "OK, Mandiri Bill transaction is successful",
  cstore: "Success, cstore transaction is successful",
};

function chargeMessage(transaction: Transaction): string {
  if (transaction.status === "deny")
    return "Deny by Bank [MANDIRI] with code [05] and message [Do not honor]";
  if ("permata_va_number" in transaction.shown) return "Success, PERMATA VA transaction is successful";
  return CREATED[transaction.paymentType];
}

export const chargeAnswer = (transaction: Transaction, merchant: Merchant): Record<string, unknown> => ({
  status_code: statusCode(transaction),
  status_message: chargeMessage(transaction),
  ...core(transaction, merchant),
  ...transaction.charged,
});

/** https://docs.midtrans.com/reference/get-transaction-status */
export function statusAnswer(transaction: Transaction, merchant: Merchant): Record<string, unknown> {
  const code = statusCode(transaction);
  return {
    status_code: code,
    status_message: "Success, transaction is found",
    ...core(transaction, merchant),
    signature_key: signatureOf(transaction.orderId, code, transaction.grossAmount, merchant.serverKey),
  };
}

/**
 * The answer to cancel, expire, capture, approve, deny and refund: the transaction under a message of its
 * own.
 */
export const actionAnswer = (
  transaction: Transaction,
  merchant: Merchant,
  message: string,
  extra: Record<string, unknown> = {},
): Record<string, unknown> => ({
  status_code: transaction.status === "deny" ? "200" : statusCode(transaction),
  status_message: message,
  ...core(transaction, merchant),
  ...extra,
});

export interface NotificationTwist {
  grossAmount?: string;
  serverKey?: string;
}

/** https://docs.midtrans.com/docs/https-notification-webhooks, samples by payment channel. */
export function notification(
  transaction: Transaction,
  merchant: Merchant,
  twist: NotificationTwist = {},
): Record<string, unknown> {
  const code = notifiedCode(transaction);
  const amount = twist.grossAmount ?? transaction.grossAmount;
  return {
    ...core(transaction, merchant),
    gross_amount: amount,
    status_code: code,
    status_message: "midtrans payment notification",
    signature_key: signatureOf(transaction.orderId, code, amount, twist.serverKey ?? merchant.serverKey),
  };
}

/** Error bodies carry the code; `id` is the request's own. */
export const errorBody = (refusal: Refusal, id: string): Record<string, unknown> => ({
  status_code: refusal.code,
  status_message: refusal.message,
  ...(refusal.validation ? { validation_messages: refusal.validation } : {}),
  id,
});
