import { sql } from "drizzle-orm";
import { cached } from "#kernel/cache";
import { MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { textIn } from "#kernel/texts";
import { listing } from "#schema/catalog/search";
import type { OffersQuery } from "../schemas/search.ts";
import { LISTING_TAG } from "./tags.ts";

/** How offers look in a list: a show's bag and a flash sale name offers and nothing else. */
export function showOffers(ctx: Ctx, { ids }: OffersQuery) {
  const asked = [...new Set(ids)].toSorted();
  const key = `search-offers:${ctx.locale}:${asked.join(",")}`;
  return cached(ctx, { key, tags: [LISTING_TAG], freshMs: MINUTE_MS }, async () => {
    const [rows] = await ctx.db.load(listingsOfQuery(asked));
    const items = rows.flatMap(({ offerIds, titles, ...about }) => {
      const named = offerIds.filter((offerId) => asked.includes(offerId as Id<"offer">));
      const title = textIn(titles, ctx.locale);
      return named.map((offerId) => ({ offerId: offerId as Id<"offer">, ...about, title }));
    });
    return { items: items.toSorted((a, b) => (a.offerId < b.offerId ? -1 : 1)) };
  });
}

const listingsOfQuery = (offerIds: readonly string[]) =>
  query(
    (read) =>
      read
        .select({
          offerIds: listing.offerIds,
          productId: listing.productId,
          slug: listing.slug,
          titles: listing.titles,
          imageKey: listing.imageKey,
        })
        .from(listing)
        .where(
          sql`live AND offer_ids
            && ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(offerIds)}::jsonb))`,
        ),
    (rows) => rows,
  );
