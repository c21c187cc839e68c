import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";

/** A cart with something in it was left alone for as long as the market says; told once each time. */
export const CartAbandoned = defineEvent(
  "cart.abandoned",
  1,
  z.object({
    cartId: zId("cart"),
    /** A user's id, or a guest's, whom nobody can write to. */
    buyerId: z.union([zId("user"), zId("guest")]),
    idleSince: z.int(),
    lines: z.array(z.object({ offerId: zId("offer"), quantity: z.int() })),
  }),
);
