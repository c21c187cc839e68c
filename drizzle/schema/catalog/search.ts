import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
} from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { Currency } from "#kernel/money";
import type { Texts } from "#kernel/texts";
import type { ActKind } from "#services/catalog/search/domain/feedback";
import type { RuleJson, RuleKind } from "#services/catalog/search/domain/rule";

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
    /** Of these shops an offer can be bought now. */
    shopIds: text().array().notNull(),
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
    /** What people did when they saw it in answers, in millionths of the score. */
    appeal: integer().notNull(),
    /** How many reviews are shown, their mean in hundredths of a star, and what they rank it by. */
    reviews: integer().notNull(),
    starsHundredths: integer().notNull(),
    ratingScore: integer().notNull(),
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
    index("listing_shops").using("gin", t.shopIds),
    index("listing_price").on(t.priceFromMinor, t.productId).where(sql`${t.live}`),
    index("listing_newest").on(t.publishedAt.desc(), t.productId.desc()).where(sql`${t.live}`),
  ],
);

/** Words of titles and brands, to mend typing errors by. */
export const searchWord = pgTable(
  "search_word",
  { word: text().primaryKey(), weight: integer().notNull() },
  (t) => [
    index("search_word_trgm").using("gin", sql`${t.word} gin_trgm_ops`),
    index("search_word_prefix").using("btree", t.word.op("text_pattern_ops")),
  ],
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

/** Merchandising: where a search names all that the rule names, pin, hide, boost or bury a product. */
export const searchRule = pgTable(
  "search_rule",
  {
    id: id("rule").primaryKey(),
    kind: text().$type<RuleKind>().notNull(),
    /** The normalised query. */
    query: text(),
    categoryId: id("category"),
    /** Filters of the search; a rule names at least one of the four. */
    brand: text(),
    shopId: id("seller"),
    productId: id("product").notNull(),
    /** Where a pinned product stands, from 1. */
    position: integer(),
    /** When it holds; null: since ever, for ever. */
    startsAt: instant(),
    endsAt: instant(),
    note: text().notNull(),
    createdAt: instant().notNull(),
    createdBy: text().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index().on(t.query),
    index().on(t.categoryId),
    index("search_rule_filters")
      .on(t.brand, t.shopId)
      .where(sql`${t.query} IS NULL AND ${t.categoryId} IS NULL`),
    check(
      "search_rule_has_scope",
      sql`num_nonnulls(${t.query}, ${t.categoryId}, ${t.brand}, ${t.shopId}) > 0`,
    ),
    check("search_rule_pin_has_place", sql`(${t.kind} = 'pin') = (${t.position} IS NOT NULL)`),
    check("search_rule_ends_later", sql`${t.startsAt} < ${t.endsAt}`),
  ],
);

/** Who made, changed and took back which rule or synonym, as it was then: rows are only added. */
export const searchRuleLog = pgTable(
  "search_rule_log",
  {
    id: id("event").primaryKey(),
    at: instant().notNull(),
    actor: text().notNull(),
    action: text().$type<"created" | "changed" | "deleted" | "synonyms">().notNull(),
    ruleId: id("rule"),
    rule: jsonb().$type<RuleJson>().notNull(),
  },
  (t) => [index("search_rule_log_by_rule").on(t.ruleId, t.id)],
);

/** Where a shop's parcels leave from, as far as it has said so. */
export const searchPlace = pgTable(
  "search_place",
  {
    sellerId: id("seller").primaryKey(),
    latitude: doublePrecision().notNull(),
    longitude: doublePrecision().notNull(),
    version: integer().notNull(),
  },
  (t) => [index("search_place_box").on(t.latitude, t.longitude)],
);

/** A page of hits as it was made, which any number of people may have seen. */
export const searchAnswer = pgTable(
  "search_answer",
  {
    id: id("search").primaryKey(),
    query: text().notNull(),
    /** In the order of relevance: only such pages teach what to rank higher. */
    ranked: boolean().notNull(),
    /** Place of the first product, from 1. */
    firstPosition: integer().notNull(),
    productIds: text().array().notNull(),
    total: integer().notNull(),
    at: instant().notNull(),
  },
  (t) => [index("search_answer_by_time").on(t.at)],
);

/** Somebody had a page in sight. `viewer` and `origin` are keyed hashes of who and from where. */
export const searchView = pgTable(
  "search_view",
  {
    searchId: id("search").notNull(),
    viewer: text().notNull(),
    origin: text().notNull(),
    at: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.searchId, t.viewer] }),
    index("search_view_by_time").on(t.at),
    index("search_view_by_viewer").on(t.viewer),
  ],
);

/** What a viewer did with a product of a page that he had in sight. */
export const searchAct = pgTable(
  "search_act",
  {
    searchId: id("search").notNull(),
    viewer: text().notNull(),
    productId: id("product").notNull(),
    kind: text().$type<ActKind>().notNull(),
    orderId: id("order"),
    at: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.searchId, t.viewer, t.productId, t.kind] }),
    index("search_act_by_viewer").on(t.viewer, t.productId, t.at),
    index("search_act_by_time").on(t.at),
  ],
);

/** What is learnt of a product as an answer to a query, in millionths of the score. */
export const searchAppeal = pgTable(
  "search_appeal",
  {
    query: text().notNull(),
    productId: id("product").notNull(),
    score: integer().notNull(),
    viewers: integer().notNull(),
    clicks: integer().notNull(),
    carts: integer().notNull(),
    purchases: integer().notNull(),
    learntAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.query, t.productId] })],
);

/** How well a query was answered on a day of the market, counted anew as long as its events are kept. */
export const searchDay = pgTable(
  "search_day",
  {
    day: text().notNull(),
    query: text().notNull(),
    /** Pages in sight, each once a viewer; those of them that held nothing; those that were clicked. */
    searches: integer().notNull(),
    empty: integer().notNull(),
    clicked: integer().notNull(),
    clicks: integer().notNull(),
    carts: integer().notNull(),
    purchases: integer().notNull(),
    /** Sum of one over the place of the first click, in millionths. */
    reciprocal: bigint({ mode: "number" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.query] })],
);

/** How much is done with what stands at a place, as a share of those who saw it, in millionths. */
export const searchPosition = pgTable("search_position", {
  position: smallint().primaryKey(),
  gain: integer().notNull(),
});

/** `meaning` is searched for too wherever `term` is typed; a two-way synonym is two rows. */
export const searchSynonym = pgTable(
  "search_synonym",
  { term: text().notNull(), meaning: text().notNull() },
  (t) => [primaryKey({ columns: [t.term, t.meaning] })],
);
