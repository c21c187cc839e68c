import { requireBuyer } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { toMoneyDto } from "#kernel/money";
import type { Completed } from "./commands/complete.ts";
import type { Checkout } from "./domain/checkout.ts";
import { priceParcels, totalsOf } from "./domain/pricing.ts";
import { fail } from "./errors.ts";
import { checkoutQuery } from "./repository.ts";
import { type CheckoutRef, toCheckoutDto } from "./schemas.ts";

export async function getCheckout(ctx: Ctx, { checkoutId }: CheckoutRef): Promise<Checkout> {
  const buyerId = requireBuyer(ctx);
  const [checkout] = await ctx.db.load(checkoutQuery({ buyerId, checkoutId }));
  if (!checkout) throw fail("checkout.not_found");
  return checkout;
}

/** The server's totals are the only ones: they are worked out anew from the quoted lines. */
export async function showCheckout({ market }: Pick<Ctx, "market">, checkout: Checkout) {
  const parcels = priceParcels({ ...checkout.quote, lines: checkout.lines }, market);
  return toCheckoutDto({ checkout, parcels, totals: totalsOf(parcels), market });
}

export async function showCompleted(ctx: Pick<Ctx, "market">, { checkout, payment }: Completed) {
  const { orders, paymentId, currency } = checkout;
  if (orders === null || paymentId === null) throw new Error(`checkout ${checkout.id} is not complete`);
  return {
    ...(await showCheckout(ctx, checkout)),
    orders: orders.map(({ orderId, sellerId, totalMinor }) => ({
      id: orderId,
      sellerId,
      total: toMoneyDto({ minor: BigInt(totalMinor), currency }),
    })),
    payment: { id: paymentId, action: payment },
  };
}
