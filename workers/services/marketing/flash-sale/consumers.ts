import { defineConsumer } from "#kernel/consume";
import { OrderCancelled, OrderPaid, OrderPlaced } from "#services/transaction/order/facts";
import { tellShards } from "./commands/orders.ts";

const MOVE = { "order.placed": "pledge", "order.paid": "sell", "order.cancelled": "release" } as const;

export const consumers = [
  defineConsumer({
    name: "flash_sale.orders",
    on: [OrderPlaced, OrderPaid, OrderCancelled],
    // The shards write by themselves; each move bears repeating.
    handle: async (ctx, facts) => {
      const told = facts.map(({ type, payload }) => {
        // What is paid at the door is sold when it is ordered.
        const isSold = type === "order.placed" && payload.method === "cod";
        const move = isSold ? ("sell" as const) : MOVE[type];
        return { orderGroupId: payload.orderGroupId, move };
      });
      await tellShards(ctx, told);
      return [];
    },
  }),
];
