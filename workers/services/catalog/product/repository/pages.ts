import { and, asc, desc, eq, gt, isNotNull, lt, or, type SQL, sql } from "drizzle-orm";
import { type Query, query } from "#kernel/db";
import { type Id, zId } from "#kernel/ids";
import { media, offer, product, productShop, productSlug, variant } from "#schema/catalog/product";
import type { Media } from "../domain/media.ts";
import { type ProductRow, toOffer } from "./products.ts";

type ShopRow = typeof productShop.$inferSelect;
export type PageOffer = { readonly offer: ReturnType<typeof toOffer>; readonly shop: ShopRow };

/** By id, or by the slug that it has now. */
const isIt = (idOrSlug: string): SQL =>
  zId("product").safeParse(idOrSlug).success
    ? sql`${product.id} = ${idOrSlug}`
    : sql`${product.slug} = ${idOrSlug}`;

const onSale = sql`${product.state} = 'published'`;

/** What can be bought of these products, and how it looks. */
function partsQueries(ids: SQL) {
  const isSold = and(eq(offer.state, "active"), eq(productShop.trading, true));
  return [
    query(
      (read) =>
        read
          .select()
          .from(variant)
          .where(and(sql`${variant.productId} IN ${ids}`, eq(variant.archived, false)))
          .orderBy(variant.position, variant.id),
      (rows) => rows,
    ),
    query(
      (read) =>
        read
          .select({ offer, shop: productShop })
          .from(offer)
          .innerJoin(productShop, eq(productShop.sellerId, offer.sellerId))
          .where(and(sql`${offer.productId} IN ${ids}`, isSold))
          .orderBy(offer.priceMinor, offer.id),
      (rows): readonly PageOffer[] => rows.map((row) => ({ offer: toOffer(row.offer), shop: row.shop })),
    ),
    query(
      (read) =>
        read.select().from(media).where(sql`${media.productId} IN ${ids}`).orderBy(media.position, media.id),
      (rows): readonly Media[] => rows,
    ),
  ] as const;
}

/** A published product with what can be bought of it: four reads, to be sent as one batch. */
export function pageQueries(idOrSlug: string) {
  const found = query(
    (read) =>
      read
        .select()
        .from(product)
        .where(and(isIt(idOrSlug), onSale)),
    ([row]): ProductRow | undefined => row,
  );
  const its = sql`(SELECT ${product.id} FROM ${product} WHERE ${isIt(idOrSlug)})`;
  return [found, ...partsQueries(its)] as const;
}

/** Some megabytes of what is told of them; the product that goes beyond is still told whole. */
const WALK_OFFERS_MAX = 2_000;

/** The next products on sale by id, as `pageQueries`, for whoever walks through all of them. */
export function pagesQueries(after: string, limit: number, offersMax = WALK_OFFERS_MAX) {
  const ids = sql`(SELECT n.id FROM (
      SELECT p.id, sum(o.offers) OVER (ORDER BY p.id) - o.offers AS before
      FROM (SELECT id FROM ${product} WHERE state = 'published' AND id > ${after}
          AND price_from_minor IS NOT NULL ORDER BY id LIMIT ${limit}) AS p
        CROSS JOIN LATERAL (SELECT count(*) AS offers FROM ${offer} WHERE product_id = p.id) AS o) AS n
    WHERE n.before < ${offersMax})`;
  const next = query(
    (read) => read.select().from(product).where(sql`${product.id} IN ${ids}`).orderBy(product.id),
    (rows): readonly ProductRow[] => rows,
  );
  return [next, ...partsQueries(ids)] as const;
}

/** Where a slug that a product once had leads now, or the product that became part of another. */
export const movedQuery = (idOrSlug: string): Query<string | undefined> =>
  query(
    (read) =>
      read.execute<{ slug: string }>(sql`WITH RECURSIVE led AS (
          SELECT p.id, p.merged_into FROM ${product} AS p
          WHERE p.id = ${idOrSlug} OR p.id = (SELECT product_id FROM ${productSlug} WHERE slug = ${idOrSlug})
          UNION SELECT n.id, n.merged_into FROM led JOIN ${product} AS n ON n.id = led.merged_into)
        SELECT p.slug FROM led JOIN ${product} AS p ON p.id = led.id
        WHERE led.merged_into IS NULL AND p.state = 'published'`),
    ({ rows: [row] }) => row?.slug,
  );

export type Sort = "newest" | "price_asc" | "price_desc";
export type Filter = {
  /** The ids of categories. */
  readonly within: SQL | undefined;
  /** Id or slug. */
  readonly seller: string | undefined;
  readonly minPriceMinor: bigint | undefined;
  readonly maxPriceMinor: bigint | undefined;
  readonly sort: Sort;
  /** Sort value and id of the last row seen. */
  readonly after: readonly (string | number)[] | undefined;
  readonly limit: number;
};

export type CardRow = {
  readonly row: ProductRow;
  readonly shop: ShopRow | null;
};

/** What can be bought, in the order asked for; one more than asked for. */
export const cardRowsQuery = (filter: Filter): Query<readonly CardRow[]> =>
  query(
    (read) =>
      read
        .select({ row: product, shop: productShop })
        .from(product)
        .leftJoin(productShop, eq(productShop.sellerId, product.sellerId))
        .where(and(onSale, isNotNull(product.priceFromMinor), ...conditions(filter)))
        .orderBy(...orderOf(filter.sort))
        .limit(filter.limit + 1),
    (rows) => rows,
  );

function conditions({ within, seller, minPriceMinor, maxPriceMinor, sort, after }: Filter) {
  return [
    within && sql`${product.categoryId} IN ${within}`,
    seller === undefined ? undefined : isSoldBy(seller),
    minPriceMinor === undefined ? undefined : sql`${product.priceFromMinor} >= ${minPriceMinor}`,
    maxPriceMinor === undefined ? undefined : sql`${product.priceFromMinor} <= ${maxPriceMinor}`,
    after && isAfter(sort, after),
  ];
}

const isSoldBy = (seller: string) => sql`EXISTS (SELECT 1 FROM ${offer}
  JOIN ${productShop} AS s ON s.seller_id = ${offer.sellerId} AND s.trading
  WHERE ${offer.productId} = ${product.id} AND ${offer.state} = 'active'
    AND (s.seller_id = ${seller} OR s.slug = ${seller}))`;

function orderOf(sort: Sort) {
  if (sort === "newest") return [desc(product.publishedAt), desc(product.id)];
  if (sort === "price_asc") return [asc(product.priceFromMinor), asc(product.id)];
  return [desc(product.priceFromMinor), desc(product.id)];
}

function isAfter(sort: Sort, [value = "", id = ""]: readonly (string | number)[]): SQL | undefined {
  const productId = String(id) as Id<"product">;
  if (sort === "newest") {
    const at = Number(value);
    const same = and(eq(product.publishedAt, at), lt(product.id, productId));
    return or(lt(product.publishedAt, at), same);
  }
  const minor = BigInt(value);
  const beyond = sort === "price_asc" ? gt : lt;
  const same = and(eq(product.priceFromMinor, minor), beyond(product.id, productId));
  return or(beyond(product.priceFromMinor, minor), same);
}

export const positionOf = (sort: Sort, { row }: CardRow): readonly (string | number)[] =>
  sort === "newest" ? [row.publishedAt ?? 0, row.id] : [String(row.priceFromMinor ?? 0n), row.id];
