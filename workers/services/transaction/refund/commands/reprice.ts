import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { loadGroup, type Order } from "#services/transaction/order/index";
import { type Applied, type BasketParcel, loadRedeemed, reprice } from "#services/transaction/voucher/index";
import type { Discount, Reprice } from "../domain/amounts.ts";

/** Without discounts on an order there is nothing to work out anew. */
const KEEPS: Reprice = () => new Map();
type Kept = ReadonlyMap<Id<"line">, number>;

/** What is kept of an order, as vouchers look at a basket. */
const parcelOf = (order: Order, kept: Kept): BasketParcel => ({
  sellerId: order.sellerId,
  shippingMinor: order.shippingMinor,
  lines: order.lines.flatMap(({ id: lineId, offerId, productId, categoryId, unitPriceMinor }) => {
    const quantity = kept.get(lineId) ?? 0;
    if (quantity === 0) return [];
    // A line from before categories were kept matches none, as an id that nothing has.
    const category = categoryId ?? ("" as Id<"category">);
    return [{ lineId, offerId, productId, categoryId: category, unitPriceMinor, quantity }];
  }),
});

const leftOf = (order: Order): Kept =>
  new Map(
    order.lines.map((line) => [line.id, line.quantity - line.returnedQuantity - line.cancelledQuantity]),
  );

/** Of each line what these vouchers take off its goods, and how much of that its seller pays. */
function discountsOf(applied: readonly Applied[], kept: Kept): ReadonlyMap<Id<"line">, Discount> {
  const discounts = new Map<Id<"line">, Discount>();
  for (const lineId of kept.keys()) discounts.set(lineId, { discountMinor: 0n, sellerDiscountMinor: 0n });
  for (const { target, fundedBy, shares } of applied) {
    if (target !== "goods") continue;
    for (const { lineId, minor } of shares) {
      const before = lineId && discounts.get(lineId);
      if (!lineId || !before) continue;
      discounts.set(lineId, {
        discountMinor: before.discountMinor + minor,
        sellerDiscountMinor: before.sellerDiscountMinor + (fundedBy === "seller" ? minor : 0n),
      });
    }
  }
  return discounts;
}

/** How the vouchers of an order's group value what is kept of it; its other orders count as they are. */
export async function repriceOf(ctx: Ctx, order: Order): Promise<Reprice> {
  if (order.discountMinor === 0n) return KEEPS;
  const { currency, orderGroupId, method } = order;
  const [redeemed, group] = await Promise.all([
    loadRedeemed(ctx, orderGroupId),
    loadGroup(ctx, orderGroupId),
  ]);
  if (redeemed.length === 0) return KEEPS;
  const others = group
    .filter(({ id, state }) => id !== order.id && state !== "cancelled")
    .map((other) => parcelOf(other, leftOf(other)));
  const purse = { currency, cashStepMinor: ctx.market.cashStepMinor };
  return (units) => {
    const kept: Kept = new Map(units.map(({ lineId, quantity }) => [lineId, quantity]));
    const parcels = [parcelOf(order, kept), ...others].filter(({ lines }) => lines.length > 0);
    const { applied } = reprice(redeemed, { currency, method, parcels }, purse);
    return discountsOf(applied, kept);
  };
}
