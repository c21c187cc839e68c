import { requireOperator, requireShop } from "#kernel/actor";
import { purge } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { zShippingTable } from "#kernel/market-sections";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { fail } from "../errors.ts";
import { OriginChanged } from "../facts.ts";
import { TABLES_TAG } from "../queries/tables.ts";
import { type Origin, originQuery, saveOrigin } from "../repository/origins.ts";
import { insertTable, saveTable, type TableRow, tableQuery } from "../repository/tables.ts";
import type { PutOrigin, PutTable } from "../schemas.ts";

/** Where the shop's parcels are picked up; from then on carriers are asked for its rates. */
export async function putOrigin(ctx: Ctx, input: PutOrigin): Promise<Origin> {
  const sellerId = requireShop(ctx, "seller:write");
  const [before] = await ctx.db.load(originQuery(sellerId));
  const version = (before?.version ?? 0) + 1;
  await ctx.db.commit([
    saveOrigin({ ...input, sellerId, updatedAt: ctx.clock.now() }),
    append(OriginChanged.make(ctx, { id: sellerId, version }, { sellerId })),
  ]);
  const [saved] = await ctx.db.load(originQuery(sellerId));
  if (!saved) throw fail("shipping.origin_missing");
  return saved;
}

const rowOf = (ctx: Ctx, { isActive, prices }: PutTable): Omit<TableRow, "id" | "version"> => ({
  service: zShippingTable().parse(prices).service,
  prices: prices as TableRow["prices"],
  isActive,
  updatedAt: ctx.clock.now(),
});

export async function addTable(ctx: Ctx, input: PutTable): Promise<TableRow> {
  requireOperator(ctx, "platform:write");
  const row = { ...rowOf(ctx, input), id: ctx.ids.next("rateTable"), version: 1 };
  orThrow(await ctx.db.commit([insertTable(row)]), fail);
  await purge(ctx, [TABLES_TAG]);
  return row;
}

type Change = PutTable & { readonly tableId: Id<"rateTable">; readonly ifMatch: number };

export async function changeTable(ctx: Ctx, { tableId, ifMatch, ...input }: Change): Promise<TableRow> {
  requireOperator(ctx, "platform:write");
  const [known] = await ctx.db.load(tableQuery(tableId));
  if (!known) throw fail("shipping.table_not_found");
  const row = { ...rowOf(ctx, input), id: tableId, version: ifMatch + 1 };
  orThrow(await ctx.db.commit([saveTable(row)]), fail);
  await purge(ctx, [TABLES_TAG]);
  return row;
}
