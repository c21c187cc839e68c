import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { providerOf } from "#services/transaction/payment/providers/choose";
import { paymentQuery } from "#services/transaction/payment/repository/payments";
import { type Harness, harness } from "../../support/harness.ts";
import { delivered } from "./returning.ts";
import { buy, key, openShop } from "./shopping.ts";
import { stripeDesk } from "./stripe-desk.ts";

/** What these transfers have left in an account. */
async function sumOf(h: Harness, account: string, names: readonly string[]): Promise<bigint> {
  const like = sql.join(
    names.map((name) => sql`id LIKE ${name}`),
    sql` OR `,
  );
  const { rows } = await h.ctx().db.read.execute<{ sum: string }>(sql`
    SELECT coalesce(sum(CASE WHEN credit = ${account} THEN amount_minor ELSE -amount_minor END), 0)::text
      AS sum FROM ledger_transfer WHERE ${account} IN (debit, credit) AND (${like})`);
  return BigInt(rows[0]?.sum ?? 0);
}

/** An order that was paid by card, called off and refunded. */
async function refundedByCard({ denied = false } = {}) {
  const h = harness({ market: "sg" });
  const buyer = await h.buyer();
  const bought = await buy(h, {
    buyer,
    shops: [await openShop(h)],
    method: "card",
    cardToken: "pm_card_visa",
  });
  await h.drain();
  const at = `/v1/orders/${bought.orderId}/cancel`;
  expect((await buyer.post(at, { reason: "changed_mind" }, key())).status).toBe(200);
  const refunds = async () => (await buyer.get(`/v1/payments/${bought.paymentId}`)).body.refunds;
  await h.drain();
  const desk = stripeDesk(h);
  if (denied) await desk.faults(bought.paymentId, { refundFails: "denied", times: 1 });
  for (const { id } of await refunds()) await h.runDue(id);
  await h.drain();
  const [refund] = await refunds();
  expect(refund).toMatchObject({ state: denied ? "manual" : "succeeded" });
  const tell = (type: string, status: string, id: string) => {
    const metadata = { key: refund.id };
    const object = { object: "refund", status, metadata, failure_reason: "lost_or_stolen_card" };
    const intent = `pi_${bought.paymentId}`;
    return desk.post(JSON.stringify({ id, type, data: { object: { ...object, payment_intent: intent } } }));
  };
  return { h, buyer, desk, ...bought, refund, refunds, tell };
}

test("a refund that the buyer's bank would not take waits, and reaches the wallet", async () => {
  const { h, buyer, amount, paymentId, refund, refunds, tell } = await refundedByCard();
  const { rows } = await h
    .ctx()
    .db.read.execute<{ ref: string }>(
      sql`SELECT jsonb_object_keys(transactions) AS ref FROM payment WHERE id = ${paymentId}`,
    );
  expect(rows.length).toBe(1);
  const failed = async (type: string, id: string) => (await tell(type, "failed", id)).status;
  expect(await failed("refund.updated", "evt_nothing")).toBe(200);
  expect((await refunds()).length).toBe(1);
  const event = `evt_${refund.id}`;
  const intent = rows[0]?.ref ?? "";
  const object = { object: "refund", status: "failed", metadata: { key: refund.id }, payment_intent: intent };
  const body = (id: string) => JSON.stringify({ id, type: "refund.failed", data: { object } });
  const desk = stripeDesk(h);
  // The refund that takes its place is the younger one.
  h.clock.advance(1_000);
  for (const id of [event, event, `${event}b`]) expect((await desk.post(body(id))).status).toBe(200);
  await h.drain();
  const [old, waits, ...more] = await refunds();
  expect([old.state, waits.state, more]).toEqual(["failed", "manual", []]);
  const ids = [`payment_refund/${refund.id}%`, `payment_refund/${waits.id}%`, `payment/${paymentId}%`];
  expect(await sumOf(h, "provider:stripe:SGD", ids)).toBe(-amount.minor);
  const at = `/v1/payments/refunds/${waits.id}`;
  const admin = await h.operator();
  expect((await (await h.operator("support")).post(`${at}/retry`, {}, key())).status).toBe(403);
  const { body: list } = await admin.get("/v1/payments/refunds?state=manual&limit=100");
  expect(list.items.map((one: { id: string }) => one.id)).toContain(waits.id);
  // Stripe thinks that all of it has gone, and refuses under a name of its own.
  expect((await admin.post(`${at}/retry`, {}, key())).body).toMatchObject({ state: "requested", tries: 1 });
  await h.runDue(waits.id);
  await h.drain();
  expect((await refunds())[1].state).toBe("manual");
  expect((await admin.post(`${at}/to-wallet`, {}, key())).status).toBe(200);
  await h.runDue(waits.id);
  await h.drain();
  expect((await refunds())[1].state).toBe("succeeded");
  const wallet = (await buyer.get("/v1/wallet")).body;
  expect(wallet.available.minor).toBe(amount.minor.toString());
  expect((await admin.post(`${at}/to-wallet`, {}, key())).body.code).toBe("payment.refund_not_manual");
  const about = [...ids, `order/${orderOf(old)}/%`, `wallet_refund/${waits.id}%`];
  expect(await sumOf(h, "payments:platform:SGD", about)).toBe(0n);
});
const orderOf = (refund: { readonly orderId: Id<"order"> }) => refund.orderId;

test("what a provider refused and took all the same is not paid into the wallet too", async () => {
  const { h, buyer, desk, amount, paymentId, refund, refunds } = await refundedByCard({ denied: true });
  const [payment] = await h.ctx().db.load(paymentQuery(paymentId));
  const place = { id: paymentId, ref: payment?.refs.stripe };
  const late = { ...place, method: "card" as const, key: refund.id, amount, reason: "late" };
  expect(await providerOf(h.ctx(), "stripe").refund(late)).toEqual({ kind: "done" });
  const admin = await h.operator();
  const at = `/v1/payments/refunds/${refund.id}`;
  expect((await admin.post(`${at}/to-wallet`, {}, key())).status).toBe(200);
  await h.runDue(refund.id);
  await h.drain();
  expect(await refunds()).toMatchObject([{ state: "succeeded" }]);
  expect((await buyer.get("/v1/wallet")).body.available.minor).toBe("0");
  expect((await desk.see(paymentId)).refunds).toHaveLength(1);
  const [after] = await h.ctx().db.load(paymentQuery(paymentId));
  expect(after).toMatchObject({ providerRefundMinor: amount.minor, refundedMinor: amount.minor });
  const ids = [`payment_refund/${refund.id}%`, `payment/${paymentId}%`];
  expect(await sumOf(h, "provider:stripe:SGD", ids)).toBe(0n);
});

test("a try that failed says nothing of the one that was made after it", async () => {
  const { h, desk, paymentId, refund, refunds } = await refundedByCard({ denied: true });
  const admin = await h.operator();
  await admin.post(`/v1/payments/refunds/${refund.id}/retry`, {}, key());
  await h.runDue(refund.id);
  await h.drain();
  expect(await refunds()).toMatchObject([{ state: "succeeded" }]);
  const { intent } = await desk.see(paymentId);
  const failed = (name: string) => {
    const object = { object: "refund", status: "failed", metadata: { key: name }, payment_intent: intent.id };
    return desk.post(JSON.stringify({ id: `evt_${name}`, type: "refund.failed", data: { object } }));
  };
  expect((await failed(refund.id)).body).toEqual({ taken: false });
  expect(await refunds()).toMatchObject([{ state: "succeeded" }]);
  h.clock.advance(1_000);
  expect((await failed(`${refund.id}-1`)).body).toEqual({ taken: true });
  expect(await refunds()).toMatchObject([{ state: "failed" }, { state: "manual" }]);
});

/** Goods that come back after the buyer's bank has taken the money of the order. */
async function stuckCase() {
  const h = harness();
  const order = await delivered(h);
  const { id } = (await order.ask(order.units(1))).body;
  const { provider, paymentId } = order;
  await provider.act(paymentId, "chargeback");
  expect((await provider.post((await provider.notifications(paymentId)).at(-1) ?? "")).status).toBe(200);
  const admin = await h.operator("admin");
  const { items } = (await admin.get("/v1/payments/disputes?limit=100")).body;
  const dispute = items.find((one: { paymentId: string }) => one.paymentId === paymentId);
  await admin.post(`/v1/payments/disputes/${dispute.id}/close`, { outcome: "lost" }, key());
  await h.drain();
  await order.byShop(id, "approve", { returnless: true });
  await h.runDue(id);
  const unstick = (way: string, as = admin) =>
    as.post(`/v1/refunds/${id}/unstick`, { way, evidence: "Lost dispute, 88213" }, key());
  return { h, admin, id: id as Id<"refundCase">, order, unstick };
}

test("a case whose money a bank has taken is taken on by an operator, who pays nothing twice", async () => {
  const { h, admin, id, order, unstick } = await stuckCase();
  const told = h.waiting().filter(({ type }) => type === "refund.stuck");
  expect(told).toMatchObject([{ payload: { refundId: id, note: "payment.refund_exceeds" } }]);
  await h.drain();
  const { body: list } = await admin.get("/v1/refunds?as=operator&stuck=true&limit=100");
  expect(list.items.map((one: { id: string }) => one.id)).toContain(id);
  expect((await unstick("retry", await h.operator("support"))).status).toBe(403);
  expect((await unstick("retry")).body).toMatchObject({ state: "settling", stuckNote: null });
  await h.runDue(id);
  const again = (await admin.get(`/v1/refunds/${id}?as=operator`)).body;
  expect(again).toMatchObject({ step: "pay", stuckNote: "payment.refund_exceeds" });
  expect((await unstick("paid_outside")).status).toBe(200);
  await h.runDue(id);
  const settled = h.waiting().filter(({ type }) => type === "refund.settled");
  expect(settled).toMatchObject([{ payload: { toBuyerMinor: "0", fromSellerMinor: "0" } }]);
  await h.drain();
  expect((await admin.get(`/v1/refunds/${id}?as=operator`)).body.state).toBe("resolved");
  expect((await order.buyer.get(`/v1/payments/${order.paymentId}`)).body.refunds).toEqual([]);
  expect((await unstick("retry")).body.code).toBe("refund.not_stuck");
  const { body: events } = await admin.get(`/v1/refunds/${id}/timeline?as=operator`);
  const moves = events.items.filter((one: { move: string }) => one.move === "unstick");
  expect(moves.length).toBe(2);
});
