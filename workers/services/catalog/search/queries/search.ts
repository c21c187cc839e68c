import { cached, type JsonText } from "#kernel/cache";
import { DAY_MS, MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { type Money, toMoneyDto } from "#kernel/money";
import { decodeCursor, encodeCursor } from "#kernel/page";
import { textIn } from "#kernel/texts";
import { boxAround } from "../domain/place.ts";
import { placePins } from "../domain/rule.ts";
import { highlight, mend, queryWords } from "../domain/words.ts";
import { fail } from "../errors.ts";
import {
  type Found,
  findQuery,
  type Parts,
  type Row,
  SCORE_PARTS,
  saveAnswer,
  type Wanted,
} from "../repository/find.ts";
import { countQuery } from "../repository/words.ts";
import type { Hit, Results, Search } from "../schemas/search.ts";
import { withSponsored } from "./sponsored.ts";
import { LISTING_TAG } from "./tags.ts";

/** A page of hits with facets and, beside them, advertisements. */
export async function searchProducts(ctx: Ctx, input: Search): Promise<JsonText<Results>> {
  return withSponsored(ctx, input, () => findProducts(ctx, input));
}

/** What was found, with no advertisement; answered from memory, then Redis, then Postgres. */
async function findProducts(ctx: Ctx, input: Search): Promise<JsonText<Results>> {
  if (input.sort === "nearest" && input.near === undefined) throw fail("search.nearest_without_place");
  const words = queryWords(input.q);
  const { q: _, priceMin, priceMax, near, radiusKm, ...rest } = input;
  const place = near === undefined ? "" : `${near.join(",")} ${radiusKm}`;
  const parts = [
    words.join(" "),
    String(priceMin ?? ""),
    String(priceMax ?? ""),
    place,
    JSON.stringify(rest),
  ];
  const key = `results:${ctx.locale}:${parts.join("|")}`;
  return cached(ctx, { key, tags: [LISTING_TAG], freshMs: MINUTE_MS }, () => find(ctx, input, words));
}

/** How a page is asked for, and what is shown of how it came about. */
type Asked = {
  readonly words: readonly string[];
  readonly input: Search;
  readonly after: Wanted["after"];
  /** Whose rules hold; the words' own where nothing is said. */
  readonly phrase?: string;
};
type Answered = Pick<Results, "correctedTo" | "didYouMean" | "fallback">;

/**
 * One round trip for words that we know. What was mistyped is looked for as it stands first; where that finds
 * nothing, what it was meant to be is, and where that finds nothing either, what sells best is shown.
 */
async function find(ctx: Ctx, input: Search, typed: readonly string[]): Promise<Results> {
  const scope = scopeOf(input);
  const after = decodeCursor(ctx, scope, input.cursor);
  const read = async (asked: Asked) => (await ctx.db.load(findQuery(wantedOf(ctx, asked))))[0];
  const phrase = typed.join(" ");
  let asked: Asked = { words: typed, input, after };
  let found = await read(asked);
  const mended = mendAll(typed, found);
  const meant = mended.join(" ");
  const isMeant = meant !== phrase;
  if (found.total > 0 || phrase === "") {
    const answered = { correctedTo: null, didYouMean: isMeant ? meant : null, fallback: false };
    return show(ctx, asked, found, answered);
  }
  if (isMeant) {
    asked = { words: mended, input, after };
    found = await read(asked);
    if (found.total > 0) {
      return show(ctx, asked, found, { correctedTo: meant, didYouMean: null, fallback: false });
    }
  }
  const popular = await read({ words: [], phrase, input: { ...input, sort: "best_selling" }, after });
  const answered = { correctedTo: isMeant ? meant : null, didYouMean: null, fallback: true };
  return show(ctx, { words: typed, input, after }, { ...popular, total: 0 }, answered);
}

const scopeOf = ({ q, sort, category, seller, brand, near, radiusKm }: Search) =>
  `search ${JSON.stringify([queryWords(q), sort, category, seller, brand, near, near && radiusKm])}`;

function wantedOf({ clock }: Ctx, { words, input, after, phrase = words.join(" ") }: Asked): Wanted {
  const { near, radiusKm, ratingMin } = input;
  const now = clock.now();
  const circle = near && { latitude: near[0], longitude: near[1], radiusKm };
  return {
    words,
    phrase,
    category: input.category,
    shop: input.seller,
    brand: input.brand,
    priceMin: input.priceMin?.toString(),
    priceMax: input.priceMax?.toString(),
    starsMin: ratingMin === undefined ? undefined : Math.round(ratingMin * 100),
    inStock: input.inStock,
    near: circle && { ...circle, ...boxAround(circle) },
    sort: input.sort,
    limit: input.limit,
    after,
    at: new Date(now).toISOString(),
    today: new Date(Math.floor(now / DAY_MS) * DAY_MS).toISOString(),
  };
}

function mendAll(typed: readonly string[], { alike }: Found): readonly string[] {
  const nearTo = Map.groupBy(alike, (one) => one.typed);
  return typed.map((word) => mend(word, nearTo.get(word) ?? []) ?? word);
}

function show(ctx: Ctx, { words, input, after }: Asked, found: Found, answered: Answered): Results {
  const seen = Number(after?.[2] ?? 0);
  const organic = found.rows.filter(({ position }) => position === null);
  const pins = found.rows.flatMap(({ position, ...row }) =>
    position === null ? [] : [{ ...row, position }],
  );
  const { items, shown } = placePins<Row>(organic, pins, input.limit);
  const last = organic[shown - 1];
  const searchId = ctx.ids.next("search");
  const phrase = words.join(" ");
  const at = ctx.clock.now();
  const answer = {
    id: searchId,
    query: phrase,
    ranked: input.sort === "relevance" && phrase !== "" && !answered.fallback,
    firstPosition: seen + 1,
    productIds: items.map(({ productId }) => productId),
    total: found.total,
    at,
  };
  const isNew = found.total > 0 && phrase !== "" && after === undefined;
  const counted = isNew ? [countQuery(phrase, found.total, at)] : [];
  ctx.defer(ctx.db.commit([saveAnswer(answer), ...counted]).catch(() => undefined));
  return {
    searchId,
    items: items.map((row) => toHit(ctx, row, words, input.explain)),
    nextCursor:
      organic.length > shown && last
        ? encodeCursor(ctx, scopeOf(input), [last.place, last.productId, seen + items.length])
        : null,
    total: found.total,
    ...answered,
    facets: {
      categories: [...(found.facets.categories ?? [])],
      brands: [...(found.facets.brands ?? [])],
      sellers: [...(found.facets.sellers ?? [])],
      price: { minMinor: found.min, maxMinor: found.max },
    },
    // The last part: queries/sponsored.ts writes over it.
    sponsored: [],
  };
}

function toHit(ctx: Ctx, row: Row, words: readonly string[], explain: boolean): Hit {
  const title = textIn(row.titles, ctx.locale);
  const money = (minor: string | null) =>
    minor === null ? null : toMoneyDto({ minor: BigInt(minor), currency: row.currency } satisfies Money);
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
    offers: row.offers,
    available: row.available,
    pinned: row.position !== null,
    rating: { average: row.reviews === 0 ? null : row.starsHundredths / 100, count: row.reviews },
    distanceKm: row.km === null ? null : Math.round(row.km),
    ...(explain && { score: scoreOf(row) }),
  };
}

/** The score is reckoned in millionths, so that a cursor can stand exactly between two hits. */
function scoreOf(row: Parts): NonNullable<Hit["score"]> {
  const millionths = SCORE_PARTS.map((part) => [part, row[part]] as const);
  const total = millionths.reduce((sum, [, value]) => sum + value, 0);
  const parts = Object.fromEntries(millionths.map(([part, value]) => [part, value / 1_000_000])) as Parts;
  return { ...parts, total: total / 1_000_000 };
}
