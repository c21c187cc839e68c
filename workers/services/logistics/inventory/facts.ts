import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

/** Stock of these offers changed otherwise than by an order (whose own events say so): read it anew. */
export const InventoryChanged = defineEvent(
  "inventory.changed",
  1,
  z.object({ sellerId: zId("seller"), offerIds: z.array(zId("offer")) }),
);

/** What is left of an item fell to its threshold; told once until it is stocked again. */
export const InventoryLow = defineEvent(
  "inventory.low",
  1,
  z.object({ sellerId: zId("seller"), offerIds: z.array(zId("offer")), available: z.int() }),
);

/** Gives back a hold whose time is over. Without a queue: the sweep runs it at its time. */
export const EXPIRE_HOLD = defineJob(
  "inventory.expire_hold",
  undefined,
  z.object({ reservationId: zId("reservation") }),
);
