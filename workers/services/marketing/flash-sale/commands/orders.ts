import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { onSaleShard } from "#objects/stubs";
import { lend, type Reserve } from "#services/logistics/inventory/index";
import type { HoldMove } from "../domain/decide.ts";
import type { BuyerId } from "../domain/entry.ts";
import { fail } from "../errors.ts";
import { loadSale } from "../queries.ts";
import { insertOrder, type SaleOrder, saleOrdersQuery } from "../repository.ts";
import type { HoldRef } from "../schemas.ts";
import { homeOf } from "./known.ts";

/** What checkout keeps with a line that was claimed in a sale. */
export type SaleLine = HoldRef & { readonly lenderId: Id<"reservation"> };
export type HeldUnits = {
  readonly line: SaleLine;
  readonly offerId: Id<"offer">;
  readonly quantity: number;
  readonly unitPriceMinor: bigint;
  readonly expiresAt: number;
};

/** The buyer's live hold, at the price of its sale. */
export async function heldUnits(ctx: Ctx, { saleId, holdId }: HoldRef): Promise<HeldUnits> {
  const buyerId = requireUser(ctx);
  const [home, sale] = await Promise.all([homeOf(ctx, saleId, buyerId), loadSale(ctx, saleId)]);
  const hold = await onSaleShard(ctx, home, (shard) => shard.find({ holdId, buyerId }));
  if (!hold) throw fail("flash_sale.hold_not_found");
  if (hold.state !== "held") throw fail("flash_sale.hold_ended");
  const { offerId, priceMinor, reservationId } = sale;
  const line = { saleId, holdId, lenderId: reservationId };
  return { line, offerId, quantity: hold.quantity, unitPriceMinor: priceMinor, expiresAt: hold.expiresAt };
}

/** Before the order is committed: the hold lives at least until then, or is refused. */
export async function keepHold(ctx: Ctx, { saleId, holdId }: SaleLine, until: number): Promise<void> {
  const buyerId = requireUser(ctx);
  const home = await homeOf(ctx, saleId, buyerId);
  const move: HoldMove = { move: "extend", until };
  orThrow(await onSaleShard(ctx, home, (shard) => shard.move({ holdId, buyerId }, move)), fail);
}

type Bought = { readonly line: SaleLine; readonly orderGroupId: Id<"orderGroup">; readonly stock: Reserve };

/** In the order's commit: its stock comes out of the sale's allocation. */
export const lendUnits = (
  ctx: Ctx,
  { line: { saleId, holdId, lenderId }, orderGroupId, stock }: Bought,
): readonly Statement<"inventory.not_allocated" | "inventory.hold_dead" | "flash_sale.hold_bought">[] => [
  lend(ctx, lenderId, stock),
  insertOrder(ctx, { orderGroupId, holdId, saleId, buyerId: requireUser(ctx) as BuyerId }),
];

type Told = { readonly orderGroupId: Id<"orderGroup">; readonly move: "pledge" | "sell" | "release" };

/**
 * What became of orders is told to the shards of their holds. Facts come in any order and more than once: a
 * hold that was sold stays sold, one that has ended stays ended.
 */
export async function tellShards(ctx: Ctx, told: readonly Told[]): Promise<void> {
  const [orders] = await ctx.db.load(saleOrdersQuery(told.map((one) => one.orderGroupId)));
  const byGroup = new Map(orders.map((order) => [order.orderGroupId, order]));
  for (const { orderGroupId, move } of told) {
    const order = byGroup.get(orderGroupId);
    if (order) await tellShard(ctx, order, move);
  }
}

async function tellShard(ctx: Ctx, order: SaleOrder, move: Told["move"]): Promise<void> {
  const { saleId, holdId, buyerId, orderGroupId } = order;
  const home = await homeOf(ctx, saleId, buyerId);
  const how: HoldMove = move === "pledge" ? { move, orderGroupId } : { move };
  const moved = await onSaleShard(ctx, home, (shard) => shard.move({ holdId }, how));
  // The order's stock stands in Inventory whatever the shard believes; it is worth knowing that they differ.
  if (!moved.ok) ctx.log.warn("flash_sale.hold_lost", { saleId, holdId, move, code: moved.code });
}
