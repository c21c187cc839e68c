import { describe, expect, test } from "vitest";
import { HOUR_MS } from "#kernel/clock";
import { slotsOf } from "#services/transaction/voucher/domain/basket";
import { candidateOf } from "#services/transaction/voucher/domain/benefit";
import { earnedOf } from "#services/transaction/voucher/domain/earning";
import { isWithin } from "#services/transaction/voucher/domain/eligibility";
import { explain } from "#services/transaction/voucher/domain/explain";
import { knownCodes, quote } from "#services/transaction/voucher/domain/quote";
import { reprice } from "#services/transaction/voucher/domain/reprice";
import { bestCombination } from "#services/transaction/voucher/domain/solver";
import type { Benefit, Conditions, Voucher } from "#services/transaction/voucher/domain/terms";
import {
  ANYTHING,
  ask,
  basketOf,
  CATEGORIES,
  ids,
  market,
  NO_CONDITIONS,
  NOW,
  PRODUCTS,
  parcelOf,
  purse,
  quoteOne,
  SELLERS,
  UNUSED,
  voucherOf,
} from "../../support/voucher-baskets.ts";

const [first = ids.next("product"), second = ids.next("product")] = PRODUCTS;
/** 3 units of 1,000 rupiah and 2 of 500, and 200 for shipping. */
const PARCEL = parcelOf(
  0,
  [
    { priceMinor: 100_000n, quantity: 3, product: 0 },
    { priceMinor: 50_000n, quantity: 2, product: 1 },
  ],
  20_000n,
);
const BASKET = basketOf([PARCEL], "qris");
const percent = (basisPoints: number, capMinor: bigint | null = null): Benefit => {
  return { kind: "percent", target: "goods", basisPoints, capMinor };
};
const fixed = (amountMinor: bigint): Benefit => ({ kind: "fixed", target: "goods", amountMinor });
const bxgy = (
  buyQuantity: number,
  getQuantity: number,
  more: Partial<Benefit & { kind: "bxgy" }> = {},
): Benefit => {
  return { kind: "bxgy", buyQuantity, getQuantity, basisPoints: 10_000, get: null, capMinor: null, ...more };
};

const AMOUNTS: readonly (readonly [string, Benefit, bigint, readonly bigint[]])[] = [
  ["a fixed amount, by what the lines cost", fixed(40_000n), 40_000n, [30_000n, 10_000n]],
  ["never more than there is", fixed(1_000_000n), 400_000n, [300_000n, 100_000n]],
  ["the remainder to the largest fraction, in cash steps", fixed(10_100n), 10_100n, [7_600n, 2_500n]],
  ["a share", percent(1_000), 40_000n, [30_000n, 10_000n]],
  ["a share, rounded half up to the cash step", percent(1), 0n, []],
  ["a share up to its cap", percent(5_000, 100_000n), 100_000n, [75_000n, 25_000n]],
  ["shipping", { kind: "free_shipping", capMinor: null }, 20_000n, [20_000n]],
  ["shipping up to a cap", { kind: "free_shipping", capMinor: 15_000n }, 15_000n, [15_000n]],
  [
    "half of the shipping",
    { kind: "percent", target: "shipping", basisPoints: 5_000, capMinor: null },
    10_000n,
    [10_000n],
  ],
  ["buy two get one: of five units the cheapest", bxgy(2, 1), 50_000n, [50_000n]],
  ["buy one get one: two pairs", bxgy(1, 1), 100_000n, [100_000n]],
  ["buy one get one at half", bxgy(1, 1, { basisPoints: 5_000 }), 50_000n, [50_000n]],
  ["buy four get two: too few", bxgy(4, 2), 0n, []],
  [
    "buy one of these get one of those",
    bxgy(1, 1, { get: { ...ANYTHING, productIds: [second] } }),
    100_000n,
    [100_000n],
  ],
  [
    "buy two of these get one of those",
    bxgy(2, 1, { get: { ...ANYTHING, productIds: [second] } }),
    50_000n,
    [50_000n],
  ],
];

describe("what a benefit takes off", () => {
  test.each(AMOUNTS)("%s", (_, benefit, amount, shares) => {
    const { applied, rejected } = quoteOne(BASKET, voucherOf({ benefit }));
    const given = applied.flatMap((one) => one.shares.map(({ minor }) => minor));
    expect(given.toSorted((a, b) => Number(b - a))).toEqual(shares);
    expect(applied.reduce((sum, one) => sum + one.amountMinor, 0n)).toBe(amount);
    expect(rejected.map(({ reason }) => reason)).toEqual(amount === 0n ? ["no_effect"] : []);
  });
});

type Refused = readonly [
  string,
  Partial<Omit<Voucher, "conditions">>,
  Partial<Conditions>,
  Partial<typeof UNUSED>,
  string,
];
const EVENING = { days: [], from: "18:00", until: "20:00" };
// In the order of the checks.
const REFUSED: readonly Refused[] = [
  ["is over", { endsAt: NOW }, {}, {}, "ended It is over."],
  ["was ended", { state: "ended" }, {}, {}, "ended It is over."],
  ["is paused", { state: "paused" }, {}, {}, "paused It is paused at the moment."],
  [
    "is to come",
    { startsAt: NOW + HOUR_MS },
    {},
    {},
    "not_started It has not begun. Starts at 12 Jun 2030, 13:00.",
  ],
  ["is used up", { quota: 3 }, {}, { used: 3 }, "exhausted It is used up."],
  [
    "has too little left",
    { budgetMinor: 50_000n },
    {},
    { spentMinor: 10_001n },
    "budget_exhausted Its budget is used up.",
  ],
  [
    "is used up today",
    { perDay: 1 },
    {},
    { usedToday: 1 },
    "day_exhausted It is used up for today. Starts at 13 Jun 2030, 00:00.",
  ],
  [
    "must be collected",
    { mustCollect: true },
    {},
    {},
    "not_collected It has to be collected first. Collect it.",
  ],
  [
    "is for a first order",
    { firstOrder: true },
    {},
    { isPatron: true },
    "first_order_only It is for a first order only.",
  ],
  ["was used by him", { perBuyer: 2 }, {}, { mine: 2 }, "buyer_limit You have used it as often as you may."],
  [
    "is for the evening",
    {},
    { hours: [EVENING] },
    {},
    "outside_hours It holds at other hours. Starts at 12 Jun 2030, 18:00.",
  ],
  [
    "is for other goods",
    {},
    { include: { ...ANYTHING, sellerIds: [SELLERS[1]] } },
    {},
    "no_eligible_goods Nothing in the basket is part of it. Add goods that are part of it.",
  ],
  [
    "leaves these goods out",
    {},
    { exclude: { ...ANYTHING, sellerIds: [SELLERS[0]] } },
    {},
    "no_eligible_goods Nothing in the basket is part of it. Add goods that are part of it.",
  ],
  [
    "asks for more goods",
    {},
    { minSpendMinor: 2_900_000n },
    {},
    "min_spend The goods are below its minimum. Spend Rp 25.000 more.",
  ],
  [
    "asks for a card",
    {},
    { methods: ["card", "wallet"] },
    {},
    "method It asks for another way to pay. Use a card or the wallet.",
  ],
];

describe("why a code does not apply", () => {
  test.each(REFUSED)("it %s", (_, terms, conditions, usage, expected) => {
    const voucher = voucherOf({ benefit: fixed(40_000n), ...terms, conditions });
    const { applied, rejected } = quoteOne(BASKET, voucher, { ...UNUSED, ...usage });
    expect(applied).toEqual([]);
    const [why] = rejected;
    if (!why) throw new Error("it applies");
    const speaking = { locale: "en", language: "en-ID", currency: "IDR", timeZone: market.timeZone } as const;
    expect(`${why.reason} ${explain(why, speaking)}`).toBe(expected);
    expect(explain(why, { ...speaking, locale: "id" })).not.toBe(explain(why, speaking));
  });

  test("every reason is told, what stands first first", () => {
    const voucher = voucherOf({
      benefit: fixed(40_000n),
      mustCollect: true,
      conditions: { minSpendMinor: 500_000n, methods: ["card"] },
    });
    const [why] = quoteOne(BASKET, voucher).rejected;
    expect(why?.reasons).toEqual(["not_collected", "min_spend", "method"]);
    expect(why?.needs.map(({ kind }) => kind)).toEqual(["collect", "spend_more", "use_method"]);
  });

  test("a guest has no wallet for a cashback", () => {
    const voucher = voucherOf({
      benefit: { kind: "cashback", basisPoints: 1_000, capMinor: null, validForDays: 1 },
    });
    const standing = [{ voucher, usage: UNUSED }];
    const { situation } = ask(BASKET, standing);
    const quoted = quote(ask(BASKET, standing, { situation: { ...situation, isGuest: true } }));
    expect(quoted.rejected.map(({ reason }) => reason)).toEqual(["sign_in"]);
    expect(quote(ask(BASKET, standing)).cashbackMinor).toBe(40_000n);
  });

  test("a category is met by its goods, and a line of none by no category", () => {
    const [category] = CATEGORIES;
    if (!category) throw new Error("there are categories");
    const conditions = { include: { ...ANYTHING, categoryIds: [category] } };
    const voucher = voucherOf({ benefit: percent(10_000), conditions });
    expect(quoteOne(BASKET, voucher).applied.map((one) => one.amountMinor)).toEqual([300_000n]);
    const bare = { ...PARCEL, lines: PARCEL.lines.map((line) => ({ ...line, categoryId: null })) };
    expect(quoteOne(basketOf([bare]), voucher).applied).toEqual([]);
  });
});

describe("what stands beside what", () => {
  const codesOf = (vouchers: readonly Voucher[], basket = BASKET) =>
    quote(
      ask(
        basket,
        vouchers.map((voucher) => ({ voucher, usage: UNUSED })),
      ),
    );
  const shop = (seller: 0 | 1, amountMinor: bigint) =>
    voucherOf({ benefit: fixed(amountMinor), sellerId: SELLERS[seller] });

  test("a shop's voucher comes before the platform's, which is of what is left", () => {
    const own = shop(0, 100_000n);
    const platform = voucherOf({ benefit: percent(1_000) });
    const back = voucherOf({
      benefit: { kind: "cashback", basisPoints: 1_000, capMinor: null, validForDays: 1 },
    });
    const { applied } = codesOf([back, platform, own]);
    expect(applied.map(({ code, amountMinor }) => [code, amountMinor])).toEqual([
      [own.code, 100_000n],
      [platform.code, 30_000n],
      [back.code, 27_000n],
    ]);
  });

  test("one of each kind; of every shop one", () => {
    const basket = basketOf([PARCEL, parcelOf(1, [{ priceMinor: 200_000n }])]);
    const small = shop(0, 10_000n);
    const vouchers = [small, shop(0, 20_000n), shop(1, 30_000n)];
    const { applied, rejected } = codesOf(vouchers, basket);
    expect(new Set(applied.map(({ amountMinor }) => amountMinor))).toEqual(new Set([20_000n, 30_000n]));
    const codes = [vouchers[1]?.code ?? ""];
    expect(rejected).toMatchObject([
      { code: small.code, reason: "not_combinable", needs: [{ kind: "without", codes }] },
    ]);
  });

  test("one that stands alone, but for what the market lets stand beside anything", () => {
    const alone = voucherOf({ benefit: fixed(200_000n), category: "exclusive" });
    const free = voucherOf({ benefit: { kind: "free_shipping", capMinor: null } });
    const others = [shop(0, 80_000n), voucherOf({ benefit: fixed(90_000n) })];
    expect(codesOf([alone, free, ...others]).applied.map(({ code }) => code)).toEqual([
      alone.code,
      free.code,
    ]);
    const small = voucherOf({ benefit: fixed(150_000n), category: "exclusive" });
    expect(codesOf([small, ...others]).applied.map(({ amountMinor }) => amountMinor)).toEqual([
      80_000n,
      90_000n,
    ]);
  });

  test("with the same worth: more now, then fewer, then by the code", () => {
    const back = voucherOf({
      benefit: { kind: "cashback", basisPoints: 10_000, capMinor: 5_000n, validForDays: 1 },
    });
    const off = voucherOf({ benefit: fixed(5_000n) });
    const rules = { ...market.voucher, perCheckoutMax: 1 };
    const slots = slotsOf(BASKET);
    const best = (vouchers: readonly Voucher[]) =>
      bestCombination(
        vouchers.map((one) => candidateOf(one, slots)),
        slots,
        { rules, purse },
      );
    expect(best([back, off]).uses.map(({ candidate }) => candidate.code)).toEqual([off.code]);
    const twins = [
      voucherOf({ benefit: fixed(5_000n), code: "B" }),
      voucherOf({ benefit: fixed(5_000n), code: "A" }),
    ];
    expect(best(twins).uses.map(({ candidate }) => candidate.code)).toEqual(["A"]);
  });

  test("codes count once in any spelling, and eight are tried", () => {
    const { tried, surplus } = knownCodes([" a ", "A", "", ..."hgfedcbi"]);
    expect(tried).toEqual([..."ABCDEFGH"]);
    expect(surplus).toEqual(["I"]);
  });
});

test("a threshold is missed when a part goes back, and what is left of a part keeps its share", () => {
  const voucher = voucherOf({ benefit: percent(1_000, 25_000n), conditions: { minSpendMinor: 300_000n } });
  const redeemed = [{ ...voucher, amountMinor: 25_000n, isReleased: false }];
  const keep = (quantities: readonly number[]) => {
    const lines = PARCEL.lines.map((line, at) => ({ ...line, quantity: quantities[at] ?? 0 }));
    const kept = { ...PARCEL, lines: lines.filter(({ quantity }) => quantity > 0) };
    return reprice(redeemed, basketOf([kept]), purse);
  };
  expect(keep([3, 1])).toMatchObject({ discountMinor: 25_000n, lost: [] });
  expect(keep([2, 1])).toMatchObject({
    discountMinor: 0n,
    lost: [{ code: voucher.code, reason: "min_spend" }],
  });
  expect(
    reprice(
      redeemed.map((one) => ({ ...one, isReleased: true })),
      BASKET,
      purse,
    ),
  ).toMatchObject({
    applied: [],
    discountMinor: 0n,
  });
});

test("hours are of the market's clock, and an evening goes on past midnight", () => {
  const at = (time: string) => Date.parse(`2030-06-12T${time}:00+07:00`);
  const late = { days: [3], from: "22:00", until: "02:00" };
  const within = (time: string) => isWithin(late, at(time), "Asia/Jakarta");
  // The twelfth is a Wednesday.
  expect(["21:59", "22:00", "23:59"].map(within)).toEqual([false, true, true]);
  expect(["00:00", "01:59"].map(within)).toEqual([false, false]);
  const next = (time: string) => isWithin(late, Date.parse(`2030-06-13T${time}:00+07:00`), "Asia/Jakarta");
  expect(["00:00", "01:59", "02:00"].map(next)).toEqual([true, true, false]);
});

test("a cashback is of what was kept of the goods that it is about", () => {
  const line = (product: typeof first, quantity: number, returned: number) => ({
    lineId: ids.next("line"),
    offerId: ids.next("offer"),
    productId: product,
    categoryId: null,
    unitPriceMinor: 100_000n,
    quantity,
    returned,
  });
  const earn = (productIds: readonly (typeof first)[], returned: number) =>
    earnedOf(
      {
        sellerId: null,
        orderOf: SELLERS[0],
        conditions: { ...NO_CONDITIONS, include: { ...ANYTHING, productIds: [...productIds] } },
        amountMinor: 10_000n,
        lines: [line(first, 3, returned), line(second, 1, 0)],
      },
      100n,
    );
  expect([0, 1, 3].map((returned) => earn([first], returned))).toEqual([10_000n, 6_600n, 0n]);
  expect(earn([second], 3)).toBe(10_000n);
  expect(earn([], 2)).toBe(5_000n);
});
