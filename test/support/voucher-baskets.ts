import fc from "fast-check";
import { createIds, type Id } from "#kernel/ids";
import { zMarket } from "#kernel/market";
import { MARKETS } from "#kernel/markets";
import type { Basket, BasketParcel } from "#services/transaction/voucher/domain/basket";
import type { Usage } from "#services/transaction/voucher/domain/eligibility";
import { type Asked, quote, type Standing } from "#services/transaction/voucher/domain/quote";
import {
  type Benefit,
  type Category,
  type Conditions,
  categoryOf,
  type Voucher,
} from "#services/transaction/voucher/domain/terms";

export const NOW = Date.parse("2030-06-12T05:00:00Z");
export const ids = createIds({ now: () => NOW });
export const SELLERS = [ids.next("seller"), ids.next("seller"), ids.next("seller")] as const;
export const PRODUCTS = Array.from({ length: 5 }, () => ids.next("product"));
export const CATEGORIES = Array.from({ length: 3 }, () => ids.next("category"));
export const market = zMarket().parse(MARKETS.id);
export const purse = { currency: market.currency, cashStepMinor: market.cashStepMinor };

export const ANYTHING = { productIds: [], categoryIds: [], sellerIds: [] };
export const NO_CONDITIONS: Conditions = {
  minSpendMinor: null,
  include: ANYTHING,
  exclude: ANYTHING,
  methods: [],
  hours: [],
};
export const UNUSED: Usage = {
  used: 0,
  usedToday: 0,
  spentMinor: 0n,
  mine: 0,
  mineToday: 0,
  isCollected: false,
  isPatron: false,
};

type Made = Partial<Omit<Voucher, "conditions" | "category">> & {
  readonly benefit: Benefit;
  readonly conditions?: Partial<Conditions>;
  readonly category?: Category | undefined;
};

/** A voucher that holds now, without a limit, unless something else is said. */
export function voucherOf({ conditions, category, ...made }: Made): Voucher {
  const voucherId = ids.next("voucher");
  const whole = { ...NO_CONDITIONS, ...conditions };
  const sellerId = made.sellerId ?? null;
  return {
    voucherId,
    code: voucherId.slice(4).toUpperCase(),
    version: 1,
    sellerId,
    titles: { en: "Test" },
    conditions: whole,
    category: categoryOf({ sellerId, benefit: made.benefit, conditions: whole }, category),
    firstOrder: false,
    mustCollect: false,
    isAutomatic: false,
    isListed: false,
    startsAt: NOW - 1,
    endsAt: NOW + 86_400_000,
    state: "active",
    currency: market.currency,
    createdBy: "test",
    createdAt: NOW,
    quota: null,
    perDay: null,
    perBuyer: null,
    perBuyerDay: null,
    budgetMinor: null,
    ...made,
  };
}

type Lines = readonly {
  readonly priceMinor: bigint;
  readonly quantity?: number;
  readonly product?: number;
}[];

export const parcelOf = (seller: number, lines: Lines, shippingMinor = 0n): BasketParcel => ({
  sellerId: SELLERS[seller] as Id<"seller">,
  shippingMinor,
  lines: lines.map(({ priceMinor, quantity = 1, product = 0 }) => ({
    lineId: ids.next("line"),
    offerId: ids.next("offer"),
    productId: PRODUCTS[product] as Id<"product">,
    categoryId: CATEGORIES[product % CATEGORIES.length] ?? null,
    unitPriceMinor: priceMinor,
    quantity,
  })),
});

export const basketOf = (parcels: readonly BasketParcel[], method: Basket["method"] = null): Basket => ({
  currency: market.currency,
  method,
  parcels,
});

export function ask(basket: Basket, standing: readonly Standing[], more: Partial<Asked> = {}): Asked {
  return {
    codes: standing.map(({ voucher }) => voucher.code),
    standing,
    basket,
    situation: { now: NOW, timeZone: market.timeZone, method: basket.method, isGuest: false },
    rules: market.voucher,
    purse,
    ...more,
  };
}

/** One voucher, asked for by its code. */
export const quoteOne = (basket: Basket, voucher: Voucher, usage: Usage = UNUSED) =>
  quote(ask(basket, [{ voucher, usage }]));

// Prices off the cash step are in it too, though no market has them: no total may go wrong by them.
const minor = (max: number) =>
  fc.oneof(
    fc.integer({ min: 0, max }).map((steps) => BigInt(steps) * market.cashStepMinor),
    fc.integer({ min: 0, max: max * 100 }).map(BigInt),
  );
const positive = (max: number) =>
  fc.integer({ min: 1, max }).map((steps) => BigInt(steps) * market.cashStepMinor);
const share = fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.constant(10_000), fc.constant(2_500));
const cap = fc.option(positive(600));
const discounted = fc.constantFrom("goods" as const, "shipping" as const);

const scope = fc.oneof(
  { weight: 3, arbitrary: fc.constant(ANYTHING) },
  fc.record({
    productIds: fc.subarray(PRODUCTS, { maxLength: 2 }),
    categoryIds: fc.subarray(CATEGORIES, { maxLength: 1 }),
    sellerIds: fc.subarray([...SELLERS], { maxLength: 1 }),
  }),
);

const benefit: fc.Arbitrary<Benefit> = fc.oneof(
  fc.record({ kind: fc.constant("fixed" as const), target: discounted, amountMinor: minor(1_500) }),
  fc.record({ kind: fc.constant("percent" as const), target: discounted, basisPoints: share, capMinor: cap }),
  fc.record({ kind: fc.constant("free_shipping" as const), capMinor: cap }),
  fc.record({
    kind: fc.constant("bxgy" as const),
    buyQuantity: fc.integer({ min: 1, max: 3 }),
    getQuantity: fc.integer({ min: 1, max: 2 }),
    basisPoints: share,
    get: fc.option(scope),
    capMinor: cap,
  }),
  fc.record({
    kind: fc.constant("cashback" as const),
    basisPoints: share,
    capMinor: cap,
    validForDays: fc.constant(30),
  }),
);

export const anyVoucher: fc.Arbitrary<Voucher> = fc
  .record({
    benefit,
    sellerId: fc.option(fc.constantFrom(...SELLERS)),
    minSpendMinor: fc.option(minor(3_000)),
    include: scope,
    exclude: fc.oneof({ weight: 4, arbitrary: fc.constant(ANYTHING) }, scope),
    category: fc.option(fc.constant("exclusive" as const), { freq: 5, nil: undefined }),
    isAutomatic: fc.boolean(),
  })
  .map(({ minSpendMinor, include, exclude, ...made }) =>
    voucherOf({ ...made, conditions: { minSpendMinor, include, exclude } }),
  );

const anyLine = fc.record({
  priceMinor: minor(1_000),
  quantity: fc.integer({ min: 1, max: 5 }),
  product: fc.integer({ min: 0, max: PRODUCTS.length - 1 }),
});

export const anyBasket: fc.Arbitrary<Basket> = fc
  .array(fc.tuple(fc.array(anyLine, { minLength: 1, maxLength: 4 }), minor(300)), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parcels) =>
    basketOf(parcels.map(([lines, shippingMinor], at) => parcelOf(at, lines, shippingMinor))),
  );
