import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { Currency } from "#kernel/money";
import type { Texts } from "#kernel/texts";
import type { TaxClass } from "#services/catalog/category/facts";
import type { ChangePatch, ChangeState, Difference } from "#services/catalog/product/domain/change";
import type { DuplicateState, Reason } from "#services/catalog/product/domain/duplicate";
import type { MediaKind } from "#services/catalog/product/domain/media";
import type { Merge } from "#services/catalog/product/domain/merge";
import type { OfferState } from "#services/catalog/product/domain/offer";
import type {
  AttributeValues,
  Measures,
  ProductOption,
  ProductState,
} from "#services/catalog/product/domain/product";

/** A master product: its maker edits it, any shop may hang an offer on its variants. */
export const product = pgTable(
  "product",
  {
    id: id("product").primaryKey(),
    sellerId: id("seller").notNull(),
    categoryId: id("category").notNull(),
    state: text().$type<ProductState>().notNull(),
    slug: text().notNull(),
    titles: jsonb().$type<Texts>().notNull(),
    descriptions: jsonb().$type<Texts | null>(),
    brand: text(),
    mpn: text(),
    attributes: jsonb().$type<AttributeValues>().notNull(),
    options: jsonb().$type<readonly ProductOption[]>().notNull(),
    /** The category's, kept up to date by its events: an order line needs it in one read. */
    taxClass: text().$type<TaxClass>().notNull(),
    /** Why an operator turned it down. */
    reason: text(),
    /** What the shop's own system calls it: an import finds it again by this. */
    externalRef: text(),
    currency: text().$type<Currency>().notNull(),
    /** Lowest and highest price that a buyer can pay now; null when nobody sells it. */
    priceFromMinor: bigint({ mode: "bigint" }),
    priceToMinor: bigint({ mode: "bigint" }),
    coverKey: text(),
    /** The product that took over its offers, reviews and addresses: it was the same thing. */
    mergedInto: id("product"),
    createdAt: instant().notNull(),
    publishedAt: instant(),
    deletedAt: instant(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("product_external_ref").on(t.sellerId, t.externalRef),
    uniqueIndex("product_slug_current").on(t.slug),
    index("product_by_seller").on(t.sellerId, t.id.desc()),
    index("product_newest").on(t.publishedAt.desc(), t.id.desc()).where(sql`${t.state} = 'published'`),
    index("product_by_price").on(t.priceFromMinor, t.id).where(sql`${t.state} = 'published'`),
    index("product_by_category").on(t.categoryId, t.id).where(sql`${t.state} = 'published'`),
    index("product_waiting").on(t.id).where(sql`${t.state} = 'proposed'`),
    index("product_merged").on(t.mergedInto).where(sql`${t.mergedInto} IS NOT NULL`),
    index("product_title_trgm").using("gin", sql`lower(${t.titles} ->> 'en') gin_trgm_ops`),
    index("product_by_mpn")
      .on(sql`lower(regexp_replace(${t.mpn}, '[^a-zA-Z0-9]', '', 'g'))`)
      .where(sql`${t.mpn} IS NOT NULL`),
    check("product_merged_is_gone", sql`${t.mergedInto} IS NULL OR ${t.deletedAt} IS NOT NULL`),
    check("product_published_since", sql`${t.state} <> 'published' OR ${t.publishedAt} IS NOT NULL`),
    check("product_deleted_is_archived", sql`${t.deletedAt} IS NULL OR ${t.state} = 'archived'`),
    check("product_price_range", sql`${t.priceFromMinor} <= ${t.priceToMinor}`),
  ],
);

/** Every slug that a product has or had: an old one leads on to the new one and is nobody else's. */
export const productSlug = pgTable(
  "product_slug",
  {
    slug: text().primaryKey(),
    productId: id("product")
      .notNull()
      .references(() => product.id),
    since: instant().notNull(),
  },
  (t) => [index("product_slug_by_product").on(t.productId)],
);

export const variant = pgTable(
  "variant",
  {
    id: id("variant").primaryKey(),
    productId: id("product")
      .notNull()
      .references(() => product.id),
    position: integer().notNull(),
    /** Codes of the option values, in the order of the options, with slashes; "" for the only variant. */
    key: text().notNull(),
    /** The values' names in the market's first language, for a line of an order. */
    label: text().notNull(),
    gtin: text(),
    mpn: text(),
    weightGrams: integer().notNull(),
    /** Of one unit in its box; carriers charge for room where it is more than the weight. */
    measures: jsonb().$type<Measures>(),
    archived: boolean().notNull(),
  },
  (t) => [
    uniqueIndex("variant_key").on(t.productId, t.key),
    // GTINs of 8, 12 and 13 digits are GTIN-14s without their leading zeros.
    index("variant_by_gtin").on(sql`lpad(${t.gtin}, 14, '0')`).where(sql`${t.gtin} IS NOT NULL`),
    index("variant_by_mpn")
      .on(sql`lower(regexp_replace(${t.mpn}, '[^a-zA-Z0-9]', '', 'g'))`)
      .where(sql`${t.mpn} IS NOT NULL`),
    check("variant_weight", sql`${t.weightGrams} >= 0`),
  ],
);

/** A shop's own SKU, price and terms for a variant; a line of a cart or an order belongs to an offer. */
export const offer = pgTable(
  "offer",
  {
    id: id("offer").primaryKey(),
    productId: id("product")
      .notNull()
      .references(() => product.id),
    variantId: id("variant")
      .notNull()
      .references(() => variant.id),
    sellerId: id("seller").notNull(),
    sku: text().notNull(),
    state: text().$type<OfferState>().notNull(),
    priceMinor: bigint({ mode: "bigint" }).notNull(),
    /** Directive 98/6/EC: the lowest price of the 30 days before the reduction that holds now started. */
    priorMinor: bigint({ mode: "bigint" }),
    /** When that reduction started; it is announced for as long as the market says. */
    reducedAt: instant(),
    currency: text().$type<Currency>().notNull(),
    minQuantity: integer().notNull(),
    stepQuantity: integer().notNull(),
    maxQuantity: integer(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("offer_once").on(t.variantId, t.sellerId).where(sql`${t.state} <> 'archived'`),
    uniqueIndex("offer_sku").on(t.sellerId, t.sku).where(sql`${t.state} <> 'archived'`),
    index("offer_by_product").on(t.productId),
    index("offer_by_seller").on(t.sellerId, t.id.desc()),
    check("offer_price_positive", sql`${t.priceMinor} > 0`),
    check("offer_prior_is_dearer", sql`${t.priorMinor} IS NULL OR ${t.priorMinor} > ${t.priceMinor}`),
    check("offer_prior_since", sql`(${t.priorMinor} IS NULL) = (${t.reducedAt} IS NULL)`),
    check(
      "offer_quantities",
      sql`${t.minQuantity} >= 1 AND ${t.stepQuantity} >= 1
        AND (${t.maxQuantity} IS NULL OR ${t.maxQuantity} >= ${t.minQuantity})`,
    ),
  ],
);

/** Every price that an offer has had. Rows are added and never changed: a trigger refuses anything else. */
export const priceLog = pgTable(
  "price_log",
  {
    offerId: id("offer")
      .notNull()
      .references(() => offer.id),
    /** The version that the change brought the offer to. */
    version: integer().notNull(),
    priceMinor: bigint({ mode: "bigint" }).notNull(),
    /** Null for the first price. */
    fromMinor: bigint({ mode: "bigint" }),
    currency: text().$type<Currency>().notNull(),
    at: instant().notNull(),
    /** Who changed it: a person, an API key, or the system. */
    actor: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.offerId, t.version] }), index("price_log_by_time").on(t.offerId, t.at)],
);

/**
 * Prices that everybody could buy at for a while beside the offer's own: flash sales and deals of live shows.
 * Rows are added and never changed, as in `price_log`.
 */
export const pricePromotion = pgTable(
  "price_promotion",
  {
    offerId: id("offer")
      .notNull()
      .references(() => offer.id),
    /** The sale that it was the price of. */
    ref: text().notNull(),
    priceMinor: bigint({ mode: "bigint" }).notNull(),
    currency: text().$type<Currency>().notNull(),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.offerId, t.ref] }),
    check("price_promotion_window", sql`${t.startsAt} < ${t.endsAt} AND ${t.priceMinor} > 0`),
  ],
);

/** Pictures and the video of a product. The bytes are in the bucket under the media's key. */
export const media = pgTable(
  "media",
  {
    id: id("media").primaryKey(),
    productId: id("product")
      .notNull()
      .references(() => product.id),
    kind: text().$type<MediaKind>().notNull(),
    key: text().notNull(),
    contentType: text().notNull(),
    bytes: integer().notNull(),
    width: integer(),
    height: integer(),
    /** SHA-256 of the bytes: the same file on two products is a sign that they are one. */
    hash: text(),
    alts: jsonb().$type<Texts | null>(),
    position: integer().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex("media_key").on(t.key),
    index("media_by_product").on(t.productId, t.position),
    index("media_by_hash").on(t.hash),
  ],
);

/** The audit trail of a product: who asked for which change, and what became of it. */
export const productChange = pgTable(
  "product_change",
  {
    productId: id("product")
      .notNull()
      .references(() => product.id),
    /** Counts up per product. */
    number: integer().notNull(),
    /** The shop that asks: the product's own, or another that offers it. Its list is read by it. */
    sellerId: id("seller").notNull(),
    state: text().$type<ChangeState>().notNull(),
    patch: jsonb().$type<ChangePatch>().notNull(),
    /** What it changes, from what to what. */
    differences: jsonb().$type<readonly Difference[]>().notNull(),
    actor: text().notNull(),
    at: instant().notNull(),
    /** The version that the change was made on. */
    baseVersion: integer().notNull(),
    decidedBy: text(),
    decidedAt: instant(),
    reason: text(),
  },
  (t) => [
    primaryKey({ columns: [t.productId, t.number] }),
    uniqueIndex("product_change_pending").on(t.productId, t.sellerId).where(sql`${t.state} = 'pending'`),
    index("product_change_queue").on(t.state, t.at, t.productId, t.number),
    index("product_change_by_seller").on(t.sellerId, t.at, t.productId, t.number),
  ],
);

/** Two products that look like one. The pair stands once, whichever of them was looked at. */
export const productDuplicate = pgTable(
  "product_duplicate",
  {
    id: id("duplicate").primaryKey(),
    firstId: id("product")
      .notNull()
      .references(() => product.id),
    secondId: id("product")
      .notNull()
      .references(() => product.id),
    reasons: jsonb().$type<readonly Reason[]>().notNull(),
    /** How sure the reasons make it, in thousandths. */
    score: integer().notNull(),
    state: text().$type<DuplicateState>().notNull(),
    foundAt: instant().notNull(),
    decidedBy: text(),
    decidedAt: instant(),
    reason: text(),
  },
  (t) => [
    uniqueIndex("product_duplicate_pair").on(t.firstId, t.secondId),
    index("product_duplicate_of").on(t.secondId),
    index("product_duplicate_queue").on(t.state, t.score.desc(), t.id),
    check("product_duplicate_of_two", sql`${t.firstId} < ${t.secondId}`),
  ],
);

/** What became of a merge, with all that is needed to take it back. */
export const productMerge = pgTable(
  "product_merge",
  {
    id: id("merge").primaryKey(),
    masterId: id("product")
      .notNull()
      .references(() => product.id),
    productId: id("product")
      .notNull()
      .references(() => product.id),
    merge: jsonb().$type<Merge>().notNull(),
    by: text().notNull(),
    at: instant().notNull(),
    undoneBy: text(),
    undoneAt: instant(),
  },
  (t) => [
    uniqueIndex("product_merge_stands").on(t.productId).where(sql`${t.undoneAt} IS NULL`),
    index("product_merge_by_time").on(t.at.desc(), t.id.desc()),
  ],
);

/** Product's own copy of what it shows of shops, kept up to date by their events. */
export const productShop = pgTable("product_shop", {
  sellerId: id("seller").primaryKey(),
  name: text().notNull(),
  slug: text().notNull(),
  city: text().notNull(),
  /** Open for business: only then its offers can be bought. */
  trading: boolean().notNull(),
  version: integer().notNull(),
});
