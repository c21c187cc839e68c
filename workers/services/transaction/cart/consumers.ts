import { defineConsumer } from "#kernel/consume";
import { CheckoutCompleted } from "#services/transaction/checkout/facts";
import { removeLines } from "./commands.ts";

/** What was bought leaves the cart. The object knows the event's id, so a second delivery does nothing. */
const bought = defineConsumer({
  name: "cart.bought",
  on: [CheckoutCompleted],
  handle: async (ctx, facts) => {
    for (const { id, payload } of facts) await removeLines(ctx, payload.cartId, payload.lineIds, id);
    return [];
  },
});

export const consumers = [bought];
