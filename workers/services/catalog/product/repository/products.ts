import { and, desc, eq, isNull, lt, type SQL, sql } from "drizzle-orm";
import { among, insertMany, type Query, query, recordset, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import { media, offer, product, productShop, productSlug, variant } from "#schema/catalog/product";
import type { Media } from "../domain/media.ts";
import type { Offer } from "../domain/offer.ts";
import type { Product, ProductState, Variant } from "../domain/product.ts";

export type ProductRow = typeof product.$inferSelect;
type OfferRow = typeof offer.$inferSelect;

export const toProduct = ({
  currency: _currency,
  priceFromMinor: _from,
  priceToMinor: _to,
  ...rest
}: ProductRow): Product => rest;

export const toOffer = ({ priceMinor, currency, ...rest }: OfferRow): Offer => ({
  ...rest,
  price: { minor: priceMinor, currency },
});
export const fromOffer = ({ price, ...rest }: Offer): OfferRow => ({
  ...rest,
  priceMinor: price.minor,
  currency: price.currency,
});

export const rowQuery = (id: Id<"product">): Query<ProductRow | undefined> =>
  query(
    (read) => read.select().from(product).where(eq(product.id, id)),
    ([row]) => row,
  );

export const variantsQuery = (productId: Id<"product">): Query<readonly Variant[]> =>
  query(
    (read) =>
      read
        .select()
        .from(variant)
        .where(eq(variant.productId, productId))
        .orderBy(variant.archived, variant.position, variant.id),
    (rows) => rows,
  );

export const offersOfQuery = (productId: Id<"product">): Query<readonly Offer[]> =>
  query(
    (read) => read.select().from(offer).where(eq(offer.productId, productId)).orderBy(offer.id),
    (rows) => rows.map(toOffer),
  );

export const mediaQuery = (productId: Id<"product">): Query<readonly Media[]> =>
  query(
    (read) =>
      read.select().from(media).where(eq(media.productId, productId)).orderBy(media.position, media.id),
    (rows) => rows,
  );

type Listing = {
  readonly sellerId?: Id<"seller"> | undefined;
  readonly state?: ProductState | undefined;
  readonly before: string | undefined;
  readonly limit: number;
};

/** Products of a shop, or of all shops in one state; the newest first, one more than asked for. */
export const rowsQuery = ({ sellerId, state, before, limit }: Listing): Query<readonly ProductRow[]> =>
  query(
    (read) =>
      read
        .select()
        .from(product)
        .where(
          and(
            isNull(product.deletedAt),
            sellerId === undefined ? undefined : eq(product.sellerId, sellerId),
            state === undefined ? undefined : eq(product.state, state),
            before === undefined ? undefined : lt(product.id, before as Id<"product">),
          ),
        )
        .orderBy(desc(product.id))
        .limit(limit + 1),
    (rows) => rows,
  );

/** Writers of a product and its offers go one after another, in the order of ids: none waits in a ring. */
export const lockProducts = (ids: readonly Id<"product">[]): Statement => ({
  sql: sql`SELECT count(*) FROM (SELECT 1 FROM ${product} WHERE ${among(product.id, ids)}
    ORDER BY id FOR NO KEY UPDATE) AS locked`,
});

export function insertProducts(
  products: readonly Product[],
  currency: Currency,
): Statement<"product.ref_taken" | "product.slug_taken"> {
  const rows = products.map((one) => ({ ...one, currency, priceFromMinor: null, priceToMinor: null }));
  return {
    ...insertMany(product, rows),
    constraints: { product_external_ref: "product.ref_taken", product_slug_current: "product.slug_taken" },
  };
}

/** Refused when one of them is no longer the one that was decided on. */
export function saveProducts(
  products: readonly Product[],
): Statement<"product.stale" | "product.slug_taken"> {
  const { from } = recordset(product, products);
  return {
    sql: sql`WITH done AS (UPDATE ${product} AS p SET
        category_id = w.category_id, state = w.state, slug = w.slug, titles = w.titles,
        descriptions = w.descriptions, brand = w.brand, mpn = w.mpn, attributes = w.attributes,
        options = w.options, tax_class = w.tax_class, reason = w.reason, external_ref = w.external_ref,
        published_at = w.published_at, deleted_at = w.deleted_at, merged_into = w.merged_into,
        version = w.version
      FROM ${from} WHERE p.id = w.id AND p.version = w.version - 1 RETURNING 1)
      SELECT assert_that((SELECT count(*) FROM done) = ${products.length}, 'product.stale')`,
    constraints: { product_slug_current: "product.slug_taken" },
  };
}

type Claim = { readonly slug: string; readonly productId: Id<"product"> };

/** A slug is claimed for good; its product may come back to it, nobody else may have it. */
export function claimSlugs(claims: readonly Claim[], now: number): Statement<"product.slug_taken"> {
  const { from } = recordset(
    productSlug,
    claims.map((claim) => ({ ...claim, since: now })),
  );
  return {
    sql: sql`WITH done AS (INSERT INTO ${productSlug} AS s (slug, product_id, since)
        SELECT slug, product_id, since FROM ${from} ORDER BY slug
        ON CONFLICT (slug) DO UPDATE SET since = excluded.since WHERE s.product_id = excluded.product_id
        RETURNING 1)
      SELECT assert_that((SELECT count(*) FROM done) = ${claims.length}, 'product.slug_taken')`,
  };
}

export const insertVariants = (variants: readonly Variant[]): Statement => insertMany(variant, variants);

/** Runs after the product's own row was saved, whose version guards them all. */
export function saveVariants(variants: readonly Variant[]): Statement {
  const { from } = recordset(variant, variants);
  return {
    sql: sql`UPDATE ${variant} AS v SET position = w.position, label = w.label, gtin = w.gtin, mpn = w.mpn,
      weight_grams = w.weight_grams, measures = w.measures, archived = w.archived
      FROM ${from} WHERE v.id = w.id`,
  };
}

type ShopCard = Omit<typeof productShop.$inferSelect, "trading"> & { readonly state: string };

/** What the page and the lists show of a shop; an older card never replaces a newer one. */
export function saveShops(cards: readonly ShopCard[]): Statement {
  const rows = cards.map(({ sellerId, name, slug, city, state, version }) => ({
    sellerId,
    name,
    slug,
    city,
    trading: state === "active",
    version,
  }));
  const { from, names } = recordset(productShop, rows);
  return {
    sql: sql`INSERT INTO ${productShop} AS s (${names}) SELECT ${names} FROM ${from} ORDER BY seller_id
      ON CONFLICT (seller_id) DO UPDATE SET name = excluded.name, slug = excluded.slug,
        city = excluded.city, trading = excluded.trading, version = excluded.version
      WHERE s.version < excluded.version`,
  };
}

/** Works out again what a buyer can pay at least and at most; the products are locked by the same commit. */
export const refreshPrices = (ids: readonly Id<"product">[]): Statement =>
  refreshWhere(among(sql`q.id`, ids));

const refreshWhere = (which: SQL): Statement => ({
  sql: sql`UPDATE ${product} AS p SET price_from_minor = w.low, price_to_minor = w.high
    FROM (SELECT q.id, min(o.price_minor) AS low, max(o.price_minor) AS high
      FROM ${product} AS q LEFT JOIN (${offer} AS o
        JOIN ${variant} AS v ON v.id = o.variant_id AND NOT v.archived
        JOIN ${productShop} AS s ON s.seller_id = o.seller_id AND s.trading)
      ON o.product_id = q.id AND o.state = 'active'
      WHERE ${which} GROUP BY q.id) AS w
    WHERE p.id = w.id AND (p.price_from_minor, p.price_to_minor) IS DISTINCT FROM (w.low, w.high)`,
});

/** What is on sale has a price in the market's currency, whatever this commit did to its variants. */
export const assertPriced = (
  ids: readonly Id<"product">[],
  currency: Currency,
): Statement<"product.unpriced"> => ({
  sql: sql`SELECT assert_that(NOT EXISTS (
    SELECT 1 FROM ${product} AS p LEFT JOIN ${variant} AS v ON v.product_id = p.id AND NOT v.archived
    WHERE ${among(sql`p.id`, ids)} AND p.state = 'published' AND NOT EXISTS (
      SELECT 1 FROM ${offer} AS o
      WHERE o.variant_id = v.id AND o.state <> 'archived' AND o.currency = ${currency})),
    'product.unpriced')`,
});

/** Under which names the pages of these products are kept. */
export const slugsOfQuery = (
  ids: readonly Id<"product">[],
): Query<readonly { readonly id: Id<"product">; readonly slugs: readonly string[] }[]> =>
  query(
    (read) => read.select({ id: product.id, slug: product.slug }).from(product).where(among(product.id, ids)),
    (rows) => rows.map(({ id, slug }) => ({ id, slugs: [slug] })),
  );

export const rowOfVariantQuery = (variantId: Id<"variant">): Query<ProductRow | undefined> =>
  query(
    (read) =>
      read
        .select({ row: product })
        .from(variant)
        .innerJoin(product, eq(product.id, variant.productId))
        .where(eq(variant.id, variantId)),
    ([found]) => found?.row,
  );

const ofShops = (sellerIds: readonly string[]) => sql`(SELECT o.product_id FROM ${offer} AS o
  WHERE ${among(sql`o.seller_id`, sellerIds)} AND o.state <> 'archived')`;

/** As `lockProducts`, for all that these shops offer. */
export const lockShopProducts = (sellerIds: readonly Id<"seller">[]): Statement => ({
  sql: sql`SELECT count(*) FROM (SELECT 1 FROM ${product} WHERE id IN ${ofShops(sellerIds)}
    ORDER BY id FOR NO KEY UPDATE) AS locked`,
});

export const refreshShopPrices = (sellerIds: readonly Id<"seller">[]): Statement =>
  refreshWhere(sql`q.id IN ${ofShops(sellerIds)}`);

type TaxClassOf = { readonly categoryId: Id<"category">; readonly taxClass: Product["taxClass"] };

export const saveTaxClasses = (classes: readonly TaxClassOf[]): Statement => {
  const { from } = recordset(product, classes, ["categoryId", "taxClass"]);
  return {
    sql: sql`UPDATE ${product} AS p SET tax_class = w.tax_class FROM ${from}
      WHERE p.category_id = w.category_id AND p.tax_class <> w.tax_class`,
  };
};
