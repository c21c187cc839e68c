import { eq, or, type SQL, sql } from "drizzle-orm";
import { among, build, guarded, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { listing, searchQuery, searchRule, searchSynonym, searchWord } from "#schema/catalog/search";
import type { Candidate, RuleKind } from "./domain.ts";

export type ListingRow = Omit<typeof listing.$inferSelect, "vector" | "sold" | "words"> & {
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
  best_offer_id, best_seller_id, seller_name, seller_city, price_from_minor, price_to_minor, currency,
  image_key, live, available, family, published_at, read_at`;
const UPDATES = COLUMNS.split(",")
  .map((column) => column.trim())
  .filter((column) => column !== "product_id")
  .map((column) => `${column} = excluded.${column}`)
  .join(", ");

const SAVE_FROM = sql.raw(`INSERT INTO listing (${COLUMNS}, sold, words, vector)
  SELECT ${COLUMNS}, 0, lower(immutable_unaccent(concat_ws(' ', title_en, title_id, brand))),
    listing_vector(title_en, title_id, brand, category_names, description)
  FROM jsonb_to_recordset(`);
const SAVE_INTO =
  sql.raw(`::jsonb) AS r (product_id text, slug text, titles jsonb, brand text, category_id text,
    category_path text[], offer_ids text[], seller_ids text[], best_offer_id text, best_seller_id text,
    seller_name text, seller_city text, price_from_minor bigint, price_to_minor bigint, currency text,
    image_key text, live boolean, available integer, family text, published_at timestamptz,
    read_at timestamptz, title_en text, title_id text, category_names text, description text)
  ORDER BY product_id
  ON CONFLICT (product_id) DO UPDATE SET ${UPDATES}, words = excluded.words, vector = excluded.vector
  WHERE listing.read_at <= excluded.read_at`);

export const removeListings = (productIds: readonly Id<"product">[]): Statement =>
  statement(build.delete(listing).where(among(listing.productId, productIds)));

/** Words become known once; how often they stand in titles says which of two near ones is meant. */
export function learnWords(words: readonly string[]): Statement {
  return {
    sql: sql`INSERT INTO ${searchWord} (word, weight)
      SELECT word, count(*) FROM jsonb_array_elements_text(${JSON.stringify(words)}::jsonb) AS w (word)
      GROUP BY word ORDER BY word
      ON CONFLICT (word) DO UPDATE SET weight = ${searchWord}.weight + excluded.weight`,
  };
}

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

export type Rule = {
  readonly id: Id<"rule">;
  readonly kind: RuleKind;
  readonly query: string | null;
  readonly categoryId: Id<"category"> | null;
  readonly productId: Id<"product">;
  readonly position: number | null;
};

export const rulesQuery = (
  phrase: string,
  categoryId: Id<"category"> | undefined,
): Query<readonly Rule[]> => {
  const byQuery = eq(searchRule.query, phrase);
  const scope: SQL | undefined = categoryId ? or(byQuery, eq(searchRule.categoryId, categoryId)) : byQuery;
  return query(
    (read) => read.select().from(searchRule).where(scope),
    (rows) => rows,
  );
};

export const synonymsQuery = (
  words: readonly string[],
): Query<readonly { readonly term: string; readonly meaning: string }[]> =>
  query(
    (read) => read.select().from(searchSynonym).where(among(searchSynonym.term, words)),
    (rows) => rows,
  );

/** Known words that look alike, with the typed word they are near to. */
export const lookAlikesQuery = (
  words: readonly string[],
): Query<readonly (Candidate & { readonly typed: string })[]> =>
  query(
    (read) =>
      read
        .select({
          typed: sql<string>`typed`,
          word: sql<string>`near.word`,
          weight: sql<number>`near.weight`,
        })
        .from(
          sql`jsonb_array_elements_text(${JSON.stringify(words)}::jsonb) AS t (typed),
          LATERAL (SELECT w.word, w.weight FROM search_word w
            WHERE w.word = typed OR w.word LIKE typed || '%' OR similarity(w.word, typed) > 0.2
              OR (left(w.word, 1) = left(typed, 1) AND abs(length(w.word) - length(typed)) <= 2)
            ORDER BY (w.word = typed) DESC, (w.word LIKE typed || '%') DESC, similarity(w.word, typed) DESC
            LIMIT 30) AS near`,
        ),
    (rows) => rows,
  );

export const saveRule = (rule: typeof searchRule.$inferInsert): Statement =>
  statement(build.insert(searchRule).values(rule));

export const removeRule = (ruleId: Id<"rule">): Statement<"search.rule_not_found"> =>
  guarded(build.delete(searchRule).where(eq(searchRule.id, ruleId)), 1, "search.rule_not_found");

export function saveSynonyms(term: string, meanings: readonly string[], isTwoWay: boolean): Statement[] {
  const pairs = meanings.flatMap((meaning) => [
    { term, meaning },
    ...(isTwoWay ? [{ term: meaning, meaning: term }] : []),
  ]);
  const clear = statement(
    build.delete(searchSynonym).where(or(eq(searchSynonym.term, term), eq(searchSynonym.meaning, term))),
  );
  return pairs.length === 0
    ? [clear]
    : [clear, statement(build.insert(searchSynonym).values(pairs).onConflictDoNothing())];
}

export const countQuery = (phrase: string, results: number, at: number): Statement => ({
  sql: sql`INSERT INTO ${searchQuery} (query, count, results, last_at)
    VALUES (${phrase}, 1, ${results}, ${new Date(at).toISOString()})
    ON CONFLICT (query) DO UPDATE
    SET count = ${searchQuery}.count + 1, results = excluded.results, last_at = excluded.last_at`,
});

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
