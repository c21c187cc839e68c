import { type Call, type Endpoint, HttpFailure, json, page, type Reply, seeOther } from "../endpoints.ts";
import { faultEndpoints } from "../switches.ts";
import { overviewPage, payPage, threeDsPage } from "./pages.ts";
import { qrPng } from "./qr.ts";
import { text } from "./requests.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Outcome, Transaction } from "./types.ts";
import { statusAnswer } from "./wire.ts";

type Act = (sandbox: Sandbox, transaction: Transaction) => Outcome<Transaction>;

/** What customers, banks and time do; the buttons of the pages and scripts use the same names. */
const ACTS: Record<string, Act> = {
  pay: (sandbox, transaction) => sandbox.pay(transaction),
  deny: (sandbox, transaction) => sandbox.turnDown(transaction, "deny"),
  fail: (sandbox, transaction) => sandbox.turnDown(transaction, "fail"),
  expire: (sandbox, transaction) => sandbox.expire(transaction),
  settle: (sandbox, transaction) => sandbox.settle(transaction),
  chargeback: (sandbox, transaction) => sandbox.chargeback(transaction),
};

/** Newest rows on the overview and in lists. */
const LIST_MAX = 100;

/** The sandbox's own side: pages for people and the same by JSON for scripts. Nothing of it is Midtrans'. */
export function controlApi(sandbox: Sandbox): Endpoint[] {
  return [
    ...pageEndpoints(sandbox),
    ...scriptEndpoints(sandbox),
    ...faultEndpoints(sandbox.faults, {
      parameter: "order_id",
      release: () => sandbox.notifier.release(),
    }),
  ];
}

function pageEndpoints(sandbox: Sandbox): Endpoint[] {
  const byId = (call: Call) => transactionOf(sandbox, call.params.id ?? "");
  const qr = (call: Call): Reply => {
    const code = text(byId(call).charged.qr_string);
    if (!code) throw new HttpFailure(404, "this payment has no QR code");
    return { status: 200, headers: { "content-type": "image/png" }, body: qrPng(code) };
  };
  return [
    {
      method: "GET",
      path: "/",
      handler: () => {
        const deliveries = sandbox.ledger.deliveries().slice(-LIST_MAX).reverse();
        return page(200, overviewPage(newest(sandbox), deliveries));
      },
    },
    {
      method: "GET",
      path: "/pay/{id}",
      handler: (call) => page(200, payPage(byId(call), sandbox.merchantOf(byId(call)))),
    },
    {
      method: "POST",
      path: "/pay/{id}/{action}",
      handler: (call) => {
        // A second click, or one after the payment has moved on, shows the page as it is now.
        actOf(call)(sandbox, byId(call));
        return seeOther(`/pay/${call.params.id}`);
      },
    },
    { method: "GET", path: "/v2/qris/{id}/qr-code", handler: qr },
    { method: "GET", path: "/v2/gopay/{id}/qr-code", handler: qr },
    { method: "GET", path: "/v2/3ds/redirect/{token}", handler: (call) => threeDs(sandbox, call) },
    { method: "POST", path: "/v2/3ds/redirect/{token}", handler: (call) => finishThreeDs(sandbox, call) },
  ];
}

const newest = (sandbox: Sandbox): Transaction[] => sandbox.ledger.transactions().slice(-LIST_MAX).reverse();

function transactionOf(sandbox: Sandbox, id: string): Transaction {
  const transaction = sandbox.ledger.transactionsOfOrder(id).at(-1);
  if (!transaction) throw new HttpFailure(404, "no such payment");
  return transaction;
}

function actOf(call: Call): Act {
  const act = ACTS[call.params.action ?? ""];
  if (!act) throw new HttpFailure(404, "no such action");
  return act;
}

/** The redirect address ends in the transaction's id, after the masked card. */
const TRANSACTION_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function cardPaymentOf(sandbox: Sandbox, call: Call): Transaction {
  const id = TRANSACTION_ID.exec(call.params.token ?? "")?.[0];
  const transaction = sandbox.ledger.transactionById(id ?? "");
  if (!transaction?.card) throw new HttpFailure(404, "no such card payment");
  return transaction;
}

function threeDs(sandbox: Sandbox, call: Call): Reply {
  const transaction = cardPaymentOf(sandbox, call);
  if (transaction.status !== "pending") return seeOther(`/pay/${transaction.id}`);
  const merchant = sandbox.merchantOf(transaction);
  return page(200, threeDsPage(transaction, merchant, `${call.url.pathname}${call.url.search}`));
}

/**
 * With `callback_url` in the address the customer goes there with the outcome, as MidtransNew3ds.redirect
 * does.
 */
function finishThreeDs(sandbox: Sandbox, call: Call): Reply {
  const transaction = cardPaymentOf(sandbox, call);
  const passed = new URLSearchParams(call.body.toString("utf8")).get("result") === "ok";
  const outcome = sandbox.authenticate(transaction, passed ? "passed" : "failed");
  const now = outcome.ok ? outcome.value : transaction;
  const callback = call.url.searchParams.get("callback_url");
  if (!callback || !/^https?:\/\//.test(callback) || !URL.canParse(callback))
    return seeOther(`/pay/${now.id}`);
  const url = new URL(callback);
  const answer = statusAnswer(now, sandbox.merchantOf(now));
  for (const name of ["order_id", "status_code", "transaction_status"]) {
    url.searchParams.set(name, String(answer[name]));
  }
  return seeOther(url.href);
}

function scriptEndpoints(sandbox: Sandbox): Endpoint[] {
  const view = (transaction: Transaction) => ({
    ...statusAnswer(transaction, sandbox.merchantOf(transaction)),
    pay_url: `${sandbox.publicUrl}/pay/${transaction.id}`,
  });
  return [
    {
      method: "GET",
      path: "/sandbox/transactions",
      handler: () => json(200, { items: newest(sandbox).map(view) }),
    },
    {
      method: "GET",
      path: "/sandbox/transactions/{id}",
      handler: (call) => json(200, view(transactionOf(sandbox, call.params.id ?? ""))),
    },
    {
      method: "POST",
      path: "/sandbox/transactions/{id}/{action}",
      handler: (call) => {
        const transaction = transactionOf(sandbox, call.params.id ?? "");
        const outcome = actOf(call)(sandbox, transaction);
        if (outcome.ok) return json(200, view(outcome.value));
        return json(409, { error: `a payment that is ${transaction.status} cannot do that` });
      },
    },
    {
      method: "GET",
      path: "/sandbox/notifications",
      handler: ({ url }) => {
        const orderId = url.searchParams.get("order_id");
        const items = sandbox.ledger
          .deliveries()
          .filter((one) => orderId === null || one.orderId === orderId);
        return json(200, { items: items.slice(-LIST_MAX) });
      },
    },
    {
      method: "POST",
      path: "/sandbox/notifications/{id}/resend",
      handler: (call) => {
        const delivery = sandbox.ledger.delivery(call.params.id ?? "");
        if (!delivery) throw new HttpFailure(404, "no such notification");
        sandbox.notifier.resend(delivery, Date.now());
        return json(202, { id: delivery.id });
      },
    },
    { method: "GET", path: "/healthz", handler: () => json(200, { ok: true }) },
  ];
}
