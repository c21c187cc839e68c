import { requireOperator } from "#kernel/actor";
import { purge } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { type CategoryNode, categoryTree } from "#services/catalog/category/index";
import { type CardOffer, cardOffersQuery, cardsQuery } from "#services/catalog/product/index";
import { countOf, type Histogram, productRatings, rankingScore, sumOf } from "#services/catalog/review/index";
import { availabilityQuery } from "#services/logistics/inventory/index";
import { familyOf, wordsOf } from "../domain/words.ts";
import { LISTING_TAG } from "../queries/tags.ts";
import { type ListingRow, productsAfterQuery, removeListings, saveListings } from "../repository/listings.ts";
import { learnWords } from "../repository/words.ts";

/**
 * Writes what these products are now, however many events told of them: the order in which events come does
 * not matter, and an older reading never replaces a newer one.
 */
export async function indexProducts(ctx: Ctx, productIds: readonly Id<"product">[]): Promise<Statement[]> {
  if (productIds.length === 0) return [];
  const readAt = ctx.clock.now();
  const [[cards, offers], ratings] = await Promise.all([
    ctx.db.load(cardsQuery(productIds), cardOffersQuery(productIds)),
    productRatings(ctx, productIds),
  ]);
  const tree = await categoryTree(ctx);
  const [available] = await ctx.db.load(
    availabilityQuery(
      ctx,
      offers.map((offer) => offer.offerId),
    ),
  );
  const categories = new Map(tree.map((node) => [node.id, node]));
  const byProduct = Map.groupBy(offers, (offer) => offer.productId);
  const shown = cards.filter((card) => card.state === "published");
  const rows = shown.map((card) =>
    toListing(card, byProduct.get(card.productId) ?? [], { available, categories, ratings, readAt }),
  );
  const gone = productIds.filter((productId) => !shown.some((card) => card.productId === productId));
  const words = shown.flatMap((card) => [
    ...wordsOf(`${card.titles.en} ${card.titles.id ?? ""} ${card.brand ?? ""}`),
  ]);
  return [
    ...(rows.length > 0 ? [saveListings(rows), learnWords(words.filter((word) => word.length > 2))] : []),
    ...(gone.length > 0 ? [removeListings(gone)] : []),
  ];
}

type Card = Awaited<ReturnType<typeof cardsOf>>[number];
const cardsOf = async (ctx: Ctx) => (await ctx.db.load(cardsQuery([])))[0];

type Around = {
  readonly available: ReadonlyMap<string, number>;
  readonly categories: ReadonlyMap<string, CategoryNode>;
  readonly ratings: ReadonlyMap<string, Histogram>;
  readonly readAt: number;
};

const NO_STARS: Histogram = [0, 0, 0, 0, 0];

/** The mean that is shown, and the bound that products are put in order by. */
function ratingOf(stars: Histogram): Pick<ListingRow, "reviews" | "starsHundredths" | "ratingScore"> {
  const reviews = countOf(stars);
  return {
    reviews,
    starsHundredths: reviews === 0 ? 0 : Math.round((100 * sumOf(stars)) / reviews),
    ratingScore: Math.round(1_000_000 * rankingScore(stars)),
  };
}

function toListing(card: Card, offers: readonly CardOffer[], around: Around): ListingRow {
  const left = (offer: CardOffer) => Math.max(0, around.available.get(offer.offerId) ?? 0);
  const open = offers
    .filter((offer) => offer.isOpen)
    .toSorted(
      (a, b) =>
        Number(left(b) > 0) - Number(left(a) > 0) ||
        Number(a.priceMinor - b.priceMinor) ||
        (a.offerId < b.offerId ? -1 : 1),
    );
  const [best] = open;
  const prices = open.map((offer) => offer.priceMinor).toSorted((a, b) => (a < b ? -1 : 1));
  const path = around.categories.get(card.categoryId)?.path ?? [card.categoryId];
  const names = path.flatMap((id) => Object.values(around.categories.get(id)?.names ?? {}));
  return {
    productId: card.productId,
    slug: card.slug,
    titles: card.titles,
    titleId: card.titles.id ?? "",
    brand: card.brand,
    categoryId: card.categoryId,
    categoryPath: [...path],
    categoryNames: names.join(" "),
    description: card.descriptions?.en ?? "",
    offerIds: offers.map((offer) => offer.offerId),
    sellerIds: [...new Set(offers.map((offer) => offer.sellerId))],
    shopIds: [...new Set(open.map((offer) => offer.sellerId))],
    bestOfferId: best?.offerId ?? null,
    bestSellerId: best?.sellerId ?? null,
    sellerName: best?.shopName ?? "",
    sellerCity: best?.shopCity ?? "",
    priceFromMinor: prices[0] ?? null,
    priceToMinor: prices.at(-1) ?? null,
    currency: card.currency,
    imageKey: card.coverKey,
    live: open.length > 0,
    available: open.reduce((sum, offer) => sum + left(offer), 0),
    ...ratingOf(around.ratings.get(card.productId) ?? NO_STARS),
    family: familyOf(best?.sellerId ?? card.makerId, card.titles.en),
    publishedAt: card.publishedAt ?? around.readAt,
    readAt: around.readAt,
  };
}

/** As many products as one commit carries well. */
const SLICE = 200;

/** Rebuilds a slice of the read model and says where the next begins; null when all is done. */
export async function reindex(ctx: Ctx, after: string): Promise<{ next: string | null; indexed: number }> {
  requireOperator(ctx, "platform:write");
  const [productIds] = await ctx.db.load(productsAfterQuery(after, SLICE));
  await ctx.db.commit(await indexProducts(ctx, productIds));
  await purge(ctx, [LISTING_TAG]);
  return {
    next: productIds.length === SLICE ? (productIds.at(-1) ?? null) : null,
    indexed: productIds.length,
  };
}
