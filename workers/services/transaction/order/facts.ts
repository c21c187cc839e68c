import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";
import { zMoney } from "#kernel/money";
import { PAYMENT_METHODS, zDigits } from "#kernel/payment-method";

const zMinor = z.string().regex(/^\d{1,18}$/);
const zMethod = z.enum(PAYMENT_METHODS);

const zFactLine = z.object({
  lineId: zId("line"),
  offerId: zId("offer"),
  productId: zId("product"),
  categoryId: zId("category").nullable(),
  sku: z.string(),
  title: z.string(),
  quantity: z.int(),
  unitPriceMinor: zMinor,
  goodsMinor: zMinor,
  /** What vouchers took off this line's goods. */
  discountMinor: zMinor,
  /** Until which day it was promised, as YYYY-MM-DD; facts from before it was kept do not say. */
  promisedOn: z.string().nullable().optional(),
});

const zOrderFact = z.object({
  orderId: zId("order"),
  orderGroupId: zId("orderGroup"),
  sellerId: zId("seller"),
  buyerId: z.string(),
  email: z.string(),
  locale: z.enum(["en", "id"]),
  currency: z.string(),
  /** Before discounts; of these the seller bears a part and the platform the rest. */
  goodsMinor: zMinor,
  discountMinor: zMinor,
  sellerDiscountMinor: zMinor,
  taxMinor: zMinor,
  shippingMinor: zMinor,
  shippingDiscountMinor: zMinor,
  sellerShippingDiscountMinor: zMinor,
  /** Goods and shipping less discounts, and the tax where prices exclude it. */
  totalMinor: zMinor,
  /** Frozen at sale, with the tax on it. */
  commissionMinor: zMinor,
  commissionTaxMinor: zMinor,
  method: zMethod,
  /** When a shop that has sold ahead has promised to have it; older facts do not say. */
  readyAt: z.int().nullable().optional(),
  lines: z.array(zFactLine),
});

export const OrderPlaced = defineEvent("order.placed", 1, zOrderFact.extend({ payBy: z.int() }));

/** The money is here: from a provider before it is sent, as cash when it was delivered. */
export const OrderPaid = defineEvent("order.paid", 1, zOrderFact);
export const OrderConfirmed = defineEvent("order.confirmed", 1, zOrderFact);

/** Everything has left; a part that left before is told of by `order.part_shipped`. */
const zShipped = zOrderFact.extend({
  carrier: z.string(),
  trackingNumber: z.string(),
  /** Which parcel it is; facts from before there was tracking do not say. */
  shipmentId: zId("shipment").optional(),
});
export const OrderShipped = defineEvent("order.shipped", 1, zShipped);
export const OrderPartShipped = defineEvent("order.part_shipped", 1, zShipped);
export const OrderDelivered = defineEvent("order.delivered", 1, zOrderFact);
export const OrderCompleted = defineEvent("order.completed", 1, zOrderFact);

/** `wasPaid` says whether its goods had been counted as sold, and money goes back. */
export const OrderCancelled = defineEvent(
  "order.cancelled",
  1,
  zOrderFact.extend({
    reason: z.string(),
    wasPaid: z.boolean(),
    /** Who called it off, since both sides have reasons of the same name. */
    by: z.enum(["buyer", "seller", "operator", "platform"]).optional(),
  }),
);

/**
 * Units of a paid order that had not left were called off; their money goes back as a refund of them.
 * `isWhole`: nothing of the order has left or will, and it is cancelled.
 */
export const OrderLinesCancelled = defineEvent(
  "order.lines_cancelled",
  1,
  zOrderFact.extend({
    reason: z.string(),
    by: z.enum(["buyer", "seller", "operator", "platform"]),
    units: z.array(z.object({ lineId: zId("line"), quantity: z.int() })),
    isWhole: z.boolean(),
  }),
);

const zToBuyer = z.object({
  orderGroupId: zId("orderGroup"),
  buyerId: z.string(),
  email: z.string(),
  locale: z.enum(["en", "id"]),
  paymentId: zId("payment"),
  method: zMethod,
});

/** Money has gone back to the buyer; `orderId` is there when it was one order's. */
export const OrderRefunded = defineEvent(
  "order.refunded",
  1,
  zToBuyer.extend({
    refunded: zMoney,
    reason: z.string(),
    orderId: zId("order").optional(),
    /** The return or claim that it was paid for. */
    refundCaseId: zId("refundCase").optional(),
  }),
);

/** A try to pay came to nothing; the buyer may try again until `payBy`. */
export const OrderPaymentFailed = defineEvent(
  "order.payment_failed",
  1,
  zToBuyer.extend({ reason: z.string(), payBy: z.int(), amount: zMoney }),
);

/** What the buyer needs to pay away from the page, and until when. */
export const OrderPaymentAsked = defineEvent(
  "order.payment_asked",
  1,
  zToBuyer.extend({ digits: zDigits, asked: zMoney, payBy: z.int() }),
);

/** The document lies in the bucket under `documentKey` and will not change. */
export const InvoiceIssued = defineEvent(
  "invoice.issued",
  1,
  z.object({
    invoiceId: zId("invoice"),
    orderId: zId("order"),
    orderGroupId: zId("orderGroup"),
    buyerId: z.string(),
    email: z.string(),
    locale: z.enum(["en", "id"]),
    number: z.string(),
    documentKey: z.string(),
  }),
);

/** Cancels what of a group is still unpaid when its time is up. */
export const EXPIRE_GROUP = defineJob(
  "order.expire",
  undefined,
  z.object({ orderGroupId: zId("orderGroup") }),
);

/** Cancels what of a group was not shipped in time. */
export const SHIP_DEADLINE = defineJob(
  "order.ship_deadline",
  undefined,
  z.object({ orderGroupId: zId("orderGroup") }),
);

/** Takes an order on when nobody does: delivered when long shipped, completed when long delivered. */
export const ADVANCE_ORDER = defineJob("order.advance", undefined, z.object({ orderId: zId("order") }));

export const RENDER_INVOICE = defineJob("invoice.render", "INVOICE", z.object({ orderId: zId("order") }));
