import { defineConsumer } from "#kernel/consume";
import { TrackingDelivered } from "#services/logistics/tracking/facts";
import { takeCash } from "./commands/cash.ts";

export const consumers = [
  defineConsumer({
    name: "shipping.take_cash",
    on: [TrackingDelivered],
    // It commits by itself and step by step; each of its steps bears repeating.
    handle: async (ctx, facts) => {
      for (const { payload } of facts) if (payload.source === "carrier") await takeCash(ctx, payload);
      return [];
    },
  }),
];
