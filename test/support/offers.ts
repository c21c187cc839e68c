import { insertMany } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { offer, product, productShop, variant } from "#schema/catalog/product";
import { setLevels } from "#services/logistics/inventory/repository/stock";
import type { Harness } from "./harness.ts";

const PRICE_MINOR = 100_000n;

type Terms = {
  readonly priceMinor?: bigint;
  /** Null: never counted. */
  readonly stock?: number | null;
  readonly minQuantity?: number;
  readonly stepQuantity?: number;
  readonly maxQuantity?: number | null;
};
export type TestOffer = { readonly offerId: Id<"offer">; readonly sellerId: Id<"seller"> };

type Made = Terms & {
  readonly sellerId: Id<"seller">;
  readonly productId: Id<"product">;
  readonly variantId: Id<"variant">;
  readonly offerId: Id<"offer">;
};

/** Published offers of one shop, in stock, written straight into the tables: for tests of what sells them. */
export async function sellOffers(
  h: Harness,
  terms: readonly Terms[],
  sellerId: Id<"seller"> = h.ids.next("seller"),
): Promise<readonly TestOffer[]> {
  const ctx = h.ctx();
  const made = terms.map(
    (one): Made => ({
      ...one,
      sellerId,
      productId: h.ids.next("product"),
      variantId: h.ids.next("variant"),
      offerId: h.ids.next("offer"),
    }),
  );
  const shop = { sellerId, name: "Shop", slug: sellerId, city: "Jakarta", trading: true, version: 1 };
  const locationId = `loc_${sellerId.slice(4)}` as Id<"location">;
  const places = made.flatMap(({ offerId, stock = 10 }) =>
    stock === null ? [] : [{ offerId, sellerId, locationId, isFirst: true, onHand: stock }],
  );
  const committed = await ctx.db.commit<string>([
    insertMany(
      product,
      made.map((one) => toProduct(h, one)),
    ),
    insertMany(variant, made.map(toVariant)),
    insertMany(
      offer,
      made.map((one) => toOffer(h, one)),
    ),
    insertMany(productShop, [shop]),
    ...(places.length > 0 ? [setLevels(ctx, "test", places)] : []),
  ]);
  if (!committed.ok) throw new Error(committed.code);
  return made.map(({ offerId }) => ({ offerId, sellerId }));
}

const toProduct = (h: Harness, { productId, sellerId, priceMinor = PRICE_MINOR }: Made) => ({
  id: productId,
  sellerId,
  categoryId: h.ids.next("category"),
  state: "published" as const,
  slug: productId,
  titles: { en: `Article ${productId.slice(-4)}` },
  attributes: {},
  options: [],
  taxClass: "standard" as const,
  currency: h.market.currency,
  priceFromMinor: priceMinor,
  priceToMinor: priceMinor,
  createdAt: h.clock.now(),
  publishedAt: h.clock.now(),
  version: 1,
});

const toVariant = ({ productId, variantId }: Made) => ({
  id: variantId,
  productId,
  position: 0,
  key: "",
  label: "",
  weightGrams: 100,
  archived: false,
});

const toOffer = (h: Harness, { productId, variantId, offerId, sellerId, ...terms }: Made) => ({
  id: offerId,
  productId,
  variantId,
  sellerId,
  sku: offerId,
  state: "active" as const,
  priceMinor: terms.priceMinor ?? PRICE_MINOR,
  currency: h.market.currency,
  minQuantity: terms.minQuantity ?? 1,
  stepQuantity: terms.stepQuantity ?? 1,
  maxQuantity: terms.maxQuantity ?? null,
  createdAt: h.clock.now(),
  version: 1,
});
