import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import { MARKETS, zMarket } from "#kernel/market";
import {
  type Checkout,
  decideCancel,
  decideChange,
  decideComplete,
  openCheckout,
  priceParcels,
  type QuotedLine,
  totalsOf,
} from "#services/transaction/checkout/domain";

const NOW = 1_800_000_000_000;
const ids = createIds({ now: () => NOW });
const market = (name: string) => zMarket.parse(MARKETS[name]);
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
  sellerId,
  sku: "S",
  title: "T",
  variantLabel: "",
  imageKey: null,
  unitPriceMinor,
  quantity,
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
      const parcels = priceParcels(lines, terms);
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
  const [parcel] = priceParcels(
    [lineOf(sellers[0] as Id<"seller">, goods, 1, terms.tax.rateBasisPoints)],
    terms,
  );
  expect(parcel).toMatchObject({ goodsMinor: goods, taxMinor: tax, totalMinor: total });
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
