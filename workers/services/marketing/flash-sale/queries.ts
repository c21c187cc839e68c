import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { decodeCursor, toPage } from "#kernel/page";
import { fail } from "./errors.ts";
import * as sales from "./repository.ts";
import { type Sale, type SaleList, type SaleRef, type SlotList, toSaleDto, toSlotDto } from "./schemas.ts";

export async function loadSale(ctx: Ctx, saleId: Id<"sale">): Promise<Sale> {
  const [sale] = await ctx.db.load(sales.saleQuery(saleId));
  if (!sale) throw fail("flash_sale.not_found");
  return sale;
}

export const showSale = async (ctx: Ctx, { saleId }: SaleRef) =>
  toSaleDto(await loadSale(ctx, saleId), ctx.clock.now());

export async function listSales(ctx: Ctx, { limit, cursor, slotId }: SaleList) {
  const list = `flash-sales ${slotId ?? ""}`;
  const now = ctx.clock.now();
  const [after] = decodeCursor(ctx, list, cursor) ?? [];
  const [rows] = await ctx.db.load(sales.salesQuery({ slotId, now }, limit + 1, after));
  return toPage(
    ctx,
    list,
    limit,
    rows,
    ({ id }) => [id],
    (sale) => toSaleDto(sale, now),
  );
}

export async function listSlots(ctx: Ctx, { limit, cursor }: SlotList) {
  const list = "flash-sale-slots";
  const [after] = decodeCursor(ctx, list, cursor) ?? [];
  const [rows] = await ctx.db.load(sales.slotsQuery(ctx.clock.now(), limit + 1, after));
  return toPage(ctx, list, limit, rows, ({ id }) => [id], toSlotDto);
}
