import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";
import { zCurrency } from "#kernel/money";

const zMinor = z.string().regex(/^\d{1,18}$/);
/** May be below nought: money that goes the other way. */
const zSigned = z.string().regex(/^-?\d{1,18}$/);

const zFactLine = z.object({
  lineId: zId("line"),
  offerId: zId("offer"),
  productId: zId("product"),
  categoryId: zId("category").nullable(),
  quantity: z.int(),
});

const zAbout = z.object({
  refundId: zId("refundCase"),
  kind: z.enum(["return", "exchange", "claim", "cancellation"]),
  orderId: zId("order"),
  orderGroupId: zId("orderGroup"),
  sellerId: zId("seller"),
  buyerId: z.string(),
  email: z.string(),
  locale: z.enum(["en", "id"]),
  currency: zCurrency,
  reason: z.string(),
  /** Whether the seller or a carrier is to blame, and not the buyer's change of mind. */
  isFault: z.boolean(),
  lines: z.array(zFactLine),
});

export const RefundRequested = defineEvent("refund.requested", 1, zAbout);
/** `by` is who agreed: the seller, the platform, or a rule that needs nobody. */
export const RefundApproved = defineEvent(
  "refund.approved",
  1,
  zAbout.extend({ by: z.enum(["seller", "operator", "system"]), isReturnless: z.boolean() }),
);
export const RefundRejected = defineEvent(
  "refund.rejected",
  1,
  zAbout.extend({ by: z.enum(["seller", "operator", "system"]), isFinal: z.boolean() }),
);
/** Units are back, and in which state each of them is. */
export const RefundReceived = defineEvent(
  "refund.received",
  1,
  zAbout.extend({
    received: z.array(
      z.object({
        lineId: zId("line"),
        resellable: z.int(),
        damaged: z.int(),
        missing: z.int(),
      }),
    ),
  }),
);

/** The money cannot go back as it was decided: an operator has to see to it. */
export const RefundStuck = defineEvent("refund.stuck", 1, zAbout.extend({ note: z.string() }));

/** Units were called off before they were paid for: so much less is asked for at the door. */
export const RefundUncollected = defineEvent(
  "refund.uncollected",
  1,
  zAbout.extend({ lessMinor: zMinor, dueMinor: zMinor }),
);

const zMoneyLine = zFactLine.extend({
  /** Of what the line cost: goods before discounts, and how much less they were for its discounts. */
  goodsMinor: zMinor,
  discountMinor: zMinor,
  sellerDiscountMinor: zMinor,
  taxMinor: zMinor,
  commissionMinor: zMinor,
  commissionTaxMinor: zMinor,
});

/**
 * The buyer has his money: it went back the way it came (`original`) or is in his wallet. What is booked:
 *
 *   toBuyer = fromSeller + fromPlatform
 *
 * `fromSeller` is taken from what the order credited to the seller before commission: his goods less his own
 * discounts, his part of the shipping, and the tax where prices exclude it. Beside it the platform gives him
 * back `commissionBack` and `commissionTaxBack`. `fromPlatform` is below nought where the platform's share of
 * the discounts comes back to it, and is all of it where the platform bears a refund by itself.
 */
export const RefundSettled = defineEvent(
  "refund.settled",
  1,
  zAbout.extend({
    lines: z.array(zMoneyLine),
    /** What the buyer had paid for the shipping that he gets back. */
    shippingMinor: zMinor,
    /** Discounts that what is kept does not earn any more; below nought when they are given back. */
    withheldMinor: zSigned,
    /** The tax within or on top of what goes back. */
    taxMinor: zMinor,
    toBuyerMinor: zMinor,
    commissionBackMinor: zMinor,
    commissionTaxBackMinor: zMinor,
    fromSellerMinor: zMinor,
    fromPlatformMinor: zSigned,
    tender: z.enum(["original", "wallet"]),
    method: z.string(),
    paymentId: zId("payment").nullable(),
    /** It was not asked for at the door, and nothing was sent. */
    isUncollected: z.boolean().optional(),
    /** Nothing of the order is left with the buyer. */
    isWhole: z.boolean(),
  }),
);

/** Money, ledger, goods, document: takes a case that is decided on to its end, a step at a time. */
export const SETTLE_REFUND = defineJob("refund.settle", undefined, z.object({ refundId: zId("refundCase") }));

/** Somebody has said nothing for too long. */
export const REFUND_DEADLINE = defineJob(
  "refund.deadline",
  undefined,
  z.object({ refundId: zId("refundCase") }),
);

/** Draws the credit note. */
export const RENDER_CREDIT_NOTE = defineJob(
  "refund.credit_note",
  "INVOICE",
  z.object({ refundId: zId("refundCase") }),
);
