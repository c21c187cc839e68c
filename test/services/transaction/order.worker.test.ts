import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { reserve } from "#services/logistics/inventory/index";
import { setLevels } from "#services/logistics/inventory/repository/stock";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { buy, key, openShop, PAY_WITHIN_MS, paidOrder, type Shop, sandbox } from "./shopping.ts";

const DAY_MS = 86_400_000;

/** A token does not outlive the jumps of a test's clock: people sign in again. */
const again = (h: Harness, { actor }: Client) => {
  if (actor.kind === "user" && actor.shop) return h.member(actor.shop.sellerId);
  return actor.kind === "guest"
    ? h.guest(actor.guestId)
    : h.buyer(actor.kind === "user" ? actor.userId : undefined);
};

/** Runs the refunds that a payment waits for. */
async function sendRefunds(h: Harness, buyer: Client, paymentId: string) {
  const { body } = await buyer.get(`/v1/payments/${paymentId}`);
  for (const refund of body.refunds) await h.runDue(refund.id);
  await h.drain();
  return (await buyer.get(`/v1/payments/${paymentId}`)).body;
}

test("from paid to completed: the shop confirms and ships, the buyer confirms, time completes", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const { orderId } = await paidOrder(h, { buyer, shops: [shop] });
  const move = (name: string, body: unknown = {}) =>
    shop.member.post(`/v1/orders/${orderId}/${name}`, body, key());
  const parcel = { carrier: "JNE", trackingNumber: "JX3400012345" };
  expect((await move("ship", parcel)).body).toMatchObject({ code: "order.wrong_state" });
  expect((await buyer.post(`/v1/orders/${orderId}/confirm`, {}, key())).status).toBe(403);
  expect((await move("confirm")).body).toMatchObject({ state: "confirmed" });
  expect((await move("ship", parcel)).body).toMatchObject({ state: "shipped", shipments: [parcel] });
  const cancel = await buyer.post(`/v1/orders/${orderId}/cancel`, { reason: "too_slow" }, key());
  expect(cancel.body).toMatchObject({ code: "order.wrong_state" });
  expect((await buyer.post(`/v1/orders/${orderId}/deliver`, {}, key())).body).toMatchObject({
    state: "delivered",
  });
  const types = h.waiting().map((fact) => fact.type);
  expect(types).toEqual(expect.arrayContaining(["order.confirmed", "order.shipped", "order.delivered"]));
  await h.drain();
  h.clock.advance(8 * DAY_MS);
  expect(await h.runDue(orderId)).toBe(1);
  const done = (await (await again(h, buyer)).get(`/v1/orders/${orderId}`)).body;
  expect(done).toMatchObject({ state: "completed", lines: [{ quantity: 2, shippedQuantity: 2 }] });
  expect(done.commission).toBeUndefined();
  expect(await shop.available()).toBe(8);
});

test("a buyer who is content completes what was delivered, once, and nobody else does", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const { orderId } = await paidOrder(h, { buyer, shops: [shop] });
  const at = `/v1/orders/${orderId}`;
  const complete = (client: Client) => client.post(`${at}/complete`, {}, key());
  expect((await complete(buyer)).body).toMatchObject({ code: "order.wrong_state" });
  await shop.member.post(`${at}/confirm`, {}, key());
  await shop.member.post(`${at}/ship`, { carrier: "JNE", trackingNumber: "JX3400012346" }, key());
  await buyer.post(`${at}/deliver`, {}, key());
  expect((await complete(await h.buyer())).status).toBe(404);
  await h.drain();
  expect((await complete(buyer)).body).toMatchObject({ state: "completed" });
  expect((await complete(buyer)).body).toMatchObject({ state: "completed" });
  expect(h.waiting().map((fact) => fact.type)).toEqual(["order.completed"]);
});

test("what was sold ahead leaves when it has come in, and its shop is told so before", async () => {
  const h = harness();
  const shop = await openShop(h, 1);
  const count = async (counts: { onHand?: number; backorderMax?: number }) => {
    const level = { ...shop, isFirst: false, ...counts };
    expect((await h.ctx().db.commit([setLevels(h.ctx(), "test", [level])])).ok).toBe(true);
  };
  await count({ backorderMax: 5 });
  const buyer = await h.buyer();
  const { orderId } = await paidOrder(h, { buyer, shops: [shop] });
  const move = (name: string, body: unknown = {}) =>
    shop.member.post(`/v1/orders/${orderId}/${name}`, body, key());
  await move("confirm");
  const parcel = { carrier: "JNE", trackingNumber: "JX3400012347" };
  const early = await move("ship", parcel);
  expect([early.status, early.body.code]).toEqual([409, "order.not_here_yet"]);
  await count({ onHand: 2 });
  expect((await move("ship", parcel)).body.state).toBe("shipped");
});

test("in two parcels: the order is shipped with the last one", async () => {
  const h = harness();
  const shop = await openShop(h);
  const { orderId } = await paidOrder(h, { buyer: await h.buyer(), shops: [shop] });
  const at = `/v1/orders/${orderId}`;
  const { body } = await shop.member.post(`${at}/confirm`, {}, key());
  const [line] = body.lines;
  const parcel = (quantity: number, trackingNumber: string) => {
    const lines = [{ lineId: line.id, quantity }];
    return shop.member.post(`${at}/ship`, { carrier: "JNE", trackingNumber, lines }, key());
  };
  expect((await parcel(1, "A")).body).toMatchObject({ state: "confirmed", lines: [{ shippedQuantity: 1 }] });
  expect((await parcel(2, "B")).body).toMatchObject({ code: "order.quantity_exceeded" });
  const cancel = await shop.member.post(`${at}/cancel?as=seller`, { reason: "cannot_ship" }, key());
  expect(cancel.body).toMatchObject({ code: "order.partly_shipped" });
  const last = await parcel(1, "B");
  expect(last.body).toMatchObject({ state: "shipped", lines: [{ shippedQuantity: 2 }] });
  expect(last.body.shipments).toHaveLength(2);
  expect(last.body.commission).toEqual({ minor: "1250000", currency: "IDR" });
});

test("a parcel told of again after its answer was lost leaves once", async () => {
  const h = harness();
  const shop = await openShop(h);
  const { orderId } = await paidOrder(h, { buyer: await h.buyer(), shops: [shop] });
  const at = `/v1/orders/${orderId}`;
  const { body } = await shop.member.post(`${at}/confirm`, {}, key());
  const parcel = { carrier: "JNE", trackingNumber: "A", lines: [{ lineId: body.lines[0].id, quantity: 1 }] };
  const retry = key();
  for (const _ of [1, 2]) {
    const { body: after } = await shop.member.post(`${at}/ship`, parcel, retry);
    expect(after).toMatchObject({ state: "confirmed", lines: [{ shippedQuantity: 1 }] });
    expect(after.shipments).toHaveLength(1);
    await h.ctx().db.read.execute(sql`DELETE FROM idempotency WHERE key = ${retry.key}`);
  }
  const { body: log } = await shop.member.get(`${at}/timeline?as=seller`);
  expect(log.items.at(-1).detail).toEqual({ carrier: "JNE", trackingNumber: "A" });
});

test("cash on delivery: stock goes at once, money and invoice come with the delivery", async () => {
  const h = harness();
  const [one, two] = [await openShop(h), await openShop(h)];
  const buyer = await h.buyer();
  const { orderIds, paymentId } = await buy(h, { buyer, shops: [one, two], method: "cod" });
  const [first = "", second = ""] = orderIds;
  expect(await one.available()).toBe(8);
  expect((await buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({
    state: "pending",
    action: { kind: "cash" },
  });
  for (const move of ["confirm", "ship"]) {
    const body = { carrier: "Kurir toko", trackingNumber: "1" };
    expect((await one.member.post(`/v1/orders/${first}/${move}`, body, key())).status).toBe(200);
  }
  const early = await buyer.post(`/v1/orders/${first}/deliver`, {}, key());
  expect(early.body).toMatchObject({ code: "order.cash_not_confirmed" });
  expect((await buyer.get(`/v1/orders/${first}/invoice`)).body).toMatchObject({ code: "invoice.not_ready" });
  const delivered = await one.member.post(`/v1/orders/${first}/deliver?as=seller`, {}, key());
  expect(delivered.body).toMatchObject({ state: "delivered", paidAt: expect.any(String) });
  expect(h.waiting().map((fact) => fact.type)).toEqual(
    expect.arrayContaining(["order.delivered", "order.paid"]),
  );
  await h.drain();
  expect((await buyer.get(`/v1/orders/${first}/invoice`)).status).toBe(200);
  expect((await buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({ state: "pending" });
  const cancelled = await buyer.post(`/v1/orders/${second}/cancel`, { reason: "changed_mind" }, key());
  expect(cancelled.body).toMatchObject({ state: "cancelled" });
  expect(await two.available()).toBe(10);
  expect((await buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({
    state: "settled",
    refunds: [],
  });
});

test("a paid order is cancelled: its stock is free, its share goes back, the other order stays", async () => {
  const h = harness();
  const [one, two] = [await openShop(h), await openShop(h)];
  const buyer = await h.buyer();
  const { orderIds, paymentId, provider } = await paidOrder(h, { buyer, shops: [one, two] });
  const [first = "", second = ""] = orderIds;
  const body = { reason: "changed_mind" };
  const once = key();
  expect((await buyer.post(`/v1/orders/${first}/cancel`, body, once)).body).toMatchObject({
    state: "cancelled",
  });
  expect(
    (await buyer.post(`/v1/orders/${first}/cancel`, body, once)).headers.get("idempotent-replayed"),
  ).toBe("true");
  expect((await buyer.post(`/v1/orders/${first}/cancel`, body, key())).body).toMatchObject({
    state: "cancelled",
  });
  expect([await one.available(), await two.available()]).toEqual([10, 8]);
  const payment = await sendRefunds(h, buyer, paymentId);
  expect(payment).toMatchObject({ state: "partially_refunded", refunded: { minor: "26500000" } });
  expect(payment.refunds).toHaveLength(1);
  expect(await provider.transaction(paymentId)).toMatchObject({ transaction_status: "partial_refund" });
  expect((await buyer.get(`/v1/orders/${second}`)).body).toMatchObject({ state: "paid" });
  const seller = await two.member.post(
    `/v1/orders/${second}/cancel?as=seller`,
    { reason: "out_of_stock" },
    key(),
  );
  expect(seller.body).toMatchObject({ state: "cancelled", cancelReason: "out_of_stock" });
  expect(await sendRefunds(h, buyer, paymentId)).toMatchObject({ state: "refunded" });
});

test("cancelled before it is paid: nothing is owed for it, and money for it goes back", async () => {
  const h = harness();
  const [one, two] = [await openShop(h), await openShop(h)];
  const buyer = await h.buyer();
  const { orderIds, paymentId } = await buy(h, { buyer, shops: [one, two], method: "qris" });
  const [first = "", second = ""] = orderIds;
  await buyer.post(`/v1/orders/${first}/cancel`, { reason: "other" }, key());
  expect(await one.available()).toBe(10);
  const provider = sandbox(h);
  await provider.act(paymentId, "pay");
  await provider.notify(paymentId);
  expect((await buyer.get(`/v1/orders/${first}`)).body).toMatchObject({ state: "cancelled" });
  expect((await buyer.get(`/v1/orders/${second}`)).body).toMatchObject({ state: "paid" });
  expect(await sendRefunds(h, buyer, paymentId)).toMatchObject({ refunded: { minor: "26500000" } });
});

test("everything is cancelled before it is paid: the payment ends at the provider too", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const { orderId, paymentId } = await buy(h, { buyer, shops: [shop], method: "qris" });
  await buyer.post(`/v1/orders/${orderId}/cancel`, { reason: "found_cheaper" }, key());
  await h.runDue(paymentId);
  expect((await buyer.get(`/v1/payments/${paymentId}`)).body).toMatchObject({ state: "cancelled" });
  expect(await sandbox(h).transaction(paymentId)).toMatchObject({ transaction_status: "cancel" });
});

test("a reason is one's own, and nobody cancels another's order", async () => {
  const h = harness();
  const [shop, other] = [await openShop(h), await openShop(h)];
  const buyer = await h.buyer();
  const { orderId } = await buy(h, { buyer, shops: [shop], method: "qris" });
  const at = `/v1/orders/${orderId}/cancel`;
  expect((await buyer.post(at, { reason: "out_of_stock" }, key())).body).toMatchObject({
    code: "order.reason_not_yours",
  });
  expect((await (await h.buyer()).post(at, { reason: "other" }, key())).status).toBe(404);
  expect((await other.member.post(`${at}?as=seller`, { reason: "other" }, key())).status).toBe(404);
  expect((await buyer.post(`${at}?as=operator`, { reason: "other" }, key())).status).toBe(403);
  expect((await h.anonymous.post(at, { reason: "other" }, key())).status).toBe(401);
  const operator = await h.operator("admin");
  const done = await operator.post(`${at}?as=operator`, { reason: "suspected_fraud" }, key());
  expect(done.body).toMatchObject({ state: "cancelled" });
});

test("the hold died before the money came: the stock is taken again where there is some", async () => {
  const h = harness();
  const shop = await openShop(h, 2);
  const buyer = await h.buyer();
  const { orderId, paymentId, provider } = await deadHold(h, buyer, [shop]);
  await provider.act(paymentId, "pay");
  await provider.notify(paymentId);
  expect((await (await again(h, buyer)).get(`/v1/orders/${orderId}`)).body).toMatchObject({ state: "paid" });
  expect(await shop.available()).toBe(0);
});

test("a dead hold whose stock went to a rival: that order is cancelled, its money goes back", async () => {
  const h = harness();
  const [scarce, plenty] = [await openShop(h, 2), await openShop(h)];
  const buyer = await h.buyer();
  const { orderIds, paymentId, provider } = await deadHold(h, buyer, [scarce, plenty]);
  const [first = "", second = ""] = orderIds;
  const rival = { reservationId: h.ids.next("reservation"), owner: "rival", expiresAt: null };
  const taken = await h
    .ctx()
    .db.commit([reserve(h.ctx(), { ...rival, lines: [{ offerId: scarce.offerId, quantity: 1 }] })]);
  expect(taken.ok).toBe(true);
  await provider.act(paymentId, "pay");
  await provider.notify(paymentId);
  const now = await again(h, buyer);
  expect((await now.get(`/v1/orders/${first}`)).body).toMatchObject({
    state: "cancelled",
    cancelReason: "stock_lost",
  });
  expect((await now.get(`/v1/orders/${second}`)).body).toMatchObject({ state: "paid" });
  expect(await sendRefunds(h, now, paymentId)).toMatchObject({ refunded: { minor: "26500000" } });
  expect([await scarce.available(), await plenty.available()]).toEqual([1, 8]);
});

/** Placed, unpaid, and past the end of its hold, before anybody has cancelled it. */
async function deadHold(
  h: Harness,
  buyer: Client,
  shops: readonly Shop[],
  readyAt?: ReadonlyMap<Shop, number>,
) {
  const bought = await buy(h, { buyer, shops, method: "qris", readyAt });
  await h.drain();
  h.clock.advance(PAY_WITHIN_MS + 1_000);
  for (const { reservationId } of bought.placement.orders) expect(await h.runDue(reservationId)).toBe(1);
  for (const shop of shops) expect(await shop.available()).toBeGreaterThanOrEqual(2);
  return { ...bought, provider: sandbox(h) };
}

test("not shipped in time: cancelled, refunded, back on sale", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const { orderId, orderGroupId, paymentId } = await paidOrder(h, { buyer, shops: [shop] });
  // By then the time to pay is over too, which is nothing to a paid order.
  h.clock.advance(2 * DAY_MS);
  expect(await h.runDue(orderGroupId)).toBe(1);
  expect(await shop.available()).toBe(8);
  h.clock.advance(DAY_MS + 1_000);
  expect(await h.runDue(orderGroupId)).toBe(1);
  const now = await again(h, buyer);
  expect((await now.get(`/v1/orders/${orderId}`)).body).toMatchObject({
    state: "cancelled",
    cancelReason: "not_shipped",
  });
  expect(await shop.available()).toBe(10);
  expect(await sendRefunds(h, now, paymentId)).toMatchObject({ state: "refunded" });
});

test("paid one by one after dead holds: what is late is cancelled though another has a month", async () => {
  const h = harness();
  const [now, ahead] = [await openShop(h), await openShop(h)];
  const buyer = await h.buyer();
  const readyAt = new Map([[ahead, h.clock.now() + 30 * DAY_MS]]);
  const { orderIds, orderGroupId, paymentId, provider } = await deadHold(h, buyer, [now, ahead], readyAt);
  await provider.act(paymentId, "pay");
  await provider.notify(paymentId);
  h.clock.advance(3 * DAY_MS + 1_000);
  await h.runDue(orderGroupId);
  const states = async () => {
    const client = await again(h, buyer);
    const all = orderIds.map(async (id) => (await client.get(`/v1/orders/${id}`)).body.state);
    return Promise.all(all);
  };
  expect(await states()).toEqual(["cancelled", "paid"]);
  h.clock.advance(30 * DAY_MS);
  await h.runDue(orderGroupId);
  expect(await states()).toEqual(["cancelled", "cancelled"]);
});

test("eight who cancel at once: one cancellation, one refund, eight equal answers", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const { orderId, paymentId } = await paidOrder(h, { buyer, shops: [shop] });
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      buyer.post(`/v1/orders/${orderId}/cancel`, { reason: "changed_mind" }, key()),
    ),
  );
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  expect(h.waiting().filter((fact) => fact.type === "order.cancelled")).toHaveLength(1);
  const { body } = await buyer.get(`/v1/payments/${paymentId}`);
  expect(body.refunds).toHaveLength(1);
  expect(await shop.available()).toBe(10);
});

test("the log and the row always agree", async () => {
  const h = harness();
  const { rows } = await h.ctx().db.read.execute<{ broken: number }>(sql`SELECT count(*)::int AS broken
    FROM "order" o WHERE o.version <> (SELECT max(seq) FROM order_event e WHERE e.order_id = o.id)
      OR o.state <> (SELECT state FROM order_event e WHERE e.order_id = o.id ORDER BY seq DESC LIMIT 1)`);
  expect(rows).toEqual([{ broken: 0 }]);
});

test("paid in time, but the word of it is late: the deadline pays and does not cancel", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const { orderId, orderGroupId, paymentId } = await buy(h, { buyer, shops: [shop], method: "qris" });
  const provider = sandbox(h);
  await provider.act(paymentId, "pay");
  const [, settlement = ""] = await provider.notifications(paymentId);
  expect((await provider.post(settlement)).status).toBe(200);
  h.clock.advance(PAY_WITHIN_MS + 120_000);
  expect(await h.runDue(orderGroupId)).toBe(1);
  expect((await (await again(h, buyer)).get(`/v1/orders/${orderId}`)).body).toMatchObject({ state: "paid" });
  await h.drain();
  const payment = (await (await again(h, buyer)).get(`/v1/payments/${paymentId}`)).body;
  expect(payment).toMatchObject({ state: "settled", refunds: [] });
});
