import { insertMany } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { offer, product, productShop, variant } from "#schema/catalog/product";
import { setLevels } from "#services/logistics/inventory/repository/stock";
import type { Harness } from "./harness.ts";

type Terms = {
  readonly priceMinor?: bigint;
  readonly stock?: number;
  readonly minQuantity?: number;
  readonly stepQuantity?: number;
  readonly maxQuantity?: number | null;
};
export type TestOffer = { readonly offerId: Id<"offer">; readonly sellerId: Id<"seller"> };

/** Published offers of one shop, in stock, written straight into the tables: for tests of what sells them. */
export async function sellOffers(
  h: Harness,
  terms: readonly Terms[],
  sellerId: Id<"seller"> = h.ids.next("seller"),
): Promise<readonly TestOffer[]> {
  const ctx = h.ctx();
  const now = h.clock.now();
  const { currency } = h.market;
  const made = terms.map((one) => ({
    ...one,
    productId: h.ids.next("product"),
    variantId: h.ids.next("variant"),
    offerId: h.ids.next("offer"),
  }));
  const products = made.map(({ productId, priceMinor = 100_000n }) => ({
    id: productId,
    sellerId,
    categoryId: h.ids.next("category"),
    state: "published" as const,
    slug: productId,
    titles: { en: `Article ${productId.slice(-4)}` },
    attributes: {},
    options: [],
    taxClass: "standard" as const,
    currency,
    priceFromMinor: priceMinor,
    priceToMinor: priceMinor,
    createdAt: now,
    publishedAt: now,
    version: 1,
  }));
  const variants = made.map(({ productId, variantId }) => ({
    id: variantId,
    productId,
    position: 0,
    key: "",
    label: "",
    weightGrams: 100,
    archived: false,
  }));
  const offers = made.map(({ productId, variantId, offerId, priceMinor = 100_000n, ...quantities }) => ({
    id: offerId,
    productId,
    variantId,
    sellerId,
    sku: offerId,
    state: "active" as const,
    priceMinor,
    currency,
    minQuantity: quantities.minQuantity ?? 1,
    stepQuantity: quantities.stepQuantity ?? 1,
    maxQuantity: quantities.maxQuantity ?? null,
    createdAt: now,
    version: 1,
  }));
  const shop = { sellerId, name: "Shop", slug: sellerId, city: "Jakarta", trading: true, version: 1 };
  const locationId = `loc_${sellerId.slice(4)}` as Id<"location">;
  const places = made.map(({ offerId, stock = 10 }) => ({
    offerId,
    sellerId,
    locationId,
    isFirst: true,
    onHand: stock,
  }));
  const committed = await ctx.db.commit<string>([
    insertMany(product, products),
    insertMany(variant, variants),
    insertMany(offer, offers),
    insertMany(productShop, [shop]),
    setLevels(ctx, "test", places),
  ]);
  if (!committed.ok) throw new Error(committed.code);
  return made.map(({ offerId }) => ({ offerId, sellerId }));
}
