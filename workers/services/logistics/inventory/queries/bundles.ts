import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { decodeCursor, type Page, type PageQuery, toPage } from "#kernel/page";
import { type OfferQuote, quoteOffers } from "#services/catalog/product/index";
import { fail } from "../errors.ts";
import { bundleIdsQuery, isBundleQuery } from "../repository/bundles.ts";
import type { Bundle } from "../schemas.ts";
import { type Stock, stockQuery } from "./availability.ts";

const toBundle = (offerId: Id<"offer">, stock: Stock | undefined): Bundle => ({
  offerId,
  components: [...(stock?.components ?? [])],
  available: Math.max(0, stock?.available ?? 0),
});

export async function getBundle(ctx: Ctx, { offerId }: { readonly offerId: Id<"offer"> }): Promise<Bundle> {
  const sellerId = requireShop(ctx, "inventory:read");
  const [isBundle, stock] = await ctx.db.load(isBundleQuery(sellerId, offerId), stockQuery(ctx, [offerId]));
  if (!isBundle) throw fail("inventory.bundle_not_found");
  return toBundle(offerId, stock.get(offerId));
}

export async function listBundles(ctx: Ctx, { limit, cursor }: PageQuery): Promise<Page<Bundle>> {
  const sellerId = requireShop(ctx, "inventory:read");
  const scope = `bundles ${sellerId}`;
  const [after = ""] = decodeCursor(ctx, scope, cursor) ?? [];
  const [ids] = await ctx.db.load(bundleIdsQuery(sellerId, String(after), limit + 1));
  const [stock] = await ctx.db.load(stockQuery(ctx, ids));
  return toPage(
    ctx,
    scope,
    limit,
    ids,
    (id) => [id],
    (id) => toBundle(id, stock.get(id)),
  );
}

/**
 * Grams of one unit of each offer. A bundle whose own weight is not said weighs what it is made of; then its
 * parts are asked for, and else nothing is.
 */
export async function weigh(
  ctx: Ctx,
  offers: readonly Pick<OfferQuote, "offerId" | "weightGrams">[],
  stock: ReadonlyMap<Id<"offer">, Stock>,
): Promise<ReadonlyMap<Id<"offer">, number>> {
  const partsOf = (offerId: Id<"offer">) => stock.get(offerId)?.components ?? [];
  const unsaid = offers.filter((one) => one.weightGrams === 0);
  const wanted = [...new Set(unsaid.flatMap((one) => partsOf(one.offerId).map((part) => part.offerId)))];
  const gramsOf = new Map((await quoteOffers(ctx, wanted)).map((one) => [one.offerId, one.weightGrams]));
  const total = (offerId: Id<"offer">) =>
    partsOf(offerId).reduce((sum, part) => sum + part.quantity * (gramsOf.get(part.offerId) ?? 0), 0);
  return new Map(
    offers.map(({ offerId, weightGrams }) => [offerId, weightGrams > 0 ? weightGrams : total(offerId)]),
  );
}
