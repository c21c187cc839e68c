import fc from "fast-check";
import { expect, test } from "vitest";
import { allocate, larger, smaller } from "#kernel/money";

const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 })
  .filter((all) => all.some((weight) => weight > 0n));
const step = fc.constantFrom(1n, 5n, 100n);
const steps = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });

test("parts add up, keep to the step, and are nowhere a whole step from their share", () => {
  fc.assert(
    fc.property(steps, step, weights, (count, size, given) => {
      const total = { minor: count * size, currency: "IDR" as const };
      const sum = given.reduce((a, b) => a + b, 0n);
      const parts = allocate(total, given, size);
      expect(parts.reduce((a, { minor }) => a + minor, 0n)).toBe(total.minor);
      for (const [index, { minor, currency }] of parts.entries()) {
        expect([minor % size, currency]).toEqual([0n, "IDR"]);
        const off = minor * sum - total.minor * (given[index] ?? 0n);
        expect(larger(off, -off)).toBeLessThan(size * sum);
      }
    }),
  );
});

test("who weighs more gets no less, who weighs nothing nothing; a debt is split as its credit", () => {
  fc.assert(
    fc.property(steps, step, weights, (count, size, given) => {
      const total = { minor: larger(count, -count) * size, currency: "SGD" as const };
      const parts = allocate(total, given, size).map(({ minor }) => minor);
      for (const [a, one] of given.entries()) {
        if (one === 0n) expect(parts[a]).toBe(0n);
        for (const [b, other] of given.entries()) {
          if (one > other) expect(smaller(parts[a] ?? 0n, parts[b] ?? 0n)).toBe(parts[b]);
        }
      }
      const debt = allocate({ ...total, minor: -total.minor }, given, size);
      expect(debt.map(({ minor }) => -minor)).toEqual(parts);
    }),
  );
});

test.each<[string, bigint, readonly bigint[], bigint, readonly bigint[]]>([
  ["largest remainders first", 100n, [1n, 1n, 1n], 1n, [34n, 33n, 33n]],
  ["the larger remainder before the earlier part", 10n, [1n, 2n], 1n, [3n, 7n]],
  ["whole rupiah", 100_000n, [1n, 1n, 1n], 100n, [33_400n, 33_300n, 33_300n]],
  ["nothing to split", 0n, [1n, 2n], 100n, [0n, 0n]],
])("%s", (_, minor, given, size, parts) => {
  expect(allocate({ minor, currency: "IDR" }, given, size).map((part) => part.minor)).toEqual(parts);
});

test.each<[string, bigint, readonly bigint[], bigint]>([
  ["nobody to give it to", 100n, [], 1n],
  ["weights that are all nought", 100n, [0n, 0n], 1n],
  ["a weight below nought", 100n, [2n, -1n], 1n],
  ["a total off the step", 150n, [1n], 100n],
  ["a step of nought", 100n, [1n], 0n],
])("%s is refused", (_, minor, given, size) => {
  expect(() => allocate({ minor, currency: "IDR" }, given, size)).toThrow(RangeError);
});
