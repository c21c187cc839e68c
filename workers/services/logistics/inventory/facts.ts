import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";
import { zTexts } from "#kernel/texts";

/** Longer than any title of a product. */
const TITLE_CHARS_MAX = 1_000;

/** Stock of these offers changed otherwise than by an order (whose own events say so): read it anew. */
export const InventoryChanged = defineEvent(
  "inventory.changed",
  1,
  z.object({ sellerId: zId("seller"), offerIds: z.array(zId("offer")) }),
);

/** What is left of an item fell to its threshold; told once until it is stocked again, once a day at most. */
export const InventoryLow = defineEvent(
  "inventory.low",
  1,
  z.object({
    sellerId: zId("seller"),
    offerIds: z.array(zId("offer")),
    available: z.int(),
    /** What the first of them is called. */
    title: zTexts(TITLE_CHARS_MAX).optional(),
    sku: z.string().optional(),
  }),
);

/** Gives back a hold whose time is over. Without a queue: the sweep runs it at its time. */
export const EXPIRE_HOLD = defineJob(
  "inventory.expire_hold",
  undefined,
  z.object({ reservationId: zId("reservation") }),
);
