import { type Call, type Endpoint, HttpFailure, json, page, type Reply, seeOther } from "../endpoints.ts";
import { faultEndpoints } from "../switches.ts";
import { authenticationPage, overviewPage, payPage } from "./pages.ts";
import { balanceReport } from "./report.ts";
import type { Sandbox } from "./sandbox.ts";
import { type Dispute, type Intent, type Session, StripeRefusal } from "./types.ts";
import { disputeBody, intentBody, refundBody, sessionBody } from "./wire.ts";

/** Newest rows on the overview and in lists. */
const LIST_MAX = 200;

type Found = { intent?: Intent; session?: Session; dispute?: Dispute };
type Act = (sandbox: Sandbox, found: Found) => unknown;

function need<T>(one: T | undefined, what: string): T {
  if (one === undefined) throw new HttpFailure(409, `this payment has no ${what}`);
  return one;
}

/** What customers and banks do; the buttons of the pages and scripts use the same names. */
const ACTS: Record<string, Act> = {
  pay: (sandbox, { intent, session }) =>
    intent?.status === "requires_action"
      ? sandbox.authenticate(intent, true)
      : sandbox.paySession(need(session, "open page"), "pm_card_visa"),
  ask: (sandbox, { session }) => sandbox.paySession(need(session, "page"), "pm_card_authenticationRequired"),
  decline: (sandbox, { intent, session }) =>
    intent?.status === "requires_action"
      ? sandbox.authenticate(intent, false)
      : sandbox.paySession(need(session, "open page"), "pm_card_chargeDeclined"),
  expire: (sandbox, { session }) => sandbox.expireSession(need(session, "page")),
  cancel: (sandbox, { intent }) => sandbox.cancel(need(intent, "intent"), "abandoned"),
  dispute: (sandbox, { intent }) => sandbox.dispute(need(intent, "intent"), "fraudulent"),
  win: (sandbox, { dispute }) => sandbox.closeDispute(need(dispute, "dispute"), "won"),
  lose: (sandbox, { dispute }) => sandbox.closeDispute(need(dispute, "dispute"), "lost"),
};

/** The sandbox's own side: pages for people and the same by JSON for scripts. Nothing of it is Stripe's. */
export function controlApi(sandbox: Sandbox): Endpoint[] {
  return [
    ...pages(sandbox),
    ...scripts(sandbox),
    ...faultEndpoints(sandbox.faults, {
      parameter: "payment",
      release: () => sandbox.notifier.release(),
    }),
  ];
}

/** A move that an object does not allow any more is no failure of the sandbox. */
function attempt(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof StripeRefusal) return error.message;
    throw error;
  }
}

function pages(sandbox: Sandbox): Endpoint[] {
  const sessionOf = (call: Call): Session => {
    const session = sandbox.store.sessions.get(call.params.id ?? "");
    if (!session) throw new HttpFailure(404, "no such page");
    return session;
  };
  const intentOf = (call: Call): Intent => {
    const intent = sandbox.store.intents.get(call.params.id ?? "");
    if (!intent) throw new HttpFailure(404, "no such payment");
    return intent;
  };
  const back = (call: Call): Reply => {
    const { status, successUrl, id, intentId } = sessionOf(call);
    const intent = sandbox.store.intents.get(intentId ?? "");
    if (intent?.status === "requires_action") return seeOther(`/authenticate/${intent.id}`);
    return seeOther(status === "complete" ? successUrl : `/pay/${id}`);
  };
  return [
    {
      method: "GET",
      path: "/",
      handler: () => page(200, overviewPage(newest(sandbox), deliveries(sandbox))),
    },
    {
      method: "GET",
      path: "/pay/{id}",
      handler: (call) => page(200, payPage(sessionOf(call), sandbox.nameOf(sessionOf(call).account))),
    },
    {
      method: "POST",
      path: "/pay/{id}/{method}",
      handler: (call) => {
        // A second click, or one after the page has closed, shows the page as it is now.
        attempt(() => sandbox.paySession(sessionOf(call), call.params.method ?? ""));
        return back(call);
      },
    },
    {
      method: "GET",
      path: "/authenticate/{id}",
      handler: (call) =>
        page(200, authenticationPage(intentOf(call), sandbox.nameOf(intentOf(call).account))),
    },
    {
      method: "POST",
      path: "/authenticate/{id}",
      handler: (call) => {
        const passed = new URLSearchParams(call.body.toString("utf8")).get("result") === "ok";
        attempt(() => sandbox.authenticate(intentOf(call), passed));
        const { returnUrl, id } = intentOf(call);
        if (!returnUrl) return seeOther("/");
        const url = new URL(returnUrl);
        url.searchParams.set("payment_intent", id);
        return seeOther(url.href);
      },
    },
  ];
}

const newest = (sandbox: Sandbox): Intent[] => [...sandbox.store.intents.values()].slice(-LIST_MAX).reverse();
const deliveries = (sandbox: Sandbox) => [...sandbox.store.deliveries.values()].slice(-LIST_MAX).reverse();

/** By the platform's own id of the payment: the newest of each kind. */
function find(sandbox: Sandbox, payment: string): Found {
  const { intents, sessions, disputes } = sandbox.store;
  const intent = [...intents.values()].findLast((one) => one.metadata.payment === payment);
  const session = [...sessions.values()].findLast((one) => one.metadata.payment === payment);
  const dispute = [...disputes.values()].findLast((one) => one.intentId === intent?.id);
  if (!intent && !session) throw new HttpFailure(404, "no such payment");
  return { ...(intent ? { intent } : {}), ...(session ? { session } : {}), ...(dispute ? { dispute } : {}) };
}

function view(sandbox: Sandbox, payment: string) {
  const { intent, session, dispute } = find(sandbox, payment);
  const refunds = [...sandbox.store.refunds.values()].filter((one) => one.intentId === intent?.id);
  const charge = sandbox.store.charges.get(intent?.chargeId ?? "");
  return {
    intent: intent ? intentBody(intent, sandbox.publicUrl, charge) : null,
    session: session ? sessionBody(session, sandbox.publicUrl) : null,
    dispute: dispute ? disputeBody(dispute) : null,
    refunds: refunds.map(refundBody),
    intents: [...sandbox.store.intents.values()].filter((one) => one.metadata.payment === payment).length,
  };
}

function scripts(sandbox: Sandbox): Endpoint[] {
  return [
    {
      method: "GET",
      path: "/sandbox/payments/{payment}",
      handler: ({ params }) => json(200, view(sandbox, params.payment ?? "")),
    },
    {
      method: "POST",
      path: "/sandbox/payments/{payment}/{action}",
      handler: ({ params: { payment = "", action = "" } }) => {
        const act = ACTS[action];
        if (!act) throw new HttpFailure(404, "no such action");
        const refused = attempt(() => act(sandbox, find(sandbox, payment)));
        return refused === undefined ? json(200, view(sandbox, payment)) : json(409, { error: refused });
      },
    },
    {
      method: "GET",
      path: "/sandbox/events",
      handler: ({ url }) => {
        const of = url.searchParams.get("payment");
        const all = [...sandbox.store.deliveries.values()].filter((one) => of === null || one.payment === of);
        return json(200, { items: all.slice(-LIST_MAX) });
      },
    },
    {
      method: "POST",
      path: "/sandbox/events/{id}/resend",
      handler: ({ params }) => {
        const delivery = sandbox.store.deliveries.get(params.id ?? "");
        if (!delivery) throw new HttpFailure(404, "no such delivery");
        sandbox.notifier.resend(delivery);
        return json(202, { id: delivery.id });
      },
    },
    {
      method: "GET",
      path: "/sandbox/report",
      handler: ({ url }) => ({
        status: 200,
        headers: { "content-type": "text/csv; charset=utf-8" },
        body: balanceReport(sandbox.store, url.searchParams.getAll("payment")),
      }),
    },
    { method: "GET", path: "/healthz", handler: () => json(200, { ok: true }) },
  ];
}
