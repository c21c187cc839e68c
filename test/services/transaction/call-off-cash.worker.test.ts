import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { oversoldUnits, reservationDrift } from "#services/logistics/inventory/index";
import { sellerAccountQuery } from "#services/transaction/wallet/index";
import { type Harness, harness } from "../../support/harness.ts";
import { mailsTo } from "../social/postbox.ts";
import { again, DAY_MS, desk, PARCEL } from "./returning.ts";
import { buy, key, openShop } from "./shopping.ts";

const UNIT_MINOR = 12_500_000n;
const SHIPPING_MINOR = 1_500_000n;
const TOTAL_MINOR = 3n * UNIT_MINOR + SHIPPING_MINOR;

/** Three units that are to be paid at the door, and what comes of calling units of them off. */
async function placed(h: Harness) {
  const [shop, buyer, email] = [await openShop(h), await h.buyer(), `${h.ids.next("user")}@example.com`];
  const bought = await buy(h, { buyer, shops: [shop], method: "cod", quantity: 3, email });
  const { orderId, paymentId } = bought;
  const about = await desk(h, { buyer, shop, ...bought });
  const at = `/v1/orders/${orderId}`;
  const read = async () => (await (await again(h, buyer)).get(at)).body;
  /** Cases that came of it, each as far as it goes. */
  const cases = async () => {
    await h.drain();
    const { items } = (await (await again(h, buyer)).get(`/v1/refunds?orderId=${orderId}`)).body;
    const ended = [];
    for (const { id } of items) ended.push(await about.settle(id));
    await h.drain();
    return ended;
  };
  const byShop = async (move: string, body: object = {}) =>
    (await again(h, shop.member)).post(`${at}/${move}?as=seller`, body, key());
  const dueAtDoor = async () => {
    const { dueAtDoor: due } = await read();
    return due === null ? null : BigInt(due.minor);
  };
  const escrow = async () => {
    const [account] = await h.ctx().db.load(sellerAccountQuery(h.ctx(), shop.sellerId));
    return account.escrow.minor;
  };
  const payment = async () => (await (await again(h, buyer)).get(`/v1/payments/${paymentId}`)).body;
  /** What the ledger has of this order's cash. */
  const cash = async () => {
    const { rows } = await h.ctx().db.read.execute<{ minor: string }>(sql`
      SELECT sum(CASE WHEN debit LIKE 'provider:cash:%' THEN amount_minor ELSE -amount_minor END) AS minor
      FROM ledger_transfer WHERE (debit LIKE 'provider:cash:%' OR credit LIKE 'provider:cash:%')
        AND (id LIKE ${`%${orderId}%`} OR id IN (SELECT 'payment_refund/' || id FROM payment_refund
          WHERE payment_id = ${paymentId}))`);
    return BigInt(rows[0]?.minor ?? "0");
  };
  return {
    ...bought,
    ...about,
    email,
    shop,
    buyer,
    at,
    read,
    cases,
    byShop,
    dueAtDoor,
    escrow,
    payment,
    cash,
  };
}

test("a unit that is called off is not asked for at the door, and nothing is sent back", async () => {
  const h = harness();
  const order = await placed(h);
  expect(await order.dueAtDoor()).toBe(TOTAL_MINOR);
  const body = { reason: "changed_mind", ...order.units(1) };
  const retry = key();
  for (const _ of [1, 2]) {
    const { body: after } = await order.buyer.post(`${order.at}/cancel`, body, retry);
    expect(after).toMatchObject({ state: "placed", lines: [{ quantity: 3, cancelledQuantity: 1 }] });
  }
  expect(await order.shop.available()).toBe(8);
  const [waiting, ...others] = await order.cases();
  expect(others).toEqual([]);
  expect(waiting).toMatchObject({ kind: "cancellation", state: "settling", reason: "called_off" });
  const due = TOTAL_MINOR - UNIT_MINOR;
  expect(await order.dueAtDoor()).toBe(due);
  expect([await order.cash(), await order.escrow()]).toEqual([0n, 0n]);
  const told = async () => {
    const mails = await mailsTo(order.email);
    return mails.filter(({ subject }) => /lebih sedikit|Pengembalian/.test(subject)).map(({ text }) => text);
  };
  expect(await told()).toEqual([expect.stringContaining("Siapkan Rp 265.000")]);
  await order.byShop("confirm");
  await order.byShop("ship", PARCEL);
  expect((await order.byShop("deliver")).body).toMatchObject({ state: "delivered", dueAtDoor: null });
  const [ended] = await order.cases();
  expect(ended).toMatchObject({
    state: "resolved",
    amounts: { toBuyer: { minor: UNIT_MINOR.toString() } },
    creditNote: { number: "CN-000001" },
  });
  expect([await order.cash(), await order.escrow()]).toEqual([due, due]);
  expect(await order.payment()).toMatchObject({
    state: "partially_refunded",
    refunds: [{ state: "succeeded", reason: "uncollected", amount: { minor: UNIT_MINOR.toString() } }],
  });
  expect(await told()).toHaveLength(1);
  expect([await oversoldUnits(h.ctx()), await reservationDrift(h.ctx())]).toEqual([0, 0]);
});

test("what has not left in time is called off; the parcel that has left ends the order", async () => {
  const h = harness();
  const order = await placed(h);
  await order.byShop("confirm");
  await order.byShop("ship", { ...PARCEL, ...order.units(2) });
  h.clock.advance(3 * DAY_MS + 1_000);
  await h.runDue(order.orderGroupId);
  expect(await order.read()).toMatchObject({
    state: "shipped",
    lines: [{ quantity: 3, shippedQuantity: 2, cancelledQuantity: 1 }],
  });
  await order.cases();
  const due = TOTAL_MINOR - UNIT_MINOR - SHIPPING_MINOR / 3n;
  expect(await order.dueAtDoor()).toBe(due);
  expect((await order.byShop("deliver")).body.state).toBe("delivered");
  expect(await order.cases()).toMatchObject([{ state: "resolved", reason: "not_sent" }]);
  expect([await order.cash(), await order.escrow()]).toEqual([due, due]);
});

test("called off in parts to the last unit, it is cancelled and was never paid", async () => {
  const h = harness();
  const order = await placed(h);
  const callOff = (quantity: number) =>
    order.buyer.post(`${order.at}/cancel`, { reason: "too_slow", ...order.units(quantity) }, key());
  expect((await callOff(1)).body.state).toBe("placed");
  expect(await order.cases()).toMatchObject([{ state: "settling" }]);
  expect((await callOff(2)).body).toMatchObject({ state: "cancelled", dueAtDoor: null });
  const facts = h.waiting().map(({ type }) => type);
  expect(facts.filter((type) => type === "order.cancelled")).toHaveLength(1);
  expect(facts).not.toContain("order.lines_cancelled");
  const [ended, ...others] = await order.cases();
  expect(others).toEqual([]);
  expect(ended).toMatchObject({ state: "resolved", amounts: { toBuyer: { minor: "0" } }, creditNote: null });
  expect((await order.payment()).state).toBe("cancelled");
  expect([await order.cash(), await order.escrow(), await order.shop.available()]).toEqual([0n, 0n, 10]);
  expect([await oversoldUnits(h.ctx()), await reservationDrift(h.ctx())]).toEqual([0, 0]);
});

test("cash that was handed over before the word of it came goes back by hand", async () => {
  const h = harness();
  const order = await placed(h);
  await order.byShop("confirm");
  await order.byShop("ship", { ...PARCEL, ...order.units(2) });
  const body = { reason: "out_of_stock", ...order.units(1) };
  expect((await order.byShop("cancel", body)).body.state).toBe("shipped");
  // The word of it has not gone round when the shop says that it has the money: all of it, then.
  const told = h.waiting();
  expect((await order.byShop("deliver")).body.state).toBe("delivered");
  await h.deliver(told);
  await h.drain();
  const { items } = (await (await again(h, order.buyer)).get(`/v1/refunds?orderId=${order.orderId}`)).body;
  for (const { id } of items) await h.runDue(id);
  await order.sendMoney();
  expect((await order.payment()).refunds).toMatchObject([{ reason: "not_sent", state: "manual" }]);
  expect(await order.cash()).toBe(TOTAL_MINOR);
});
