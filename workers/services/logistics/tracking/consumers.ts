import { defineConsumer } from "#kernel/consume";
import { OrderPartShipped, OrderShipped } from "#services/transaction/order/facts";
import { openTracking } from "./commands/follow.ts";

export const consumers = [
  defineConsumer({
    name: "tracking.open",
    on: [OrderShipped, OrderPartShipped],
    handle: (ctx, facts) =>
      openTracking(
        ctx,
        facts.flatMap(({ payload }) => payload.shipmentId ?? []),
      ),
  }),
];
