import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import { zMarket } from "#kernel/market";
import { MARKETS } from "#kernel/markets";
import {
  type Checkout,
  decideCancel,
  decideChange,
  decideComplete,
  NO_QUOTE,
  openCheckout,
} from "#services/transaction/checkout/domain/checkout";
import {
  cheapestOf,
  type Discount,
  priceParcels,
  type QuotedLine,
  type Rate,
  totalsOf,
} from "#services/transaction/checkout/domain/pricing";

const NOW = 1_800_000_000_000;
const ids = createIds({ now: () => NOW });
const market = (name: string) => zMarket().parse(MARKETS[name]);
const sellers = [ids.next("seller"), ids.next("seller"), ids.next("seller")];
const lineOf = (
  sellerId: Id<"seller">,
  unitPriceMinor: bigint,
  quantity: number,
  rate: number,
): QuotedLine => ({
  lineId: ids.next("line"),
  offerId: ids.next("offer"),
  productId: ids.next("product"),
  categoryId: null,
  sellerId,
  sku: "S",
  title: "T",
  variantLabel: "",
  imageKey: null,
  unitPriceMinor,
  quantity,
  weightGrams: 500,
  taxRateBasisPoints: rate,
});

test.each(["id", "sg", "gb"])("in %s lines add up to parcels and parcels to the total", (name) => {
  const terms = market(name);
  const step = terms.cashStepMinor;
  const arbitrary = fc.record({
    seller: fc.integer({ min: 0, max: 2 }),
    steps: fc.bigInt({ min: 1n, max: 50_000_000n }),
    quantity: fc.integer({ min: 1, max: 500 }),
    rate: fc.constantFrom(0, 500, terms.tax.rateBasisPoints),
  });
  fc.assert(
    fc.property(fc.array(arbitrary, { minLength: 1, maxLength: 12 }), (drafts) => {
      const lines = drafts.map(({ seller, steps, quantity, rate }) =>
        lineOf(sellers[seller] as Id<"seller">, steps * step, quantity, rate),
      );
      const parcels = priceParcels({ lines }, terms);
      for (const { lines: own, goodsMinor, taxMinor, shippingMinor, totalMinor } of parcels) {
        expect(own.reduce((sum, line) => sum + line.goodsMinor, 0n)).toBe(goodsMinor);
        expect(own.reduce((sum, line) => sum + line.taxMinor, 0n)).toBe(taxMinor);
        expect(totalMinor).toBe(goodsMinor + shippingMinor + (terms.tax.inclusive ? 0n : taxMinor));
        expect([goodsMinor, taxMinor, shippingMinor, totalMinor].every((minor) => minor % step === 0n)).toBe(
          true,
        );
        const exact = own.reduce((sum, line) => {
          const rate = BigInt(line.taxRateBasisPoints);
          return sum + (line.goodsMinor * rate * 1_000n) / (terms.tax.inclusive ? 10_000n + rate : 10_000n);
        }, 0n);
        const off = taxMinor * 1_000n - exact;
        // Each rate of a parcel is rounded once, by half a step at most, and the division above
        // by a thousandth a line.
        expect(off < 0n ? -off : off).toBeLessThanOrEqual(3n * step * 500n + BigInt(own.length));
      }
      const totals = totalsOf(parcels);
      expect(totals.totalMinor).toBe(parcels.reduce((sum, parcel) => sum + parcel.totalMinor, 0n));
      expect(parcels.flatMap((parcel) => parcel.lines)).toHaveLength(lines.length);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["inclusive tax is part of the price", "id", 11_100_000n, 1_100_000n, 12_600_000n],
  ["exclusive tax comes on top", "sg", 10_000n, 900n, 11_299n],
])("%s", (_, name, goods, tax, total) => {
  const terms = market(name);
  const lines = [lineOf(sellers[0] as Id<"seller">, goods, 1, terms.tax.rateBasisPoints)];
  const [parcel] = priceParcels({ lines }, terms);
  expect(parcel).toMatchObject({ goodsMinor: goods, taxMinor: tax, totalMinor: total });
});

const rateOf = (rateId: string, priceMinor: bigint, cash = true): Rate => ({
  rateId,
  provider: "table",
  carrier: "titan",
  service: "standard",
  name: "Standard",
  priceMinor,
  minDays: 1,
  maxDays: 3,
  cash,
  insuranceMinor: null,
  chargeableGrams: 500,
  source: "table",
  arrivesFrom: "2027-01-18",
  arrivesUntil: "2027-01-20",
});

test.each(["id", "sg"])("in %s discounts come off goods and shipping before tax, and add up", (name) => {
  const terms = market(name);
  const step = terms.cashStepMinor;
  const arbitrary = fc.record({
    seller: fc.integer({ min: 0, max: 2 }),
    steps: fc.integer({ min: 1, max: 1_000_000 }),
    quantity: fc.integer({ min: 1, max: 50 }),
    rate: fc.constantFrom(0, 500, terms.tax.rateBasisPoints),
    /** Of its goods: what the platform and what the seller takes off. */
    off: fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 })),
    shippingOff: fc.integer({ min: 0, max: 1_000 }),
  });
  fc.assert(
    fc.property(fc.array(arbitrary, { minLength: 1, maxLength: 8 }), (drafts) => {
      const lines = drafts.map(({ seller, steps, quantity, rate }) =>
        lineOf(sellers[seller] as Id<"seller">, BigInt(steps) * step, quantity, rate),
      );
      const deliveries = sellers.map((sellerId) => {
        return { sellerId, rateId: "a", rates: [rateOf("a", 1_000n * step)] };
      });
      const parts = (fundedBy: Discount["fundedBy"], index: 0 | 1): Discount => {
        const shares = lines.map(({ lineId, sellerId, unitPriceMinor, quantity }, i) => {
          const goods = (unitPriceMinor * BigInt(quantity)) / step;
          return { sellerId, lineId, minor: ((goods * BigInt(drafts[i]?.off[index] ?? 0)) / 1_000n) * step };
        });
        return discountOf(fundedBy, "goods", shares);
      };
      const onShipping = [...new Set(lines.map((line) => line.sellerId))].map((sellerId, i) => {
        return { sellerId, lineId: null, minor: BigInt(drafts[i]?.shippingOff ?? 0) * step };
      });
      const discounts = [
        parts("platform", 0),
        parts("seller", 1),
        discountOf("seller", "shipping", onShipping),
        discountOf("platform", "cashback", onShipping),
      ];
      const parcels = priceParcels({ lines, deliveries, discounts }, terms);
      for (const parcel of parcels) {
        const own = (amountOf: (line: (typeof parcel.lines)[number]) => bigint) =>
          parcel.lines.reduce((sum, line) => sum + amountOf(line), 0n);
        expect(own((line) => line.discountMinor)).toBe(parcel.discountMinor);
        expect(own((line) => line.taxMinor)).toBe(parcel.taxMinor);
        expect(parcel.sellerDiscountMinor).toBeLessThanOrEqual(parcel.discountMinor);
        const net = parcel.goodsMinor - parcel.discountMinor;
        const shipping = parcel.shippingMinor - parcel.shippingDiscountMinor;
        expect(parcel.totalMinor).toBe(net + shipping + (terms.tax.inclusive ? 0n : parcel.taxMinor));
        expect([net, shipping, parcel.taxMinor].every((minor) => minor >= 0n)).toBe(true);
      }
      const totals = totalsOf(parcels);
      const taken = discounts.filter((one) => one.target !== "cashback");
      const off = taken.reduce((sum, one) => sum + one.amountMinor, 0n);
      expect(totals.discountMinor + totals.shippingDiscountMinor).toBe(off);
    }),
    { numRuns: 10_000 },
  );
});

const discountOf = (
  fundedBy: Discount["fundedBy"],
  target: Discount["target"],
  shares: Discount["shares"],
): Discount => ({
  voucherId: ids.next("voucher"),
  code: "HEMAT",
  version: 1,
  fundedBy,
  sellerId: null,
  target,
  amountMinor: shares.reduce((sum, share) => sum + share.minor, 0n),
  shares,
});

test("more taken off than there is would be a fault of ours, and is not priced", () => {
  const lines = [lineOf(sellers[0] as Id<"seller">, 100n, 1, 0)];
  const share = { sellerId: sellers[0] as Id<"seller">, lineId: lines[0]?.lineId ?? null, minor: 101n };
  const discounts = [discountOf("platform", "goods", [share])];
  expect(() => priceParcels({ lines, discounts }, market("sg"))).toThrow(RangeError);
});

test("the cheapest way is taken unless the buyer says otherwise, and cash only by who takes it", () => {
  const rates = [rateOf("table", 500n), rateOf("fast", 400n, false), rateOf("same", 500n)];
  expect(cheapestOf(rates, { cash: false })?.rateId).toBe("fast");
  expect(cheapestOf(rates, { cash: true })?.rateId).toBe("table");
});

const address = {
  recipient: "Ani",
  phone: "+6281234567890",
  country: "ID",
  region: null,
  city: "Jakarta",
  district: null,
  village: null,
  postalCode: "10110",
  line1: "Jl. Merdeka 1",
  line2: null,
  latitude: null,
  longitude: null,
};
const ready: Checkout = openCheckout({
  id: ids.next("checkout"),
  buyerId: ids.next("user"),
  cartId: ids.next("cart"),
  locale: "en",
  currency: "IDR",
  email: "ani@example.com",
  address,
  method: "cod",
  lines: [lineOf(sellers[0] as Id<"seller">, 100n, 1, 0)],
  voucherCodes: [],
  bestVouchers: false,
  quote: NO_QUOTE,
  orderGroupId: null,
  paymentId: null,
  orders: null,
  createdAt: NOW,
  expiresAt: NOW + 1_000,
});
const codeOf = (answer: { ok: true } | { ok: false; code: string }) => (answer.ok ? "ok" : answer.code);

// In the order of the checks, so that a row also says which refusal wins.
test.each([
  ["ready", {}, NOW, "ok"],
  ["done, though its time is over", { state: "completed" }, NOW + 1_000, "ok"],
  ["canceled", { state: "canceled" }, NOW, "checkout.canceled"],
  ["its time is over", {}, NOW + 1_000, "checkout.expired"],
  ["no e-mail", { email: null }, NOW, "checkout.incomplete"],
  ["no address", { address: null }, NOW, "checkout.incomplete"],
  ["no method", { method: null }, NOW, "checkout.incomplete"],
] as const)("complete: %s", (_, change, now, code) => {
  expect(codeOf(decideComplete({ ...ready, ...change }, now))).toBe(code);
});

test.each([
  ["another method", {}, { method: "qris" }, NOW, "ok"],
  ["completed", { state: "completed" }, {}, NOW, "checkout.completed"],
  ["canceled", { state: "canceled" }, {}, NOW, "checkout.canceled"],
  ["its time is over", {}, {}, NOW + 1_000, "checkout.expired"],
  [
    "a country we do not ship to",
    {},
    { address: { ...address, country: "SG" } },
    NOW,
    "checkout.wrong_country",
  ],
] as const)("change: %s", (_, before, change, now, code) => {
  expect(codeOf(decideChange({ ...ready, ...before }, change, { market: market("id"), now }))).toBe(code);
});

test("only a rate that was quoted for the parcel can be chosen", () => {
  const sellerId = sellers[0] as Id<"seller">;
  const deliveries = [{ sellerId, rateId: "a", rates: [rateOf("a", 1n), rateOf("b", 2n, false)] }];
  const quoted = { ...ready, quote: { ...NO_QUOTE, deliveries } };
  const choose = (choice: { sellerId: Id<"seller">; rateId: string }) =>
    decideChange(quoted, { rates: [choice] }, { market: market("id"), now: NOW });
  const chosen = choose({ sellerId, rateId: "b" });
  expect(chosen.ok && chosen.value.quote.deliveries?.[0]?.rateId).toBe("b");
  expect(codeOf(choose({ sellerId, rateId: "c" }))).toBe("checkout.rate_unavailable");
  const another = sellers[1] as Id<"seller">;
  expect(codeOf(choose({ sellerId: another, rateId: "a" }))).toBe("checkout.rate_unavailable");
  // It is to be paid at the door, and this courier takes no cash.
  expect(chosen.ok && codeOf(decideComplete(chosen.value, NOW))).toBe("checkout.rate_unavailable");
});

test("a method that the market does not offer is refused", () => {
  const decision = decideChange(ready, { method: "gopay" }, { market: market("gb"), now: NOW });
  expect(codeOf(decision)).toBe("checkout.method_unavailable");
});

test("canceling twice is canceling once; what is an order is not canceled here", () => {
  const once = decideCancel(ready);
  if (!once.ok) throw new Error(once.code);
  expect(decideCancel(once.value)).toEqual({ ok: true, value: once.value });
  expect(codeOf(decideCancel({ ...ready, state: "completed" }))).toBe("checkout.completed");
});
