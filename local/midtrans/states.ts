import type { FraudStatus, PaymentType, Status } from "./types.ts";

export type Action =
  | "settle"
  | "capture"
  | "authorize"
  | "approve"
  | "deny"
  | "expire"
  | "cancel"
  | "fail"
  | "refund"
  | "partial_refund"
  | "chargeback";

/**
 * Every move that money can make: https://docs.midtrans.com/docs/transaction-status-cycle. What is not listed
 * is refused with 412; a chargeback after a partial refund is what a card network allows on the rest.
 */
const MOVES: Record<Status, Partial<Record<Action, Status>>> = {
  pending: {
    settle: "settlement",
    capture: "capture",
    authorize: "authorize",
    deny: "deny",
    expire: "expire",
    cancel: "cancel",
    fail: "failure",
  },
  authorize: { capture: "capture", cancel: "cancel", expire: "expire", deny: "deny" },
  capture: { settle: "settlement", cancel: "cancel", approve: "capture", deny: "deny" },
  settlement: { refund: "refund", partial_refund: "partial_refund", chargeback: "chargeback" },
  partial_refund: { refund: "refund", partial_refund: "partial_refund", chargeback: "chargeback" },
  deny: {},
  cancel: {},
  expire: {},
  failure: {},
  refund: {},
  chargeback: {},
};

/** The status that an action leads to, or undefined where Midtrans refuses it. */
export function moved(from: Status, fraud: FraudStatus, action: Action): Status | undefined {
  const challenged = from === "capture" && fraud === "challenge";
  if ((action === "approve" || (action === "deny" && from === "capture")) && !challenged) return undefined;
  if (action === "settle" && challenged) return undefined;
  return MOVES[from][action];
}

export const isFinal = (status: Status): boolean => Object.keys(MOVES[status]).length === 0;

/** An order id may be charged again once its last attempt came to nothing: error code page, 406. */
export const freesOrderId = (status: Status): boolean =>
  status === "cancel" || status === "expire" || status === "deny" || status === "failure";

/** https://docs.midtrans.com/reference/refund-transaction; the sandbox offers a part of that list. */
export const isRefundable = (paymentType: PaymentType): boolean => REFUNDABLE.includes(paymentType);
const REFUNDABLE: readonly PaymentType[] = ["credit_card", "gopay", "shopeepay", "qris"];
