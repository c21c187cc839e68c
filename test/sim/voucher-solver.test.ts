import fc from "fast-check";
import { expect, test } from "vitest";
import { type Basket, slotsOf } from "#services/transaction/voucher/domain/basket";
import { type Candidate, candidateOf } from "#services/transaction/voucher/domain/benefit";
import { type Quoted, quote, type Standing } from "#services/transaction/voucher/domain/quote";
import { type Redeemed, reprice } from "#services/transaction/voucher/domain/reprice";
import {
  applyAll,
  bestCombination,
  type Combination,
  inOrder,
  type Rules,
} from "#services/transaction/voucher/domain/solver";
import type { Voucher } from "#services/transaction/voucher/domain/terms";
import { anyBasket, anyVoucher, ask, market, purse, UNUSED } from "../support/voucher-baskets.ts";

const RUNS = 10_000;
/** Brute force tries every subset of them. */
const VOUCHERS_MAX = 6;

const vouchers = fc.array(anyVoucher, { minLength: 1, maxLength: VOUCHERS_MAX });
const rules: fc.Arbitrary<Rules> = fc.record({
  perCheckoutMax: fc.integer({ min: 1, max: 5 }),
  perCategoryMax: fc.record({
    platform: fc.integer({ min: 0, max: 2 }),
    seller: fc.integer({ min: 0, max: 2 }),
    shipping: fc.integer({ min: 0, max: 2 }),
    payment: fc.integer({ min: 0, max: 1 }),
    cashback: fc.integer({ min: 0, max: 2 }),
  }),
  jointCategories: fc.subarray(["shipping", "payment", "cashback"] as const),
});

const standingOf = (all: readonly Voucher[]): readonly Standing[] =>
  all.map((voucher) => ({ voucher, usage: UNUSED }));
const worthOf = ({ discountMinor, cashbackMinor }: Combination): bigint => discountMinor + cashbackMinor;
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);
const gainOf = ({ applied }: Pick<Quoted, "applied">): bigint =>
  sum(applied.map(({ amountMinor }) => amountMinor));

/** The stacking rules once more, as a person would read them. */
function isAllowed(chosen: readonly Candidate[], { perCheckoutMax, perCategoryMax, jointCategories }: Rules) {
  const lonely = chosen.filter(({ category }) => category === "exclusive");
  const joint = new Set<string>(jointCategories);
  if (lonely.length > 1 || chosen.length > perCheckoutMax) return false;
  if (lonely.length === 1 && chosen.some((one) => !lonely.includes(one) && !joint.has(one.category)))
    return false;
  const groups = Map.groupBy(chosen, ({ category, sellerId }) => `${category} ${sellerId}`);
  return [...groups.values()].every(([first, ...rest]) => {
    const category = first?.category ?? "exclusive";
    return category === "exclusive" || rest.length < perCategoryMax[category];
  });
}

function bruteForce(candidates: readonly Candidate[], basket: Basket, given: Rules): bigint {
  const slots = slotsOf(basket);
  let best = 0n;
  for (let set = 0; set < 2 ** candidates.length; set += 1) {
    const chosen = candidates.filter((_, at) => (set >> at) % 2 === 1);
    if (!isAllowed(chosen, given)) continue;
    const worth = worthOf(applyAll(inOrder(chosen), slots, purse));
    if (worth > best) best = worth;
  }
  return best;
}

test("the solver finds what trying every set finds", () => {
  fc.assert(
    fc.property(anyBasket, vouchers, rules, (basket, all, given) => {
      const slots = slotsOf(basket);
      const candidates = all.map((voucher) => candidateOf(voucher, slots));
      const found = bestCombination(candidates, slots, { rules: given, purse });
      expect(worthOf(found)).toBe(bruteForce(candidates, basket, given));
      expect(
        isAllowed(
          found.uses.map(({ candidate }) => candidate),
          given,
        ),
      ).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

/** What is wrong with the amounts, one expectation for all of them. */
function expectWhole(basket: Basket, { applied, cashbackMinor }: Quoted): void {
  const wrong: string[] = [];
  const check = (holds: boolean, what: string) => {
    if (!holds) wrong.push(what);
  };
  const lines = new Map<string, bigint>(
    basket.parcels.flatMap(({ sellerId, shippingMinor, lines: own }) => [
      [`${sellerId} null`, shippingMinor] as const,
      ...own.map(
        (line) => [`${sellerId} ${line.lineId}`, line.unitPriceMinor * BigInt(line.quantity)] as const,
      ),
    ]),
  );
  const isStepped = (minor: bigint) => minor > 0n && minor % market.cashStepMinor === 0n;
  for (const { code, target, amountMinor, shares, sellerId } of applied) {
    check(isStepped(amountMinor), `${code} takes ${amountMinor}`);
    check(sum(shares.map(({ minor }) => minor)) === amountMinor, `shares of ${code}`);
    for (const share of shares) {
      check(isStepped(share.minor), `a share of ${code} is ${share.minor}`);
      check(sellerId === null || sellerId === share.sellerId, `${code} in a foreign shop`);
      check((share.lineId === null) === (target === "shipping"), `${code} off the wrong thing`);
      if (target === "cashback") continue;
      const name = `${share.sellerId} ${share.lineId}`;
      lines.set(name, (lines.get(name) ?? -1n) - share.minor);
    }
  }
  for (const [name, left] of lines) check(left >= 0n, `${name} is at ${left}`);
  const back = applied.filter(({ target }) => target === "cashback").map(({ amountMinor }) => amountMinor);
  check(cashbackMinor === sum(back), "cashback");
  expect(wrong).toEqual([]);
}

test("shares add up, no line or parcel goes below nothing, every code is answered once", () => {
  fc.assert(
    fc.property(anyBasket, vouchers, (basket, all) => {
      const quoted = quote(ask(basket, standingOf(all)));
      expectWhole(basket, quoted);
      const answered = [...quoted.applied, ...quoted.rejected].map(({ code }) => code);
      expect(answered.toSorted()).toEqual(all.map(({ code }) => code).toSorted());
    }),
    { numRuns: RUNS },
  );
});

test("the order of codes, vouchers, parcels and lines does not matter; a code less never gains", () => {
  const turned = <T>(items: readonly T[], by: number) =>
    [...items.slice(by), ...items.slice(0, by)].toReversed();
  fc.assert(
    fc.property(anyBasket, vouchers, fc.nat(VOUCHERS_MAX), (basket, all, by) => {
      const standing = standingOf(all);
      const quoted = quote(ask(basket, standing));
      const parcels = turned(
        basket.parcels.map((parcel) => ({ ...parcel, lines: turned(parcel.lines, by) })),
        by,
      );
      const codes = turned(all, by).map(({ code }) => ` ${code.toLowerCase()} `);
      expect(quote(ask({ ...basket, parcels }, turned(standing, by), { codes }))).toEqual(quoted);
      for (const { code } of all) {
        const fewer = ask(basket, standing, {
          codes: all.map((one) => one.code).filter((one) => one !== code),
        });
        expect(gainOf(quote(fewer))).toBeLessThanOrEqual(gainOf(quoted));
      }
    }),
    { numRuns: RUNS / 2 },
  );
});

/** As the redemption keeps it. */
const redeemedOf = ({ applied }: Quoted, all: readonly Voucher[]): readonly Redeemed[] =>
  applied.flatMap(({ voucherId, amountMinor }) => {
    const voucher = all.find((one) => one.voucherId === voucherId);
    return voucher ? [{ ...voucher, amountMinor, isReleased: false }] : [];
  });

test("what is kept of a basket has the same vouchers at most, and none gives more than before", () => {
  const part = fc.array(fc.nat(5), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(anyBasket, vouchers, part, (basket, all, gone) => {
      const quoted = quote(ask(basket, standingOf(all)));
      const redeemed = redeemedOf(quoted, all);
      let at = 0;
      const parcels = basket.parcels.map((parcel) => ({
        ...parcel,
        lines: parcel.lines.flatMap((line) => {
          const quantity = line.quantity - (gone[at++] ?? 0);
          return quantity > 0 ? [{ ...line, quantity }] : [];
        }),
      }));
      const kept = reprice(redeemed, { ...basket, parcels }, purse);
      expectWhole({ ...basket, parcels }, { ...kept, rejected: [] });
      for (const { voucherId, amountMinor } of kept.applied) {
        const before = quoted.applied.find((one) => one.voucherId === voucherId);
        expect(amountMinor).toBeLessThanOrEqual(before?.amountMinor ?? -1n);
      }
      // Nothing gone: nothing changes.
      expect(reprice(redeemed, basket, purse)).toEqual({
        applied: quoted.applied,
        lost: [],
        discountMinor: sum(
          quoted.applied.filter(({ target }) => target !== "cashback").map((one) => one.amountMinor),
        ),
        cashbackMinor: quoted.cashbackMinor,
      });
    }),
    { numRuns: RUNS },
  );
});
