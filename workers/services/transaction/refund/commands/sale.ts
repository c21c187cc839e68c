import type { Ctx } from "#kernel/ctx";
import type { Order } from "#services/transaction/order/index";
import type { Amounts, Book, Reprice, Sale, Wanted } from "../domain/amounts.ts";
import { assess } from "../domain/amounts.ts";
import { acceptedOf, type Case, isFault } from "../domain/case.ts";

/** The order as money sees it. */
export const saleOf = ({ market }: Pick<Ctx, "market">, order: Order): Sale => ({
  lines: order.lines.map((line) => ({
    lineId: line.id,
    quantity: line.quantity,
    goodsMinor: line.goodsMinor,
    discountMinor: line.discountMinor,
    sellerDiscountMinor: line.sellerDiscountMinor,
    taxMinor: line.taxMinor,
    taxRateBasisPoints: line.taxRateBasisPoints,
    commissionMinor: line.commissionMinor,
    commissionTaxMinor: line.commissionTaxMinor,
  })),
  taxMinor: order.taxMinor,
  taxInclusive: order.group.taxInclusive,
  shippingMinor: order.shippingMinor,
  shippingDiscountMinor: order.shippingDiscountMinor,
  sellerShippingDiscountMinor: order.sellerShippingDiscountMinor,
  totalMinor: order.totalMinor,
  stepMinor: market.cashStepMinor,
});

type Asking = Pick<
  Case,
  "kind" | "reason" | "lines" | "goodsBack" | "isInstant" | "bearer" | "offerMinor" | "state"
>;

export function wantedOf({ market }: Pick<Ctx, "market">, one: Asking, offerMinor: bigint | null): Wanted {
  const units = one.lines
    .map((line) => ({ lineId: line.lineId, quantity: acceptedOf(one, line) }))
    .filter(({ quantity }) => quantity > 0);
  return {
    units,
    isFault: isFault(one.reason),
    bearer: one.bearer,
    allowanceMinor: offerMinor,
    // Of what never left at all nothing was carried.
    shippingWithWhole: one.kind === "cancellation" || market.refund.shippingWithWhole,
  };
}

type Assessed = { readonly amounts: Amounts; readonly book: Book };

/** What a case comes to on top of what went back of its order before. */
export const assessCase = (
  ctx: Pick<Ctx, "market">,
  { order, book, reprice }: { readonly order: Order; readonly book: Book; readonly reprice: Reprice },
  wanted: Wanted,
): Assessed => assess(saleOf(ctx, order), book, wanted, reprice);
