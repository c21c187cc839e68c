import { requireOperator, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { toMoneyDto } from "#kernel/money";
import { quoteOffers } from "#services/catalog/product/index";
import { type Stock, stockOf, weigh } from "#services/logistics/inventory/index";
import type { Rate } from "../domain/rate.ts";
import { fail } from "../errors.ts";
import { type Origin, originQuery } from "../repository/origins.ts";
import { type TableRow, tablesQuery } from "../repository/tables.ts";
import type { AskQuote } from "../schemas.ts";
import { quoteParcels } from "./quote.ts";

/** What offers would cost to send somewhere, before there is an address or a checkout. */
export async function previewRates(ctx: Ctx, { lines, cash, country, region, city, postalCode }: AskQuote) {
  const { currency } = ctx.market;
  const offerIds = lines.map(({ offerId }) => offerId);
  const [quotes, stock] = await Promise.all([quoteOffers(ctx, offerIds), stockOf(ctx, offerIds)]);
  const bodies = await weigh(ctx, quotes, stock);
  const offers = new Map(quotes.map((one) => [one.offerId, one]));
  const known = lines.flatMap(({ offerId, quantity }) => {
    const offer = offers.get(offerId);
    return offer?.status === "active" ? [{ ...offer, quantity }] : [];
  });
  const parcels = [...Map.groupBy(known, ({ sellerId }) => sellerId)].map(([sellerId, own]) => ({
    sellerId,
    cash,
    goodsMinor: own.reduce((sum, { price, quantity }) => sum + price.minor * BigInt(quantity), 0n),
    readyAt: Math.max(0, ...own.map(({ offerId, quantity }) => readyAt(stock.get(offerId), quantity))),
    lines: own.map(({ offerId, quantity, weightGrams }) => {
      return { offerId, quantity, weightGrams, ...bodies.get(offerId) };
    }),
  }));
  const destination = { country, region: region ?? null, city, postalCode };
  const quoted = await quoteParcels(ctx, { destination, parcels });
  return {
    parcels: quoted.map(({ sellerId, rates }) => ({
      sellerId,
      rates: rates.map((rate) => toRateDto(rate, currency)),
    })),
  };
}

/** What is on the shelf leaves today; what is sold ahead when it is promised to be there. */
const readyAt = (stock: Stock | undefined, quantity: number): number =>
  stock && quantity > stock.onShelf ? (stock.ahead?.promisedAt ?? 0) : 0;

function toRateDto(
  { priceMinor, insuranceMinor, ...rate }: Rate,
  currency: Parameters<typeof toMoneyDto>[0]["currency"],
) {
  const insurance = insuranceMinor === null ? null : toMoneyDto({ minor: insuranceMinor, currency });
  return { ...rate, price: toMoneyDto({ minor: priceMinor, currency }), insurance };
}

const iso = (at: number) => new Date(at).toISOString();

export const toOriginDto = ({ sellerId: _, updatedAt, ...origin }: Origin) => ({
  ...origin,
  updatedAt: iso(updatedAt),
});

export async function getOrigin(ctx: Ctx) {
  const [origin] = await ctx.db.load(originQuery(requireShop(ctx, "order:read")));
  if (!origin) throw fail("shipping.origin_missing");
  return toOriginDto(origin);
}

export const toTableDto = ({ updatedAt, ...table }: TableRow) => ({ ...table, updatedAt: iso(updatedAt) });

export async function listTables(ctx: Ctx) {
  requireOperator(ctx, "platform:read");
  const [rows] = await ctx.db.load(tablesQuery());
  return { items: rows.map(toTableDto) };
}
