import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import { drawInvoice } from "#services/transaction/order/commands/invoice/draw";
import { drawable } from "#services/transaction/order/commands/invoice/page";
import { formatMoney } from "#services/transaction/order/commands/invoice/words";
import {
  decideCancel,
  decideComplete,
  decideConfirm,
  decideDeliver,
  decidePay,
  decideShip,
  decideSurplus,
  NEXT,
  ORDER_STATES,
  type Order,
  type OrderLine,
  type OrderState,
  shareOf,
  surplusOf,
} from "#services/transaction/order/domain";

const NOW = 1_800_000_000_000;
const ids = createIds({ now: () => NOW });
const paymentId = ids.next("payment");
const orderId = ids.next("order");

const line = (position: number, quantity: number): OrderLine => ({
  id: ids.next("line"),
  orderId,
  position,
  offerId: ids.next("offer"),
  productId: ids.next("product"),
  categoryId: null,
  sku: `SKU-${position}`,
  title: `Kemeja ${position}`,
  variantLabel: "L",
  imageKey: null,
  unitPriceMinor: 10_000_000n,
  quantity,
  shippedQuantity: 0,
  cancelledQuantity: 0,
  returnedQuantity: 0,
  goodsMinor: 10_000_000n * BigInt(quantity),
  discountMinor: 0n,
  sellerDiscountMinor: 0n,
  taxMinor: 991_000n * BigInt(quantity),
  taxRateBasisPoints: 1_100,
  commissionRuleId: null,
  commissionBasisPoints: 500,
  commissionMinor: 500_000n * BigInt(quantity),
  commissionTaxMinor: 55_000n * BigInt(quantity),
  promisedOn: null,
});
const address = {
  recipient: "Ayu",
  phone: "+628123456789",
  country: "ID",
  region: "DKI Jakarta",
  city: "Jakarta Selatan",
  district: "Kebayoran Baru",
  village: null,
  postalCode: "12190",
  line1: "Jl. Senopati 41",
  line2: null,
  latitude: null,
  longitude: null,
};
const lines = [line(0, 3), line(1, 2)];
const buyerId = ids.next("user");
const orderGroupId = ids.next("orderGroup");
const placed: Order = {
  id: orderId,
  orderGroupId,
  buyerId,
  sellerId: ids.next("seller"),
  reservationId: ids.next("reservation"),
  state: "awaiting_payment",
  method: "qris",
  currency: "IDR",
  goodsMinor: 50_000_000n,
  discountMinor: 0n,
  sellerDiscountMinor: 0n,
  taxMinor: 4_955_000n,
  shippingMinor: 1_500_000n,
  shippingDiscountMinor: 0n,
  sellerShippingDiscountMinor: 0n,
  totalMinor: 51_500_000n,
  uncollectedMinor: 0n,
  commissionMinor: 2_500_000n,
  commissionTaxMinor: 275_000n,
  shippingChoice: null,
  paidPaymentId: null,
  cancelReason: null,
  createdAt: NOW,
  paidAt: null,
  readyAt: null,
  shipBy: null,
  shippedAt: null,
  deliveredAt: null,
  completedAt: null,
  cancelledAt: null,
  version: 1,
  lines,
  group: {
    id: orderGroupId,
    buyerId,
    email: "ayu@example.com",
    locale: "id",
    address,
    method: "qris",
    currency: "IDR",
    taxName: "PPN",
    taxInclusive: true,
    totalMinor: 51_500_000n,
    payBy: NOW + 900_000,
    createdAt: NOW,
  },
};
const at = (state: OrderState, change: Partial<Order> = {}): Order => ({ ...placed, state, ...change });

const codeOf = (result: { ok: boolean; code?: string }) => (result.ok ? "ok" : result.code);

// One row a state: pay, confirm, ship, deliver, complete, cancel. Making a move twice is no refusal.
test.each([
  ["awaiting_payment", "ok", "no", "no", "no", "no", "ok"],
  ["placed", "no", "ok", "no", "no", "no", "ok"],
  ["paid", "no", "ok", "no", "no", "no", "ok"],
  ["confirmed", "no", "ok", "ok", "no", "no", "ok"],
  ["shipped", "no", "no", "no", "ok", "no", "no"],
  ["delivered", "no", "no", "no", "ok", "ok", "no"],
  ["completed", "no", "no", "no", "ok", "ok", "no"],
  ["cancelled", "no", "no", "no", "no", "no", "ok"],
] as const)("from %s", (state, ...expected) => {
  const order = at(state);
  const answers = [
    decidePay(order, { paymentId, shipBy: NOW }, NOW),
    decideConfirm(order),
    decideShip(order, undefined, NOW),
    decideDeliver(order, "buyer", NOW),
    decideComplete(order, NOW),
    decideCancel(order, "changed_mind", NOW),
  ];
  expect(answers.map((answer) => (answer.ok ? "ok" : "no"))).toEqual(expected);
});

test("every state is in the table, and what is over stays over", () => {
  expect(Object.keys(NEXT).sort()).toEqual([...ORDER_STATES].sort());
  expect([NEXT.completed, NEXT.cancelled]).toEqual([{}, {}]);
});

type Step = (order: Order) => Order;
const or = <T>(result: { ok: true; value: T } | { ok: false }, otherwise: T): T =>
  result.ok ? result.value : otherwise;
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>((order) => or(decidePay(order, { paymentId, shipBy: NOW }, NOW), order)),
  fc.constant<Step>((order) => or(decideConfirm(order), order)),
  fc.array(fc.nat({ max: 3 }), { minLength: 2, maxLength: 2 }).map<Step>((quantities) => (order) => {
    const wanted = order.lines.map(({ id: lineId }, i) => ({ lineId, quantity: quantities[i] ?? 0 }));
    const decision = decideShip(order, wanted, NOW);
    return decision.ok ? decision.value.order : order;
  }),
  fc.constant<Step>((order) => {
    const decision = decideDeliver(order, "seller", NOW);
    return decision.ok ? (decision.value.steps.at(-1) ?? order) : order;
  }),
  fc.constant<Step>((order) => or(decideComplete(order, NOW), order)),
  fc.constant<Step>((order) => or(decideCancel(order, "other", NOW), order)),
);

test("no walk through the machine breaks what must hold", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 20 }), fc.boolean(), (steps, cash) => {
      let order: Order = cash ? at("placed", { method: "cod" }) : placed;
      for (const step of steps) {
        const before = order;
        order = step(before);
        const moved = order !== before;
        expect(order.version - before.version).toBeGreaterThanOrEqual(moved ? 1 : 0);
        const { state, paidAt, cancelReason } = order;
        const isSent = ["shipped", "delivered", "completed"].includes(state);
        if (!cash && isSent) expect(paidAt).not.toBeNull();
        if (cash && paidAt !== null) expect(["delivered", "completed"]).toContain(state);
        expect(state === "cancelled").toBe(cancelReason !== null);
        for (const { quantity, shippedQuantity } of order.lines) {
          expect(shippedQuantity >= 0 && shippedQuantity <= quantity).toBe(true);
        }
        const isWhole = order.lines.every((one) => one.shippedQuantity === one.quantity);
        expect(isSent).toBe(isWhole);
        if (state === "cancelled") expect(order.lines.every((one) => one.shippedQuantity === 0)).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("a part is shipped, then the rest; never more than there is", () => {
  const [first, second] = lines;
  if (!first || !second) throw new Error("two lines");
  const part = decideShip(at("confirmed"), [{ lineId: first.id, quantity: 2 }], NOW);
  if (!part.ok) throw new Error(part.code);
  expect(part.value.order.state).toBe("confirmed");
  expect(codeOf(decideCancel(part.value.order, "other", NOW))).toBe("order.partly_shipped");
  expect(codeOf(decideShip(part.value.order, [{ lineId: first.id, quantity: 2 }], NOW))).toBe(
    "order.quantity_exceeded",
  );
  expect(codeOf(decideShip(part.value.order, [{ lineId: ids.next("line"), quantity: 1 }], NOW))).toBe(
    "order.line_not_found",
  );
  const rest = decideShip(part.value.order, undefined, NOW);
  if (!rest.ok) throw new Error(rest.code);
  expect(rest.value.order.state).toBe("shipped");
  expect(rest.value.shipped).toEqual([
    { lineId: first.id, quantity: 1 },
    { lineId: second.id, quantity: 2 },
  ]);
});

test("cash is confirmed by whoever took it, and pays the order", () => {
  const shipped = at("shipped", { method: "cod" });
  expect(codeOf(decideDeliver(shipped, "buyer", NOW))).toBe("order.cash_not_confirmed");
  expect(codeOf(decideDeliver(shipped, "system", NOW))).toBe("order.cash_not_confirmed");
  const done = decideDeliver(shipped, "seller", NOW);
  expect(done.ok && done.value.steps.map(({ state, version, paidAt }) => [state, version, paidAt])).toEqual([
    ["delivered", 2, null],
    ["delivered", 3, NOW],
  ]);
});

test("what came in beyond the orders that it paid for goes back", () => {
  const paid = { paidPaymentId: paymentId, totalMinor: 300n };
  const other = { paidPaymentId: ids.next("payment"), totalMinor: 300n };
  const dead = { paidPaymentId: null, totalMinor: 400n };
  expect(surplusOf(paymentId, 700n, [paid, dead])).toBe(400n);
  expect(surplusOf(paymentId, 300n, [paid])).toBe(0n);
  expect(surplusOf(paymentId, 300n, [other])).toBe(300n);
});

test("a surplus is the money of orders that it did not pay for, and the rest is nobody's", () => {
  const [kept, dead, later] = [ids.next("order"), ids.next("order"), ids.next("order")];
  const orders = [
    { id: kept, paidPaymentId: paymentId },
    { id: dead, paidPaymentId: null },
    { id: later, paidPaymentId: ids.next("payment") },
  ];
  const split = (orderId: typeof kept, capturedMinor: bigint) => ({ orderId, capturedMinor });
  const splits = [split(kept, 300n), split(dead, 400n), split(later, 200n)];
  const of = (minor: bigint, all = splits) => decideSurplus(paymentId, minor, orders, all);
  expect(of(600n)).toEqual([
    { orderId: dead, minor: 400n },
    { orderId: later, minor: 200n },
  ]);
  expect(of(650n).at(-1)).toEqual({ minor: 50n });
  // What was not captured for an order is not its own.
  expect(of(200n, [split(kept, 300n), split(dead, 0n)])).toEqual([{ minor: 200n }]);
  expect(of(200n, [])).toEqual([{ minor: 200n }]);
});

test("a commission is rounded half up", () => {
  expect([shareOf(100n, 500), shareOf(110n, 500), shareOf(109n, 500)]).toEqual([5n, 6n, 5n]);
});

const invoice = {
  order: { ...placed, paidAt: NOW },
  number: "INV-000001",
  issuedAt: NOW,
  seller: { name: "Toko", city: null },
  timeZone: "Asia/Jakarta",
};

test("the same invoice is the same bytes, another one is not", async () => {
  const once = await drawInvoice(invoice);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(Buffer.compare(once, await drawInvoice(invoice))).toBe(0);
  expect(Buffer.compare(once, await drawInvoice({ ...invoice, number: "INV-000002" }))).not.toBe(0);
  expect(Buffer.from(once).subarray(0, 5).toString()).toBe("%PDF-");
});

test("an invoice of several hundred lines, with what a standard font cannot draw, is drawn", async () => {
  const many = Array.from({ length: 600 }, (_, i) => ({
    ...line(i, 1),
    title: `漢字 Łódź ☂ ${"sangat ".repeat(i % 40)}`,
  }));
  const bytes = await drawInvoice({ ...invoice, order: { ...invoice.order, lines: many } });
  const text = Buffer.from(bytes).toString("latin1");
  expect(Number(/\/Count (\d+)/.exec(text)?.[1])).toBeGreaterThan(10);
  expect(drawable("Łé 漢\n☂", new Set([..."Lé ?"].map((char) => char.codePointAt(0) ?? 0)))).toBe("?é ? ?");
});

test.each([
  [51_500_000n, "IDR", "Rp 515.000"],
  [123_456_789n, "IDR", "Rp 1.234.567,89"],
  [123_456n, "SGD", "$1,234.56"],
  [5n, "GBP", "£0.05"],
] as const)("%s %s is %s", (minor, currency, text) => expect(formatMoney(minor, currency)).toBe(text));
