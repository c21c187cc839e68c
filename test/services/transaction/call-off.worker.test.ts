import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { oversoldUnits, reservationDrift } from "#services/logistics/inventory/index";
import { sellerAccountQuery } from "#services/transaction/wallet/index";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { again, DAY_MS, desk, PARCEL } from "./returning.ts";
import { buy, key, openShop, sandbox } from "./shopping.ts";

const UNIT_MINOR = 12_500_000n;
const SHIPPING_MINOR = 1_500_000n;

/** A paid order of three units that nothing has left of yet, and what comes of calling units of it off. */
async function paid(h: Harness) {
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops: [shop], method: "qris", quantity: 3 });
  const provider = sandbox(h);
  await provider.act(bought.paymentId, "pay");
  await provider.notify(bought.paymentId);
  const { orderId } = bought;
  const about = await desk(h, { buyer, shop, ...bought });
  const at = `/v1/orders/${orderId}`;
  const shopNow = () => again(h, shop.member);
  const callOff = async (as: Client, quantity: number, reason: string) =>
    as.post(
      `${at}/cancel${as === shop.member ? "?as=seller" : ""}`,
      { reason, ...about.units(quantity) },
      key(),
    );
  /** Cases that came of it, each taken to its end. */
  const cases = async () => {
    await h.drain();
    const buyerNow = await again(h, buyer);
    const { items } = (await buyerNow.get(`/v1/refunds?orderId=${orderId}`)).body;
    const ended = [];
    for (const { id } of items) ended.push(await about.settle(id));
    await h.drain();
    return ended;
  };
  const read = async () => (await (await again(h, buyer)).get(at)).body;
  const left = async () => {
    const [account] = await h.ctx().db.load(sellerAccountQuery(h.ctx(), shop.sellerId));
    return account.escrow.minor;
  };
  return { ...bought, ...about, provider, shop, buyer, at, shopNow, callOff, cases, read, left };
}
const total = (units: bigint) => units * UNIT_MINOR;

test("a unit that is called off is paid back and on sale again, and the rest goes its way", async () => {
  const h = harness();
  const order = await paid(h);
  const { buyer, shop } = order;
  expect((await order.callOff(buyer, 4, "changed_mind")).body.code).toBe("order.quantity_exceeded");
  expect((await order.callOff(buyer, 1, "out_of_stock")).body.code).toBe("order.reason_not_yours");
  expect((await order.callOff(await h.buyer(), 1, "changed_mind")).status).toBe(404);
  const retry = key();
  const body = { reason: "changed_mind", ...order.units(1) };
  for (const _ of [1, 2]) {
    const { body: after } = await buyer.post(`${order.at}/cancel`, body, retry);
    expect(after).toMatchObject({ state: "paid", lines: [{ quantity: 3, cancelledQuantity: 1 }] });
  }
  expect(await shop.available()).toBe(8);
  const facts = h.waiting();
  expect(facts.filter(({ type }) => type === "order.lines_cancelled")).toHaveLength(1);
  await h.deliver([...facts, ...facts]);
  const [one, ...others] = await order.cases();
  expect(others).toEqual([]);
  expect(one).toMatchObject({
    kind: "cancellation",
    state: "resolved",
    reason: "called_off",
    amounts: { toBuyer: { minor: UNIT_MINOR.toString() }, shipping: { minor: "0" } },
    creditNote: { number: "CN-000001" },
  });
  expect(await order.left()).toBe(total(2n) + SHIPPING_MINOR);
  await shop.member.post(`${order.at}/confirm`, {}, key());
  const { body: tooMany } = await shop.member.post(
    `${order.at}/ship`,
    { ...PARCEL, ...order.units(3) },
    key(),
  );
  expect(tooMany.code).toBe("order.quantity_exceeded");
  expect((await shop.member.post(`${order.at}/ship`, PARCEL, key())).body.state).toBe("shipped");
  await buyer.post(`${order.at}/deliver`, {}, key());
  const asked = await order.ask({ ...order.units(3) });
  expect(asked.body.code).toBe("refund.quantity_exceeded");
  expect((await order.ask({ ...order.units(2) })).status).toBe(201);
  expect([await oversoldUnits(h.ctx()), await reservationDrift(h.ctx())]).toEqual([0, 0]);
});

test("units called off again after the answer was lost are called off once", async () => {
  const h = harness();
  const order = await paid(h);
  const retry = key();
  const body = { reason: "changed_mind", ...order.units(1) };
  for (const _ of [1, 2]) {
    const { body: after } = await order.buyer.post(`${order.at}/cancel`, body, retry);
    expect(after).toMatchObject({ state: "paid", lines: [{ quantity: 3, cancelledQuantity: 1 }] });
    await h.ctx().db.read.execute(sql`DELETE FROM idempotency WHERE key = ${retry.key}`);
  }
  expect(await order.shop.available()).toBe(8);
  expect(await order.cases()).toHaveLength(1);
});

test("what has not left in time is paid back with its carriage; what has left stays sold", async () => {
  const h = harness();
  const order = await paid(h);
  const { shop, orderGroupId } = order;
  await shop.member.post(`${order.at}/confirm`, {}, key());
  await shop.member.post(`${order.at}/ship`, { ...PARCEL, ...order.units(2) }, key());
  await h.drain();
  expect((await order.read()).state).toBe("confirmed");
  h.clock.advance(3 * DAY_MS + 1_000);
  await h.runDue(orderGroupId);
  expect(await order.read()).toMatchObject({
    state: "shipped",
    lines: [{ quantity: 3, shippedQuantity: 2, cancelledQuantity: 1 }],
  });
  expect(await shop.available()).toBe(8);
  const [one] = await order.cases();
  expect(one).toMatchObject({
    reason: "not_sent",
    state: "resolved",
    amounts: { toBuyer: { minor: (UNIT_MINOR + SHIPPING_MINOR / 3n).toString() } },
  });
  expect(await order.left()).toBe(total(2n) + (SHIPPING_MINOR * 2n) / 3n);
  // Nobody says that it has come: then it counts as delivered, and the shop has its money.
  h.clock.advance(15 * DAY_MS);
  expect(await h.runDue(order.orderId)).toBe(1);
  expect((await order.read()).state).toBe("delivered");
});

test("called off in parts by both sides at once, all of it is paid back once and nothing more", async () => {
  const h = harness();
  const order = await paid(h);
  const { buyer, shop } = order;
  const answers = await Promise.all([
    order.callOff(buyer, 2, "too_slow"),
    order.callOff(shop.member, 2, "out_of_stock"),
    order.callOff(buyer, 2, "changed_mind"),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  const { body: rest } = await buyer.post(`${order.at}/cancel`, { reason: "changed_mind" }, key());
  expect(rest).toMatchObject({ state: "cancelled", lines: [{ cancelledQuantity: 3 }] });
  expect(await shop.available()).toBe(10);
  const { body: again } = await buyer.post(`${order.at}/cancel`, { reason: "changed_mind" }, key());
  expect(again.state).toBe("cancelled");
  const ended = await order.cases();
  const back = ended.reduce((sum, { amounts }) => sum + BigInt(amounts.toBuyer.minor), 0n);
  expect([ended.length, back]).toEqual([2, total(3n) + SHIPPING_MINOR]);
  expect(await order.left()).toBe(0n);
  const { body: payment } = await buyer.get(`/v1/payments/${order.paymentId}`);
  expect(payment.state).toBe("refunded");
});

test("what is not paid yet is called off whole", async () => {
  const h = harness();
  const shop = await openShop(h);
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops: [shop], method: "qris", quantity: 2 });
  const { units } = await desk(h, { buyer, shop, ...bought });
  const path = `/v1/orders/${bought.orderId}/cancel`;
  const part = await buyer.post(path, { reason: "other", ...units(1) }, key());
  expect(part.body.code).toBe("order.wrong_state");
  expect((await buyer.post(path, { reason: "other", ...units(2) }, key())).body.state).toBe("cancelled");
});
