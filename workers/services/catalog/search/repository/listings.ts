import { sql } from "drizzle-orm";
import { among, build, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { listing, searchPlace } from "#schema/catalog/search";

export type ListingRow = Omit<typeof listing.$inferSelect, "vector" | "sold" | "appeal" | "words"> & {
  readonly titleId: string;
  readonly categoryNames: string;
  readonly description: string;
};

/** Replaces listings by newer readings; sold units stay, since orders count them. */
export function saveListings(rows: readonly ListingRow[]): Statement {
  const json = rows.map((row) => ({
    product_id: row.productId,
    slug: row.slug,
    titles: row.titles,
    brand: row.brand,
    category_id: row.categoryId,
    category_path: row.categoryPath,
    offer_ids: row.offerIds,
    seller_ids: row.sellerIds,
    shop_ids: row.shopIds,
    best_offer_id: row.bestOfferId,
    best_seller_id: row.bestSellerId,
    seller_name: row.sellerName,
    seller_city: row.sellerCity,
    price_from_minor: row.priceFromMinor?.toString() ?? null,
    price_to_minor: row.priceToMinor?.toString() ?? null,
    currency: row.currency,
    image_key: row.imageKey,
    live: row.live,
    available: row.available,
    reviews: row.reviews,
    stars_hundredths: row.starsHundredths,
    rating_score: row.ratingScore,
    family: row.family,
    published_at: new Date(row.publishedAt).toISOString(),
    read_at: new Date(row.readAt).toISOString(),
    title_en: row.titles.en,
    title_id: row.titleId,
    category_names: row.categoryNames,
    description: row.description,
  }));
  return { sql: sql`${SAVE_FROM}${JSON.stringify(json)}${SAVE_INTO}` };
}

const COLUMNS = `product_id, slug, titles, brand, category_id, category_path, offer_ids, seller_ids,
  shop_ids, best_offer_id, best_seller_id, seller_name, seller_city, price_from_minor, price_to_minor,
  currency, image_key, live, available, reviews, stars_hundredths, rating_score, family,
  published_at, read_at`;
const UPDATES = COLUMNS.split(",")
  .map((column) => column.trim())
  .filter((column) => column !== "product_id")
  .map((column) => `${column} = excluded.${column}`)
  .join(", ");

const SAVE_FROM = sql.raw(`INSERT INTO listing (${COLUMNS}, sold, appeal, words, vector)
  SELECT ${COLUMNS}, 0, 0, lower(immutable_unaccent(concat_ws(' ', title_en, title_id, brand))),
    listing_vector(title_en, title_id, brand, category_names, description)
  FROM jsonb_to_recordset(`);
const SAVE_INTO =
  sql.raw(`::jsonb) AS r (product_id text, slug text, titles jsonb, brand text, category_id text,
    category_path text[], offer_ids text[], seller_ids text[], shop_ids text[], best_offer_id text,
    best_seller_id text, seller_name text,
    seller_city text, price_from_minor bigint, price_to_minor bigint, currency text,
    image_key text, live boolean, available integer,
    reviews integer, stars_hundredths integer, rating_score integer, family text, published_at timestamptz,
    read_at timestamptz, title_en text, title_id text, category_names text, description text)
  ORDER BY product_id
  ON CONFLICT (product_id) DO UPDATE SET ${UPDATES}, words = excluded.words, vector = excluded.vector
  WHERE listing.read_at <= excluded.read_at`);

export const removeListings = (productIds: readonly Id<"product">[]): Statement =>
  statement(build.delete(listing).where(among(listing.productId, productIds)));

/** Sold units rank; each order is told once, since the consumer's record is in the same commit. */
export function countSold(
  units: readonly { readonly productId: string; readonly quantity: number }[],
): Statement {
  return {
    sql: sql`UPDATE ${listing} SET sold = sold + u.quantity
      FROM (SELECT "productId", sum(quantity)::int AS quantity
        FROM jsonb_to_recordset(${JSON.stringify(units)}::jsonb) AS w ("productId" text, quantity int)
        GROUP BY "productId") AS u
      WHERE ${listing.productId} = u."productId"`,
  };
}

/** Products that these offers, shops or categories stand in. */
export const affectedQuery = (by: {
  readonly offerIds: readonly string[];
  readonly sellerIds: readonly string[];
  readonly categoryIds: readonly string[];
}): Query<readonly Id<"product">[]> => {
  const list = (ids: readonly string[]) =>
    sql`ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;
  return query(
    (read) =>
      read
        .select({ productId: listing.productId })
        .from(listing)
        .where(
          sql`offer_ids && ${list(by.offerIds)} OR seller_ids && ${list(by.sellerIds)}
            OR category_path && ${list(by.categoryIds)}`,
        ),
    (rows) => rows.map((row) => row.productId),
  );
};

export const productsAfterQuery = (after: string, limit: number): Query<readonly Id<"product">[]> =>
  query(
    (read) =>
      read
        .select({ productId: listing.productId })
        .from(listing)
        .where(sql`product_id > ${after}`)
        .orderBy(listing.productId)
        .limit(limit),
    (rows) => rows.map((row) => row.productId),
  );

/** Where shops are, each as it was last said; what is no place any more goes. */
export function savePlaces(
  places: readonly (typeof searchPlace.$inferSelect)[],
  gone: readonly Id<"seller">[],
): Statement[] {
  return [
    statement(build.delete(searchPlace).where(among(searchPlace.sellerId, gone))),
    {
      sql: sql`INSERT INTO search_place (seller_id, latitude, longitude, version)
        SELECT "sellerId", latitude, longitude, version
        FROM jsonb_to_recordset(${JSON.stringify(places)}::jsonb)
          AS w ("sellerId" text, latitude float8, longitude float8, version integer)
        ORDER BY "sellerId"
        ON CONFLICT (seller_id) DO UPDATE SET latitude = excluded.latitude, longitude = excluded.longitude,
          version = excluded.version
        WHERE search_place.version <= excluded.version`,
    },
  ];
}

/** What can be bought now, as a list of another service's making shows it. */
export type Listed = Pick<
  typeof listing.$inferSelect,
  "productId" | "slug" | "titles" | "categoryId" | "imageKey" | "currency" | "available"
> & {
  readonly categoryPath: readonly string[];
  readonly offerId: Id<"offer"> | null;
  readonly sellerId: Id<"seller"> | null;
  readonly priceMinor: bigint | null;
};

const LISTED = {
  productId: listing.productId,
  slug: listing.slug,
  titles: listing.titles,
  categoryId: listing.categoryId,
  categoryPath: listing.categoryPath,
  imageKey: listing.imageKey,
  currency: listing.currency,
  available: listing.available,
  offerId: listing.bestOfferId,
  sellerId: listing.bestSellerId,
  priceMinor: listing.priceFromMinor,
};

/** Those of these products that are on sale, in stock or not; what is hidden or gone is left out. */
export const listedQuery = (productIds: readonly string[]): Query<readonly Listed[]> =>
  query(
    (read) =>
      read
        .select(LISTED)
        .from(listing)
        .where(sql`live AND ${among(listing.productId, productIds)}`),
    (rows) => rows,
  );

/** What came on sale last and is in stock; of a category and those below it, where one is named. */
export const newestListedQuery = (
  limit: number,
  categoryId: Id<"category"> | undefined,
): Query<readonly Listed[]> =>
  query(
    (read) =>
      read
        .select(LISTED)
        .from(listing)
        .where(
          categoryId === undefined
            ? sql`live AND available > 0`
            : sql`live AND available > 0 AND category_path @> ARRAY[${categoryId}]::text[]`,
        )
        .orderBy(sql`published_at DESC`, sql`product_id DESC`)
        .limit(limit),
    (rows) => rows,
  );
