import type { Status } from "./journey.ts";

/** https://biteship.com/en/docs/api/trackings/status; some answers write them in camel case. */
const STATUS_OF: { readonly [word: string]: Status } = {
  confirmed: "pending",
  scheduled: "pending",
  allocated: "pending",
  picking_up: "pending",
  picked: "picked_up",
  in_transit: "in_transit",
  dropping_off: "in_transit",
  return_in_transit: "return_to_sender",
  returned: "return_to_sender",
  on_hold: "on_hold",
  delivered: "delivered",
  rejected: "delivery_failed",
  courier_not_found: "cancelled",
  cancelled: "cancelled",
  disposed: "cancelled",
};

/** Parcel carriers say `dropping_off` of every hub on the way: the words tell who has it at last. */
const LAST_MILE = new RegExp(
  "with delivery courier|on (the|its) way to customer|out for delivery" +
    "|akan dikirim ke alamat|dibawa.*kurir|kurir.*menuju",
  "i",
);
const AT_COUNTER = /ready (for|to be) (pick ?up|collected)|siap diambil/i;
const AT_ONCE = ["instant", "same_day", "sameday"];

type Told = { readonly status: string; readonly note: string; readonly serviceType?: string | undefined };

export function toStatus({ status, note, serviceType }: Told): Status {
  const word = status.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).toLowerCase();
  if (AT_COUNTER.test(note) && word === "dropping_off") return "ready_for_pickup";
  if (word === "dropping_off" && (AT_ONCE.includes(serviceType ?? "") || LAST_MILE.test(note))) {
    return "out_for_delivery";
  }
  return STATUS_OF[word] ?? "unknown";
}
