import { defineConsumer } from "#kernel/consume";
import { append } from "#kernel/outbox";
import { OrderPlaced } from "#services/transaction/order/facts";
import { InventoryChanged, InventoryLow } from "./facts.ts";
import { markTurned, turnedQuery } from "./repository/low-stock.ts";

/** Tells a seller once that an item runs low, whatever lowered it. It reads what is so now, in any order. */
const watch = defineConsumer({
  name: "inventory.watch",
  on: [OrderPlaced, InventoryChanged],
  handle: async (ctx, facts) => {
    const offerIds = facts.flatMap(({ payload }) =>
      "offerIds" in payload ? payload.offerIds : payload.lines.map((line) => line.offerId),
    );
    const [turned] = await ctx.db.load(turnedQuery([...new Set(offerIds)], ctx.market.inventory.lowStockAt));
    if (turned.length === 0) return [];
    const low = turned.filter((item) => item.isLow);
    const told = low.map(({ itemId, sellerId, offerIds: sellers, available }) =>
      InventoryLow.make(
        ctx,
        { id: itemId, version: 1 },
        { sellerId, offerIds: [...sellers], available: Math.max(0, available) },
      ),
    );
    return [markTurned(turned, ctx.clock.now()), ...(told.length > 0 ? [append(...told)] : [])];
  },
});

export const consumers = [watch];
