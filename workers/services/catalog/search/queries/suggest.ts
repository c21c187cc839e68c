import { sql } from "drizzle-orm";
import { cached } from "#kernel/cache";
import { MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { query } from "#kernel/db";
import { textIn } from "#kernel/texts";
import { listing, searchQuery } from "#schema/catalog/search";
import { queryWords } from "../domain/words.ts";
import type { Suggest } from "../schemas/search.ts";
import { LISTING_TAG } from "./tags.ts";

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
