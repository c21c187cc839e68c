import { Alarms } from "../midtrans/alarms.ts";
import { newSwitches } from "./faults.ts";
import {
  chargeOf,
  confirmed,
  decideAuthentication,
  type NewIntent,
  newCharge,
  newIntent,
} from "./intents.ts";
import { Notifier, type NotifierOptions } from "./notifier.ts";
import { Store, type StripeRecord } from "./store.ts";
import {
  type Account,
  type Charge,
  type Delivery,
  type Dispute,
  type DisputeStatus,
  type Intent,
  invalid,
  type Metadata,
  missing,
  type Refund,
  type Session,
  StripeRefusal,
} from "./types.ts";
import { chargeBody, disputeBody, eventBody, intentBody, newId, refundBody, sessionBody } from "./wire.ts";

const DAY_SECONDS = 86_400;
/** A week and a little, as card networks give. */
const DISPUTE_DAYS = 9;

export interface SandboxOptions extends NotifierOptions {
  dataDir: string;
  accounts: Account[];
  apiVersion: string;
}

type Changes = {
  intent?: Intent;
  charge?: Charge;
  refund?: Refund;
  dispute?: Dispute;
  session?: Session;
};
const seconds = (): number => Math.floor(Date.now() / 1_000);

/** Stripe as a merchant sees it: objects, the moves they allow, and events that tell of each. */
export class Sandbox {
  readonly store: Store;
  readonly faults = newSwitches();
  readonly notifier: Notifier;
  readonly #accounts: readonly Account[];
  readonly #alarms = new Alarms();
  readonly #apiVersion: string;
  publicUrl = "";

  constructor({ dataDir, accounts, apiVersion, ...timing }: SandboxOptions) {
    this.store = new Store(dataDir);
    this.#accounts = accounts;
    this.#apiVersion = apiVersion;
    this.notifier = new Notifier(this.store, accounts, this.#alarms, this.faults, timing);
  }

  start(publicUrl: string): void {
    this.publicUrl = publicUrl;
    for (const session of this.store.sessions.values()) this.#arm(session);
    this.notifier.resume();
  }

  close(): void {
    this.#alarms.close();
    this.notifier.close();
    this.store.close();
  }

  accountByKey(secretKey: string): Account | undefined {
    return this.#accounts.find((one) => one.secretKey === secretKey);
  }

  nameOf(secretKey: string): string {
    return this.accountByKey(secretKey)?.name ?? "Shop";
  }

  intent(account: string, id: string): Intent {
    const found = this.store.intents.get(id);
    if (found?.account !== account) throw missing("payment_intent", id);
    return found;
  }

  session(account: string, id: string): Session {
    const found = this.store.sessions.get(id);
    if (found?.account !== account) throw missing("checkout.session", id);
    return found;
  }

  createIntent(wanted: NewIntent): Intent {
    const intent = newIntent(wanted, seconds());
    this.#record({ intent }, ["payment_intent.created"]);
    return intent;
  }

  confirm(intent: Intent, method: string, returnUrl?: string): Intent {
    if (intent.status !== "requires_payment_method" && intent.status !== "requires_confirmation") {
      throw unexpected(intent, "confirm");
    }
    const next = confirmed({ ...intent, ...(returnUrl ? { returnUrl } : {}) }, method);
    return this.#land(intent, next, method);
  }

  /** The end of 3D Secure, at the bank's page. */
  authenticate(intent: Intent, passed: boolean): Intent {
    if (intent.status !== "requires_action") throw unexpected(intent, "confirm");
    return this.#land(intent, decideAuthentication(intent, passed), intent.paymentMethod ?? "");
  }

  /** A confirmed intent and what came of it: a charge, a question to the holder, or a decline. */
  #land(before: Intent, next: Intent, method: string): Intent {
    if (next.status === "requires_payment_method") {
      this.#record({ intent: next }, ["payment_intent.payment_failed"]);
      const { decline } = next;
      if (before.sessionId || !decline || before.status === "requires_action") return next;
      throw declined(next);
    }
    if (next.status === "requires_action") {
      this.#record({ intent: next }, ["payment_intent.requires_action"]);
      return next;
    }
    const charge = newCharge(next, seconds());
    const held = { ...next, chargeId: charge.id };
    const session = this.#completed(held);
    const told =
      held.status === "succeeded" ? "payment_intent.succeeded" : "payment_intent.amount_capturable_updated";
    this.#record({ intent: held, charge, ...(session ? { session } : {}) }, [
      told,
      ...(held.status === "succeeded" ? ["charge.succeeded"] : []),
      ...(session ? ["checkout.session.completed"] : []),
    ]);
    if (method === "pm_card_createDispute") this.dispute(held, "fraudulent");
    return this.intent(held.account, held.id);
  }

  #completed(intent: Intent): Session | undefined {
    const session = intent.sessionId ? this.store.sessions.get(intent.sessionId) : undefined;
    return session && { ...session, status: "complete", intentId: intent.id };
  }

  /** https://docs.stripe.com/payments/multicapture: what `isFinal` leaves is let go. */
  capture(intent: Intent, amount: number | undefined, isFinal: boolean): Intent {
    if (intent.status !== "requires_capture") throw unexpected(intent, "capture");
    const wanted = amount ?? intent.capturable;
    const isRelease = wanted === 0 && isFinal && intent.received > 0;
    if (wanted > intent.capturable || (wanted < 1 && !isRelease)) {
      throw invalid(
        "The amount to capture is greater than what can be captured.",
        "amount_to_capture",
        "amount_too_large",
      );
    }
    const received = intent.received + wanted;
    const left = isFinal ? 0 : intent.capturable - wanted;
    const status = left === 0 ? ("succeeded" as const) : intent.status;
    const next = { ...intent, received, capturable: left, status };
    const charge = { ...chargeOf(this.store, intent), captured: received };
    this.#record({ intent: next, charge }, [
      "charge.captured",
      ...(status === "succeeded"
        ? ["payment_intent.succeeded"]
        : ["payment_intent.amount_capturable_updated"]),
    ]);
    return next;
  }

  cancel(intent: Intent, reason?: string): Intent {
    if (intent.status === "succeeded" || intent.status === "canceled" || intent.received > 0) {
      throw unexpected(intent, "cancel");
    }
    const next: Intent = {
      ...intent,
      status: "canceled",
      capturable: 0,
      ...(reason ? { canceledAs: reason } : {}),
    };
    this.#record({ intent: next }, ["payment_intent.canceled"]);
    return next;
  }

  refund(intent: Intent, amount: number | undefined, more: { reason?: string; metadata: Metadata }): Refund {
    const charge = chargeOf(this.store, intent);
    const left = charge.captured - charge.refunded;
    const wanted = amount ?? left;
    if (charge.isDisputed)
      throw invalid(
        `Charge ${charge.id} has been charged back; cannot issue a refund.`,
        undefined,
        "charge_disputed",
      );
    if (left <= 0)
      throw invalid(`Charge ${charge.id} has already been refunded.`, undefined, "charge_already_refunded");
    if (wanted < 1 || wanted > left) {
      throw invalid(
        `Refund amount (${wanted}) is greater than unrefunded amount on charge (${left})`,
        "amount",
        "amount_too_large",
      );
    }
    const refund: Refund = {
      id: newId("re"),
      account: intent.account,
      chargeId: charge.id,
      intentId: intent.id,
      amount: wanted,
      currency: intent.currency,
      reason: more.reason ?? null,
      metadata: more.metadata,
      status: "succeeded",
      created: seconds(),
    };
    const next = { ...charge, refunded: charge.refunded + wanted };
    this.#record({ intent, charge: next, refund }, ["refund.created", "charge.refunded"]);
    return refund;
  }

  createSession(wanted: Omit<Session, "id" | "status" | "intentId" | "created">): Session {
    const session: Session = {
      ...wanted,
      id: newId("cs_test"),
      status: "open",
      intentId: null,
      created: seconds(),
    };
    this.store.save({ kind: "session", value: session });
    this.#arm(session);
    return session;
  }

  /** The person on the page pays with this card; the page stays open when the bank says no. */
  paySession(session: Session, method: string): Intent {
    if (session.status !== "open") throw invalid("This Checkout Session is no longer open.");
    const { account, amount, currency, captureMethod, metadata, id: sessionId } = session;
    const known = session.intentId ? this.store.intents.get(session.intentId) : undefined;
    const wanted = { account, amount, currency, captureMethod, metadata, sessionId };
    const intent = known ?? this.createIntent(wanted);
    if (!known) this.store.save({ kind: "session", value: { ...session, intentId: intent.id } });
    return this.confirm(intent, method, session.successUrl);
  }

  expireSession(session: Session): Session {
    if (session.status !== "open")
      throw invalid('Only Checkout Sessions with a status in ["open"] can be expired.');
    const next: Session = { ...session, status: "expired" };
    this.#record({ session: next }, ["checkout.session.expired"]);
    const intent = session.intentId ? this.store.intents.get(session.intentId) : undefined;
    if (intent && intent.status !== "succeeded" && intent.status !== "canceled")
      this.cancel(intent, "automatic");
    return next;
  }

  dispute(intent: Intent, reason: string): Dispute {
    const charge = chargeOf(this.store, intent);
    if (charge.isDisputed) throw invalid("This charge is disputed already.");
    const dispute: Dispute = {
      id: newId("du"),
      account: intent.account,
      chargeId: charge.id,
      intentId: intent.id,
      amount: charge.captured - charge.refunded,
      currency: charge.currency,
      reason,
      status: "needs_response",
      evidence: {},
      dueBy: seconds() + DISPUTE_DAYS * DAY_SECONDS,
      submissions: 0,
      created: seconds(),
    };
    const next = { ...charge, isDisputed: true };
    this.#record({ intent, charge: next, dispute }, [
      "charge.dispute.created",
      "charge.dispute.funds_withdrawn",
    ]);
    return dispute;
  }

  submitEvidence(dispute: Dispute, evidence: Record<string, string>, submit: boolean): Dispute {
    if (dispute.status !== "needs_response") throw invalid("This dispute is already closed or under review.");
    const next: Dispute = {
      ...dispute,
      evidence: { ...dispute.evidence, ...evidence },
      ...(submit ? { status: "under_review" as const, submissions: dispute.submissions + 1 } : {}),
    };
    this.#record({ dispute: next }, ["charge.dispute.updated"]);
    return next;
  }

  /** What the customer's bank decides in the end. */
  closeDispute(dispute: Dispute, status: Extract<DisputeStatus, "won" | "lost">): Dispute {
    const next: Dispute = { ...dispute, status };
    const told = ["charge.dispute.closed", ...(status === "won" ? ["charge.dispute.funds_reinstated"] : [])];
    this.#record({ dispute: next }, told);
    return next;
  }

  #arm(session: Session): void {
    if (session.status !== "open") return;
    this.#alarms.set(`session ${session.id}`, session.expiresAt * 1_000, () => {
      const current = this.store.sessions.get(session.id);
      if (current?.status === "open") this.expireSession(current);
    });
  }

  /** One journal write holds the change and its events, so that neither is ever without the other. */
  #record(changes: Changes, types: string[]): void {
    const changed = Object.entries(changes).map(([kind, value]) => ({ kind, value }) as StripeRecord);
    const deliveries: Delivery[] = [];
    const told: StripeRecord[] = types.flatMap((type) => {
      const { account, payment, object } = this.#subject(type, changes);
      const event = { id: newId("evt"), type, account, payment };
      const isWrong = this.faults.take("wrongAmount", payment) === true;
      const shown = isWrong ? { ...object, amount: Number(object.amount) + 1 } : object;
      const wire = eventBody({ ...event, created: seconds(), object: shown, version: this.#apiVersion });
      const kept = { ...event, body: JSON.stringify(wire, null, 2) };
      const sent = this.notifier.prepare(kept);
      deliveries.push(...sent);
      return [
        { kind: "event" as const, value: kept },
        ...sent.map((value) => ({ kind: "delivery" as const, value })),
      ];
    });
    this.store.save(...changed, ...told);
    this.notifier.send(deliveries);
  }

  /** The object that an event of this type carries, and the payment that it is about. */
  #subject(type: string, { intent, charge, refund, dispute, session }: Changes) {
    const about = intent ?? (dispute ? this.store.intents.get(dispute.intentId) : undefined);
    const payment = about?.metadata.payment ?? session?.metadata.payment ?? "";
    const account = about?.account ?? session?.account ?? "";
    const of = (object: Record<string, unknown>) => ({ account, payment, object });
    if (type.startsWith("charge.dispute.") && dispute) return of(disputeBody(dispute));
    if (type.startsWith("refund.") && refund) return of(refundBody(refund));
    if (type.startsWith("charge.") && charge) return of(chargeBody(charge));
    if (type.startsWith("checkout.") && session) return of(sessionBody(session, this.publicUrl));
    if (intent) return of(intentBody(intent, this.publicUrl));
    throw new Error(`nothing to tell with ${type}`);
  }
}

function unexpected(intent: Intent, verb: string): StripeRefusal {
  return new StripeRefusal({
    status: 400,
    type: "invalid_request_error",
    code: "payment_intent_unexpected_state",
    message: `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`,
    intent,
  });
}

const declined = (intent: Intent): StripeRefusal =>
  new StripeRefusal({
    status: 402,
    type: "card_error",
    code: intent.decline?.code ?? "card_declined",
    ...(intent.decline?.declineCode ? { declineCode: intent.decline.declineCode } : {}),
    message: intent.decline?.message ?? "Your card was declined.",
    intent,
  });
