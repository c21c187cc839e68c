import * as z from "zod";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { zPageQuery } from "#kernel/page";
import { PAYMENT_METHODS } from "#kernel/payment-method";
import { BUYER_REASONS, MOVES, ORDER_STATES, SELLER_REASONS } from "./domain.ts";

export const zOrderRef = z.object({ orderId: zId("order") });
export type OrderRef = z.output<typeof zOrderRef>;

const zAs = z.enum(["buyer", "seller", "operator"]);
export const zAsQuery = z.object({ as: zAs.optional() });
/** A bulk order has several hundred lines; beyond this it leaves in several parcels. */
const PARCEL_LINES_MAX = 500;
const zUnits = z
  .array(z.object({ lineId: zId("line"), quantity: z.int().min(1).max(1_000_000) }))
  .min(1)
  .max(PARCEL_LINES_MAX);
const isOnce = (lines: readonly { readonly lineId: string }[]) =>
  new Set(lines.map(({ lineId }) => lineId)).size === lines.length;

export const zCancel = z.object({
  reason: z.enum([...BUYER_REASONS, ...SELLER_REASONS]),
  /** Units of a paid order that have not left; without it the whole order, or what is left of it. */
  lines: zUnits.refine(isOnce, { message: "A line is named twice." }).optional(),
});
export type CancelOrder = OrderRef & z.output<typeof zAsQuery> & z.output<typeof zCancel>;
export type DeliverOrder = OrderRef & z.output<typeof zAsQuery>;

export const zShip = z.object({
  carrier: z.string().trim().min(1).max(60),
  trackingNumber: z.string().trim().min(1).max(60),
  /** What is in this parcel; without it everything that is left. */
  lines: zUnits.optional(),
});
export type ShipOrder = OrderRef & z.output<typeof zShip>;

const zInstant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const zFilters = z.object({
  as: zAs.optional(),
  state: z.enum(ORDER_STATES).optional(),
  orderGroupId: zId("orderGroup").optional(),
  sellerId: zId("seller").optional(),
  placedFrom: zInstant.optional(),
  placedBefore: zInstant.optional(),
});
export const zOrderList = zPageQuery.extend(zFilters.shape);
export type OrderList = z.output<typeof zOrderList>;
export const zOrderExport = zFilters.extend({ as: z.enum(["seller", "operator"]).optional() });
export type OrderExport = z.output<typeof zOrderExport>;

const zTime = z.iso.datetime();
const zLine = z.object({
  id: zId("line"),
  offerId: zId("offer"),
  productId: zId("product"),
  sku: z.string(),
  title: z.string(),
  variantLabel: z.string(),
  imageKey: z.string().nullable(),
  unitPrice: zMoney,
  quantity: z.int(),
  shippedQuantity: z.int(),
  cancelledQuantity: z.int(),
  returnedQuantity: z.int(),
  goods: zMoney,
  /** What vouchers took off. */
  discount: zMoney,
  tax: zMoney,
  taxRateBasisPoints: z.int(),
  /** The last day that it was promised by when it was bought, as YYYY-MM-DD. */
  promisedOn: z.string().nullable(),
});

const zHead = z.object({
  id: zId("order"),
  orderGroupId: zId("orderGroup"),
  sellerId: zId("seller"),
  state: z.enum(ORDER_STATES),
  paymentMethod: z.enum(PAYMENT_METHODS),
  /** Goods and shipping before discounts; the total after them. */
  goods: zMoney,
  discount: zMoney,
  tax: zMoney,
  shipping: zMoney,
  shippingDiscount: zMoney,
  total: zMoney,
  /** What is still to be handed over at the door, less what was called off; null where nothing is. */
  dueAtDoor: zMoney.nullable(),
  cancelReason: z.string().nullable(),
  createdAt: zTime,
  payBefore: zTime.nullable(),
  paidAt: zTime.nullable(),
  shipBefore: zTime.nullable(),
  shippedAt: zTime.nullable(),
  deliveredAt: zTime.nullable(),
  completedAt: zTime.nullable(),
  cancelledAt: zTime.nullable(),
  version: z.int(),
});
export const zOrderItem = zHead.extend({ lineCount: z.int(), units: z.int(), firstTitle: z.string() });

const zPlace = z.object({
  recipient: z.string(),
  phone: z.string(),
  country: z.string(),
  region: z.string().nullable(),
  city: z.string(),
  district: z.string().nullable(),
  village: z.string().nullable(),
  postalCode: z.string(),
  line1: z.string(),
  line2: z.string().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
});

export const zOrder = zHead.extend({
  /** The tax is part of the prices where these are inclusive. */
  taxName: z.string(),
  taxInclusive: z.boolean(),
  address: zPlace,
  /** How the buyer chose to have it sent. */
  delivery: z
    .object({
      provider: z.string(),
      carrier: z.string(),
      service: z.string(),
      name: z.string(),
      arrivesFrom: z.string(),
      arrivesUntil: z.string(),
    })
    .nullable(),
  lines: z.array(zLine),
  shipments: z.array(
    z.object({
      id: zId("shipment"),
      carrier: z.string(),
      trackingNumber: z.string(),
      lines: z.array(z.object({ lineId: zId("line"), quantity: z.int() })),
      shippedAt: zTime,
    }),
  ),
  invoice: z.object({ number: z.string(), issuedAt: zTime, isReady: z.boolean() }).nullable(),
  /** Only the platform sees who bought. */
  buyerId: z.union([zId("user"), zId("guest")]).optional(),
  /** What the platform keeps; only the shop and the platform see it. */
  commission: zMoney.optional(),
  /** What the platform owes on its commission and the shop pays on top of it. */
  commissionTax: zMoney.optional(),
  /** The part of the discount that the shop bears. */
  sellerDiscount: zMoney.optional(),
});

export const zTimeline = z.object({
  items: z.array(
    z.object({
      seq: z.int(),
      at: zTime,
      move: z.enum(MOVES),
      state: z.enum(ORDER_STATES),
      by: z.string(),
      detail: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
});

export const zClaimed = z.object({ orderGroupIds: z.array(zId("orderGroup")) });
