import { randomInt } from "node:crypto";
import { fromHundredths, toHundredths } from "./amounts.ts";
import { AUTHORIZED_EXPIRY_MS } from "./charges.ts";
import { moved } from "./states.ts";
import type { Transaction } from "./types.ts";
import { wibTime } from "./wire.ts";

const WIB_OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;
const SETTLEMENT_HOUR_MS = 16 * 3_600_000;

/**
 * "All card transactions from 00:00 until 23:59 are settled on the next day at 16:00":
 * https://docs.midtrans.com/reference/charge-transactions-on-card.
 */
export const nextSettlement = (now: number): number =>
  (Math.floor((now + WIB_OFFSET_MS) / DAY_MS) + 1) * DAY_MS + SETTLEMENT_HOUR_MS - WIB_OFFSET_MS;

/**
 * What the customer's payment adds to the answers, by method: the notification samples by payment channel.
 */
function paidFields(transaction: Transaction, now: number): Record<string, unknown> {
  const { shown, grossAmount } = transaction;
  switch (transaction.paymentType) {
    case "qris":
      return { ...shown, issuer: shown.acquirer, transaction_type: "on-us" };
    case "gopay":
      return { ...shown, payment_option_type: "GOPAY_WALLET" };
    case "cstore":
      return { ...shown, approval_code: String(randomInt(1_000_000_000, 9_999_999_999)) };
    case "bank_transfer":
      if (!("va_numbers" in shown)) return shown;
      return { ...shown, payment_amounts: [{ paid_at: wibTime(now), amount: grossAmount }] };
    default:
      return shown;
  }
}

/** A customer's payment, by whatever method is not a card. */
export function paid(transaction: Transaction, now: number): Transaction | undefined {
  const status = moved(transaction.status, transaction.fraud, "settle");
  if (!status || transaction.status !== "pending") return undefined;
  return { ...transaction, status, settledAt: now, shown: paidFields(transaction, now) };
}

/** Electronic commerce indicators of Visa: authenticated, attempted, and neither. */
const ECI = { authenticated: "05", attempted: "06", none: "07" };

export type Authentication = "passed" | "failed" | "not_asked";

/** What the bank and the fraud detection make of a card, once the holder has or has not proven to be it. */
export function decideCard(
  transaction: Transaction,
  authentication: Authentication,
  now: number,
  settlesAt: number,
): Transaction | undefined {
  const { card } = transaction;
  if (!card || transaction.status !== "pending") return undefined;
  const proven = card.enrolled ? ECI.authenticated : ECI.attempted;
  const eci = authentication === "passed" ? proven : ECI.none;
  const shown = {
    ...transaction.shown,
    ...(authentication === "not_asked" ? {} : { eci, three_ds_version: "2" }),
    channel_response_code: "00",
    channel_response_message: "Approved",
  };
  const denial = { ...shown, channel_response_code: "05", channel_response_message: "Do not honor" };
  if (authentication === "failed") return { ...transaction, status: "deny", shown: denial };
  if (card.outcome === "deny_by_bank") return { ...transaction, status: "deny", shown: denial };
  if (card.outcome === "deny_by_fraud") return { ...transaction, status: "deny", fraud: "deny", shown };
  const approved = { ...shown, approval_code: `${now}` };
  const fraud = card.outcome === "challenge" ? ("challenge" as const) : ("accept" as const);
  if (card.authorizeOnly) {
    return {
      ...transaction,
      status: "authorize",
      fraud,
      shown: approved,
      expiresAt: now + AUTHORIZED_EXPIRY_MS,
    };
  }
  return { ...transaction, status: "capture", fraud, shown: approved, settlesAt };
}

export interface RefundRequest {
  key: string;
  amount: bigint;
  reason: string;
  online: boolean;
}

/** The transaction after a refund that was already found to be within what is left of it. */
export function refunded(
  transaction: Transaction,
  refund: RefundRequest,
  total: bigint,
  now: number,
): Transaction {
  const whole = total + refund.amount === toHundredths(transaction.grossAmount);
  return {
    ...transaction,
    status: whole ? "refund" : "partial_refund",
    refunds: [
      ...transaction.refunds,
      {
        refund_chargeback_id: randomInt(10_000, 10_000_000),
        refund_amount: fromHundredths(refund.amount),
        created_at: wibTime(now),
        reason: refund.reason,
        refund_key: refund.key,
        refund_method: refund.online ? "online" : "offline",
      },
    ],
  };
}
