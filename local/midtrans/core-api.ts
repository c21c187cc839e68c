import { randomUUID } from "node:crypto";
import { type Call, type Endpoint, type Handler, json, type Reply } from "../endpoints.ts";
import type { Faults } from "./faults.ts";
import { type Fields, fields, text } from "./requests.ts";
import type { Sandbox } from "./sandbox.ts";
import { type Merchant, type Outcome, type Refusal, refuse, type Transaction } from "./types.ts";
import { actionAnswer, chargeAnswer, errorBody, statusAnswer } from "./wire.ts";

/** https://docs.midtrans.com/reference/api-headers: kept five minutes, and ignored beyond 46 characters. */
const IDEMPOTENCY_TTL_MS = 5 * 60_000;
const IDEMPOTENCY_KEY_MAX = 46;

/** A call that timed out is broken off in the end, as a load balancer would. */
const TIMEOUT_FAULT_MS = 60_000;

/**
 * Errors of the Core API are HTTP 200 with the code in `status_code`; only bad credentials are HTTP 401 too:
 * the OpenAPI definitions at the end of the reference pages, such as get-transaction-status.
 */
const coreError = (refusal: Refusal): Reply =>
  json(refusal.code === "401" ? 401 : 200, errorBody(refusal, randomUUID()));

const UNAUTHORIZED: Refusal = {
  code: "401",
  message: "Transaction cannot be authorized with the current client/server key.",
};

/** Basic authentication with the server key as the name and no password: docs/api-authorization-headers. */
export function merchantOfCall(sandbox: Sandbox, call: Call): Merchant | undefined {
  const encoded = /^Basic (.+)$/i.exec(call.headers.authorization ?? "")?.[1];
  if (!encoded) return undefined;
  const [key = ""] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return key === "" ? undefined : sandbox.merchantByServerKey(key);
}

function header(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

export const urlsOfCall = (sandbox: Sandbox, merchant: Merchant, call: Call): string[] => {
  const override = header(call, "x-override-notification");
  const append = header(call, "x-append-notification");
  return sandbox.notificationUrls(merchant, {
    ...(override ? { override } : {}),
    ...(append ? { append } : {}),
  });
};

/** Does not keep the process alive: a sandbox that closes waits for nobody. */
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

interface FaultPoint {
  sandbox: Sandbox;
  call: "chargeFails" | "refundFails" | "statusFails";
  orderId: string | undefined;
  /** The answer of a bank that says no. */
  denied?: () => Reply;
}

/** Answers as `work` does, unless a switch says that this call fails. */
export async function withFaults(point: FaultPoint, work: () => Reply | Promise<Reply>): Promise<Reply> {
  const failure: Faults["refundFails"] = point.sandbox.faults.take(point.call, point.orderId);
  switch (failure) {
    case "http500":
      return json(500, {
        status_code: "500",
        status_message: "Sorry. Our system is recovering from unexpected issues. Please retry.",
      });
    case "http503":
      return json(503, {
        status_code: "503",
        status_message: "Bank/partner is experiencing connection issue.",
      });
    case "malformed":
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: '{"status_code":"201","status_m',
      };
    case "timeout":
      await wait(TIMEOUT_FAULT_MS);
      return { fault: "reset" };
    case "reset":
      return { fault: "reset" };
    case "lost":
      await work();
      return { fault: "reset" };
    case "denied":
      return point.denied ? point.denied() : work();
    default:
      return work();
  }
}

/**
 * The body as an object, or the refusal for one that is not JSON: code 413, "syntax error in the request
 * body".
 */
function bodyOf(call: Call): Outcome<Fields> {
  if (call.body.length === 0) return { ok: true, value: {} };
  try {
    return { ok: true, value: fields(JSON.parse(call.body.toString("utf8"))) };
  } catch {
    return refuse("413", "The request cannot be processed due to syntax error in the request body.");
  }
}

type Signed = (merchant: Merchant, call: Call, body: Fields) => Reply | Promise<Reply>;

export function coreApi(sandbox: Sandbox): Endpoint[] {
  const once = idempotently(sandbox);
  const signed =
    (work: Signed): Handler =>
    (call) => {
      const merchant = merchantOfCall(sandbox, call);
      if (!merchant) return coreError(UNAUTHORIZED);
      const body = bodyOf(call);
      return body.ok ? work(merchant, call, body.value) : coreError(body.refusal);
    };
  const post = (path: string, work: Signed): Endpoint => ({ method: "POST", path, handler: signed(work) });
  const action = (name: string, message: string, act: (transaction: Transaction) => Outcome<Transaction>) =>
    post(`/v2/{id}/${name}`, (merchant, call) =>
      once(merchant, call, undefined, () =>
        onTransaction(sandbox, merchant, call.params.id ?? "", (transaction) => {
          const outcome = act(transaction);
          return outcome.ok
            ? json(200, actionAnswer(outcome.value, merchant, message))
            : coreError(outcome.refusal);
        }),
      ),
    );
  return [
    post("/v2/charge", (merchant, call, body) => {
      const orderId = text(fields(body.transaction_details).order_id);
      return withFaults({ sandbox, call: "chargeFails", orderId }, () =>
        once(merchant, call, orderId, () => charge(sandbox, merchant, call, body)),
      );
    }),
    post("/v2/capture", (merchant, call, body) =>
      once(merchant, call, undefined, () => capture(sandbox, merchant, body)),
    ),
    {
      method: "GET",
      path: "/v2/{id}/status",
      handler: signed((merchant, call) => status(sandbox, merchant, call)),
    },
    action("cancel", "Success, transaction is canceled", (transaction) => sandbox.cancel(transaction)),
    action("expire", "Success, transaction has expired", (transaction) => sandbox.expire(transaction)),
    action("approve", "Success, transaction is approved", (transaction) => sandbox.approve(transaction)),
    action("deny", "Success, transaction is denied", (transaction) => sandbox.denyChallenged(transaction)),
    post("/v2/{id}/refund", refundBy(sandbox, once, false)),
    post("/v2/{id}/refund/online/direct", refundBy(sandbox, once, true)),
    { method: "GET", path: "/v2/token", handler: ({ url }) => cardToken(sandbox, url) },
  ];
}

function onTransaction(
  sandbox: Sandbox,
  merchant: Merchant,
  id: string,
  work: (transaction: Transaction) => Reply,
): Reply {
  const transaction = sandbox.ledger.transaction(merchant.serverKey, id);
  return transaction ? work(transaction) : coreError({ code: "404", message: "Transaction doesn't exist." });
}

function charge(sandbox: Sandbox, merchant: Merchant, call: Call, body: Fields): Reply {
  const outcome = sandbox.charge(merchant, body, urlsOfCall(sandbox, merchant, call));
  return outcome.ok ? json(200, chargeAnswer(outcome.value, merchant)) : coreError(outcome.refusal);
}

function capture(sandbox: Sandbox, merchant: Merchant, body: Fields): Reply {
  return onTransaction(sandbox, merchant, text(body.transaction_id) ?? "", (transaction) => {
    const outcome = sandbox.capture(transaction, body.gross_amount);
    const message = "Success, Credit Card capture transaction is successful";
    return outcome.ok
      ? json(200, actionAnswer(outcome.value, merchant, message))
      : coreError(outcome.refusal);
  });
}

function status(sandbox: Sandbox, merchant: Merchant, call: Call): Promise<Reply> {
  const id = call.params.id ?? "";
  const orderId = sandbox.ledger.transaction(merchant.serverKey, id)?.orderId;
  return withFaults({ sandbox, call: "statusFails", orderId }, () =>
    onTransaction(sandbox, merchant, id, (transaction) => json(200, statusAnswer(transaction, merchant))),
  );
}

function refundBy(sandbox: Sandbox, once: Once, online: boolean): Signed {
  return (merchant, call, body) => {
    const id = call.params.id ?? "";
    const orderId = sandbox.ledger.transaction(merchant.serverKey, id)?.orderId;
    const on = (work: (transaction: Transaction) => Reply) => onTransaction(sandbox, merchant, id, work);
    const denied = () => on((transaction) => json(200, refusedRefund(transaction, merchant, body)));
    return withFaults({ sandbox, call: "refundFails", orderId, denied }, () =>
      once(merchant, call, orderId, () =>
        on((transaction) => {
          const outcome = sandbox.refund(transaction, body, online);
          return outcome.ok
            ? json(200, refundAnswer(outcome.value, merchant, online))
            : coreError(outcome.refusal);
        }),
      ),
    );
  };
}

function refundAnswer(transaction: Transaction, merchant: Merchant, online: boolean): Fields {
  const message = `Success, refund request is approved${online ? " by the bank" : ""}`;
  const last = transaction.refunds.at(-1);
  return actionAnswer(transaction, merchant, message, {
    refund_chargeback_id: last?.refund_chargeback_id,
    refund_key: last?.refund_key,
  });
}

/** https://docs.midtrans.com/reference/direct-refund-transaction, "Rejected Direct Refund". */
const refusedRefund = (transaction: Transaction, merchant: Merchant, body: Fields): Fields => ({
  ...actionAnswer(transaction, merchant, "Refund denied by the bank", {
    refund_amount: "0.00",
    refund_key: text(body.refund_key) ?? randomUUID(),
  }),
  status_code: "202",
});

/**
 * Called by browsers, so that card numbers never reach the merchant:
 * https://docs.midtrans.com/reference/get-token.
 */
function cardToken(sandbox: Sandbox, url: URL): Reply {
  const value = (name: string) => url.searchParams.get(name) ?? "";
  const outcome = sandbox.createToken({
    clientKey: value("client_key"),
    number: value("card_number"),
    cvv: value("card_cvv"),
    month: value("card_exp_month"),
    year: value("card_exp_year"),
  });
  const cors = { "access-control-allow-origin": "*" };
  if (!outcome.ok) {
    const code = outcome.refusal.code === "401" ? 401 : 200;
    return json(code, errorBody(outcome.refusal, randomUUID()), cors);
  }
  const { token, card } = outcome.value;
  return json(
    200,
    {
      status_code: "200",
      status_message: "Credit card token is created as Token ID.",
      token_id: token,
      hash: `${card.masked}-mami`,
    },
    cors,
  );
}

type Once = (
  merchant: Merchant,
  call: Call,
  orderId: string | undefined,
  work: () => Reply | Promise<Reply>,
) => Promise<Reply>;

/**
 * https://docs.midtrans.com/reference/api-headers: only successful answers are kept, for any body and any
 * endpoint, and a call whose first try is still under way is answered with HTTP 202.
 */
function idempotently(sandbox: Sandbox): Once {
  const underWay = new Set<string>();
  return async (merchant, call, orderId, work) => {
    const slowly = async () => {
      const delayMs = sandbox.faults.take("answerDelayMs", orderId);
      if (delayMs !== undefined) await wait(delayMs);
      return work();
    };
    const given = header(call, "idempotency-key");
    if (!given || given.length > IDEMPOTENCY_KEY_MAX) return slowly();
    const key = `${merchant.serverKey} ${given}`;
    const kept = sandbox.ledger.answer(key, Date.now());
    if (kept)
      return { status: kept.status, headers: { "content-type": "application/json" }, body: kept.body };
    if (underWay.has(key))
      return json(202, { status_code: "202", status_message: "The request is still in process." });
    underWay.add(key);
    try {
      const reply = await slowly();
      keepAnswer(sandbox, key, reply);
      return reply;
    } finally {
      underWay.delete(key);
    }
  };
}

function keepAnswer(sandbox: Sandbox, key: string, reply: Reply): void {
  if ("fault" in reply || reply.status >= 300) return;
  const body = reply.body.toString();
  const code = Number(/"status_code":"(\d+)"/.exec(body)?.[1]);
  if (code >= 300 && code !== 407) return;
  const now = Date.now();
  const answer = { key, status: reply.status, body, until: now + IDEMPOTENCY_TTL_MS };
  sandbox.ledger.save([{ kind: "answer", value: answer }], now);
}
