import { randomUUID } from "node:crypto";
import { type Call, type Endpoint, HttpFailure, json, page, type Reply, seeOther } from "../endpoints.ts";
import { TEST_CARD } from "./cards.ts";
import { merchantOfCall, urlsOfCall, withFaults } from "./core-api.ts";
import { snapPage } from "./pages.ts";
import { type Fields, fields, parseOrder, text } from "./requests.ts";
import type { Sandbox } from "./sandbox.ts";
import { freesOrderId } from "./states.ts";
import type { Merchant, SnapSession, Transaction } from "./types.ts";

/** A token without an expiry of its own: https://docs.midtrans.com/docs/snap-advanced-feature. */
const SESSION_TTL_MS = 24 * 3_600_000;

/** Snap answers errors in a shape of its own: https://docs.midtrans.com/reference/backend-integration. */
const snapError = (status: number, messages: string[]): Reply => json(status, { error_messages: messages });

/** What the payment page offers, by Snap's names, and the Core API charge that it makes of it. */
const SNAP_METHODS: Record<string, { label: string; charge: Fields }> = {
  other_qris: { label: "QRIS", charge: { payment_type: "qris" } },
  gopay: { label: "GoPay", charge: { payment_type: "gopay" } },
  shopeepay: { label: "ShopeePay", charge: { payment_type: "shopeepay" } },
  credit_card: { label: "Card", charge: { payment_type: "credit_card" } },
  bca_va: { label: "BCA virtual account", charge: transfer("bca") },
  bni_va: { label: "BNI virtual account", charge: transfer("bni") },
  bri_va: { label: "BRI virtual account", charge: transfer("bri") },
  permata_va: { label: "Permata virtual account", charge: transfer("permata") },
  cimb_va: { label: "CIMB virtual account", charge: transfer("cimb") },
  echannel: { label: "Mandiri Bill", charge: { payment_type: "echannel" } },
  alfamart: { label: "Alfamart", charge: { payment_type: "cstore", cstore: { store: "alfamart" } } },
  indomaret: { label: "Indomaret", charge: { payment_type: "cstore", cstore: { store: "indomaret" } } },
};

function transfer(bank: string): Fields {
  return { payment_type: "bank_transfer", bank_transfer: { bank } };
}

export function snapApi(sandbox: Sandbox): Endpoint[] {
  return [
    { method: "POST", path: "/snap/v1/transactions", handler: (call) => create(sandbox, call) },
    // The page's own address carries a version that has changed over the years; clients follow redirect_url.
    { method: "GET", path: "/snap/v4/redirection/{token}", handler: (call) => show(sandbox, call) },
    {
      method: "POST",
      path: "/snap/v4/redirection/{token}/{method}",
      handler: (call) => choose(sandbox, call),
    },
  ];
}

function create(sandbox: Sandbox, call: Call): Reply | Promise<Reply> {
  const merchant = merchantOfCall(sandbox, call);
  if (!merchant) {
    return snapError(401, [
      "Access denied due to unauthorized transaction, please check client or server key",
      "Visit https://snap-docs.midtrans.com/#request-headers for more details",
    ]);
  }
  const body = bodyOf(call);
  if (!body) return snapError(400, ["The request body is not valid JSON"]);
  const orderId = text(fields(body.transaction_details).order_id);
  return withFaults({ sandbox, call: "chargeFails", orderId }, () =>
    createSession(sandbox, merchant, call, body),
  );
}

function bodyOf(call: Call): Fields | undefined {
  try {
    return fields(JSON.parse(call.body.toString("utf8")));
  } catch {
    return undefined;
  }
}

function createSession(sandbox: Sandbox, merchant: Merchant, call: Call, body: Fields): Reply {
  const order = parseOrder(body, merchant);
  if (!order.ok) return snapError(400, order.refusal.validation ?? [order.refusal.message]);
  const { orderId } = order.value;
  const live = sandbox.ledger.transaction(merchant.serverKey, orderId);
  if (live && !freesOrderId(live.status)) {
    return snapError(400, ["transaction_details.order_id has already been taken"]);
  }
  const now = Date.now();
  const session: SnapSession = {
    token: randomUUID(),
    serverKey: merchant.serverKey,
    orderId,
    request: body,
    notificationUrls: urlsOfCall(sandbox, merchant, call),
    expiresAt: now + SESSION_TTL_MS,
    transactionIds: [],
    revoked: false,
  };
  // "The older token & url will no longer be valid": https://docs.midtrans.com/docs/snap-advanced-feature.
  const older = sandbox.ledger.snapsOfOrder(merchant.serverKey, orderId).filter((one) => !one.revoked);
  const records = [...older.map((one) => ({ ...one, revoked: true })), session];
  sandbox.ledger.save(
    records.map((value) => ({ kind: "snap" as const, value })),
    now,
  );
  return json(201, {
    token: session.token,
    redirect_url: `${sandbox.publicUrl}/snap/v4/redirection/${session.token}`,
  });
}

function sessionOf(sandbox: Sandbox, call: Call): SnapSession {
  const session = sandbox.ledger.snap(call.params.token ?? "");
  if (!session || session.revoked || session.expiresAt <= Date.now()) {
    throw new HttpFailure(404, "this payment page does not exist or has expired");
  }
  return session;
}

/** The attempt that is open or has succeeded; a customer comes back to it instead of starting another. */
function attemptOf(sandbox: Sandbox, session: SnapSession): Transaction | undefined {
  const last = sandbox.ledger.transactionById(session.transactionIds.at(-1) ?? "");
  return last && !freesOrderId(last.status) ? last : undefined;
}

function methodsOf(session: SnapSession): [string, string][] {
  const enabled = session.request.enabled_payments;
  const wanted = Array.isArray(enabled)
    ? new Set(enabled.map((name) => (name === "qris" ? "other_qris" : name)))
    : undefined;
  return Object.entries(SNAP_METHODS)
    .filter(([name]) => wanted?.has(name) ?? true)
    .map(([name, { label }]) => [name, label]);
}

function show(sandbox: Sandbox, call: Call): Reply {
  const session = sessionOf(sandbox, call);
  const attempt = attemptOf(sandbox, session);
  if (attempt) return seeOther(`/pay/${attempt.id}`);
  const order = parseOrder(session.request, sandbox.merchantOf(session));
  if (!order.ok) throw new HttpFailure(404, "this payment page belongs to a merchant that is gone");
  const failed = sandbox.ledger.transactionById(session.transactionIds.at(-1) ?? "");
  return page(
    200,
    snapPage({
      order: order.value,
      merchant: sandbox.merchantOf(session),
      action: `/snap/v4/redirection/${session.token}`,
      methods: methodsOf(session),
      ...(failed ? { failed } : {}),
    }),
  );
}

function choose(sandbox: Sandbox, call: Call): Reply {
  const session = sessionOf(sandbox, call);
  const open = attemptOf(sandbox, session);
  if (open) return seeOther(`/pay/${open.id}`);
  const name = call.params.method ?? "";
  const method = methodsOf(session).some(([offered]) => offered === name) ? SNAP_METHODS[name] : undefined;
  if (!method) throw new HttpFailure(404, "this payment page does not offer that method");
  const merchant = sandbox.merchantOf(session);
  const request = { ...session.request, ...method.charge };
  const card = name === "credit_card" ? cardOf(sandbox, merchant, call, session) : {};
  const outcome = sandbox.charge(merchant, { ...request, ...card }, session.notificationUrls, session);
  if (!outcome.ok) {
    const { message, validation } = outcome.refusal;
    throw new HttpFailure(409, [message, ...(validation ?? [])].join(" "));
  }
  const redirect = text(outcome.value.charged.redirect_url);
  return seeOther(redirect && outcome.value.status === "pending" ? redirect : `/pay/${outcome.value.id}`);
}

/** The page's card form becomes a token, as snap.js makes one in the customer's browser. */
function cardOf(sandbox: Sandbox, merchant: Merchant, call: Call, session: SnapSession): Fields {
  const form = new URLSearchParams(call.body.toString("utf8"));
  const token = sandbox.createToken({
    clientKey: merchant.clientKey,
    number: form.get("number") ?? TEST_CARD.number,
    cvv: form.get("cvv") ?? TEST_CARD.cvv,
    month: form.get("month") ?? TEST_CARD.month,
    year: form.get("year") ?? TEST_CARD.year,
  });
  if (!token.ok) throw new HttpFailure(409, (token.refusal.validation ?? [token.refusal.message]).join(", "));
  const asked = fields(session.request.credit_card);
  return { credit_card: { ...asked, token_id: token.value.token, authentication: asked.secure !== false } };
}
