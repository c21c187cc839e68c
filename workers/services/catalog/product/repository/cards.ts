import { eq } from "drizzle-orm";
import { among, type Query, query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import { offer, product, productShop, variant } from "#schema/catalog/product";

const CARD = {
  productId: product.id,
  makerId: product.sellerId,
  categoryId: product.categoryId,
  state: product.state,
  slug: product.slug,
  titles: product.titles,
  descriptions: product.descriptions,
  brand: product.brand,
  attributes: product.attributes,
  coverKey: product.coverKey,
  currency: product.currency,
  publishedAt: product.publishedAt,
};
const CARD_OFFER = {
  offerId: offer.id,
  productId: offer.productId,
  sellerId: offer.sellerId,
  state: offer.state,
  priceMinor: offer.priceMinor,
  variantLabel: variant.label,
  gtin: variant.gtin,
  isRetired: variant.archived,
  shopName: productShop.name,
  shopCity: productShop.city,
  trading: productShop.trading,
};

export type Card = Pick<
  typeof product.$inferSelect,
  "categoryId" | "state" | "slug" | "titles" | "descriptions" | "brand" | "attributes" | "coverKey"
> & {
  readonly productId: Id<"product">;
  readonly makerId: Id<"seller">;
  readonly currency: Currency;
  readonly publishedAt: number | null;
};

/** What a list of products shows and finds by; states of every kind, so that a reader sees what has gone. */
export const cardsQuery = (productIds: readonly Id<"product">[]): Query<readonly Card[]> =>
  query(
    (read) => read.select(CARD).from(product).where(among(product.id, productIds)),
    (rows) => rows,
  );

/** The offers of these products that are not archived; `isOpen` says whether one can be bought. */
export const cardOffersQuery = (productIds: readonly Id<"product">[]): Query<readonly CardOffer[]> =>
  query(
    (read) =>
      read
        .select(CARD_OFFER)
        .from(offer)
        .innerJoin(variant, eq(variant.id, offer.variantId))
        .leftJoin(productShop, eq(productShop.sellerId, offer.sellerId))
        .where(among(offer.productId, productIds)),
    (rows) =>
      rows
        .filter((row) => row.state !== "archived" && !row.isRetired)
        .map(({ state, trading, isRetired: _, shopName, shopCity, ...rest }) => ({
          ...rest,
          shopName: shopName ?? "",
          shopCity: shopCity ?? "",
          isOpen: state === "active" && trading === true,
        })),
  );

export type CardOffer = {
  readonly offerId: Id<"offer">;
  readonly productId: Id<"product">;
  readonly sellerId: Id<"seller">;
  readonly priceMinor: bigint;
  readonly variantLabel: string;
  readonly gtin: string | null;
  readonly shopName: string;
  readonly shopCity: string;
  readonly isOpen: boolean;
};
