import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import {
  type CommissionRule,
  commissionOf,
  decideEnd,
  decidePeriod,
  ruleFor,
  toBook,
} from "#services/catalog/seller/domain/commission";

const NOW = 1_800_000_000_000;
const ids = createIds({ now: () => NOW });
const by = ids.next("user");
const shops = [ids.next("seller"), ids.next("seller")] as const;
const products = [ids.next("product"), ids.next("product")] as const;
/** A chain of three, root first. */
const chain = [ids.next("category"), ids.next("category"), ids.next("category")] as const;
const nodes = chain.map((id, depth) => ({
  id,
  path: chain.slice(0, depth + 1),
  commissionBasisPoints: depth === 1 ? 700 : depth === 2 ? 700 : null,
}));
const market = { commission: { rateBasisPoints: 500, taxBasisPoints: 1_100 } };
const line = { sellerId: shops[0], productId: products[0], categoryId: chain[2] };

const rule = (fields: Partial<CommissionRule> = {}): CommissionRule => ({
  id: ids.next("commission"),
  sellerId: null,
  productId: null,
  categoryId: null,
  basisPoints: 100,
  fixedMinor: 0n,
  floorMinor: 0n,
  capMinor: null,
  startsAt: NOW,
  endsAt: null,
  note: "test",
  createdBy: by,
  createdAt: NOW,
  endedBy: null,
  endedAt: null,
  endReason: null,
  ...fields,
});

/** The most specific first, as the README has it. */
const LADDER: readonly Partial<CommissionRule>[] = [
  { productId: products[0], sellerId: shops[0] },
  { productId: products[0] },
  { categoryId: chain[2], sellerId: shops[0] },
  { categoryId: chain[2] },
  { categoryId: chain[1], sellerId: shops[0] },
  { categoryId: chain[1] },
  { categoryId: chain[0], sellerId: shops[0] },
  { categoryId: chain[0] },
  { sellerId: shops[0] },
  {},
];

test("the most specific rule wins, in whatever order rules were made", () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(
        LADDER.map((_, i) => i),
        { minLength: 1 },
      ),
      (rungs) => {
        const rules = rungs.map((rung) => rule({ ...LADDER[rung], basisPoints: rung }));
        const best = Math.min(...rungs);
        expect(ruleFor(toBook(rules, nodes), line, NOW)?.basisPoints).toBe(best);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("of equal rules the one that began later holds, while it lasts", () => {
  const standing = rule({ basisPoints: 1 });
  const campaign = rule({ basisPoints: 3, startsAt: NOW + 2, endsAt: NOW + 10 });
  const short = rule({ basisPoints: 2, startsAt: NOW + 5, endsAt: NOW + 6 });
  const book = toBook([standing, short, campaign], []);
  const rateAt = (at: number) => commissionOf(book, line, 10_000n, 1, at, market).basisPoints;
  expect([NOW - 1, NOW, NOW + 2, NOW + 5, NOW + 6, NOW + 10].map(rateAt)).toEqual([500, 1, 3, 2, 3, 1]);
});

test("without a rule the nearest rate of the category holds, then the market's", () => {
  const book = toBook([], nodes);
  const rate = (categoryId: Id<"category"> | null) =>
    commissionOf(book, { ...line, categoryId }, 100_000n, 1, NOW, market);
  expect(rate(chain[2])).toEqual({ ruleId: null, basisPoints: 700, minor: 7_000n, taxMinor: 770n });
  expect([rate(chain[0]).basisPoints, rate(null).basisPoints]).toEqual([500, 500]);
});

const someRule = fc
  .record({
    sellerId: fc.constantFrom(null, ...shops),
    goods: fc.constantFrom(null, ...products, ...chain),
    basisPoints: fc.integer({ min: 0, max: 10_000 }),
    fixedMinor: fc.bigInt(0n, 5_000n),
    floorMinor: fc.bigInt(0n, 3_000n),
    above: fc.option(fc.bigInt(0n, 5_000n)),
    startsAt: fc.integer({ min: NOW, max: NOW + 20 }),
    lasts: fc.option(fc.integer({ min: 1, max: 20 })),
  })
  .map(({ goods, above, lasts, ...fields }) =>
    rule({
      ...fields,
      productId: products.find((id) => id === goods) ?? null,
      categoryId: chain.find((id) => id === goods) ?? null,
      capMinor: above === null ? null : fields.floorMinor + above,
      endsAt: lasts === null ? null : fields.startsAt + lasts,
    }),
  );
const someSale = fc.record({
  baseMinor: fc.bigInt(0n, 10n ** 12n),
  quantity: fc.integer({ min: 1, max: 500 }),
  at: fc.integer({ min: NOW, max: NOW + 30 }),
});

test("what is kept lies between floor and cap and never above what came in", () => {
  fc.assert(
    fc.property(fc.array(someRule, { maxLength: 8 }), someSale, (rules, { baseMinor, quantity, at }) => {
      const kept = commissionOf(toBook(rules, nodes), line, baseMinor, quantity, at, market);
      const found = rules.find(({ id }) => id === kept.ruleId);
      const units = BigInt(quantity);
      const floor = (found?.floorMinor ?? 0n) * units;
      expect(kept.minor >= 0n && kept.minor <= baseMinor).toBe(true);
      expect(kept.minor >= (floor < baseMinor ? floor : baseMinor)).toBe(true);
      if (found?.capMinor != null) expect(kept.minor <= found.capMinor * units).toBe(true);
      expect(kept.taxMinor).toBe((kept.minor * 1_100n + 5_000n) / 10_000n);
    }),
    { numRuns: 10_000 },
  );
});

test("what is made or ended later changes no earlier sale", () => {
  fc.assert(
    fc.property(
      fc.array(someRule, { maxLength: 6 }),
      fc.array(someRule, { maxLength: 3 }),
      someSale,
      fc.integer({ min: 0, max: 5 }),
      (rules, news, { baseMinor, quantity, at }, pick) => {
        const sell = (among: readonly CommissionRule[]) =>
          commissionOf(toBook(among, nodes), line, baseMinor, quantity, at, market);
        const before = sell(rules);
        const later = at + 1;
        const made = news.flatMap((one) => {
          const period = decidePeriod({ startsAt: Math.max(one.startsAt, later) }, later);
          return period.ok ? [{ ...one, ...period.value, createdAt: later }] : [];
        });
        const ended = rules.map((one, i) => {
          const end = i === pick ? decideEnd(one, { by, reason: "over" }, later) : undefined;
          return end?.ok ? end.value : one;
        });
        expect(sell([...ended, ...made])).toEqual(before);
      },
    ),
    { numRuns: 10_000 },
  );
});

test("a rule neither begins before it is made nor ends before it is ended, and ends once", () => {
  expect(decidePeriod({ startsAt: NOW - 1 }, NOW)).toEqual({ ok: false, code: "commission.period" });
  expect(decidePeriod({ startsAt: NOW, endsAt: NOW }, NOW)).toEqual({ ok: false, code: "commission.period" });
  const open = rule({ endsAt: NOW + 10 });
  const end = (endsAt: number | undefined, now = NOW) => decideEnd(open, { by, reason: "over", endsAt }, now);
  expect(end(undefined)).toMatchObject({ value: { endsAt: NOW, endedBy: by, endReason: "over" } });
  expect([end(NOW - 1), end(NOW + 11)].map((one) => one.ok)).toEqual([false, false]);
  expect(end(undefined, NOW + 10)).toEqual({ ok: false, code: "commission.ended" });
  const ended = end(NOW + 5);
  expect(ended.ok && decideEnd(ended.value, { by, reason: "again" }, NOW)).toMatchObject({ ok: false });
});
