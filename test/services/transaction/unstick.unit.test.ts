import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import { smaller } from "#kernel/money";
import { cutTo } from "#services/transaction/refund/domain/unstick";

const ids = createIds({ now: () => 1 });
const minor = fc.bigInt({ min: 0n, max: 9_000_000n });

test("a refund of which others paid a part is cut to what is left, and is borne by the same two", () => {
  fc.assert(
    fc.property(minor, minor, minor, minor, (toBuyer, seller, commission, left) => {
      const fromSeller = smaller(seller, toBuyer);
      const zero = { discountMinor: 0n, sellerDiscountMinor: 0n, taxMinor: 0n, commissionTaxMinor: 0n };
      const line = { ...zero, goodsMinor: toBuyer, commissionMinor: commission, grossMinor: toBuyer };
      const cut = cutTo(
        {
          lines: [{ ...line, lineId: ids.next("line"), quantity: 1 }],
          ...{ shippingMinor: 0n, withheldMinor: 0n, taxMinor: 0n, toBuyerMinor: toBuyer },
          ...{ fromSellerMinor: fromSeller, fromPlatformMinor: toBuyer - fromSeller },
          ...{ commissionBackMinor: commission, commissionTaxBackMinor: 0n, isWhole: false },
        },
        left,
      );
      expect(cut.toBuyerMinor).toBe(smaller(left, toBuyer));
      expect(cut.fromSellerMinor + cut.fromPlatformMinor).toBe(cut.toBuyerMinor);
      expect(cut.fromSellerMinor).toBeLessThanOrEqual(fromSeller);
      expect(cut.commissionBackMinor).toBeLessThanOrEqual(commission);
      expect(cut.lines[0]?.quantity).toBe(1);
      if (left === 0n) expect([cut.fromSellerMinor, cut.fromPlatformMinor]).toEqual([0n, 0n]);
    }),
    { numRuns: 10_000 },
  );
});
