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

type Body = { readonly weightGrams: number; readonly volumeMm3: number };
type Sized = Pick<OfferQuote, "offerId" | "weightGrams" | "measures">;

const bodyOf = ({ weightGrams, measures }: Sized): Body => ({
  weightGrams,
  volumeMm3: measures ? measures.lengthMm * measures.widthMm * measures.heightMm : 0,
});

/**
 * What one unit of each offer weighs, and the room that it takes. A bundle of which one of them is not said
 * has that of what it is made of; then its parts are asked for, and else nothing is.
 */
export async function weigh(
  ctx: Ctx,
  offers: readonly Sized[],
  stock: ReadonlyMap<Id<"offer">, Stock>,
): Promise<ReadonlyMap<Id<"offer">, Body>> {
  const partsOf = (offerId: Id<"offer">) => stock.get(offerId)?.components ?? [];
  const unsaid = offers.filter(({ weightGrams, measures }) => weightGrams === 0 || measures === null);
  const wanted = [...new Set(unsaid.flatMap((one) => partsOf(one.offerId).map((part) => part.offerId)))];
  const parts = new Map((await quoteOffers(ctx, wanted)).map((one) => [one.offerId, bodyOf(one)]));
  const total = (offerId: Id<"offer">, of: keyof Body) =>
    partsOf(offerId).reduce((sum, part) => sum + part.quantity * (parts.get(part.offerId)?.[of] ?? 0), 0);
  return new Map(
    offers.map((offer) => {
      const { offerId } = offer;
      const { weightGrams, volumeMm3 } = bodyOf(offer);
      const weighs = weightGrams > 0 ? weightGrams : total(offerId, "weightGrams");
      return [offerId, { weightGrams: weighs, volumeMm3: volumeMm3 || total(offerId, "volumeMm3") }];
    }),
  );
}
