import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

const zMinor = z.string().regex(/^\d{1,18}$/);
const zLabelFact = z.object({
  labelId: zId("label"),
  orderId: zId("order"),
  sellerId: zId("seller"),
  kind: z.enum(["outbound", "return"]),
  provider: z.enum(["table", "biteship", "easypost", "own"]),
  carrier: z.string(),
  trackingNumber: z.string(),
  currency: z.string(),
  /** Null where the shop has an agreement of its own. */
  costMinor: zMinor.nullable(),
  /** What the carrier takes for it in all, and what it gives back with a label that it took back. */
  chargedMinor: zMinor.optional(),
});

export const LabelBought = defineEvent("shipping.label_bought", 1, zLabelFact);
/** The carrier took the label back, and with it what it cost. */
export const LabelVoided = defineEvent("shipping.label_voided", 1, zLabelFact);

/** A carrier bills a label otherwise than before: by so much more, or below nought by so much less. */
export const LabelBilled = defineEvent(
  "shipping.label_billed",
  1,
  z.object({
    labelId: zId("label"),
    orderId: zId("order"),
    sellerId: zId("seller"),
    provider: z.enum(["table", "biteship", "easypost", "own"]),
    currency: z.string(),
    /** Tells the bills of a label apart. */
    key: z.string(),
    differenceMinor: z.string().regex(/^-?[1-9]\d{0,17}$/),
  }),
);

/** Where a shop's parcels leave from was said for the first time or anew. */
export const OriginChanged = defineEvent("shipping.origin_changed", 1, z.object({ sellerId: zId("seller") }));

const zLabelRef = z.object({ labelId: zId("label") });

/** Goes on with a label whose caller died, or whose carrier did not answer. */
export const ADVANCE_LABEL = defineJob("shipping.advance_label", undefined, zLabelRef);

/** Asks what became of a label that was to be taken back. */
export const CHECK_VOID = defineJob("shipping.check_void", undefined, zLabelRef);

/** Asks the carrier what it bills by now. */
export const ASK_BILL = defineJob("shipping.ask_bill", undefined, zLabelRef);
