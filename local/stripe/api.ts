import { createHash } from "node:crypto";
import type { Call, Endpoint, Reply } from "../endpoints.ts";
import type { CallFailure, Faults } from "./faults.ts";
import { amountOf, type Fields, group, list, metadataOf, parseForm, text } from "./form.ts";
import type { Sandbox } from "./sandbox.ts";
import { type Account, invalid, missing, type Refusal, StripeRefusal } from "./types.ts";
import { disputeBody, errorBody, intentBody, newId, refundBody, sessionBody } from "./wire.ts";

/** https://docs.stripe.com/api/idempotent_requests: kept at least a day. */
const IDEMPOTENCY_TTL_MS = 86_400_000;
const IDEMPOTENCY_KEY_MAX = 255;
/** A call that timed out is broken off in the end, as a load balancer would. */
const TIMEOUT_FAULT_MS = 60_000;
const CURRENCIES = new Set(["idr", "sgd", "gbp", "usd", "eur"]);
/** https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const AMOUNT_MIN = 30;
const SESSION_SECONDS_MIN = 1_800;
const SESSION_SECONDS_MAX = 86_400;

type Wire = Record<string, unknown>;
type Asked = { account: Account; fields: Fields; params: Record<string, string> };
type Work = (asked: Asked) => Wire;
type Failing = Extract<
  keyof Faults,
  "createFails" | "confirmFails" | "captureFails" | "cancelFails" | "refundFails" | "retrieveFails"
>;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
const header = (call: Call, name: string): string => String(call.headers[name] ?? "");

/** The part of Stripe's API that a shop with cards needs: https://docs.stripe.com/api */
export function stripeApi(sandbox: Sandbox): Endpoint[] {
  const serve = (method: string, path: string, fails: Failing, work: Work): Endpoint => ({
    method,
    path,
    handler: (call) => answer(sandbox, call, fails, work),
  });
  const intentOf = ({ account, params }: Asked) => sandbox.intent(account.secretKey, params.id ?? "");
  const sessionOf = ({ account, params }: Asked) => sandbox.session(account.secretKey, params.id ?? "");
  const disputeOf = ({ account, params }: Asked) => {
    const dispute = sandbox.store.disputes.get(params.id ?? "");
    if (dispute?.account !== account.secretKey) throw missing("dispute", params.id ?? "");
    return dispute;
  };
  const shown = (asked: Asked, intent = intentOf(asked)) => {
    const isExpanded = list(asked.fields.expand).includes("latest_charge");
    const charge = isExpanded ? sandbox.store.charges.get(intent.chargeId ?? "") : undefined;
    return intentBody(intent, sandbox.publicUrl, charge);
  };
  const session = "/v1/checkout/sessions/{id}";
  return [
    serve("POST", "/v1/payment_intents", "createFails", (asked) =>
      shown(asked, createIntent(sandbox, asked)),
    ),
    serve("GET", "/v1/payment_intents/{id}", "retrieveFails", shown),
    serve("POST", "/v1/payment_intents/{id}/confirm", "confirmFails", (asked) => {
      const method = text(asked.fields.payment_method);
      if (!method) throw invalid("You must provide a payment method to confirm.", "payment_method");
      return shown(asked, sandbox.confirm(intentOf(asked), method, text(asked.fields.return_url)));
    }),
    serve("POST", "/v1/payment_intents/{id}/capture", "captureFails", (asked) => {
      const isFinal = text(asked.fields.final_capture) !== "false";
      const amount = amountOf(asked.fields, "amount_to_capture");
      return shown(asked, sandbox.capture(intentOf(asked), amount, isFinal));
    }),
    serve("POST", "/v1/payment_intents/{id}/cancel", "cancelFails", (asked) =>
      shown(asked, sandbox.cancel(intentOf(asked), text(asked.fields.cancellation_reason))),
    ),
    serve("POST", "/v1/refunds", "refundFails", (asked) => createRefund(sandbox, asked)),
    serve("GET", "/v1/refunds", "retrieveFails", (asked) => listRefunds(sandbox, asked)),
    serve("POST", "/v1/checkout/sessions", "createFails", (asked) => createSession(sandbox, asked)),
    serve("GET", session, "retrieveFails", (asked) => sessionBody(sessionOf(asked), sandbox.publicUrl)),
    serve("POST", `${session}/expire`, "cancelFails", (asked) =>
      sessionBody(sandbox.expireSession(sessionOf(asked)), sandbox.publicUrl),
    ),
    serve("GET", "/v1/disputes/{id}", "retrieveFails", (asked) => disputeBody(disputeOf(asked))),
    serve("POST", "/v1/disputes/{id}", "captureFails", (asked) => {
      const isSubmitted = text(asked.fields.submit) !== "false";
      const evidence = metadataOf(asked.fields.evidence);
      return disputeBody(sandbox.submitEvidence(disputeOf(asked), evidence, isSubmitted));
    }),
  ];
}

function moneyOf(fields: Fields, where = ""): { amount: number; currency: string } {
  const currency = text(fields.currency)?.toLowerCase();
  const amount = amountOf(fields, where === "" ? "amount" : "unit_amount");
  if (amount === undefined)
    throw invalid("Missing required param: amount.", `${where}amount`, "parameter_missing");
  if (!currency) throw invalid("Missing required param: currency.", `${where}currency`, "parameter_missing");
  if (!CURRENCIES.has(currency)) throw invalid(`Invalid currency: ${currency}.`, "currency");
  if (amount < AMOUNT_MIN)
    throw invalid("Amount must be no less than the minimum.", "amount", "amount_too_small");
  return { amount, currency };
}

const captureOf = (fields: Fields) =>
  text(fields.capture_method) === "manual" ? ("manual" as const) : ("automatic" as const);

const createIntent = (sandbox: Sandbox, { account, fields }: Asked) =>
  sandbox.createIntent({
    ...moneyOf(fields),
    account: account.secretKey,
    captureMethod: captureOf(fields),
    metadata: metadataOf(fields.metadata),
  });

function createRefund(sandbox: Sandbox, { account, fields }: Asked): Wire {
  const intent = sandbox.intent(account.secretKey, text(fields.payment_intent) ?? "");
  if (sandbox.faults.take("refundFails", intent.metadata.payment ?? "") === "denied") {
    const message = "The refund was refused by the customer's bank.";
    throw new StripeRefusal({
      status: 400,
      type: "invalid_request_error",
      code: "refund_disputed_payment",
      message,
    });
  }
  const reason = text(fields.reason);
  const more = { metadata: metadataOf(fields.metadata), ...(reason ? { reason } : {}) };
  return refundBody(sandbox.refund(intent, amountOf(fields, "amount"), more));
}

function listRefunds(sandbox: Sandbox, { account, fields }: Asked): Wire {
  const of = text(fields.payment_intent);
  const mine = [...sandbox.store.refunds.values()].filter(
    (one) => one.account === account.secretKey && (of === undefined || one.intentId === of),
  );
  return { object: "list", data: mine.map(refundBody), has_more: false, url: "/v1/refunds" };
}

function createSession(sandbox: Sandbox, { account, fields }: Asked): Wire {
  const [first] = Object.values(group(fields.line_items)).map((one) => group(one));
  const price = group(first?.price_data);
  const inner = group(fields.payment_intent_data);
  const successUrl = text(fields.success_url);
  if (text(fields.mode) !== "payment") throw invalid("This sandbox knows sessions of mode payment.", "mode");
  if (!successUrl) throw invalid("Missing required param: success_url.", "success_url", "parameter_missing");
  const now = Math.floor(Date.now() / 1_000);
  const expiresAt = amountOf(fields, "expires_at") ?? now + SESSION_SECONDS_MAX;
  if (expiresAt < now + SESSION_SECONDS_MIN || expiresAt > now + SESSION_SECONDS_MAX + 60) {
    throw invalid("`expires_at` must be at least 30 minutes and at most 24 hours from now.", "expires_at");
  }
  const session = sandbox.createSession({
    ...moneyOf(price, "line_items[0][price_data]."),
    account: account.secretKey,
    captureMethod: captureOf(inner),
    name: text(group(price.product_data).name) ?? "Order",
    metadata: { ...metadataOf(fields.metadata), ...metadataOf(inner.metadata) },
    reference: text(fields.client_reference_id) ?? null,
    successUrl,
    expiresAt,
  });
  return sessionBody(session, sandbox.publicUrl);
}

/** Who asks: the secret key as a bearer token, or as the name of basic authentication. */
function accountOf(sandbox: Sandbox, call: Call): Account | undefined {
  const given = header(call, "authorization");
  const basic = /^Basic (.+)$/i.exec(given)?.[1];
  const key = basic
    ? Buffer.from(basic, "base64").toString("utf8").split(":")[0]
    : /^Bearer (.+)$/i.exec(given)?.[1];
  return key ? sandbox.accountByKey(key) : undefined;
}

function reply(sandbox: Sandbox, status: number, body: Wire, headers: Record<string, string> = {}): Reply {
  const id = newId("req");
  const shown =
    status >= 400 && "refusal" in body ? errorBody(body.refusal as Refusal, id, sandbox.publicUrl) : body;
  return {
    status,
    headers: { "content-type": "application/json", "request-id": id, ...headers },
    body: JSON.stringify(shown, null, 2),
  };
}

const refused = (sandbox: Sandbox, refusal: Refusal): Reply => reply(sandbox, refusal.status, { refusal });

/** The platform's own id of the payment that a call is about, by which switches tell payments apart. */
function paymentOf(sandbox: Sandbox, call: Call, fields: Fields): string {
  const { intents, sessions } = sandbox.store;
  const named = call.params.id ?? text(fields.payment_intent) ?? "";
  const known = intents.get(named) ?? sessions.get(named);
  return known?.metadata.payment ?? metadataOf(fields.metadata).payment ?? "";
}

async function answer(sandbox: Sandbox, call: Call, fails: Failing, work: Work): Promise<Reply> {
  const account = accountOf(sandbox, call);
  if (!account) {
    const message = "Invalid API Key provided.";
    return refused(sandbox, { status: 401, type: "invalid_request_error", message });
  }
  const given = header(call, "idempotency-key");
  const key = call.method === "POST" && given !== "" ? `${account.secretKey} ${given}` : undefined;
  if (key !== undefined && underWay.has(key)) return refused(sandbox, IN_USE);
  if (key !== undefined) underWay.add(key);
  try {
    const fields = parseForm(call.method === "GET" ? call.url.search.slice(1) : call.body.toString("utf8"));
    const payment = paymentOf(sandbox, call, fields);
    const { params } = call;
    const run = () =>
      once(sandbox, call, key, () => perform(sandbox, () => work({ account, fields, params })));
    const delayMs = sandbox.faults.take("answerDelayMs", payment);
    if (delayMs !== undefined) await wait(delayMs);
    return await failing(sandbox, fails, payment, run);
  } catch (error) {
    if (error instanceof StripeRefusal) return refused(sandbox, error.refusal);
    throw error;
  } finally {
    if (key !== undefined) underWay.delete(key);
  }
}

/** Calls with a key whose first try is not answered yet. */
const underWay = new Set<string>();
/** https://docs.stripe.com/error-codes#idempotency-key-in-use */
const IN_USE: Refusal = {
  status: 409,
  type: "idempotency_error",
  code: "idempotency_key_in_use",
  message: "There is currently another in-progress request using this Idempotency-Key.",
};

/** Answers as `work` does, unless a switch says that this call fails. */
async function failing(sandbox: Sandbox, fails: Failing, payment: string, work: () => Reply): Promise<Reply> {
  // A bank that says no is an answer and not a failure: it is left for the refund itself.
  const isDenied = sandbox.faults.list().some((rule) => rule.name === fails && rule.value === "denied");
  const failure = isDenied ? undefined : (sandbox.faults.take(fails, payment) as CallFailure | undefined);
  const away = { status: 500, type: "api_error" as const, message: "An error occurred. Please try again." };
  switch (failure) {
    case "http500":
      return refused(sandbox, away);
    case "http503":
      return refused(sandbox, { ...away, status: 503 });
    case "malformed":
      return { status: 200, headers: { "content-type": "application/json" }, body: '{"id": "pi_' };
    case "timeout":
      await wait(TIMEOUT_FAULT_MS);
      return { fault: "reset" };
    case "reset":
      return { fault: "reset" };
    case "lost":
      work();
      return { fault: "reset" };
    default:
      return work();
  }
}

function perform(sandbox: Sandbox, work: () => Wire): Reply {
  try {
    return reply(sandbox, 200, work());
  } catch (error) {
    if (error instanceof StripeRefusal) return refused(sandbox, error.refusal);
    throw error;
  }
}

/** What validation refuses is not kept: the call never began. */
const isKept = (status: number): boolean => status < 400 || status === 402;

/** https://docs.stripe.com/api/idempotent_requests: the same key answers the same, and only the same. */
function once(sandbox: Sandbox, call: Call, key: string | undefined, work: () => Reply): Reply {
  if (key === undefined) return work();
  const given = header(call, "idempotency-key");
  if (given.length > IDEMPOTENCY_KEY_MAX) throw invalid("Idempotency keys hold at most 255 characters.");
  const hash = createHash("sha256")
    .update(`${call.url.pathname}\n${call.body.toString("utf8")}`)
    .digest("hex");
  const kept = sandbox.store.answer(key, Date.now());
  if (kept && kept.hash !== hash) {
    throw new StripeRefusal({
      status: 400,
      type: "idempotency_error",
      message: `Keys for idempotent requests can only be used with the same parameters they were first used \
with. Try using a key other than '${given}' if you meant to execute a different request.`,
    });
  }
  const type = { "content-type": "application/json" };
  const replayed = {
    ...type,
    "idempotent-replayed": "true",
    "request-id": newId("req"),
    "idempotency-key": given,
  };
  if (kept) return { status: kept.status, headers: replayed, body: kept.body };
  const fresh = work();
  if ("fault" in fresh || !isKept(fresh.status)) return fresh;
  const { status, body } = fresh;
  const stored = { key, hash, status, body: body.toString(), until: Date.now() + IDEMPOTENCY_TTL_MS };
  sandbox.store.save({ kind: "answer", value: stored });
  return fresh;
}
