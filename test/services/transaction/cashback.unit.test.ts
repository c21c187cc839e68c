import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import { keptOf } from "#services/transaction/voucher/domain/earning";

const ids = createIds({ now: () => 1 });
const LINES = [ids.next("line"), ids.next("line"), ids.next("line")] as const;

const weights = fc.array(
  fc.record({ unit: fc.integer({ min: 1, max: 90_000 }), quantity: fc.integer({ min: 1, max: 5 }) }),
  { minLength: 1, maxLength: LINES.length },
);
const returns = fc.array(fc.tuple(fc.nat({ max: LINES.length - 1 }), fc.integer({ min: 1, max: 3 })), {
  maxLength: 9,
});

test("a cashback of what was kept only shrinks, and is nothing when all is back", () => {
  fc.assert(
    fc.property(weights, returns, fc.bigInt({ min: 100n, max: 500_000n }), (bought, told, amount) => {
      const lines = bought.map(({ unit, quantity }, at) => {
        return { lineId: LINES[at] ?? LINES[0], unitMinor: String(unit), quantity };
      });
      const back = told.map(([at, quantity]) => ({ lineId: LINES[at] ?? LINES[0], quantity }));
      let before = amount;
      for (let count = 0; count <= back.length; count += 1) {
        const kept = keptOf(amount, lines, back.slice(0, count), 100n);
        expect(kept).toBeLessThanOrEqual(before);
        expect(kept).toBeGreaterThanOrEqual(0n);
        before = kept;
      }
      const orderless = keptOf(amount, lines.toReversed(), back.toReversed(), 100n);
      expect(orderless).toBe(before);
      const all = lines.map(({ lineId, quantity }) => ({ lineId, quantity }));
      expect(keptOf(amount, lines, [...back, ...all], 100n)).toBe(0n);
    }),
    { numRuns: 10_000 },
  );
});
