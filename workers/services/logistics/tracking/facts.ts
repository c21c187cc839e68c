import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

const zParcel = z.object({
  shipmentId: zId("shipment"),
  orderId: zId("order"),
  sellerId: zId("seller"),
  carrier: z.string(),
  trackingNumber: z.string(),
});

/** A parcel came into another status; `since` is by the carrier's own time. */
export const TrackingChanged = defineEvent(
  "tracking.changed",
  1,
  zParcel.extend({ status: z.string(), previous: z.string(), since: z.int() }),
);

/** The driver came within reach of the door, told once. */
export const TrackingArrived = defineEvent("tracking.arrived", 1, zParcel.extend({ at: z.int() }));

/** The parcel is in its receiver's hands: a carrier or the driver's proof says so. Told once. */
export const TrackingDelivered = defineEvent(
  "tracking.delivered",
  1,
  zParcel.extend({ deliveredAt: z.int(), source: z.string() }),
);

/** Asks the carrier what became of a parcel, again and again until its journey is over. */
export const PULL_TRACKING = defineJob(
  "tracking.pull",
  undefined,
  z.object({ shipmentId: zId("shipment"), courier: z.string(), trackingNumber: z.string() }),
);
