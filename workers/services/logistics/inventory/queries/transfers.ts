import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { decodeCursor, type Page, toPage } from "#kernel/page";
import { fail } from "../errors.ts";
import { transferQuery, transfersQuery } from "../repository/transfers.ts";
import type { Transfer, TransferList, TransferRef } from "../schemas.ts";

export async function getTransfer(ctx: Ctx, { transferId }: TransferRef): Promise<Transfer> {
  const sellerId = requireShop(ctx, "inventory:read");
  const [transfer] = await ctx.db.load(transferQuery(sellerId, { id: transferId }));
  if (!transfer) throw fail("inventory.transfer_not_found");
  return transfer;
}

export async function listTransfers(
  ctx: Ctx,
  { limit, cursor, state }: TransferList,
): Promise<Page<Transfer>> {
  const sellerId = requireShop(ctx, "inventory:read");
  const scope = `transfers ${sellerId} ${state ?? ""}`;
  const [before = null] = decodeCursor(ctx, scope, cursor) ?? [];
  const wanted = { sellerId, state, before: before === null ? null : String(before), limit };
  const [rows] = await ctx.db.load(transfersQuery(wanted));
  return toPage(
    ctx,
    scope,
    limit,
    rows,
    (row) => [row.id],
    (row) => row,
  );
}
