import { cached } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import { zShippingTable } from "#kernel/market-sections";
import type { ShippingTable } from "../domain/table.ts";
import { type TableRow, tablesQuery } from "../repository/tables.ts";

export const TABLES_TAG = "shipping-tables";
const FRESH_MS = 60_000;

const parseTable = ({ prices }: Pick<TableRow, "prices">): ShippingTable => zShippingTable().parse(prices);

/** The operators' tables, and of the market's own those whose service no operator has taken over. */
export async function activeTables(ctx: Ctx): Promise<readonly ShippingTable[]> {
  const kept = await cached(
    ctx,
    { key: "shipping-tables", tags: [TABLES_TAG], freshMs: FRESH_MS },
    async () => {
      const [rows] = await ctx.db.load(tablesQuery());
      return rows.map(({ service, isActive, prices }) => ({ service, isActive, prices }));
    },
  );
  const rows = kept.parse();
  const taken = new Set(rows.map(({ service }) => service));
  const own = ctx.market.shipping.tables.filter(({ service }) => !taken.has(service));
  return [...rows.filter(({ isActive }) => isActive).map(parseTable), ...own];
}
