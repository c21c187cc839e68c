import { cached, etagOf, JsonText } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { textIn } from "#kernel/texts";
import { marketIndex, type Sponsored, sponsored } from "#services/catalog/ad/index";
import { highlight, queryWords } from "../domain/words.ts";
import { type ProductCard, productCardsQuery } from "../repository/cards.ts";
import type { Beside, Results, Search, SponsoredHit } from "../schemas/search.ts";
import { LISTING_TAG } from "./tags.ts";

/** Nobody pays for a place that he has: what stands among the first is not shown above them once more. */
const HEAD = 4;

/** How the text of a page without advertisements ends. */
const EMPTY_END = "[]}";

/**
 * The page as it was found with its advertisements beside it. They are each viewer's own and never cached, so
 * they are put into the text of the page, which stays what it was.
 */
export async function withSponsored(
  ctx: Ctx,
  input: Search,
  find: () => Promise<JsonText<Results>>,
): Promise<JsonText<Results>> {
  const market = isFirstPage(input) ? marketIndex(ctx) : undefined;
  // Where nothing is advertised, as is known by then, a page costs no auction. Who waits hears of failures.
  let isQuiet = false;
  market?.then(({ campaigns }) => {
    isQuiet = campaigns.size === 0;
  }, Boolean);
  const page = await find();
  const hits = market && !isQuiet ? await sponsoredHits(ctx, input, { market, page }) : [];
  if (hits.length === 0) return page;
  const text = `${page.text.slice(0, -EMPTY_END.length)}${JSON.stringify(hits)}}`;
  return new JsonText(text, etagOf(text));
}

/** Who asks for an order of his own, a shop or a place is given that and nothing else. */
const isFirstPage = ({ cursor, sort, q, category, seller, near }: Search): boolean =>
  cursor === undefined &&
  sort === "relevance" &&
  (q !== "" || category !== undefined) &&
  seller === undefined &&
  near === undefined;

type About = { readonly market: ReturnType<typeof marketIndex>; readonly page: JsonText<Results> };

async function sponsoredHits(
  ctx: Ctx,
  input: Search,
  { market, page }: About,
): Promise<readonly SponsoredHit[]> {
  const { q, category, explain } = input;
  const ads = await sponsored(ctx, {
    market,
    placement: q === "" ? "category" : "search",
    query: q === "" ? null : q,
    categoryId: category ?? null,
    organic: () =>
      page
        .parse()
        .items.slice(0, HEAD)
        .map(({ productId }) => productId),
    viewer: ctx.actor,
    slots: ctx.market.ad.slots,
  });
  if (ads.length === 0) return [];
  const cards = await cardsOf(
    ctx,
    ads.map(({ productId }) => productId),
  );
  const words = queryWords(q);
  return ads.flatMap((ad) => {
    const card = cards.get(ad.productId);
    return card && isWanted(input, ad, card) ? [toHit(ctx, { ad, card, words, explain })] : [];
  });
}

/** How products look in a list, by their ids; none where nobody can be asked. */
async function cardsOf(ctx: Ctx, ids: readonly Id<"product">[]): Promise<ReadonlyMap<string, ProductCard>> {
  const productIds = [...ids].sort();
  const reading = {
    key: `search:cards:${productIds.join()}`,
    tags: [LISTING_TAG],
    freshMs: ctx.market.ad.freshMs,
  };
  const load = async () => (await ctx.db.load(productCardsQuery(productIds)))[0];
  const found = await cached(ctx, reading, load).catch(() => undefined);
  return new Map((found?.parse() ?? []).map((card) => [card.productId, card]));
}

/** Advertisements on a product's page: of its category, and never of itself. */
export async function besideProduct(
  ctx: Ctx,
  { productId }: Beside,
): Promise<{ readonly items: readonly SponsoredHit[] }> {
  const market = marketIndex(ctx);
  // Whoever waits for it hears of its failure.
  market.catch(() => undefined);
  const shown = (await cardsOf(ctx, [productId])).get(productId);
  if (!shown) return { items: [] };
  const ads = await sponsored(ctx, {
    market,
    placement: "product",
    query: null,
    categoryId: shown.categoryId,
    organic: () => [productId],
    viewer: ctx.actor,
    slots: ctx.market.ad.slots,
  });
  if (ads.length === 0) return { items: [] };
  const cards = await cardsOf(
    ctx,
    ads.map((ad) => ad.productId),
  );
  const items = ads.flatMap((ad) => {
    const card = cards.get(ad.productId);
    return card ? [toHit(ctx, { ad, card, words: [], explain: false })] : [];
  });
  return { items };
}

/** A searcher's filters hold for advertisements as for everything else. */
function isWanted(
  { brand, priceMin, priceMax, ratingMin }: Search,
  ad: Sponsored,
  card: ProductCard,
): boolean {
  const minor = BigInt(ad.price.minor);
  return (
    (brand === undefined || card.brand === brand) &&
    (priceMin === undefined || minor >= priceMin) &&
    (priceMax === undefined || minor <= priceMax) &&
    (ratingMin === undefined || card.starsHundredths >= ratingMin * 100)
  );
}

type Showing = {
  readonly ad: Sponsored;
  readonly card: ProductCard;
  readonly words: readonly string[];
  readonly explain: boolean;
};

function toHit(ctx: Ctx, { ad, card, words, explain }: Showing): SponsoredHit {
  const title = textIn(card.titles, ctx.locale);
  const { clickRate, relevance } = ad;
  return {
    isSponsored: true,
    ...{ adId: ad.adId, position: ad.position, productId: card.productId, slug: card.slug, title },
    highlight: highlight(title, words),
    brand: card.brand,
    imageKey: card.imageKey,
    priceFrom: ad.price,
    priceTo: ad.price,
    offerId: ad.offerId,
    seller: ad.seller,
    offers: card.offers,
    available: card.available,
    pinned: false,
    rating: { average: card.reviews === 0 ? null : card.starsHundredths / 100, count: card.reviews },
    distanceKm: null,
    ...(explain && { score: { ad: { clickRate, relevance } } }),
  };
}
