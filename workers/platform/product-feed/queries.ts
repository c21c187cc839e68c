import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { decodeCursor, encodeCursor } from "#kernel/page";
import { feedRows, nextPages, type ProductPage } from "#services/catalog/product/index";
import { countOf, productRatings, sumOf } from "#services/catalog/review/index";
import { soldOf, stockQuery } from "#services/logistics/inventory/index";

const SCOPE = "product feed";

/** The pages with what other services know of them: one round trip for all. */
async function viewsOf(ctx: Ctx, pages: readonly ProductPage[]) {
  const offers = pages.flatMap(({ variants }) => variants.flatMap((variant) => variant.offers));
  const offerIds = offers.map(({ id }) => id as Id<"offer">);
  const [[stock], ratings] = await Promise.all([
    ctx.db.load(stockQuery(ctx, offerIds)),
    productRatings(
      ctx,
      pages.map(({ id }) => id),
    ),
  ]);
  const { countries, locales } = ctx.market;
  return pages.map((page) => {
    const stars = ratings.get(page.id);
    const count = stars ? countOf(stars) : 0;
    return {
      page,
      locale: locales[0] ?? "en",
      country: countries[0] ?? "",
      ...soldOf(stock),
      rating: stars && count > 0 ? { count, mean: sumOf(stars) / count } : null,
    };
  });
}

type Slice = { readonly limit: number; readonly cursor?: string | undefined };

/** A slice of the market's catalogue as JSON lines, and where the next one begins; the last one is empty. */
export async function feedSlice(ctx: Ctx, { limit, cursor }: Slice) {
  const [after = ""] = decodeCursor(ctx, SCOPE, cursor) ?? [];
  const pages = await nextPages(ctx, String(after), limit);
  const views = pages.length === 0 ? [] : await viewsOf(ctx, pages);
  const rows = views.flatMap((view) => feedRows(view, { origin: new URL(ctx.config.origin).origin }));
  const last = pages.at(-1);
  return {
    text: rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
    nextCursor: last ? encodeCursor(ctx, SCOPE, [last.id]) : null,
  };
}
