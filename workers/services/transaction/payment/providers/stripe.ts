import type { Stripe } from "stripe";
import type { Report } from "../domain/payment.ts";
import type { Charge, Charged, Desk, Known, PaymentProvider, Place, Refunded, Send, Take } from "./port.ts";
import { ProviderSilent } from "./port.ts";
import {
  idOf,
  toIntentAction,
  toIntentReport,
  toSessionReport,
  toWireAmount,
  zIntent,
  zSession,
} from "./stripe-wire.ts";

/** A buyer waits for a charge; a question can be asked again. */
const TIMEOUT_MS = 10_000;
const API_VERSION = "2026-10-28.endive";
/** Stripe closes a page no sooner than this after it was opened. */
const PAGE_MS_MIN = 30 * 60_000;
/** And no later than a day: then it is not told when. */
const PAGE_MS_MAX = 23 * 3_600_000;
const REFUNDS_MAX = 100;
/** Enough of a card's name to tell it from another. */
const CARD_CHARS = 24;

/** The official SDK, loaded at the first call: most isolates never speak to Stripe. */
async function openStripe({ config: { stripe: account } }: Pick<Desk, "config">): Promise<Stripe> {
  if (!account) throw new Error("this market has no Stripe keys");
  const { Stripe: Client } = await import("stripe");
  const url = new URL(account.apiUrl);
  const isPlain = url.protocol === "http:";
  return new Client(account.secretKey, {
    apiVersion: API_VERSION,
    httpClient: Client.createFetchHttpClient(),
    host: url.hostname,
    port: url.port || (isPlain ? "80" : "443"),
    protocol: isPlain ? "http" : "https",
    timeout: TIMEOUT_MS,
    // We ask before we try again.
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

type Refusal = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly type: string;
};
type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** Our keys are wrong, we ask too fast, or the first call is under way: nothing is said of the payment. */
const NOT_AN_ANSWER = [401, 403, 409, 429];

/** An answer, a refusal by Stripe, or silence: connection errors, 5xx and what cannot be read. */
async function ask<T>(call: () => Promise<T>, isHarmless = false): Promise<Answer<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    const {
      statusCode = 0,
      code = "",
      message = "",
      type = "",
    } = error as {
      readonly statusCode?: number;
      readonly code?: string;
      readonly message?: string;
      readonly type?: string;
    };
    const isSilent = statusCode < 400 || statusCode >= 500 || NOT_AN_ANSWER.includes(statusCode);
    if (isSilent) throw new ProviderSilent(`${type || "no answer"} ${statusCode}`, { isHarmless });
    return { ok: false, refusal: { status: statusCode, code, message, type } };
  }
}

/** https://docs.stripe.com/payments/payment-intents; the keys are the cell's. */
export function stripe(desk: Desk): PaymentProvider {
  const open = () => openStripe(desk);
  const find = async (place: Place) => findAt(await open(), place);
  return {
    name: "stripe",
    find,
    charge: async (charge) => collect(await open(), desk, charge),
    cancel: async (place) => {
      const client = await open();
      await endAt(client, place);
      return findAt(client, place);
    },
    capture: async (take) => captureAt(await open(), take),
    refund: async (send) => refundAt(await open(), send),
  };
}

const isPage = (ref: string): boolean => ref.startsWith("cs_");
const isToken = (token: string | undefined): token is string => /^(pm|tok)_/.test(token ?? "");

/** Without a name that we kept there is nothing that could have been paid. */
async function findAt(client: Stripe, { ref }: Place): Promise<Known | undefined> {
  if (ref === undefined) return undefined;
  if (!isPage(ref)) return knownOf(client, ref);
  const asked = await ask(() => client.checkout.sessions.retrieve(ref));
  if (!asked.ok) return missingOr(asked.refusal);
  const session = parsed(zSession, asked.value);
  const intentId = idOf(session.payment_intent);
  if (intentId === undefined || session.status === "expired") {
    return { report: toSessionReport(session), refundKeys: [] };
  }
  return knownOf(client, intentId);
}

async function knownOf(client: Stripe, intentId: string): Promise<Known | undefined> {
  const asked = await ask(() => client.paymentIntents.retrieve(intentId, { expand: ["latest_charge"] }));
  if (!asked.ok) return missingOr(asked.refusal);
  const report = toIntentReport(parsed(zIntent, asked.value));
  if (report.refundedMinor === 0n) return { report, refundKeys: [] };
  const refunds = await ask(() => client.refunds.list({ payment_intent: intentId, limit: REFUNDS_MAX }));
  if (!refunds.ok) throw new ProviderSilent(`refunds: ${refunds.refusal.status}`);
  const sent = refunds.value.data.filter(({ status }) => status !== "failed" && status !== "canceled");
  return { report, refundKeys: sent.flatMap(({ metadata }) => metadata?.key ?? []) };
}

function missingOr({ status, code }: Refusal): undefined {
  if (status === 404) return undefined;
  throw new ProviderSilent(`${status} ${code}`);
}

function parsed<T>(schema: { safeParse(value: unknown): { success: boolean; data?: T } }, value: unknown): T {
  const { data } = schema.safeParse(value);
  if (data === undefined) throw new ProviderSilent("the answer cannot be read");
  return data;
}

const backTo = (desk: Desk, { id }: Place): string => `${desk.config.origin}/payments/${id}/return`;

/** With a card of his script at once, in two steps; otherwise on his page. */
function collect(client: Stripe, desk: Desk, charge: Charge): Promise<Charged> {
  const { ref, cardToken } = charge;
  if (ref === undefined && charge.method !== "card") throw new Error(`${charge.method} is not for Stripe`);
  if (ref !== undefined && isPage(ref)) return resume(client, charge);
  return isToken(cardToken)
    ? chargeCard(client, desk, { ...charge, cardToken })
    : openPage(client, desk, charge);
}

async function resume(client: Stripe, charge: Charge): Promise<Charged> {
  const asked = await ask(() => client.checkout.sessions.retrieve(charge.ref ?? ""), true);
  if (!asked.ok) return refused(charge, asked.refusal);
  const session = parsed(zSession, asked.value);
  if (session.status === "open" && session.url) return { action: { kind: "redirect", url: session.url } };
  const known = await findAt(client, charge);
  return known ? { report: known.report } : {};
}

const metadataOf = (desk: Desk, { id }: Place) => ({ payment: id, cell: desk.cell });

/**
 * An intent alone collects nothing, so that losing the answer costs nothing. Its name is kept before it is
 * confirmed: whatever becomes of that call, it can be looked up.
 */
async function chargeCard(
  client: Stripe,
  desk: Desk,
  charge: Charge & { cardToken: string },
): Promise<Charged> {
  const { id, amount, capture, cardToken } = charge;
  const wanted = {
    amount: toWireAmount(amount.minor),
    currency: amount.currency.toLowerCase(),
    capture_method: capture,
    payment_method_types: ["card"],
    metadata: metadataOf(desk, charge),
  } as const;
  const made = await ask(() => client.paymentIntents.create(wanted, { idempotencyKey: id }), true);
  if (!made.ok) return refused(charge, made.refusal);
  const { id: ref } = made.value;
  await charge.remember(ref);
  const isOneUse = cardToken.startsWith("tok_");
  const method = isOneUse
    ? { payment_method_data: { type: "card" as const, card: { token: cardToken } } }
    : { payment_method: cardToken };
  const confirm = { ...method, return_url: backTo(desk, charge) };
  // Another card is another call; the same one is the same however often it is made.
  const idempotencyKey = `${id}-confirm-${cardToken.slice(-CARD_CHARS)}`;
  const confirmed = await ask(() => client.paymentIntents.confirm(ref, confirm, { idempotencyKey }));
  if (confirmed.ok) return toCharged(confirmed.value);
  if (confirmed.refusal.type === "StripeCardError") return known(await knownOf(client, ref));
  // A token that is not known, and the like: nothing was collected, and nothing will be.
  await ask(() => client.paymentIntents.cancel(ref, {}, { idempotencyKey: `${id}-cancel` }));
  return refused(charge, confirmed.refusal);
}

const known = (one: Known | undefined): Charged => (one ? { report: one.report } : {});

function toCharged(answer: unknown): Charged {
  const intent = parsed(zIntent, answer);
  const action = toIntentAction(intent);
  return { report: toIntentReport(intent), ...(action ? { action } : {}) };
}

/** https://docs.stripe.com/api/checkout/sessions/create; without the answer nobody knows the page. */
async function openPage(client: Stripe, desk: Desk, charge: Charge): Promise<Charged> {
  const { id, amount, payBy, capture } = charge;
  const metadata = metadataOf(desk, charge);
  const back = backTo(desk, charge);
  // From the end of the time to pay, so that the same try always asks for the same.
  const closesAt = payBy + PAGE_MS_MIN;
  const price = {
    currency: amount.currency.toLowerCase(),
    unit_amount: toWireAmount(amount.minor),
    product_data: { name: `Order ${id.slice(-8)}` },
  };
  const wanted = {
    mode: "payment",
    client_reference_id: id,
    metadata,
    payment_method_types: ["card"],
    payment_intent_data: { capture_method: capture, metadata: { ...metadata, page: "1" } },
    line_items: [{ quantity: 1, price_data: price }],
    success_url: back,
    cancel_url: back,
    ...(closesAt - desk.now < PAGE_MS_MAX ? { expires_at: Math.ceil(closesAt / 1_000) } : {}),
  } as const;
  const made = await ask(
    () => client.checkout.sessions.create(copied(wanted), { idempotencyKey: `${id}-page` }),
    true,
  );
  if (!made.ok) return refused(charge, made.refusal);
  const session = parsed(zSession, made.value);
  if (!session.url) throw new ProviderSilent("no page in the answer", { isHarmless: true });
  await charge.remember(session.id);
  return { action: { kind: "redirect", url: session.url } };
}

/** The SDK's parameters are not readonly, though it changes none of them. */
const copied = (wanted: object): Stripe.Checkout.SessionCreateParams =>
  structuredClone(wanted) as Stripe.Checkout.SessionCreateParams;

/** Refused before there was anything to pay. */
function refused({ amount }: Charge, { status, code }: Refusal): Charged {
  const report: Report = {
    provider: "stripe",
    transactionId: `refused-${code || status}`,
    status: "failure",
    amount,
    capturedMinor: 0n,
    refundedMinor: 0n,
  };
  return { report, isRefused: true };
}

/** What is over or paid already refuses to end: the question afterwards says which. */
async function endAt(client: Stripe, { id, ref }: Place): Promise<void> {
  if (ref === undefined) return;
  const options = { idempotencyKey: `${id}-end` };
  if (!isPage(ref)) {
    await ask(() => client.paymentIntents.cancel(ref, { cancellation_reason: "abandoned" }, options));
    return;
  }
  const ended = await ask(() => client.checkout.sessions.expire(ref, {}, options));
  if (ended.ok) return;
  // The page has done its part: what it holds at the bank is let go.
  const intentId = await intentIdOf(client, { id, ref });
  if (intentId === undefined) return;
  await ask(() => client.paymentIntents.cancel(intentId, {}, { idempotencyKey: `${id}-void` }));
}

async function intentIdOf(client: Stripe, place: Place): Promise<string | undefined> {
  const known = await findAt(client, place);
  return known?.report.transactionId.startsWith("pi_") ? known.report.transactionId : undefined;
}

async function captureAt(client: Stripe, take: Take): Promise<Known | undefined> {
  const intentId = await intentIdOf(client, take);
  if (intentId === undefined) return undefined;
  const wanted = { amount_to_capture: toWireAmount(take.amount.minor), final_capture: take.isFinal };
  await ask(() => client.paymentIntents.capture(intentId, wanted, { idempotencyKey: take.key }));
  return knownOf(client, intentId);
}

/** https://docs.stripe.com/api/disputes/update: what we have to say, handed in for good. */
export async function submitToStripe(desk: Desk, ref: string, words: string): Promise<boolean> {
  const client = await openStripe(desk);
  const evidence = { uncategorized_text: words };
  const options = { idempotencyKey: `${ref}-evidence` };
  return (await ask(() => client.disputes.update(ref, { evidence, submit: true }, options))).ok;
}

async function refundAt(client: Stripe, { key, amount, reason, ...place }: Send): Promise<Refunded> {
  const intentId = await intentIdOf(client, place);
  if (intentId === undefined) return { kind: "refused", note: "Stripe knows no payment to refund." };
  const wanted = {
    payment_intent: intentId,
    amount: toWireAmount(amount.minor),
    metadata: { key, why: reason.slice(0, 100) },
  };
  const sent = await ask(() => client.refunds.create(wanted, { idempotencyKey: key }));
  if (!sent.ok)
    return { kind: "refused", note: `${sent.refusal.code} ${sent.refusal.message}`.slice(0, 200) };
  return sent.value.status === "failed" || sent.value.status === "canceled"
    ? { kind: "refused", note: `Stripe's refund is ${sent.value.status}.` }
    : { kind: "done" };
}
