import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { dayOf } from "#services/intelligence/analytics/domain";
import { CheckoutStarted } from "#services/transaction/checkout/facts";
import { OrderCancelled, OrderPaid, OrderPlaced } from "#services/transaction/order/facts";
import { type Harness, harness } from "../../support/harness.ts";

/** A day of the test's own, so that the market's sums are the test's sums; younger than the events' life. */
let lastDay = Math.floor(Date.now() / DAY_MS) * DAY_MS - 600 * DAY_MS;
function onItsOwnDay(): Harness {
  lastDay += DAY_MS;
  return harness({ at: lastDay + Math.floor(Math.random() * 250) * 2 * DAY_MS });
}
const rangeOf = (h: Harness) => {
  const day = dayOf(h.clock.now(), h.market.timeZone);
  return `from=${day}&to=${day}`;
};

function orderOf(h: Harness, sellerId: Id<"seller">, goods: bigint) {
  const tax = (goods * 11n) / 111n;
  const rounded = tax - (tax % 100n);
  return {
    orderId: h.ids.next("order"),
    orderGroupId: h.ids.next("orderGroup"),
    sellerId,
    buyerId: h.ids.next("user") as string,
    email: "ani@example.com",
    locale: "id" as const,
    currency: "IDR",
    goodsMinor: goods.toString(),
    discountMinor: "0",
    sellerDiscountMinor: "0",
    taxMinor: rounded.toString(),
    shippingMinor: "1500000",
    shippingDiscountMinor: "0",
    sellerShippingDiscountMinor: "0",
    commissionMinor: "0",
    commissionTaxMinor: "0",
    totalMinor: (goods + 1_500_000n).toString(),
    method: "qris" as const,
    lines: [
      {
        lineId: h.ids.next("line"),
        offerId: h.ids.next("offer"),
        productId: h.ids.next("product"),
        categoryId: null,
        sku: "A",
        title: "Kopi",
        quantity: 2,
        unitPriceMinor: (goods / 2n).toString(),
        goodsMinor: goods.toString(),
        discountMinor: "0",
      },
    ],
  };
}
type Order = ReturnType<typeof orderOf>;
const netOf = (order: Order) => BigInt(order.goodsMinor) - BigInt(order.taxMinor);
const paid = (h: Harness, order: Order) => OrderPaid.make(h.ctx(), { id: order.orderId, version: 2 }, order);
const cancelled = (h: Harness, order: Order) =>
  OrderCancelled.make(
    h.ctx(),
    { id: order.orderId, version: 3 },
    { ...order, reason: "changed_mind", wasPaid: true },
  );

async function rollUp(h: Harness) {
  h.clock.advance(3_000);
  await h.runDue(dayOf(h.clock.now(), h.market.timeZone));
}
async function sales(h: Harness, client = h.operator("admin")) {
  const answer = await (await client).get(`/v1/analytics/sales?${rangeOf(h)}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

test("GMV is goods without tax and shipping; events twice and out of order count once", async () => {
  const h = onItsOwnDay();
  const sellerId = h.ids.next("seller");
  const orders = [orderOf(h, sellerId, 20_000_000n), orderOf(h, sellerId, 5_000_100n)];
  const facts: Fact[] = orders.map((order) => paid(h, order));
  await h.deliver(facts);
  await h.deliver([...facts].reverse());
  await rollUp(h);
  const { gmv, orders: count, units, averageOrder } = await sales(h);
  const net = orders.reduce((sum, order) => sum + netOf(order), 0n);
  expect(gmv).toEqual({ minor: net.toString(), currency: "IDR" });
  expect([count, units]).toEqual([2, 4]);
  // Nobody pays sen: the half of an odd sum is told in whole rupiah.
  expect((net / 2n) % 100n).toBe(50n);
  expect(averageOrder.minor).toBe((net / 2n + 50n).toString());
});

test.each([
  ["after", (a: Fact, b: Fact) => [[a], [b]]],
  ["before", (a: Fact, b: Fact) => [[b], [a]]],
  ["with", (a: Fact, b: Fact) => [[b, a]]],
])("a paid order whose cancellation comes %s its payment sells nothing", async (_, deliveries) => {
  const h = onItsOwnDay();
  const sellerId = h.ids.next("seller");
  const [kept, undone] = [orderOf(h, sellerId, 4_000_000n), orderOf(h, sellerId, 6_000_000n)];
  await h.deliver([paid(h, kept)]);
  for (const facts of deliveries(paid(h, undone), cancelled(h, undone))) await h.deliver(facts);
  await rollUp(h);
  expect(await sales(h)).toMatchObject({ gmv: { minor: netOf(kept).toString() }, orders: 1, units: 2 });
});

test("a seller sees its own rows and never another's, whatever it asks for", async () => {
  const h = onItsOwnDay();
  const [mine, theirs] = [h.ids.next("seller"), h.ids.next("seller")];
  const [one, two] = [orderOf(h, mine, 2_000_000n), orderOf(h, theirs, 8_000_000n)];
  await h.deliver([paid(h, one), paid(h, two)]);
  await rollUp(h);
  expect((await sales(h, h.member(mine))).gmv.minor).toBe(netOf(one).toString());
  const top = await (await h.member(mine)).get(`/v1/analytics/top-products?${rangeOf(h)}`);
  expect(top.body.items.map((item: { productId: string }) => item.productId)).toEqual([
    one.lines[0]?.productId,
  ]);
  expect((await (await h.member(mine, "staff")).get(`/v1/analytics/sales?${rangeOf(h)}`)).status).toBe(403);
});

test("collected events reach the funnel; unknown, late and misshapen ones are refused each", async () => {
  const h = onItsOwnDay();
  const at = new Date(h.clock.now()).toISOString();
  const productId = h.ids.next("product");
  const event = (type: string, properties: object, more = {}) => {
    return { id: crypto.randomUUID(), type, at, sessionId: "session-one", properties, ...more };
  };
  const viewed = event("product.viewed", { productId });
  const events = [
    viewed,
    event("cart.line_added", { productId, offerId: h.ids.next("offer"), quantity: 1 }),
    event("made.up", {}),
    event("product.viewed", { productId: "no id" }),
    event("product.viewed", { productId }, { at: "2020-01-01T00:00:00Z" }),
  ];
  const headers = { "user-agent": "Mozilla/5.0" };
  const answer = await h.anonymous.post("/v1/analytics/events", { events }, { headers });
  expect(answer.status).toBe(202);
  expect(answer.body.accepted).toBe(2);
  expect(answer.body.rejected.map((one: { index: number; code: string }) => [one.index, one.code])).toEqual([
    [2, "unknown_type"],
    [3, "invalid"],
    [4, "too_late"],
  ]);
  await h.anonymous.post("/v1/analytics/events", { events: [viewed] }, { headers });
  const bot = await h.anonymous.post(
    "/v1/analytics/events",
    { events: [viewed] },
    { headers: { "user-agent": "curl/8" } },
  );
  expect(bot.body.accepted).toBe(0);
  await h.drain();
  const sellerId = h.ids.next("seller");
  const order = orderOf(h, sellerId, 1_000_000n);
  const checkoutId = h.ids.next("checkout");
  const started = { buyerId: order.buyerId, lines: 1, currency: "IDR", goodsMinor: "1" };
  await h.deliver([
    CheckoutStarted.make(h.ctx(), { id: checkoutId, version: 1 }, started),
    OrderPlaced.make(h.ctx(), { id: order.orderId, version: 1 }, { ...order, payBy: h.clock.now() }),
    paid(h, order),
  ]);
  const funnel = await (await h.operator("admin")).get(`/v1/analytics/funnel?${rangeOf(h)}`);
  expect(funnel.body.steps).toEqual([
    { type: "product.viewed", visitors: 1 },
    { type: "cart.line_added", visitors: 1 },
    { type: "checkout.started", visitors: 1 },
    { type: "order.placed", visitors: 1 },
    { type: "order.paid", visitors: 1 },
  ]);
});

test("names and addresses stay out of analytics", async () => {
  const h = onItsOwnDay();
  const order = orderOf(h, h.ids.next("seller"), 3_000_000n);
  await h.deliver([paid(h, order)]);
  const result = await h.ctx().clickhouse.query({
    query: "SELECT * FROM event WHERE subject = {id:String}",
    query_params: { id: order.orderId },
    format: "JSONEachRow",
  });
  const rows = await result.text();
  expect(rows).toContain(order.orderId);
  expect(rows).not.toContain("ani@example.com");
});

test("a range that ends before it begins, or is too long, is refused", async () => {
  const h = harness();
  const operator = await h.operator("admin");
  for (const range of ["from=2026-02-01&to=2026-01-01", "from=2020-01-01&to=2026-01-01"]) {
    const { status, body } = await operator.get(`/v1/analytics/sales?${range}`);
    expect([status, body.code]).toEqual([400, "analytics.range_invalid"]);
  }
});
