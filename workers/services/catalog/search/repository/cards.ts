import { sql } from "drizzle-orm";
import { among, type Query, query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { listing } from "#schema/catalog/search";

/** What a card shows of a product whoever sells it. */
export type ProductCard = Pick<
  typeof listing.$inferSelect,
  | "productId"
  | "categoryId"
  | "slug"
  | "titles"
  | "brand"
  | "imageKey"
  | "available"
  | "reviews"
  | "starsHundredths"
> & { readonly offers: number };

const CARD = {
  productId: listing.productId,
  categoryId: listing.categoryId,
  slug: listing.slug,
  titles: listing.titles,
  brand: listing.brand,
  imageKey: listing.imageKey,
  available: listing.available,
  reviews: listing.reviews,
  starsHundredths: listing.starsHundredths,
  offers: sql<number>`cardinality(${listing.offerIds})`,
};

/** Those that can be bought now; the others are left out. */
export const productCardsQuery = (productIds: readonly Id<"product">[]): Query<readonly ProductCard[]> =>
  query(
    (read) =>
      read
        .select(CARD)
        .from(listing)
        .where(sql`live AND available > 0 AND ${among(listing.productId, productIds)}`),
    (rows) => rows,
  );
