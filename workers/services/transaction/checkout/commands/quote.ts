import type { Ctx } from "#kernel/ctx";
import { quoteParcels } from "#services/logistics/shipping/index";
import { amountRefusal, isOnline } from "#services/transaction/payment/index";
import { quoteVouchers } from "#services/transaction/voucher/index";
import type { Checkout, Quote } from "../domain/checkout.ts";
import { cheapestOf, type Delivery, priceParcels, totalsOf } from "../domain/pricing.ts";
import { fail } from "../errors.ts";

/** What has changed since it was last quoted: another address or method asks the carriers anew. */
type Asked = { readonly rates: boolean };

/** Asks carriers and vouchers; every total is worked out from what they answer here and nothing else. */
export async function quoteCheckout(ctx: Ctx, checkout: Checkout, { rates }: Asked): Promise<Checkout> {
  const deliveries = rates ? await quoteDeliveries(ctx, checkout) : checkout.quote.deliveries;
  const discounted = await quoteDiscounts(ctx, { ...checkout, quote: { ...checkout.quote, deliveries } });
  return { ...checkout, quote: { deliveries, ...discounted } };
}

/** Refuses to offer a method for more or less than it takes, unless the wallet may bring it down to that. */
export function refuseAmount(ctx: Ctx, { method, quote, lines }: Checkout): void {
  if (method === null) return;
  const { totalMinor } = totalsOf(priceParcels({ ...quote, lines }, ctx.market));
  const refusal = totalMinor > 0n ? amountRefusal(ctx.market, method, totalMinor) : undefined;
  const hasWallet = ctx.actor.kind === "user" && ctx.market.payment.methods.includes("wallet");
  if (refusal === undefined || (refusal === "too_much" && hasWallet && isOnline(method))) return;
  const message =
    refusal === "too_much" ? "The total is too large for it." : "The total is too small for it.";
  const errors = [{ path: "body.paymentMethod", code: refusal, message }];
  throw fail("checkout.amount_outside_method", { errors });
}

async function quoteDeliveries(ctx: Ctx, checkout: Checkout): Promise<Quote["deliveries"]> {
  const { address, lines, method, quote } = checkout;
  if (address === null) return null;
  const cash = method === "cod";
  const parcels = [...Map.groupBy(lines, (line) => line.sellerId)].map(([sellerId, own]) => ({
    sellerId,
    goodsMinor: own.reduce((sum, line) => sum + line.unitPriceMinor * BigInt(line.quantity), 0n),
    cash,
    readyAt: Math.max(0, ...own.map(({ promisedAt = 0 }) => promisedAt)),
    lines: own.map(({ offerId, quantity, weightGrams, volumeMm3 }) => {
      return { offerId, quantity, weightGrams, volumeMm3 };
    }),
  }));
  const quoted = await quoteParcels(ctx, { destination: address, parcels });
  return quoted.map(({ sellerId, rates }) => {
    const before = quote.deliveries?.find((one) => one.sellerId === sellerId);
    return choose({ sellerId, rates, rateId: before?.rateId ?? "" }, cash);
  });
}

/** What the buyer chose stays chosen as long as it is offered. */
function choose({ sellerId, rates, rateId }: Delivery, cash: boolean): Delivery {
  const kept = rates.find((rate) => rate.rateId === rateId && (rate.cash || !cash));
  const rate = kept ?? cheapestOf(rates, { cash }) ?? rates[0];
  return { sellerId, rates, rateId: rate?.rateId ?? "" };
}

async function quoteDiscounts(ctx: Ctx, checkout: Checkout): Promise<Omit<Quote, "deliveries">> {
  const { buyerId, email, lines, quote, currency, method, voucherCodes: codes, bestVouchers } = checkout;
  if (lines.some((line) => line.sale)) {
    // A sale's price is its last: vouchers would be counted against a quota that the sale has decided.
    const rejected = codes.map((code) => ({ code, reason: "sale_price" }));
    return { discounts: [], rejected, cashbackMinor: 0n };
  }
  const undiscounted = { lines, deliveries: quote.deliveries };
  const parcels = priceParcels(undiscounted, ctx.market).map(({ sellerId, shippingMinor, lines: own }) => {
    return { sellerId, shippingMinor, lines: own };
  });
  const basket = { currency, method, parcels };
  const asked = { buyerId, email, codes, auto: bestVouchers, basket };
  const { applied, rejected, cashbackMinor } = await quoteVouchers(ctx, asked);
  const told = rejected.map(({ code, reason, detail }) => ({ code, reason, detail }));
  return { discounts: applied, rejected: told, cashbackMinor };
}
