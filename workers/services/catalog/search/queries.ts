import { type SQL, sql } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import type { PgColumn } from "drizzle-orm/pg-core";
import { cached, type JsonText } from "#kernel/cache";
import { MINUTE_MS, SECOND_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { type Query, query } from "#kernel/db";
import { toMoneyDto } from "#kernel/money";
import { decodeCursor, encodeCursor } from "#kernel/page";
import { textIn } from "#kernel/texts";
import { listing, searchQuery } from "#schema/catalog/search";
import { highlight, mend, placePins, queryWords, typosAllowed } from "./domain.ts";
import { countQuery, lookAlikesQuery, type Rule, rulesQuery, synonymsQuery } from "./repository.ts";
import type { Hit, Results, Search, Suggest } from "./schemas.ts";

/** Every change of a listing starts a new generation of this tag. */
export const LISTING_TAG = "listing";
const FRESH_MS = 30 * SECOND_MS;
/** Only this many of the best are ranked against each other; nobody pages further by relevance. */
const RANKED_MAX = 1_000;
/** More of one family on a page are moved behind the others. */
const FAMILY_MAX = 2;
const FACET_VALUES_MAX = 20;

type Filters = Pick<Search, "category" | "seller" | "brand" | "priceMin" | "priceMax" | "inStock">;
type Wanted = {
  readonly words: readonly (readonly string[])[];
  readonly filters: Filters;
  readonly rules: readonly Rule[];
};

/** A page of hits with facets; answered from memory, then Redis, then Postgres. */
export function searchProducts(ctx: Ctx, input: Search): Promise<JsonText<Results>> {
  const { q, category, seller, brand, priceMin, priceMax, inStock, sort, limit, cursor, explain } = input;
  const words = queryWords(q);
  const parts = [
    words.join(" "),
    category,
    seller,
    brand,
    priceMin,
    priceMax,
    inStock,
    sort,
    limit,
    cursor,
    explain,
  ];
  const key = `search:${ctx.locale}:${parts.map((part) => String(part ?? "")).join("|")}`;
  return cached(ctx, { key, tags: [LISTING_TAG], freshMs: FRESH_MS }, () => find(ctx, input, words));
}

async function find(ctx: Ctx, input: Search, typed: readonly string[]): Promise<Results> {
  const phrase = typed.join(" ");
  // Most people write words that we know: what they wrote is looked for before that is certain.
  const [[rules, synonyms, known], asTyped] = await Promise.all([
    ctx.db.load(rulesQuery(phrase, input.category), synonymsQuery(typed), lookAlikesQuery(typed)),
    read(ctx, input, { words: typed.map((word) => [word]), filters: input, rules: [] }),
  ]);
  const withSynonyms = (word: string) => [
    word,
    ...synonyms.filter(({ term }) => term === word).flatMap(({ meaning }) => queryWords(meaning)),
  ];
  const isKnown = (word: string) =>
    typosAllowed(word) === 0 || known.some((one) => one.typed === word && one.word.startsWith(word));
  const words = typed.map((word) => {
    if (isKnown(word) || synonyms.some(({ term }) => term === word)) return word;
    return (
      mend(
        word,
        known.filter((one) => one.typed === word),
      ) ?? word
    );
  });
  const corrected = words.join(" ");
  const isAsTyped = corrected === phrase && rules.length + synonyms.length === 0;
  const found = isAsTyped
    ? asTyped
    : await read(ctx, input, { words: words.map(withSynonyms), filters: input, rules });
  if (found.total > 0 && phrase !== "" && input.cursor === undefined) {
    ctx.defer(ctx.db.commit([countQuery(corrected, found.total, ctx.clock.now())]).catch(() => undefined));
  }
  const correctedTo = corrected === phrase ? null : corrected;
  if (found.total > 0 || phrase === "") return { ...found, correctedTo, fallback: false };
  const popular = await read(
    ctx,
    { ...input, sort: "best_selling" },
    { words: [], filters: input, rules: [] },
  );
  return { ...popular, total: 0, correctedTo, fallback: true };
}

const list = (values: readonly string[]): SQL =>
  sql`ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;

/** `except` leaves one facet's own filter out, so that its other values can still be counted. */
function whereOf({ words, filters, rules }: Wanted, except?: keyof Filters): SQL {
  const conditions: SQL[] = [sql`live`];
  if (words.length > 0) conditions.push(sql`vector @@ search_tsquery(${JSON.stringify(words)}::jsonb)`);
  const { category, seller, brand, priceMin, priceMax, inStock } = filters;
  if (category && except !== "category") conditions.push(sql`category_path @> ${list([category])}`);
  if (seller && except !== "seller") conditions.push(sql`seller_ids @> ${list([seller])}`);
  if (brand && except !== "brand") conditions.push(sql`brand = ${brand}`);
  if (priceMin !== undefined) conditions.push(sql`price_from_minor >= ${priceMin.toString()}::bigint`);
  if (priceMax !== undefined) conditions.push(sql`price_from_minor <= ${priceMax.toString()}::bigint`);
  if (inStock) conditions.push(sql`available > 0`);
  const hidden = rules.filter((rule) => rule.kind === "hide").map((rule) => rule.productId);
  if (hidden.length > 0) conditions.push(sql`NOT (product_id = ANY(${list(hidden)}))`);
  return sql.join(conditions, sql` AND `);
}

/** Read out of a derived table, which has the columns of a listing but not its name. */
const from = <C extends PgColumn>(column: C) => {
  const name = sql.raw(toSnakeCase(column.name));
  return sql<C["_"]["data"]>`${name}`.mapWith(column) as SQL<
    C["_"]["notNull"] extends true ? C["_"]["data"] : C["_"]["data"] | null
  >;
};
const ROW = {
  productId: from(listing.productId),
  slug: from(listing.slug),
  titles: from(listing.titles),
  brand: from(listing.brand),
  imageKey: from(listing.imageKey),
  priceFromMinor: from(listing.priceFromMinor),
  priceToMinor: from(listing.priceToMinor),
  currency: from(listing.currency),
  bestOfferId: from(listing.bestOfferId),
  bestSellerId: from(listing.bestSellerId),
  sellerName: from(listing.sellerName),
  sellerCity: from(listing.sellerCity),
  offerIds: from(listing.offerIds),
  available: from(listing.available),
};

/** Parts of the score as millionths, so that a cursor can stand exactly between two hits. */
function scoreOf({ words, rules }: Wanted) {
  const of = (kind: Rule["kind"]) => rules.filter((rule) => rule.kind === kind).map((rule) => rule.productId);
  const text =
    words.length > 0
      ? sql`(ts_rank_cd(vector, search_tsquery(${JSON.stringify(words)}::jsonb), 32) * 1000000)::bigint`
      : sql`0::bigint`;
  return {
    text,
    behaviour: sql`least(300000, ln(1 + sold) * 40000)::bigint`,
    stock: sql`(CASE WHEN available > 0 THEN 200000 ELSE 0 END)::bigint`,
    rule: sql`(CASE WHEN product_id = ANY(${list(of("boost"))}) THEN 500000
      WHEN product_id = ANY(${list(of("bury"))}) THEN -2000000 ELSE 0 END)::bigint`,
  };
}

const ORDERS: { readonly [S in Search["sort"]]: SQL } = {
  relevance: sql`total`,
  price_asc: sql`-coalesce(price_from_minor, 9000000000000000000)`,
  price_desc: sql`coalesce(price_from_minor, -1)`,
  newest: sql`(extract(epoch FROM published_at) * 1000)::bigint`,
  best_selling: sql`(sold::bigint * 10 + CASE WHEN available > 0 THEN 5 ELSE 0 END)`,
};

/** Scores the matches, thins out families, and cuts a page behind the cursor: one statement. */
function pageQuery(wanted: Wanted, input: Search, after: readonly (string | number)[] | undefined) {
  const score = scoreOf(wanted);
  const scored = sql`(SELECT l.*, ${score.text} AS text, ${score.behaviour} AS behaviour,
      ${score.stock} AS stock, ${score.rule} AS rule FROM listing l WHERE ${whereOf(wanted)}) AS scored`;
  const ranked = sql`(SELECT * FROM ${scored}
    ORDER BY text + behaviour + stock + rule DESC, product_id LIMIT ${RANKED_MAX}) AS ranked`;
  const thinned = sql`(SELECT *, text + behaviour + stock + rule + diversity AS total FROM (
      SELECT *, (CASE WHEN row_number() OVER (PARTITION BY family
        ORDER BY text + behaviour + stock + rule DESC, product_id) > ${FAMILY_MAX}
        THEN -1000000 ELSE 0 END)::bigint AS diversity FROM ${ranked}) AS family) AS thinned`;
  const placed = sql`(SELECT *, ${ORDERS[input.sort]} AS place FROM ${thinned}) AS listing`;
  const behind = after
    ? sql`(place, product_id) < (${String(after[0])}::bigint, ${String(after[1])})`
    : sql`true`;
  return query(
    (read) =>
      read
        .select({
          ...ROW,
          place: sql<string>`place`,
          text: sql<string>`text`,
          behaviour: sql<string>`behaviour`,
          stock: sql<string>`stock`,
          rule: sql<string>`rule`,
          diversity: sql<string>`diversity`,
          total: sql<string>`total`,
        })
        .from(placed)
        .where(behind)
        .orderBy(sql`place DESC`, sql`product_id DESC`)
        .limit(input.limit + 1),
    (rows) => rows,
  );
}

type Bucket = { readonly value: string; readonly count: number };

function facetQuery(wanted: Wanted, except: keyof Filters, value: SQL): Query<readonly Bucket[]> {
  return query(
    (read) =>
      read
        .select({ value: sql<string>`value`, count: sql<number>`count(*)::int` })
        .from(sql`(SELECT ${value} AS value FROM listing WHERE ${whereOf(wanted, except)}) AS listing`)
        .where(sql`value IS NOT NULL`)
        .groupBy(sql`value`)
        .orderBy(sql`count(*) DESC`, sql`value`)
        .limit(FACET_VALUES_MAX),
    (rows) => rows,
  );
}

const summaryQuery = (wanted: Wanted) =>
  query(
    (read) =>
      read
        .select({
          total: sql<number>`count(*)::int`,
          min: sql<string | null>`min(price_from_minor)`,
          max: sql<string | null>`max(price_from_minor)`,
        })
        .from(listing)
        .where(whereOf(wanted)),
    ([row]) => row ?? { total: 0, min: null, max: null },
  );

const pinnedQuery = (ids: readonly string[]) =>
  query(
    (read) =>
      read
        .select(ROW)
        .from(listing)
        .where(sql`live AND product_id = ANY(${list(ids)})`),
    (rows) => rows,
  );

async function read(
  ctx: Ctx,
  input: Search,
  wanted: Wanted,
): Promise<Omit<Results, "correctedTo" | "fallback">> {
  const { sort, category, seller, brand } = input;
  const scope = `search ${JSON.stringify([queryWords(input.q), sort, category, seller, brand])}`;
  const after = decodeCursor(ctx, scope, input.cursor);
  const pins = wanted.rules.flatMap(({ kind, productId, position }) =>
    kind === "pin" && position !== null ? [{ productId, position }] : [],
  );
  const [rows, summary, categories, brands, sellers, pinned] = await ctx.db.load(
    pageQuery(wanted, input, after),
    summaryQuery(wanted),
    facetQuery(wanted, "category", sql`unnest(category_path)`),
    facetQuery(wanted, "brand", sql`brand`),
    facetQuery(wanted, "seller", sql`unnest(seller_ids)`),
    pinnedQuery(pins.map((pin) => pin.productId)),
  );
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  const marked = wanted.words.flat();
  const items = shown.map((row) => toHit(ctx, row, marked, input.explain ? row : undefined));
  const first =
    after === undefined
      ? placePins(
          items,
          pins,
          pinned.map((row) => pin(ctx, row, marked)),
        )
      : items;
  return {
    items: first.slice(0, input.limit),
    nextCursor:
      rows.length > input.limit && last ? encodeCursor(ctx, scope, [last.place, last.productId]) : null,
    total: summary.total,
    facets: {
      categories: [...categories],
      brands: [...brands],
      sellers: [...sellers],
      price: range(summary),
    },
  };
}

const range = ({ min, max }: { readonly min: string | null; readonly max: string | null }) => ({
  minMinor: min,
  maxMinor: max,
});

type Row = { readonly [K in keyof typeof ROW]: (typeof listing.$inferSelect)[K] };
type Parts = { readonly [part in "text" | "behaviour" | "stock" | "rule" | "diversity" | "total"]: string };

const pin = (ctx: Ctx, row: Row, words: readonly string[]): Hit => ({
  ...toHit(ctx, row, words, undefined),
  pinned: true,
});

function toHit(ctx: Ctx, row: Row, words: readonly string[], score: Parts | undefined): Hit {
  const title = textIn(row.titles, ctx.locale);
  const money = (minor: bigint | null) =>
    minor === null ? null : toMoneyDto({ minor, currency: row.currency });
  const part = (value: string) => Number(value) / 1_000_000;
  return {
    productId: row.productId,
    slug: row.slug,
    title,
    highlight: highlight(title, words),
    brand: row.brand,
    imageKey: row.imageKey,
    priceFrom: money(row.priceFromMinor),
    priceTo: money(row.priceToMinor),
    offerId: row.bestOfferId,
    seller: { id: row.bestSellerId, name: row.sellerName, city: row.sellerCity },
    offers: row.offerIds.length,
    available: row.available,
    pinned: false,
    ...(score && {
      score: {
        text: part(score.text),
        behaviour: part(score.behaviour),
        stock: part(score.stock),
        rule: part(score.rule),
        diversity: part(score.diversity),
        total: part(score.total),
      },
    }),
  };
}

/** What others searched for and found, and products whose titles begin like this. */
export function suggest(ctx: Ctx, { q, limit }: Suggest) {
  const phrase = queryWords(q).join(" ");
  const reading = {
    key: `suggest:${ctx.locale}:${limit}:${phrase}`,
    tags: [LISTING_TAG],
    freshMs: MINUTE_MS,
  };
  return cached(ctx, reading, async () => {
    const [queries, products] = await ctx.db.load(
      query(
        (read) =>
          read
            .select({ query: searchQuery.query })
            .from(searchQuery)
            .where(sql`results > 0 AND (query LIKE ${`${phrase}%`} OR similarity(query, ${phrase}) > 0.4)`)
            .orderBy(sql`query LIKE ${`${phrase}%`} DESC`, sql`count DESC`, searchQuery.query)
            .limit(limit),
        (rows) => rows.map((row) => row.query),
      ),
      query(
        (read) =>
          read
            .select({ productId: listing.productId, slug: listing.slug, titles: listing.titles })
            .from(listing)
            .where(sql`live AND (words LIKE ${`${phrase}%`} OR words LIKE ${`% ${phrase}%`})`)
            .orderBy(sql`sold DESC`, listing.productId)
            .limit(limit),
        (rows) => rows,
      ),
    );
    return {
      queries,
      products: products.map(({ titles, ...rest }) => ({ ...rest, title: textIn(titles, ctx.locale) })),
    };
  });
}
