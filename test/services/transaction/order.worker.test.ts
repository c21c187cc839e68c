import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { invoice, order as orderTable } from "#schema/transaction/order";
import { reserve } from "#services/logistics/inventory/index";
import { EmailVerified } from "#services/social/auth/facts";
import { UserErased } from "#services/social/user/facts";
import { claimantQuery } from "#services/transaction/order/repository";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { buy, key, openShop, PAY_WITHIN_MS, type Shop, sandbox } from "./shopping.ts";

const DAY_MS = 86_400_000;

async function paidOrder(h: Harness, { buyer, shops }: { buyer: Client; shops: readonly Shop[] }) {
  const bought = await buy(h, { buyer, shops, method: "qris" });
  const provider = sandbox(h);
  await provider.act(bought.paymentId, "pay");
  await provider.notify(bought.paymentId);
  return { ...bought, provider };
}

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

test("the hold died and somebody else has the stock: that order is cancelled, its money goes back", async () => {
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
async function deadHold(h: Harness, buyer: Client, shops: readonly Shop[]) {
  const bought = await buy(h, { buyer, shops, method: "qris" });
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

test("twelve payments of one shop at once: invoice numbers without gaps, each document the same for ever", async () => {
  const h = harness();
  const shop = await openShop(h, 100);
  const provider = sandbox(h);
  const bought = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const buyer = await h.buyer();
      const one = await buy(h, { buyer, shops: [shop], method: "qris", quantity: 1 });
      await provider.act(one.paymentId, "pay");
      return { ...one, buyer };
    }),
  );
  const bodies = await Promise.all(
    bought.map(async (one) => (await provider.notifications(one.paymentId)).at(-1) ?? ""),
  );
  await Promise.all(bodies.map((body) => provider.post(body)));
  const settled = h.waiting().filter((fact) => fact.type === "payment.settled");
  expect(settled).toHaveLength(12);
  await Promise.all(settled.map((fact) => h.deliver([fact])));
  // Somebody delivers them all a second time.
  await h.drain();
  const ctx = h.ctx();
  const rows = await ctx.db.read
    .select()
    .from(invoice)
    .where(eq(invoice.sellerId, shop.sellerId))
    .orderBy(invoice.seq);
  expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  const [first] = bought;
  if (!first) throw new Error("twelve were bought");
  const pdf = await first.buyer.get(`/v1/orders/${first.orderId}/invoice`);
  expect(pdf.headers.get("content-type")).toBe("application/pdf");
  expect(new TextDecoder().decode(pdf.bytes.slice(0, 5))).toBe("%PDF-");
  expect((await shop.member.get(`/v1/orders/${first.orderId}/invoice?as=seller`)).bytes).toEqual(pdf.bytes);
  expect((await (await h.buyer()).get(`/v1/orders/${first.orderId}/invoice`)).status).toBe(404);
  expect(
    (
      await ctx.db.read
        .select({ state: orderTable.state })
        .from(orderTable)
        .where(eq(orderTable.sellerId, shop.sellerId))
    ).every((row) => row.state === "paid"),
  ).toBe(true);
});

test("an invoice that is not issued takes no number", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const first = await paidOrder(h, { buyer, shops: [shop] });
  const unpaid = await buy(h, { buyer, shops: [shop], method: "qris" });
  await buyer.post(`/v1/orders/${unpaid.orderId}/cancel`, { reason: "other" }, key());
  const last = await paidOrder(h, { buyer, shops: [shop] });
  const numbers = [first, last].map(
    async ({ orderId }) => (await buyer.get(`/v1/orders/${orderId}`)).body.invoice.number,
  );
  expect(await Promise.all(numbers)).toEqual(["INV-000001", "INV-000002"]);
});

test("lists are one's own, filtered, and each order comes once", async () => {
  const h = harness();
  const [shop, other] = [await openShop(h, 50), await openShop(h, 50)];
  const buyer = await h.buyer();
  const mine: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    const { orderIds } = await buy(h, { buyer, shops: [shop, other], method: "cod", quantity: 1 });
    mine.push(...orderIds);
    h.clock.advance(1);
  }
  const seen: string[] = [];
  let cursor = "";
  for (let page = 0; page < 5; page += 1) {
    const { body } = await buyer.get(`/v1/orders?limit=4${cursor === "" ? "" : `&cursor=${cursor}`}`);
    seen.push(...body.items.map((item: { id: string }) => item.id));
    if (body.nextCursor === null) break;
    cursor = body.nextCursor;
  }
  expect(seen).toEqual(mine.toSorted().reverse());
  const shops = await shop.member.get("/v1/orders?as=seller&state=placed&limit=100");
  expect(shops.body.items).toHaveLength(5);
  expect(shops.body.items[0]).toMatchObject({ lineCount: 1, units: 1, firstTitle: "Kemeja batik" });
  expect((await shop.member.get(`/v1/orders?as=seller&cursor=${cursor}`)).status).toBe(400);
  expect((await buyer.get("/v1/orders?state=paid")).body.items).toEqual([]);
  expect((await buyer.get("/v1/orders?as=seller")).status).toBe(403);
  const operator = await h.operator("support");
  const all = await operator.get(`/v1/orders?as=operator&sellerId=${other.sellerId}`);
  expect(all.body.items).toHaveLength(5);
});

test("a guest reads with his token; whoever proves his address claims the orders, once", async () => {
  const h = harness();
  const shop = await openShop(h, 20);
  const guest = await h.guest();
  const email = `${h.ids.next("email")}@example.com`;
  const bought = await buy(h, { buyer: guest, shops: [shop], method: "qris", email });
  await h.drain();
  expect((await guest.get(`/v1/orders/${bought.orderId}`)).status).toBe(200);
  expect((await guest.get(`/v1/payments/${bought.paymentId}`)).status).toBe(200);
  const owner = await h.buyer();
  expect((await owner.post("/v1/orders/claim")).body).toMatchObject({ code: "order.email_not_proved" });
  const userId = owner.actor.kind === "user" ? owner.actor.userId : h.ids.next("user");
  await h.deliver([verified(h, userId, email.toUpperCase())]);
  const stranger = await h.buyer();
  const strangerId = stranger.actor.kind === "user" ? stranger.actor.userId : h.ids.next("user");
  await h.deliver([verified(h, strangerId, "somebody@else.example")]);
  expect((await stranger.post("/v1/orders/claim")).body).toEqual({ orderGroupIds: [] });
  expect((await owner.post("/v1/orders/claim")).body).toEqual({ orderGroupIds: [bought.orderGroupId] });
  expect((await owner.post("/v1/orders/claim")).body).toEqual({ orderGroupIds: [] });
  expect((await owner.get(`/v1/orders/${bought.orderId}`)).status).toBe(200);
  expect((await owner.get(`/v1/payments/${bought.paymentId}`)).status).toBe(200);
  expect((await guest.get(`/v1/orders/${bought.orderId}`)).status).toBe(404);
  await sandbox(h).act(bought.paymentId, "pay");
  await sandbox(h).notify(bought.paymentId);
  expect((await owner.get(`/v1/orders/${bought.orderId}`)).body).toMatchObject({ state: "paid" });
  expect((await guest.post("/v1/orders/claim")).status).toBe(403);
  await h.deliver([UserErased.make(h.ctx(), { id: userId, version: 9 }, { userId, addressHash: "x" })]);
  const [claimant] = await h.ctx().db.load(claimantQuery(userId));
  expect(claimant).toBeUndefined();
});

const verified = (h: Harness, userId: Id<"user">, email: string) =>
  EmailVerified.make(h.ctx(), { id: userId, version: 1 }, { userId, email, locale: "en" });

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
