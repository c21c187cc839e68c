/** https://docs.stripe.com/payments/paymentintents/lifecycle */
export type IntentStatus =
  | "requires_payment_method"
  | "requires_confirmation"
  | "requires_action"
  | "requires_capture"
  | "succeeded"
  | "canceled";

/** One account a market, with the secret of its webhook endpoint. */
export interface Account {
  secretKey: string;
  publishableKey: string;
  webhookSecret: string;
  webhookUrl?: string;
  name?: string;
}

export type Metadata = Record<string, string>;

/** Amounts are integers of the smallest unit and instants epoch seconds, as on the wire. */
export interface Intent {
  id: string;
  account: string;
  amount: number;
  currency: string;
  captureMethod: "automatic" | "manual";
  status: IntentStatus;
  metadata: Metadata;
  created: number;
  paymentMethod?: string;
  received: number;
  /** Still held at the bank and not captured yet. */
  capturable: number;
  decline?: Decline;
  canceledAs?: string;
  chargeId?: string;
  returnUrl?: string;
  sessionId?: string;
}

export interface Decline {
  code: string;
  declineCode?: string;
  message: string;
}

export interface Charge {
  id: string;
  account: string;
  intentId: string;
  amount: number;
  captured: number;
  refunded: number;
  currency: string;
  metadata: Metadata;
  created: number;
  isDisputed: boolean;
}

export interface Refund {
  id: string;
  account: string;
  chargeId: string;
  intentId: string;
  amount: number;
  currency: string;
  reason: string | null;
  metadata: Metadata;
  status: "succeeded" | "failed";
  created: number;
}

export type DisputeStatus = "needs_response" | "under_review" | "won" | "lost";

export interface Dispute {
  id: string;
  account: string;
  chargeId: string;
  intentId: string;
  amount: number;
  currency: string;
  reason: string;
  status: DisputeStatus;
  evidence: Record<string, string>;
  dueBy: number;
  submissions: number;
  created: number;
}

/** https://docs.stripe.com/api/checkout/sessions: a page on which a person pays. */
export interface Session {
  id: string;
  account: string;
  amount: number;
  currency: string;
  captureMethod: "automatic" | "manual";
  name: string;
  metadata: Metadata;
  reference: string | null;
  status: "open" | "complete" | "expired";
  /** Made when the customer first tries to pay. */
  intentId: string | null;
  successUrl: string;
  expiresAt: number;
  created: number;
}

export interface StripeEvent {
  id: string;
  account: string;
  type: string;
  /** The payment that it is about, by the platform's own id. */
  payment: string;
  body: string;
}

export interface Attempt {
  at: number;
  result: number | string;
}

export interface Delivery {
  id: string;
  eventId: string;
  type: string;
  payment: string;
  account: string;
  body: string;
  state: "pending" | "held" | "delivered" | "failed" | "dropped";
  nextAt: number;
  attempts: Attempt[];
  /** Signed with another key, and sent once: a forger does not try again. */
  isForged: boolean;
}

export interface StoredAnswer {
  key: string;
  hash: string;
  status: number;
  body: string;
  until: number;
}

/** How Stripe refuses: https://docs.stripe.com/api/errors */
export interface Refusal {
  status: number;
  type: "card_error" | "invalid_request_error" | "idempotency_error" | "api_error";
  code?: string;
  declineCode?: string;
  message: string;
  param?: string;
  intent?: Intent;
}

export class StripeRefusal extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export const invalid = (message: string, param?: string, code?: string): StripeRefusal =>
  new StripeRefusal({
    status: 400,
    type: "invalid_request_error",
    message,
    ...(param ? { param } : {}),
    ...(code ? { code } : {}),
  });

export const missing = (noun: string, id: string): StripeRefusal =>
  new StripeRefusal({
    status: 404,
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${noun}: '${id}'`,
    param: noun === "payment_intent" ? "intent" : "id",
  });
