import { defineConsumer } from "#kernel/consume";
import { append } from "#kernel/outbox";
import { quoteOffers } from "#services/catalog/product/index";
import { OrderPlaced } from "#services/transaction/order/facts";
import { InventoryChanged, InventoryLow } from "./facts.ts";
import { markTurned, turnedQuery } from "./repository/low-stock.ts";

/**
 * Tells a seller once, and once a day at most, that an item runs low, whatever lowered it. It reads what is
 * so now, in any order.
 */
const watch = defineConsumer({
  name: "inventory.watch",
  on: [OrderPlaced, InventoryChanged],
  handle: async (ctx, facts) => {
    const offerIds = facts.flatMap(({ payload }) =>
      "offerIds" in payload ? payload.offerIds : payload.lines.map((line) => line.offerId),
    );
    const asked = { lowStockAt: ctx.market.inventory.lowStockAt, now: ctx.clock.now() };
    const [turned] = await ctx.db.load(turnedQuery({ ...asked, offerIds: [...new Set(offerIds)] }));
    if (turned.length === 0) return [];
    const low = turned.filter((item) => item.isLow);
    const names = new Map(
      (await quoteOffers(ctx, [...new Set(low.flatMap((item) => item.offerIds.slice(0, 1)))])).map(
        ({ offerId, title, sku }) => [offerId, { title, sku }],
      ),
    );
    const told = low.map(({ itemId, sellerId, offerIds: sellers, available }) => {
      const named = sellers[0] && names.get(sellers[0]);
      const left = { sellerId, offerIds: [...sellers], available: Math.max(0, available) };
      return InventoryLow.make(ctx, { id: itemId, version: 1 }, { ...left, ...named });
    });
    return [markTurned(turned, ctx.clock.now()), ...(told.length > 0 ? [append(...told)] : [])];
  },
});

export const consumers = [watch];
