import fc from "fast-check";
import { expect, test } from "vitest";
import { decidePost, EMPTY_BOOK } from "#services/transaction/wallet/domain/book";
import {
  decideCancel,
  decideFund,
  decideLost,
  decideProgress,
  decideRefund,
  decideRelease,
  decideUnpaid,
  type OrderMoney,
  openSettlement,
  partsOf,
  type Settlement,
} from "#services/transaction/wallet/domain/settlement";
import type { NewTransfer } from "#services/transaction/wallet/domain/transfer";

const RUNS = Number(process.env.SIM_SEEDS ?? 10_000);
const TERMS = { withholding: { name: "PPh 22", rateBasisPoints: 50 }, cashStepMinor: 100n };
const STEP = 100n;

/** An order as checkout draws it: discounts within the goods, tax within the prices or on top of them. */
const orders: fc.Arbitrary<OrderMoney> = fc
  .record({
    goods: fc.integer({ min: 1, max: 90_000 }),
    off: fc.integer({ min: 0, max: 100 }),
    sellerPart: fc.integer({ min: 0, max: 100 }),
    shipping: fc.integer({ min: 0, max: 500 }),
    shippingOff: fc.integer({ min: 0, max: 100 }),
    taxPercent: fc.constantFrom(0, 9, 11),
    isInclusive: fc.boolean(),
    commissionPercent: fc.integer({ min: 0, max: 20 }),
    method: fc.constantFrom("qris", "cod"),
  })
  .map((drawn) => {
    const share = (of: bigint, percent: number) => (((of / STEP) * BigInt(percent)) / 100n) * STEP;
    const goodsMinor = BigInt(drawn.goods) * STEP;
    const discountMinor = share(goodsMinor, drawn.off);
    const shippingMinor = BigInt(drawn.shipping) * STEP;
    const shippingDiscountMinor = share(shippingMinor, drawn.shippingOff);
    const paid = goodsMinor - discountMinor;
    const taxMinor = share(paid, drawn.taxPercent);
    const sellerDiscountMinor = share(discountMinor, drawn.sellerPart);
    const commissionMinor = share(goodsMinor - sellerDiscountMinor, drawn.commissionPercent);
    return {
      orderId: "ord_x" as OrderMoney["orderId"],
      sellerId: "slr_x" as OrderMoney["sellerId"],
      buyerId: "usr_x" as OrderMoney["buyerId"],
      currency: "IDR",
      method: drawn.method,
      goodsMinor,
      discountMinor,
      sellerDiscountMinor,
      shippingMinor,
      shippingDiscountMinor,
      sellerShippingDiscountMinor: share(shippingDiscountMinor, drawn.sellerPart),
      taxMinor,
      totalMinor: paid + shippingMinor - shippingDiscountMinor + (drawn.isInclusive ? 0n : taxMinor),
      commissionMinor,
      commissionTaxMinor: share(commissionMinor, 11),
    };
  });

type Move = "fund" | "cancel" | "deliver" | "complete" | "release" | "refund";
const moves = fc.array(
  fc.constantFrom<Move>("fund", "cancel", "deliver", "complete", "release", "refund", "refund"),
  { minLength: 1, maxLength: 14 },
);

/** What a partial return gives back: a tenth of everything, and the last one what is left by rounding. */
function refundOf(order: OrderMoney, n: number) {
  const tenth = (minor: bigint) => (minor / 10n / STEP) * STEP;
  const { turnover, promotion } = partsOf(order);
  const fromSellerMinor = tenth(order.goodsMinor - order.sellerDiscountMinor);
  const fromPlatformMinor = -tenth(promotion);
  return {
    refundId: `r${n}`,
    toBuyerMinor: fromSellerMinor + fromPlatformMinor,
    fromSellerMinor,
    fromPlatformMinor,
    commissionBackMinor: tenth(order.commissionMinor),
    commissionTaxBackMinor: tenth(order.commissionTaxMinor),
    turnoverBackMinor: tenth(turnover),
  };
}

function step(settlement: Settlement, order: OrderMoney, move: Move, at: number) {
  const idle = { settlement, transfers: [] as readonly NewTransfer[] };
  switch (move) {
    case "fund":
      return decideFund(settlement, order, at);
    case "cancel":
      // What was sent is not cancelled any more: the state machine of the order sees to that.
      return settlement.refunds.length === 0 && settlement.releasedAt === null
        ? decideCancel(settlement, order, at)
        : idle;
    case "deliver":
      return { ...idle, settlement: decideProgress(settlement, { deliveredAt: at }) };
    case "complete":
      return { ...idle, settlement: decideProgress(settlement, { completedAt: at }) };
    case "release":
      return decideRelease(settlement, TERMS, at);
    case "refund":
      return settlement.fundedAt === null ||
        settlement.cancelledAt !== null ||
        settlement.refunds.length === 10
        ? idle
        : decideRefund(settlement, refundOf(order, settlement.refunds.length), TERMS.cashStepMinor);
  }
}

/** An independent account of what everybody should have in the end, from the history's moves alone. */
function owed(order: OrderMoney, done: Settlement, refunds: number) {
  const refund = refundOf(order, 0);
  const times = BigInt(refunds);
  if (done.fundedAt === null || done.cancelledAt !== null) return { shop: 0n, buyer: 0n, commission: 0n };
  const parts = partsOf(order);
  const credited = order.totalMinor + parts.promotion + parts.shipping_subsidy;
  const commission =
    done.releasedAt === null ? 0n : order.commissionMinor - times * refund.commissionBackMinor;
  const tax =
    done.releasedAt === null ? 0n : order.commissionTaxMinor - times * refund.commissionTaxBackMinor;
  const shop = credited - times * refund.fromSellerMinor - commission - tax - done.withheldMinor;
  return { shop, buyer: order.totalMinor - times * refund.toBuyerMinor, commission };
}

test("every history of an order ends with everybody having what is his", () => {
  fc.assert(
    fc.property(orders, moves, (order, history) => {
      let settlement = openSettlement(order);
      let book = EMPTY_BOOK;
      for (const [at, move] of history.entries()) {
        const { settlement: after, transfers } = step(settlement, order, move, at);
        const posted = decidePost(book, transfers, at);
        if (!posted.ok) throw new Error(`${move} was refused: ${posted.code}`);
        if (posted.value.log.length - book.log.length !== transfers.length) throw new Error("booked twice");
        [settlement, book] = [after, posted.value];
        const balance = (id: string) => book.accounts.get(id)?.postedMinor ?? 0n;
        const escrow = balance("escrow:slr_x:IDR");
        if (escrow !== settlement.escrowMinor || escrow < 0n)
          throw new Error(`escrow ${escrow} after ${move}`);
      }
      const balance = (id: string) => book.accounts.get(id)?.postedMinor ?? 0n;
      const expected = owed(order, settlement, settlement.refunds.length);
      expect(balance("escrow:slr_x:IDR") + balance("payable:slr_x:IDR")).toBe(expected.shop);
      expect(balance("commission:platform:IDR")).toBe(expected.commission);
      const cash = order.method === "cod" && settlement.fundedAt !== null ? order.totalMinor : 0n;
      expect(balance("payments:platform:IDR") - cash).toBe(-expected.buyer);
    }),
    { numRuns: RUNS },
  );
});

test("GMV is what the ledger says of sales, without tax, shipping and what was cancelled", () => {
  fc.assert(
    fc.property(orders, fc.boolean(), (order, isCancelled) => {
      const funded = decideFund(openSettlement(order), order, 0);
      const off = isCancelled ? decideCancel(funded.settlement, order, 1).transfers : [];
      const sum = (kind: string) =>
        [...funded.transfers, ...off]
          .filter((one) => one.kind === kind)
          .reduce((total, { amountMinor }) => total + amountMinor, 0n);
      const goods = order.goodsMinor - order.discountMinor;
      const taxWithin =
        order.taxMinor - (order.totalMinor - goods - order.shippingMinor + order.shippingDiscountMinor);
      expect(sum("sale") - sum("sale_cancelled")).toBe(isCancelled ? 0n : goods - taxWithin);
    }),
    { numRuns: RUNS },
  );
});

test("a lost dispute takes from the shop what is left of its part, once, and the rest is lost", () => {
  const history = fc.record({
    refunds: fc.integer({ min: 0, max: 9 }),
    isReleased: fc.boolean(),
    percent: fc.integer({ min: 1, max: 150 }),
  });
  fc.assert(
    fc.property(orders, history, (order, { refunds, isReleased, percent }) => {
      const minor = (order.totalMinor * BigInt(percent)) / 100n;
      if (minor === 0n) return;
      const funded = decideFund(openSettlement(order), order, 0);
      const released = decideRelease(funded.settlement, TERMS, 1);
      const steps = [funded, ...(isReleased ? [released] : [])];
      let { settlement } = isReleased ? released : funded;
      for (let n = 0; n < refunds; n += 1) {
        steps.push(decideRefund(settlement, refundOf(order, n), STEP));
        settlement = steps.at(-1)?.settlement ?? settlement;
      }
      const before = settlement;
      const lost = decideLost(before, { disputeId: "dsp_x", minor }, STEP);
      expect(decideLost(lost.settlement, { disputeId: "dsp_x", minor }, STEP).transfers).toEqual([]);
      const posted = decidePost(
        EMPTY_BOOK,
        [...steps, lost].flatMap(({ transfers }) => transfers),
        2,
      );
      if (!posted.ok) throw new Error(posted.code);
      const balance = (id: string) => posted.value.accounts.get(id)?.postedMinor ?? 0n;
      const { paidMinor, creditMinor, withheldMinor, escrowMinor } = lost.settlement;
      expect(balance("disputes:platform:IDR")).toBe(minor);
      const over = minor > before.paidMinor ? minor - before.paidMinor : 0n;
      expect(balance("loss:platform:IDR")).toBe(-over);
      expect(paidMinor).toBe(before.paidMinor - (minor - over));
      if (paidMinor === 0n && before.paidMinor > 0n) expect(creditMinor).toBe(0n);
      expect(balance("escrow:slr_x:IDR")).toBe(escrowMinor);
      expect(balance("withholding:platform:IDR")).toBe(withheldMinor);
    }),
    { numRuns: RUNS },
  );
});

test("a loss that is told after its order was called off is taken from the buyers' money", () => {
  fc.assert(
    fc.property(orders, fc.integer({ min: 1, max: 100 }), fc.boolean(), (order, percent, isLate) => {
      const minor = (order.totalMinor * BigInt(percent)) / 100n;
      if (minor === 0n) return;
      const funded = decideFund(openSettlement(order), order, 0);
      const lose = (settlement: Settlement) => decideLost(settlement, { disputeId: "dsp_x", minor }, STEP);
      const cancel = (settlement: Settlement) => decideCancel(settlement, order, 1);
      const first = (isLate ? cancel : lose)(funded.settlement);
      const second = (isLate ? lose : cancel)(first.settlement);
      const transfers = [funded, first, second].flatMap((step) => step.transfers);
      const posted = decidePost(EMPTY_BOOK, transfers, 2);
      if (!posted.ok) throw new Error(posted.code);
      const balance = (kind: string, owner = "platform") =>
        posted.value.accounts.get(`${kind}:${owner}:IDR`)?.postedMinor ?? 0n;
      expect(balance("disputes")).toBe(minor);
      expect(balance("loss")).toBe(0n);
      expect(balance("escrow", "slr_x")).toBe(0n);
      expect(balance("promotion")).toBe(0n);
      // What is not the bank's goes back to the buyer by his payment.
      const atTheDoor = order.method === "cod" ? order.totalMinor : 0n;
      expect(balance("payments")).toBe(atTheDoor - minor);
    }),
    { numRuns: RUNS },
  );
});

test("a loss of an order that was never paid for touches no shop, whatever is told of it afterwards", () => {
  fc.assert(
    fc.property(orders, (order) => {
      const minor = order.totalMinor;
      if (minor === 0n) return;
      const off = decideUnpaid(openSettlement(order), 1);
      expect(decideUnpaid(off, 2)).toBe(off);
      const lost = decideLost(off, { disputeId: "dsp_x", minor }, STEP);
      const again = decideLost(lost.settlement, { disputeId: "dsp_x", minor }, STEP);
      const released = decideRelease(again.settlement, TERMS, 3);
      const transfers = [...lost.transfers, ...again.transfers, ...released.transfers];
      const legs = transfers.map(({ debit, credit, amountMinor }) => [debit.id, credit.id, amountMinor]);
      expect(legs).toEqual([["payments:platform:IDR", "disputes:platform:IDR", minor]]);
    }),
    { numRuns: RUNS },
  );
});
