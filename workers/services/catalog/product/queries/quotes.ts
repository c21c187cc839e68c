import { cached } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { fromMoneyDto, toMoneyDto } from "#kernel/money";
import { TREE_TAG } from "#services/catalog/category/index";
import { type OfferQuote, offersQuery } from "../repository/quotes.ts";
import { SHOPS_TAG } from "./tags.ts";

const FRESH_MS = 30_000;
/** From here on one read of Postgres costs less than asking the cache for each. */
const CACHED_MAX = 24;

type Stored = Omit<OfferQuote, "price"> & { readonly price: ReturnType<typeof toMoneyDto> };

/** Offers as a page shows them, at most seconds old; what is charged is read with `offersQuery`. */
export async function quoteOffers(
  ctx: Ctx,
  offerIds: readonly Id<"offer">[],
): Promise<readonly OfferQuote[]> {
  if (offerIds.length === 0) return [];
  if (offerIds.length > CACHED_MAX) return (await ctx.db.load(offersQuery(offerIds)))[0];
  const loadOne = together(ctx);
  const found = await Promise.all(
    offerIds.map((id) =>
      cached(ctx, { key: `offer:${id}`, tags: [`offer:${id}`, SHOPS_TAG, TREE_TAG], freshMs: FRESH_MS }, () =>
        loadOne(id),
      ),
    ),
  );
  return found.flatMap((text) => {
    const stored = text.parse();
    return stored ? [{ ...stored, price: fromMoneyDto(stored.price) }] : [];
  });
}

/** Offers that miss the cache at the same time are read in one query. */
function together(ctx: Ctx): (id: Id<"offer">) => Promise<Stored | null> {
  let waiting: Id<"offer">[] = [];
  let reading: Promise<ReadonlyMap<string, OfferQuote>> | undefined;
  const read = async () => {
    await scheduler.wait(0);
    const ids = waiting;
    waiting = [];
    reading = undefined;
    const [offers] = await ctx.db.load(offersQuery(ids));
    return new Map(offers.map((offer) => [offer.offerId, offer]));
  };
  return async (id) => {
    waiting.push(id);
    reading ??= read();
    const offer = (await reading).get(id);
    return offer ? { ...offer, price: toMoneyDto(offer.price) } : null;
  };
}
