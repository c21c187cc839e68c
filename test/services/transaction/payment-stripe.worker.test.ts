import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { noteHealth } from "#services/transaction/payment/providers/health";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { buy, key, openShop, PAY_WITHIN_MS, sandbox } from "./shopping.ts";
import { stripeDesk } from "./stripe-desk.ts";

const userIdOf = ({ actor }: Client) => (actor.kind === "user" ? actor.userId : undefined);

type How = { readonly cardToken?: string; readonly unstarted?: boolean; readonly shops?: number };

async function shopping({ shops: count = 1, ...how }: How = {}, h: Harness = harness({ market: "sg" })) {
  const shops = await Promise.all(Array.from({ length: count }, () => openShop(h)));
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops, method: "card", ...how });
  const again = () => h.buyer(userIdOf(buyer));
  return {
    h,
    buyer,
    again,
    shops,
    desk: stripeDesk(h),
    ...bought,
    payment: async () => (await (await again()).get(`/v1/payments/${bought.paymentId}`)).body,
    order: async (index = 0) => (await (await again()).get(`/v1/orders/${bought.orderIds[index]}`)).body,
  };
}

/** Runs the refunds' own due rows, as the sweep does. */
async function refunded(h: Harness, payment: () => Promise<{ refunds: readonly { id: string }[] }>) {
  for (const refund of (await payment()).refunds) await h.runDue(refund.id);
  await h.drain();
}

test("a card is charged at once, by one intent; events in any order and twice change nothing", async () => {
  const { h, desk, paymentId, payment, order, amount } = await shopping({ cardToken: "pm_card_visa" });
  expect(await payment()).toMatchObject({ state: "settled", action: { kind: "none" } });
  await h.drain();
  const paid = await order();
  expect(paid).toMatchObject({ state: "paid" });
  const seen = await desk.see(paymentId);
  expect(seen).toMatchObject({
    intents: 1,
    intent: { amount: Number(amount.minor), currency: "sgd", status: "succeeded" },
  });
  const before = await payment();
  expect(await desk.notify(paymentId, (all) => all.toReversed())).toEqual([200, 200, 200]);
  expect(await desk.notify(paymentId)).toEqual([200, 200, 200]);
  expect([await payment(), await order()]).toEqual([before, paid]);
});

test("without a token the buyer pays on Stripe's page, if need be with a second card", async () => {
  const { desk, action, paymentId, payment, order } = await shopping();
  expect(action).toMatchObject({ kind: "redirect", url: expect.stringContaining("/pay/cs_test_") });
  await desk.act(paymentId, "decline");
  await desk.notify(paymentId);
  expect(await payment()).toMatchObject({ state: "pending", action });
  await desk.act(paymentId, "pay");
  const sent = await desk.events(paymentId);
  expect(sent.map(({ type }) => type)).toContain("checkout.session.completed");
  await desk.notify(paymentId);
  expect(await payment()).toMatchObject({ state: "settled" });
  expect(await order()).toMatchObject({ state: "paid" });
});

test("3D Secure leads to the bank; a declined card is denied and the group may be paid again", async () => {
  const asked = await shopping({ cardToken: "pm_card_authenticationRequired" });
  expect(asked.action).toMatchObject({ kind: "redirect", url: expect.stringContaining("/authenticate/pi_") });
  expect(await asked.payment()).toMatchObject({ state: "pending" });
  await asked.desk.act(asked.paymentId, "pay");
  await asked.desk.notify(asked.paymentId);
  expect(await asked.order()).toMatchObject({ state: "paid" });

  const denied = await shopping({ cardToken: "pm_card_chargeDeclined" });
  expect(denied.action).toEqual({ kind: "none" });
  expect(await denied.payment()).toMatchObject({ state: "denied" });
  const { orderGroupId } = denied;
  const body = { orderGroupId, method: "card", cardToken: "pm_card_visa" };
  const paid = await denied.buyer.post("/v1/payments", body, key());
  expect(paid.body).toMatchObject({ attempt: 2, state: "settled" });
  await denied.h.drain();
  expect(await denied.order()).toMatchObject({ state: "paid" });
});

test("forged, stale, of another market's secret or of nobody's: no effect", async () => {
  const { h, desk, paymentId, payment } = await shopping();
  await desk.act(paymentId, "pay");
  const [event] = (await desk.events(paymentId)).filter(({ type }) => type === "payment_intent.succeeded");
  const body = event?.body ?? "";
  const before = await payment();
  const headers = { "content-type": "application/json" };
  const answers = [
    await desk.post(body, { key: "whsec_forged" }),
    await desk.post(body, { at: h.clock.now() - 301_000 }),
    await h.anonymous.post("/v1/webhooks/stripe", body, { headers }),
    await desk.post("{", {}),
    await desk.post(JSON.stringify({ id: "evt_1", type: "x" })),
  ];
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 400]);
  // Of another market: its own database knows no such payment.
  const elsewhere = await desk.post(body, { key: h.config.stripe?.webhookSecret.replace("sg", "gb") ?? "" });
  expect(elsewhere.body).toEqual({ taken: false });
  const foreign = await desk.post(body.replaceAll(paymentId, h.ids.next("payment")));
  expect(foreign.body).toEqual({ taken: false });
  expect(await payment()).toEqual(before);
  expect((await desk.post(body)).body).toEqual({ taken: true });
  expect((await desk.post(body)).body).toEqual({ taken: false });
  expect(await payment()).toMatchObject({ state: "settled" });
});

test("a wrong amount is doubted: Stripe is asked, and only its answer counts", async () => {
  const { desk, paymentId, payment, h } = await shopping();
  await desk.faults(paymentId, { wrongAmount: true });
  await desk.act(paymentId, "pay");
  const [lie] = (await desk.events(paymentId)).filter(({ type }) => type === "payment_intent.succeeded");
  await desk.faults(paymentId, { retrieveFails: "http503", times: 1 });
  expect((await desk.post(lie?.body ?? "")).status).toBe(503);
  expect(await payment()).toMatchObject({ state: "created" });
  expect((await desk.post(lie?.body ?? "")).status).toBe(200);
  await h.drain();
  expect(await payment()).toMatchObject({ state: "settled" });
});

test.each([
  ["createFails", "http500"],
  ["createFails", "lost"],
  ["createFails", "malformed"],
  ["createFails", "reset"],
  ["confirmFails", "http500"],
  ["confirmFails", "lost"],
  ["confirmFails", "malformed"],
])("an answer is missing (%s: %s), and the card is charged once", async (call, failure) => {
  const h = harness({ market: "sg" });
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops: [shop], method: "card", unstarted: true });
  const desk = stripeDesk(h);
  await desk.faults(bought.paymentId, { [call]: failure, times: 1 });
  const { startPayment } = await import("#services/transaction/payment/index");
  const action = await startPayment(h.ctx(buyer.actor), bought.paymentId, { cardToken: "pm_card_visa" });
  expect(action).toEqual({ kind: "none" });
  await h.settle();
  expect((await buyer.get(`/v1/payments/${bought.paymentId}`)).body).toMatchObject({ state: "settled" });
  expect(await desk.see(bought.paymentId)).toMatchObject({ intents: 1, intent: { status: "succeeded" } });
});

test("paid after its stock had gone: the money goes back, and the order stays cancelled", async () => {
  const { h, shops, desk, paymentId, orderGroupId, payment, order } = await shopping();
  const [shop] = shops;
  h.clock.advance(PAY_WITHIN_MS + 120_000);
  await h.runDue(orderGroupId);
  await h.drain();
  expect(await order()).toMatchObject({ state: "cancelled" });
  expect(await shop?.available()).toBe(10);
  await desk.act(paymentId, "pay");
  await desk.notify(paymentId);
  await refunded(h, payment);
  expect(await payment()).toMatchObject({ state: "refunded", refunds: [{ state: "succeeded" }] });
  const seen = await desk.see(paymentId);
  expect(seen.intent.latest_charge).toMatchObject({ refunded: true });
  expect(seen.refunds).toHaveLength(1);
});

test("each order gets back its own part, once and no more than that", async () => {
  const { h, buyer, desk, paymentId, orderIds, payment, placement } = await shopping({
    cardToken: "pm_card_visa",
    shops: 2,
  });
  await h.drain();
  await desk.faults(paymentId, { refundFails: "lost", times: 1 });
  await buyer.post(`/v1/orders/${orderIds[0]}/cancel`, { reason: "changed_mind" }, key());
  await refunded(h, payment);
  h.clock.advance(5 * 60_000 + 1);
  await refunded(h, payment);
  expect(await payment()).toMatchObject({ state: "partially_refunded", refunds: [{ state: "succeeded" }] });
  const seen = await desk.see(paymentId);
  expect(seen.refunds).toMatchObject([{ amount: Number(placement.orders[0]?.totalMinor) }]);
  const { refundOrder } = await import("#services/transaction/payment/index");
  const ctx = h.ctx();
  const more = { paymentId, orderId: orderIds[0], amount: { minor: 1n, currency: "SGD" as const } };
  const refused = await ctx.db.commit(refundOrder(ctx, { ...more, reason: "claim", key: "once-more" }));
  expect(refused).toEqual({ ok: false, code: "payment.refund_exceeds" });
});

test("the end of the time to pay closes the page", async () => {
  const { h, desk, paymentId, payment } = await shopping();
  h.clock.advance(PAY_WITHIN_MS + 10_000);
  expect(await h.runDue(paymentId)).toBe(1);
  expect(await payment()).toMatchObject({ state: "expired" });
  expect(await desk.see(paymentId)).toMatchObject({ session: { status: "expired" } });
});

test("an outage of the first provider before anything was taken: the second one takes it, once", async () => {
  const h = harness();
  const { paymentId, buyer } = await shopping({ unstarted: true }, h);
  const [first, second] = [sandbox(h), stripeDesk(h)];
  await first.faults(paymentId, { chargeFails: "http503" });
  const shown = await buyer.get(`/v1/payments/${paymentId}`);
  expect(shown.body.action).toMatchObject({
    kind: "redirect",
    url: expect.stringContaining("/pay/cs_test_"),
  });
  expect((await buyer.get(`/v1/payments/${paymentId}`)).body.action).toEqual(shown.body.action);
  await second.act(paymentId, "pay");
  await second.notify(paymentId);
  expect((await buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({ state: "settled" });
  expect((await first.transaction(paymentId)).transaction_status).toBeUndefined();
});

test("a provider that is known to be away is not asked at all", async () => {
  const h = harness();
  const { paymentId, buyer } = await shopping({ unstarted: true }, h);
  const ctx = h.ctx();
  for (let silence = 0; silence < 5; silence += 1) noteHealth(ctx, "midtrans", false);
  await h.settle();
  const { action } = (await buyer.get(`/v1/payments/${paymentId}`)).body;
  noteHealth(ctx, "midtrans", true);
  await h.settle();
  expect(action).toMatchObject({ kind: "redirect", url: expect.stringContaining("/pay/cs_test_") });
  expect((await shopping({}, h)).action?.kind).toBe("redirect");
  expect(await sandbox(h).notifications(paymentId)).toEqual([]);
});

test("a silence that may have collected is asked about before anybody else is asked", async () => {
  const h = harness({ market: "sg" });
  Object.assign(h.market.payment.routing, { card: ["stripe", "midtrans"] });
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const { paymentId } = await buy(h, { buyer, shops: [shop], method: "card", unstarted: true });
  const desk = stripeDesk(h);
  await desk.faults(paymentId, { createFails: "http500", times: 1 });
  await desk.faults(paymentId, { confirmFails: "lost", times: 1 });
  const { startPayment } = await import("#services/transaction/payment/index");
  await startPayment(h.ctx(buyer.actor), paymentId, { cardToken: "pm_card_visa" });
  Object.assign(h.market.payment.routing, { card: ["stripe"] });
  const shown = (await buyer.get(`/v1/payments/${paymentId}`)).body;
  expect(shown).toMatchObject({ provider: "stripe", state: "settled" });
  expect(await sandbox(h).notifications(paymentId)).toEqual([]);
});

test("on doubt the first is asked, and ended, before the second may charge", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const [first, second] = [sandbox(h), stripeDesk(h)];
  const { startPayment } = await import("#services/transaction/payment/index");
  const start = async (paymentId: Id<"payment">) =>
    startPayment(h.ctx(buyer.actor), paymentId, { cardToken: await first.cardToken() });
  // It took the charge and its answers are lost: it waits for the holder, and is cancelled first.
  const lost = await buy(h, { buyer, shops: [shop], method: "card", unstarted: true });
  await first.faults(lost.paymentId, { chargeFails: "lost", times: 2 });
  await first.faults(lost.paymentId, { statusFails: "http503", times: 1 });
  expect(await start(lost.paymentId)).toMatchObject({ url: expect.stringContaining("/pay/cs_test_") });
  expect(await first.transaction(lost.paymentId)).toMatchObject({ transaction_status: "cancel" });
  // As long as it does not answer at all, nobody else is asked.
  const silent = await buy(h, { buyer, shops: [shop], method: "card", unstarted: true });
  await first.faults(silent.paymentId, { chargeFails: "lost" });
  await first.faults(silent.paymentId, { statusFails: "http503" });
  expect(await start(silent.paymentId)).toEqual({ kind: "wait" });
  expect(await second.see(silent.paymentId)).toMatchObject({ error: expect.anything() });
});

async function chargeLate(h: Harness, paymentId: string, minor: bigint) {
  const { serverKey, apiUrl } = h.config.midtrans;
  const details = { order_id: `${h.cell}-${paymentId}`, gross_amount: Number(minor / 100n) };
  await fetch(`${apiUrl}/v2/charge`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${serverKey}:`)}`, "content-type": "application/json" },
    body: JSON.stringify({ payment_type: "qris", transaction_details: details }),
  });
}

/** Paid through Stripe after Midtrans had been left; then Midtrans has money too. */
async function paidTwice(h: Harness) {
  const bought = await shopping({ unstarted: true }, h);
  const { paymentId, buyer, order, amount } = bought;
  const [first, second] = [sandbox(h), stripeDesk(h)];
  await first.faults(paymentId, { chargeFails: "reset", times: 2 });
  expect((await buyer.get(`/v1/payments/${paymentId}`)).body.action.url).toContain("/pay/cs_test_");
  await second.act(paymentId, "pay");
  await second.notify(paymentId);
  expect(await order()).toMatchObject({ state: "paid" });
  // The call that was lost on its way arrives after all, and somebody pays.
  await chargeLate(h, paymentId, amount.minor);
  await first.act(paymentId, "pay");
  await first.notify(paymentId);
  return { ...bought, first, second };
}

test("a late success of the one who was left goes back by itself, and the order stays paid", async () => {
  const h = harness();
  const { paymentId, payment, order, first, second } = await paidTwice(h);
  await refunded(h, payment);
  const body = await payment();
  expect(body).toMatchObject({ state: "settled", refunds: [{ reason: "paid_twice", state: "succeeded" }] });
  expect(await order()).toMatchObject({ state: "paid" });
  expect(["cancel", "refund"]).toContain((await first.transaction(paymentId)).transaction_status);
  expect((await second.see(paymentId)).intent).toMatchObject({ status: "succeeded" });
  // The books have both, and of the second nothing is left anywhere.
  const { rows } = await h.ctx().db.read.execute<{ kind: string; debit: string; credit: string }>(sql`
    SELECT kind, debit, credit FROM ledger_transfer WHERE id = ${`payment/${paymentId}/midtrans`}
    OR id = ${`payment_refund/${body.refunds[0].id}`} ORDER BY seq`);
  const [ours, theirs] = ["payments:platform:IDR", "provider:midtrans:IDR"];
  expect(rows).toEqual([
    { kind: "payment", debit: theirs, credit: ours },
    { kind: "payment_refund", debit: ours, credit: theirs },
  ]);
});

test("a bank that takes such money back before we do has given it back in our place", async () => {
  const h = harness();
  const { paymentId, payment, first } = await paidTwice(h);
  await first.act(paymentId, "chargeback");
  await first.notify(paymentId);
  await h.drain();
  const admin = await h.operator("admin");
  const { items } = (await admin.get("/v1/payments/disputes?limit=100")).body;
  const { id } = items.find((one: { paymentId: string }) => one.paymentId === paymentId);
  const closed = await admin.post(`/v1/payments/disputes/${id}/close`, { outcome: "lost" }, key());
  expect(closed.status).toBe(200);
  await refunded(h, payment);
  const [refund] = (await payment()).refunds;
  expect(refund).toMatchObject({ reason: "paid_twice", state: "succeeded" });
  const { rows } = await h.ctx().db.read.execute<{ account: string; minor: string }>(sql`
    SELECT account, sum(minor) AS minor FROM ledger_transfer,
      LATERAL (VALUES (credit, amount_minor), (debit, -amount_minor)) AS side (account, minor)
    WHERE id = ${`payment/${paymentId}/midtrans`} OR starts_with(id, ${`payment_refund/${refund.id}`})
      OR starts_with(id, ${`dispute/${id}/`})
    GROUP BY account ORDER BY account`);
  // Nobody has it and nobody has lost it.
  expect(rows.map(({ account, minor }) => [account, Number(minor)])).toEqual([
    ["disputes:platform:IDR", 0],
    ["payments:platform:IDR", 0],
    ["provider:midtrans:IDR", 0],
  ]);
});
