import { requireBuyer } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { type OfferQuote, quoteOffers } from "#services/catalog/product/index";
import type { Basket, BasketLine } from "../domain/basket.ts";
import { fail } from "../errors.ts";
import { type AskQuote, toQuotedDto } from "../schemas.ts";
import { quoteVouchers } from "./quote.ts";

/** What vouchers would make of these offers, at today's prices and the market's usual shipping. */
export async function askQuote(ctx: Ctx, { codes, auto, method, lines }: AskQuote) {
  const buyerId = requireBuyer(ctx);
  const wanted = Map.groupBy(lines, ({ offerId }) => offerId);
  const offers = await quoteOffers(ctx, [...wanted.keys()]);
  const sold = offers.filter(
    ({ status, productStatus }) => status === "active" && productStatus === "published",
  );
  if (sold.length < wanted.size) throw fail("voucher.offer_unavailable");
  const offerOf = new Map<Id<"line">, Id<"offer">>();
  const toLine = ({ offerId, productId, categoryId, price }: OfferQuote): BasketLine => {
    const lineId = ctx.ids.next("line");
    offerOf.set(lineId, offerId);
    const quantity = (wanted.get(offerId) ?? []).reduce((sum, line) => sum + line.quantity, 0);
    return { lineId, offerId, productId, categoryId, unitPriceMinor: price.minor, quantity };
  };
  const { currency, shipping } = ctx.market;
  const basket: Basket = {
    currency,
    method: method ?? null,
    parcels: [...Map.groupBy(sold, ({ sellerId }) => sellerId)].map(([sellerId, own]) => {
      return { sellerId, shippingMinor: shipping.flatMinor, lines: own.map(toLine) };
    }),
  };
  const discounts = await quoteVouchers(ctx, { buyerId, codes, auto, basket });
  return toQuotedDto(discounts, (lineId) => offerOf.get(lineId) ?? null, currency);
}
