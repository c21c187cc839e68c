import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import { smaller } from "#kernel/money";
import type { AmountLine, Amounts } from "#services/transaction/refund/domain/amounts";
import { cutTo } from "#services/transaction/refund/domain/unstick";

const ids = createIds({ now: () => 1 });
const minor = fc.bigInt({ min: 0n, max: 9_000_000n });

const lineId = ids.next("line");

const eachOf = (line: AmountLine, part: (minor: bigint) => bigint): AmountLine => {
  const { lineId: of, quantity, ...amounts } = line;
  const cut = Object.entries(amounts).map(([name, whole]) => [name, part(whole)]);
  return { lineId: of, quantity, ...(Object.fromEntries(cut) as typeof amounts) };
};

/** Every amount another one, so that none is taken for its neighbour. */
function amountsOf(toBuyerMinor: bigint, fromSellerMinor: bigint, other: bigint): Amounts {
  const discounts = { discountMinor: other + 1n, sellerDiscountMinor: other + 2n, taxMinor: other + 3n };
  const commission = { commissionMinor: other + 4n, commissionTaxMinor: other + 5n };
  const line = { lineId, quantity: 1, goodsMinor: other + 6n, grossMinor: other + 7n };
  const fromPlatformMinor = toBuyerMinor - fromSellerMinor;
  return {
    lines: [{ ...line, ...discounts, ...commission }],
    ...{ shippingMinor: other, withheldMinor: other, taxMinor: other, isWhole: false },
    ...{ toBuyerMinor, fromSellerMinor, fromPlatformMinor },
    ...{ commissionBackMinor: other, commissionTaxBackMinor: other },
  };
}

test("a refund of which others paid a part is cut to what is left, and is borne by the same two", () => {
  fc.assert(
    fc.property(minor, minor, minor, minor, (toBuyer, seller, other, left) => {
      const fromSeller = smaller(seller, toBuyer);
      const all = amountsOf(toBuyer, fromSeller, other);
      const cut = cutTo(all, left);
      const part = (whole: bigint) => (left >= toBuyer ? whole : (whole * left) / toBuyer);
      expect(cut.toBuyerMinor).toBe(smaller(left, toBuyer));
      expect(cut.fromSellerMinor + cut.fromPlatformMinor).toBe(cut.toBuyerMinor);
      expect(cut.fromSellerMinor).toBeLessThanOrEqual(fromSeller);
      const shared = amountsOf(cut.toBuyerMinor, cut.fromSellerMinor, part(other));
      expect(cut).toEqual({ ...shared, lines: all.lines.map((line) => eachOf(line, part)) });
      if (left === 0n) expect([cut.fromSellerMinor, cut.fromPlatformMinor]).toEqual([0n, 0n]);
    }),
    { numRuns: 10_000 },
  );
});
