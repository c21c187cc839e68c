import { requireOperator } from "#kernel/actor";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { fail } from "../errors.ts";
import { type Counts, daysQuery, topQuery } from "../repository/feedback.ts";
import type { Measures, MetricsQuery } from "../schemas/feedback.ts";

const DAYS_MAX = 400;

const measuresOf = ({ searches, empty, clicked, clicks, carts, purchases, reciprocal }: Counts): Measures => {
  const share = (part: number) => (searches === 0 ? 0 : part / searches);
  return {
    searches,
    emptyRate: share(empty),
    clickThroughRate: share(clicked),
    meanReciprocalRank: share(reciprocal / 1_000_000),
    clicks,
    carts,
    purchases,
  };
};

const FIELDS = ["searches", "empty", "clicked", "clicks", "carts", "purchases", "reciprocal"] as const;
const NOTHING = Object.fromEntries(FIELDS.map((field) => [field, 0])) as Counts;

/** How well searches were answered, as of the last learning: for the market, by day and by query. */
export async function getMetrics(ctx: Ctx, { from, to, limit }: MetricsQuery) {
  requireOperator(ctx, "analytics:read");
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days < 0 || days > DAYS_MAX) throw fail("search.range_invalid");
  const range = { from, to };
  const [rows, top, empty] = await ctx.db.load(
    daysQuery(range),
    topQuery(range, "searches", limit),
    topQuery(range, "empty", limit),
  );
  const add = (sum: Counts, row: Counts) =>
    Object.fromEntries(FIELDS.map((field) => [field, sum[field] + row[field]])) as Counts;
  const toQuery = ({ query, ...counts }: Counts & { readonly query: string }) => ({
    query,
    ...measuresOf(counts),
  });
  return {
    total: measuresOf(rows.reduce(add, NOTHING)),
    days: rows.map(({ day, ...counts }) => ({ day, ...measuresOf(counts) })),
    topQueries: top.map(toQuery),
    emptyQueries: empty.map(toQuery),
  };
}
