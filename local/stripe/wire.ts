import { createHmac, randomBytes } from "node:crypto";
import type { Charge, Dispute, Intent, Refund, Refusal, Session } from "./types.ts";

type Wire = Record<string, unknown>;

/** Of Stripe's form: a prefix and 24 letters and digits. */
export function newId(prefix: string): string {
  const letters = randomBytes(40)
    .toString("base64")
    .replace(/[^A-Za-z0-9]/g, "");
  return `${prefix}_${letters.slice(0, 24).padEnd(24, "0")}`;
}

/** https://docs.stripe.com/webhooks#verify-manually: HMAC-SHA256 of "<t>.<body>". */
export function signatureOf(body: string, secret: string, seconds: number): string {
  const v1 = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${v1}`;
}

/** Where the customer's bank asks who he is; the sandbox's own page. */
const authenticationUrl = (publicUrl: string, intent: Intent): string =>
  `${publicUrl}/authenticate/${intent.id}`;

const declineBody = ({ decline, paymentMethod }: Intent): Wire | null =>
  decline
    ? {
        type: "card_error",
        code: decline.code,
        ...(decline.declineCode ? { decline_code: decline.declineCode } : {}),
        message: decline.message,
        payment_method: { id: paymentMethod, object: "payment_method", type: "card" },
      }
    : null;

/** https://docs.stripe.com/api/payment_intents/object */
export function intentBody(intent: Intent, publicUrl: string, charge?: Charge): Wire {
  const isWaiting = intent.status === "requires_action";
  return {
    id: intent.id,
    object: "payment_intent",
    amount: intent.amount,
    amount_capturable: intent.capturable,
    amount_received: intent.received,
    cancellation_reason: intent.canceledAs ?? null,
    capture_method: intent.captureMethod,
    client_secret: `${intent.id}_secret_${intent.id.slice(-12)}`,
    confirmation_method: "automatic",
    created: intent.created,
    currency: intent.currency,
    last_payment_error: declineBody(intent),
    latest_charge: charge ? chargeBody(charge) : (intent.chargeId ?? null),
    livemode: false,
    metadata: intent.metadata,
    next_action: isWaiting
      ? {
          type: "redirect_to_url",
          redirect_to_url: {
            url: authenticationUrl(publicUrl, intent),
            return_url: intent.returnUrl ?? null,
          },
        }
      : null,
    payment_method: intent.paymentMethod ?? null,
    payment_method_types: ["card"],
    status: intent.status,
  };
}

/** https://docs.stripe.com/api/charges/object */
export const chargeBody = (charge: Charge): Wire => ({
  id: charge.id,
  object: "charge",
  amount: charge.amount,
  amount_captured: charge.captured,
  amount_refunded: charge.refunded,
  captured: charge.captured > 0,
  created: charge.created,
  currency: charge.currency,
  disputed: charge.isDisputed,
  livemode: false,
  metadata: charge.metadata,
  paid: true,
  payment_intent: charge.intentId,
  refunded: charge.captured > 0 && charge.refunded >= charge.captured,
  status: "succeeded",
});

/** https://docs.stripe.com/api/refunds/object */
export const refundBody = (refund: Refund): Wire => ({
  id: refund.id,
  object: "refund",
  amount: refund.amount,
  charge: refund.chargeId,
  created: refund.created,
  currency: refund.currency,
  metadata: refund.metadata,
  payment_intent: refund.intentId,
  reason: refund.reason,
  status: refund.status,
});

/** Rows of the account's books: what a dispute withholds and costs, and what comes back when it is won. */
const DISPUTE_FEE = 1_500;
function disputeRows({ amount, currency, status }: Dispute): readonly Wire[] {
  const row = (minor: number, fee: number): Wire => {
    return { object: "balance_transaction", amount: minor, currency, fee, net: minor - fee };
  };
  return [row(-amount, DISPUTE_FEE), ...(status === "won" ? [row(amount, 0)] : [])];
}

/** https://docs.stripe.com/api/disputes/object */
export const disputeBody = (dispute: Dispute): Wire => ({
  id: dispute.id,
  object: "dispute",
  amount: dispute.amount,
  balance_transactions: disputeRows(dispute),
  charge: dispute.chargeId,
  created: dispute.created,
  currency: dispute.currency,
  evidence: dispute.evidence,
  evidence_details: {
    due_by: dispute.dueBy,
    has_evidence: Object.keys(dispute.evidence).length > 0,
    past_due: false,
    submission_count: dispute.submissions,
  },
  is_charge_refundable: false,
  livemode: false,
  metadata: {},
  payment_intent: dispute.intentId,
  reason: dispute.reason,
  status: dispute.status,
});

/** https://docs.stripe.com/api/checkout/sessions/object */
export const sessionBody = (session: Session, publicUrl: string): Wire => ({
  id: session.id,
  object: "checkout.session",
  amount_total: session.amount,
  client_reference_id: session.reference,
  created: session.created,
  currency: session.currency,
  expires_at: session.expiresAt,
  livemode: false,
  metadata: session.metadata,
  mode: "payment",
  payment_intent: session.intentId,
  payment_status: session.status === "complete" ? "paid" : "unpaid",
  status: session.status,
  success_url: session.successUrl,
  url: session.status === "open" ? `${publicUrl}/pay/${session.id}` : null,
});

/** https://docs.stripe.com/api/errors */
export const errorBody = (refusal: Refusal, requestId: string, publicUrl: string): Wire => ({
  error: {
    type: refusal.type,
    ...(refusal.code ? { code: refusal.code } : {}),
    ...(refusal.declineCode ? { decline_code: refusal.declineCode } : {}),
    message: refusal.message,
    ...(refusal.param ? { param: refusal.param } : {}),
    ...(refusal.intent ? { payment_intent: intentBody(refusal.intent, publicUrl) } : {}),
    request_log_url: `${publicUrl}/logs/${requestId}`,
  },
});

/** https://docs.stripe.com/api/events/object */
export const eventBody = (event: {
  id: string;
  type: string;
  created: number;
  object: Wire;
  version: string;
}): Wire => ({
  id: event.id,
  object: "event",
  api_version: event.version,
  created: event.created,
  data: { object: event.object },
  livemode: false,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: null },
  type: event.type,
});
