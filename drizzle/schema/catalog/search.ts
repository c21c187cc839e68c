import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { Currency } from "#kernel/money";
import type { Texts } from "#kernel/texts";
import type { RuleKind } from "#services/catalog/search/domain";

const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" });

/** One row a product: what a list shows, finds and filters by. Rebuilt from the owners' present state. */
export const listing = pgTable(
  "listing",
  {
    productId: id("product").primaryKey(),
    slug: text().notNull(),
    titles: jsonb().$type<Texts>().notNull(),
    brand: text(),
    categoryId: id("category").notNull(),
    /** The category and those above it: a filter by any of them finds the product. */
    categoryPath: text().array().notNull(),
    offerIds: text().array().notNull(),
    sellerIds: text().array().notNull(),
    bestOfferId: id("offer"),
    bestSellerId: id("seller"),
    sellerName: text().notNull(),
    sellerCity: text().notNull(),
    priceFromMinor: bigint({ mode: "bigint" }),
    priceToMinor: bigint({ mode: "bigint" }),
    currency: text().$type<Currency>().notNull(),
    imageKey: text(),
    /** Published, with an offer that can be bought. */
    live: boolean().notNull(),
    available: integer().notNull(),
    sold: integer().notNull(),
    /** Products of one seller whose titles differ in little only. */
    family: text().notNull(),
    publishedAt: instant().notNull(),
    words: text().notNull(),
    vector: tsvector().notNull(),
    /** When its owners' state was read: an older reading never replaces a newer one. */
    readAt: instant().notNull(),
  },
  (t) => [
    index("listing_vector").using("gin", t.vector),
    index("listing_words").using("gin", sql`${t.words} gin_trgm_ops`),
    index("listing_category").using("gin", t.categoryPath),
    index("listing_offers").using("gin", t.offerIds),
    index("listing_sellers").using("gin", t.sellerIds),
    index("listing_price").on(t.priceFromMinor, t.productId).where(sql`${t.live}`),
    index("listing_newest").on(t.publishedAt.desc(), t.productId.desc()).where(sql`${t.live}`),
  ],
);

/** Words of titles and brands, to mend typing errors by. */
export const searchWord = pgTable(
  "search_word",
  { word: text().primaryKey(), weight: integer().notNull() },
  (t) => [index("search_word_trgm").using("gin", sql`${t.word} gin_trgm_ops`)],
);

/** What people searched for, to suggest to the next. */
export const searchQuery = pgTable(
  "search_query",
  {
    query: text().primaryKey(),
    count: integer().notNull(),
    results: integer().notNull(),
    lastAt: instant().notNull(),
  },
  (t) => [
    index("search_query_trgm").using("gin", sql`${t.query} gin_trgm_ops`),
    index("search_query_popular").on(t.count.desc()),
  ],
);

/** Merchandising: for a query or a category, pin, hide, boost or bury a product. */
export const searchRule = pgTable(
  "search_rule",
  {
    id: id("rule").primaryKey(),
    kind: text().$type<RuleKind>().notNull(),
    /** The normalised query, or null for a rule on the category. */
    query: text(),
    categoryId: id("category"),
    productId: id("product").notNull(),
    /** Where a pinned product stands, from 1. */
    position: integer(),
    createdAt: instant().notNull(),
  },
  (t) => [
    index().on(t.query),
    index().on(t.categoryId),
    check("search_rule_has_scope", sql`(${t.query} IS NULL) <> (${t.categoryId} IS NULL)`),
    check("search_rule_pin_has_place", sql`(${t.kind} = 'pin') = (${t.position} IS NOT NULL)`),
  ],
);

/** `meaning` is searched for too wherever `term` is typed; a two-way synonym is two rows. */
export const searchSynonym = pgTable(
  "search_synonym",
  { term: text().notNull(), meaning: text().notNull() },
  (t) => [primaryKey({ columns: [t.term, t.meaning] })],
);
