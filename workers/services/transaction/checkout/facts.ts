import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";

/** A checkout has become orders; the cart takes the bought lines out. */
export const CheckoutCompleted = defineEvent(
  "checkout.completed",
  1,
  z.object({
    cartId: zId("cart"),
    lineIds: z.array(zId("line")),
    orderGroupId: zId("orderGroup"),
    currency: z.string(),
    totalMinor: z.string(),
  }),
);

/** Somebody has begun to check out: the third step of the funnel. */
export const CheckoutStarted = defineEvent(
  "checkout.started",
  1,
  z.object({ buyerId: z.string(), lines: z.int(), currency: z.string(), goodsMinor: z.string() }),
);
