import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { type Money, toMoneyDto } from "#kernel/money";
import { averageOf, FUNNEL } from "./domain.ts";
import { fail } from "./errors.ts";
import type { Range, TopRange } from "./schemas.ts";

const DAYS_MAX = 400;
const DAY_MS = 86_400_000;

/** A seller sees the rows of its own shop and no others; an operator sees the market. */
function scopeOf(ctx: Ctx): { readonly filter: string; readonly sellerId: string } {
  if (ctx.actor.kind === "user" && ctx.actor.operator && !ctx.actor.shop)
    return { filter: "1", sellerId: "" };
  return { filter: "seller_id = {seller:String}", sellerId: requireShop(ctx, "analytics:read") };
}

function checkRange({ from, to }: Range): void {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days < 0 || days > DAYS_MAX) throw fail("analytics.range_invalid");
}

async function rowsOf<T>(ctx: Ctx, query: string, params: Record<string, unknown>): Promise<T[]> {
  const result = await ctx.clickhouse.query({ query, query_params: params, format: "JSONEachRow" });
  return result.json<T>();
}

type DayRow = { day: string; net: string; units: string; orders: string };

/**
 * GMV is goods of sold orders, after discounts, without tax and shipping, by the market's days. Orders of
 * several sellers in one checkout count once a seller.
 */
export async function getSales(ctx: Ctx, range: Range) {
  checkRange(range);
  const { filter, sellerId } = scopeOf(ctx);
  const days = await rowsOf<DayRow>(
    ctx,
    `SELECT day, sum(net_minor) AS net, sum(units) AS units, sum(orders) AS orders
     FROM sales_day FINAL
     WHERE day BETWEEN {from:Date} AND {to:Date} AND currency = {currency:String} AND ${filter}
     GROUP BY day ORDER BY day`,
    { ...range, currency: ctx.market.currency, seller: sellerId },
  );
  const money = (minor: bigint) => toMoneyDto({ minor, currency: ctx.market.currency } satisfies Money);
  const net = days.reduce((sum, row) => sum + BigInt(row.net), 0n);
  const orders = days.reduce((sum, row) => sum + Number(row.orders), 0);
  return {
    gmv: money(net),
    orders,
    units: days.reduce((sum, row) => sum + Number(row.units), 0),
    averageOrder: money(averageOf(net, orders, ctx.market.cashStepMinor)),
    days: days.map((row) => ({
      day: row.day,
      gmv: money(BigInt(row.net)),
      orders: Number(row.orders),
      units: Number(row.units),
    })),
  };
}

/** Visitors (or sessions, where the visitor is not known) that reached each step in the range. */
export async function getFunnel(ctx: Ctx, range: Range) {
  checkRange(range);
  const { filter, sellerId } = scopeOf(ctx);
  const rows = await rowsOf<{ type: string; visitors: string }>(
    ctx,
    `SELECT type, uniqExact(if(visitor_id = '', session_id, visitor_id)) AS visitors
     FROM event FINAL
     WHERE type IN {types:Array(String)} AND toDate(at, {zone:String}) BETWEEN {from:Date} AND {to:Date}
       AND ${filter}
     GROUP BY type`,
    { ...range, types: [...FUNNEL], zone: ctx.market.timeZone, seller: sellerId },
  );
  const byType = new Map(rows.map((row) => [row.type, Number(row.visitors)]));
  return { steps: FUNNEL.map((type) => ({ type, visitors: byType.get(type) ?? 0 })) };
}

type TopRow = { product_id: string; title: string; units: string; net: string; orders: string };

export async function listTopProducts(ctx: Ctx, { limit, ...range }: TopRange) {
  checkRange(range);
  const { filter, sellerId } = scopeOf(ctx);
  const rows = await rowsOf<TopRow>(
    ctx,
    `SELECT product_id, argMax(title, sold_at) AS title, sum(quantity) AS units, sum(net_minor) AS net,
       uniqExact(order_id) AS orders
     FROM sale_line FINAL
     WHERE quantity > 0 AND toDate(sold_at, {zone:String}) BETWEEN {from:Date} AND {to:Date}
       AND currency = {currency:String} AND ${filter}
     GROUP BY product_id ORDER BY net DESC, product_id LIMIT {limit:UInt32}`,
    {
      ...range,
      limit,
      zone: ctx.market.timeZone,
      currency: ctx.market.currency,
      seller: sellerId,
    },
  );
  return {
    items: rows.map((row) => ({
      productId: row.product_id,
      title: row.title,
      units: Number(row.units),
      gmv: toMoneyDto({ minor: BigInt(row.net), currency: ctx.market.currency }),
      orders: Number(row.orders),
    })),
  };
}
