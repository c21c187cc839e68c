import fc from "fast-check";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import {
  type Amounts,
  assess,
  type Book,
  type Discount,
  emptyBook,
  type Reprice,
  type Sale,
  type SaleLine,
} from "#services/transaction/refund/domain/amounts";

/** Histories a run; `npm run test:sim -- --seeds N` tries more. */
const RUNS = Number(process.env.SIM_SEEDS ?? 10_000);

const lineId = (at: number) => `lin_${at.toString().padStart(26, "0")}` as Id<"line">;
const sum = <T>(all: readonly T[], of: (one: T) => bigint) => all.reduce((total, one) => total + of(one), 0n);

/** A voucher as promotions give it: so much per cent of the goods from so much on, cut to whole steps. */
type Voucher = { readonly fromMinor: bigint; readonly percent: bigint; readonly bySeller: boolean };
type Drawn = {
  readonly step: bigint;
  readonly inclusive: boolean;
  readonly lines: readonly { readonly unit: bigint; readonly quantity: number; readonly rate: number }[];
  readonly vouchers: readonly Voucher[];
  readonly shipping: bigint;
  readonly shippingOff: bigint;
};

type Units = readonly { readonly lineId: Id<"line">; readonly quantity: number }[];

function discountsOf({ lines, vouchers, step }: Drawn, units: Units): ReadonlyMap<Id<"line">, Discount> {
  const goods = units.map(({ lineId: id, quantity }) => {
    const line = lines.find((_, at) => lineId(at) === id);
    return { id, minor: (line?.unit ?? 0n) * BigInt(quantity) };
  });
  const all = sum(goods, ({ minor }) => minor);
  const down = (minor: bigint) => minor - (minor % step);
  const live = vouchers.filter(({ fromMinor }) => all >= fromMinor);
  return new Map(
    goods.map(({ id, minor }) => {
      const shares = live.map((one) => ({ ...one, minor: down((minor * one.percent) / 100n) }));
      const own = shares.filter(({ bySeller }) => bySeller);
      return [
        id,
        {
          discountMinor: sum(shares, (one) => one.minor),
          sellerDiscountMinor: sum(own, (one) => one.minor),
        },
      ];
    }),
  );
}

function saleOf(drawn: Drawn): { readonly sale: Sale; readonly reprice: Reprice } {
  const all = drawn.lines.map(({ quantity }, at) => ({ lineId: lineId(at), quantity }));
  const discounts = discountsOf(drawn, all);
  const down = (minor: bigint) => minor - (minor % drawn.step);
  const taxOf = (minor: bigint, rate: number) =>
    down((minor * BigInt(rate)) / (drawn.inclusive ? 10_000n + BigInt(rate) : 10_000n));
  const lines = drawn.lines.map(({ unit, quantity, rate }, at): SaleLine => {
    const goodsMinor = unit * BigInt(quantity);
    const { discountMinor = 0n, sellerDiscountMinor = 0n } = discounts.get(lineId(at)) ?? {};
    const commissionMinor = ((goodsMinor - sellerDiscountMinor) * 5n) / 100n;
    return {
      lineId: lineId(at),
      quantity,
      goodsMinor,
      discountMinor,
      sellerDiscountMinor,
      taxMinor: taxOf(goodsMinor - discountMinor, rate),
      taxRateBasisPoints: rate,
      commissionMinor,
      commissionTaxMinor: (commissionMinor * 11n) / 100n,
    };
  });
  const shippingMinor = drawn.shipping;
  const shippingDiscountMinor = drawn.shipping - drawn.shippingOff < 0n ? drawn.shipping : drawn.shippingOff;
  const taxMinor =
    sum(lines, (line) => line.taxMinor) +
    taxOf(shippingMinor - shippingDiscountMinor, drawn.lines[0]?.rate ?? 0);
  const net =
    sum(lines, (line) => line.goodsMinor - line.discountMinor) + shippingMinor - shippingDiscountMinor;
  return {
    sale: {
      lines,
      taxMinor,
      taxInclusive: drawn.inclusive,
      shippingMinor,
      shippingDiscountMinor,
      sellerShippingDiscountMinor: down(shippingDiscountMinor / 2n),
      totalMinor: net + (drawn.inclusive ? 0n : taxMinor),
      stepMinor: drawn.step,
    },
    reprice: (units) => discountsOf(drawn, units),
  };
}

const amount = (step: bigint, max: number) => fc.integer({ min: 1, max }).map((n) => BigInt(n) * step);
const zDrawn = fc.constantFrom(1n, 100n).chain((step) =>
  fc.record<Drawn>({
    step: fc.constant(step),
    inclusive: fc.boolean(),
    lines: fc.array(
      fc.record({
        unit: amount(step, 5_000),
        quantity: fc.integer({ min: 1, max: 7 }),
        rate: fc.constantFrom(0, 900, 1_100, 2_000),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    vouchers: fc.array(
      fc.record({
        fromMinor: amount(step, 40_000),
        percent: fc.bigInt({ min: 1n, max: 40n }),
        bySeller: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
    shipping: fc.integer({ min: 0, max: 2_000 }).map((n) => BigInt(n) * step),
    shippingOff: fc.integer({ min: 0, max: 1_500 }).map((n) => BigInt(n) * step),
  }),
);

type Pick = {
  readonly at: number;
  readonly units: number;
  readonly isFault: boolean;
  readonly platform: boolean;
  readonly allowance: number | null;
};
const zPick = fc.record<Pick>({
  at: fc.nat({ max: 3 }),
  units: fc.integer({ min: 1, max: 7 }),
  isFault: fc.boolean(),
  platform: fc.boolean(),
  allowance: fc.option(fc.integer({ min: 1, max: 100 }), { freq: 4 }),
});

type History = { readonly refunds: readonly Amounts[]; readonly book: Book };

/** The next refund, as far as there are units; undefined for a pick that has nothing left to take. */
function refund(sale: Sale, book: Book, pick: Pick, reprice: Reprice) {
  const line = sale.lines[pick.at % sale.lines.length];
  if (!line) return undefined;
  const left = line.quantity - (book.lines.find((one) => one.lineId === line.lineId)?.settled ?? 0);
  const quantity = Math.min(pick.units, left);
  if (quantity === 0) return undefined;
  const wanted = {
    units: [{ lineId: line.lineId, quantity }],
    isFault: pick.isFault,
    bearer: pick.platform ? ("platform" as const) : ("seller" as const),
    allowanceMinor: null,
    shippingWithWhole: true,
  };
  const whole = assess(sale, book, wanted, reprice);
  const gross = sum(whole.amounts.lines, (one) => one.grossMinor);
  const allowanceMinor = pick.allowance === null ? null : (gross * BigInt(pick.allowance)) / 100n;
  if (allowanceMinor === null || allowanceMinor === 0n) return whole;
  return assess(sale, book, { ...wanted, isFault: false, bearer: "seller", allowanceMinor }, reprice);
}

function play(sale: Sale, picks: readonly Pick[], reprice: Reprice): History {
  const refunds: Amounts[] = [];
  let book = emptyBook(sale);
  for (const pick of picks) {
    const next = refund(sale, book, pick, reprice);
    if (!next) continue;
    refunds.push(next.amounts);
    book = next.book;
  }
  return { refunds, book };
}

/** What must hold after any refund and after all of them; the names of what does not. */
function faultsOf(sale: Sale, { refunds, book }: History): readonly string[] {
  const faults: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) faults.push(what);
  };
  for (const one of refunds) {
    const ofLines = one.lines.flatMap((line) => [
      line.grossMinor,
      line.goodsMinor,
      line.discountMinor,
      line.sellerDiscountMinor,
      line.taxMinor,
      line.commissionMinor,
      line.discountMinor - line.sellerDiscountMinor,
    ]);
    const minors = [one.toBuyerMinor, one.fromSellerMinor, one.shippingMinor, one.taxMinor];
    const all = [...ofLines, ...minors, one.commissionBackMinor, one.commissionTaxBackMinor];
    must(
      all.every((minor) => minor >= 0n),
      "below nought",
    );
    must(one.fromSellerMinor + one.fromPlatformMinor === one.toBuyerMinor, "borne by nobody");
  }
  const toBuyer = sum(refunds, (one) => one.toBuyerMinor);
  must(toBuyer === book.toBuyerMinor, "not in the book");
  must(toBuyer <= sale.totalMinor, "more than was paid");
  for (const line of sale.lines) {
    const own = refunds.flatMap((one) => one.lines).filter((one) => one.lineId === line.lineId);
    const paid = line.goodsMinor - line.discountMinor + (sale.taxInclusive ? 0n : line.taxMinor);
    must(sum(own, (one) => one.grossMinor) <= paid, "more than a line cost");
    must(sum(own, (one) => one.commissionMinor) <= line.commissionMinor, "more commission than was taken");
    must(own.reduce((units, one) => units + one.quantity, 0) <= line.quantity, "more units than were sold");
  }
  // The seller gives back no more than the order brought him, before the platform took its commission.
  const credited =
    sum(sale.lines, (line) => line.goodsMinor - line.sellerDiscountMinor) +
    sale.shippingMinor -
    sale.sellerShippingDiscountMinor +
    (sale.taxInclusive ? 0n : sale.taxMinor);
  must(sum(refunds, (one) => one.fromSellerMinor) <= credited, "more than the seller was credited");
  return faults;
}

const everyUnit = (sale: Sale): readonly Pick[] =>
  sale.lines.flatMap((line, at) =>
    Array.from({ length: line.quantity }, () => ({
      at,
      units: 1,
      isFault: false,
      platform: false,
      allowance: null,
    })),
  );

test("never below nought nor beyond what was paid, borne by seller and platform together", () => {
  fc.assert(
    fc.property(zDrawn, fc.array(zPick, { maxLength: 12 }), (drawn, picks) => {
      const { sale, reprice } = saleOf(drawn);
      expect(faultsOf(sale, play(sale, picks, reprice))).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

test("whatever the parts it comes back in, the last unit brings it to all that was paid", () => {
  fc.assert(
    fc.property(zDrawn, fc.array(zPick, { maxLength: 8 }), (drawn, picks) => {
      const { sale, reprice } = saleOf(drawn);
      const parts = picks.map((pick) => ({ ...pick, allowance: null }));
      const history = play(sale, [...parts, ...everyUnit(sale)], reprice);
      expect(faultsOf(sale, history)).toEqual([]);
      expect(history.book.toBuyerMinor).toBe(sale.totalMinor);
      expect(history.refunds.at(-1)?.isWhole).toBe(true);
      const commission = sum(history.refunds, (one) => sum(one.lines, (line) => line.commissionMinor));
      expect(commission).toBe(sum(sale.lines, (line) => line.commissionMinor));
      expect(history.book.withheldSellerMinor + history.book.withheldPlatformMinor).toBe(0n);
    }),
    { numRuns: RUNS },
  );
});
