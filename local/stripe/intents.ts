import type { Store } from "./store.ts";
import { type Charge, type Decline, type Intent, invalid, missing } from "./types.ts";
import { newId } from "./wire.ts";

export type NewIntent = Pick<Intent, "account" | "amount" | "currency" | "captureMethod" | "metadata"> & {
  sessionId?: string;
};

const DECLINED: Decline = {
  code: "card_declined",
  declineCode: "generic_decline",
  message: "Your card was declined.",
};
/** https://docs.stripe.com/testing: payment methods instead of card numbers. */
const METHODS: Readonly<Record<string, Decline | "succeeds" | "asks">> = {
  pm_card_visa: "succeeds",
  pm_card_mastercard: "succeeds",
  pm_card_createDispute: "succeeds",
  pm_card_authenticationRequired: "asks",
  pm_card_authenticationRequiredOnSetup: "asks",
  pm_card_chargeDeclined: DECLINED,
  pm_card_visa_chargeDeclined: DECLINED,
  pm_card_chargeDeclinedInsufficientFunds: {
    code: "card_declined",
    declineCode: "insufficient_funds",
    message: "Your card has insufficient funds.",
  },
  pm_card_chargeDeclinedExpiredCard: { code: "expired_card", message: "Your card has expired." },
};

export const newIntent = (wanted: NewIntent, created: number): Intent => ({
  ...wanted,
  id: newId("pi"),
  status: "requires_payment_method",
  created,
  received: 0,
  capturable: 0,
});

/** https://docs.stripe.com/api/payment_intents/confirm */
export function confirmed(intent: Intent, paymentMethod: string): Intent {
  const outcome = METHODS[paymentMethod];
  if (outcome === undefined) throw missing("PaymentMethod", paymentMethod);
  const { decline: _, ...asked } = { ...intent, paymentMethod };
  if (outcome === "succeeds") return paid(asked);
  if (outcome === "asks") return { ...asked, status: "requires_action" };
  return { ...asked, status: "requires_payment_method", decline: outcome };
}

export function decideAuthentication(intent: Intent, passed: boolean): Intent {
  if (passed) return paid(intent);
  const decline = {
    code: "payment_intent_authentication_failure",
    message: "The provided PaymentMethod has failed authentication.",
  };
  return { ...intent, status: "requires_payment_method", decline };
}

const paid = (intent: Intent): Intent =>
  intent.captureMethod === "automatic"
    ? { ...intent, status: "succeeded", received: intent.amount, capturable: 0 }
    : { ...intent, status: "requires_capture", capturable: intent.amount };

export const newCharge = (intent: Intent, created: number): Charge => ({
  id: newId("ch"),
  account: intent.account,
  intentId: intent.id,
  amount: intent.amount,
  captured: intent.received,
  refunded: 0,
  currency: intent.currency,
  metadata: intent.metadata,
  created,
  isDisputed: false,
});

export function chargeOf(store: Store, intent: Intent): Charge {
  const charge = store.charges.get(intent.chargeId ?? "");
  if (!charge)
    throw invalid(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`);
  return charge;
}
