/** https://docs.midtrans.com/docs/transaction-status-cycle */
export type Status =
  | "pending"
  | "authorize"
  | "capture"
  | "settlement"
  | "deny"
  | "cancel"
  | "expire"
  | "failure"
  | "refund"
  | "partial_refund"
  | "chargeback";

export type FraudStatus = "accept" | "challenge" | "deny";

export type PaymentType =
  | "credit_card"
  | "qris"
  | "gopay"
  | "shopeepay"
  | "bank_transfer"
  | "echannel"
  | "cstore";

/**
 * A merchant account. Midtrans itself knows only IDR; the sandbox takes any currency, so that markets which
 * will use another provider can be developed against one that behaves alike.
 */
export interface Merchant {
  serverKey: string;
  clientKey: string;
  currency: string;
  notificationUrl?: string;
  /** Where the payment page leads after the payment; a Snap request's `callbacks.finish` goes before it. */
  finishUrl?: string;
  merchantId?: string;
  name?: string;
}

export interface Refund {
  refund_chargeback_id: number;
  refund_amount: string;
  refund_key: string;
  reason: string;
  created_at: string;
  refund_method: "online" | "offline";
  bank_confirmed_at?: string;
}

/** Amounts are decimal strings with two places and instants epoch milliseconds, until they reach the wire. */
export interface Transaction {
  id: string;
  orderId: string;
  serverKey: string;
  paymentType: PaymentType;
  status: Status;
  fraud: FraudStatus;
  grossAmount: string;
  currency: string;
  createdAt: number;
  expiresAt: number;
  settledAt?: number;
  /** When a captured card payment settles by itself. */
  settlesAt?: number;
  refunds: Refund[];
  /** Fields of the payment method that every answer and notification carries, under their wire names. */
  shown: Record<string, unknown>;
  /** Fields of the payment method that only the answer to the charge carries. */
  charged: Record<string, unknown>;
  notificationUrls: string[];
  /** What the customer sees on the payment page. */
  items: { name: string; quantity: number; price: string }[];
  card?: Card & { authorizeOnly: boolean };
  finishUrl?: string;
}

export type CardOutcome = "accept" | "challenge" | "deny_by_fraud" | "deny_by_bank";

/** What is kept of a card: never its number. */
export interface Card {
  masked: string;
  type: "credit" | "debit";
  outcome: CardOutcome;
  /** Whether the cardholder is asked to authenticate; otherwise the attempt alone counts. */
  enrolled: boolean;
}

export interface CardToken {
  token: string;
  clientKey: string;
  card: Card;
  expiresAt: number;
}

export interface SnapSession {
  token: string;
  serverKey: string;
  orderId: string;
  request: Record<string, unknown>;
  notificationUrls: string[];
  expiresAt: number;
  /** The transactions started from this page, newest last. */
  transactionIds: string[];
  revoked: boolean;
}

export interface Attempt {
  at: number;
  /** The HTTP status, or why there was none. */
  result: number | string;
}

export interface Delivery {
  id: string;
  transactionId: string;
  orderId: string;
  url: string;
  body: string;
  state: "pending" | "held" | "delivered" | "failed" | "dropped";
  nextAt: number;
  attempts: Attempt[];
  /** A forged notification is sent once whatever the answer: a forger does not follow a retry policy. */
  once: boolean;
}

/** A refusal under Midtrans' own code, which differs from the HTTP status that carries it. */
export interface Refusal {
  code: string;
  message: string;
  validation?: string[];
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

export const done = <T>(value: T): Outcome<T> => ({ ok: true, value });

export const refuse = (code: string, message: string): Outcome<never> => ({
  ok: false,
  refusal: { code, message },
});

/** https://docs.midtrans.com/reference/card-feature-3d-secure-3ds, "Error Response". */
export const invalid = (validation: string[]): Outcome<never> => ({
  ok: false,
  refusal: { code: "400", message: "One or more parameters in the payload is invalid.", validation },
});
