import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { BuyerId } from "#kernel/actor";
import { id, instant } from "#kernel/columns";
import type { Locale } from "#kernel/errors";
import type { Currency } from "#kernel/money";
import type {
  CancelReason,
  EventDetail,
  Move,
  OrderState,
  PaymentMethod,
  Place,
  ShippedLine,
  ShippingChoice,
} from "#services/transaction/order/domain";

const minor = () => bigint({ mode: "bigint" }).notNull();

/** What one checkout bought; what is the same for all of its orders stands here once. */
export const orderGroup = pgTable(
  "order_group",
  {
    id: id("orderGroup").primaryKey(),
    buyerId: text().$type<BuyerId>().notNull(),
    email: text().notNull(),
    locale: text().$type<Locale>().notNull(),
    address: jsonb().$type<Place>().notNull(),
    method: text().$type<PaymentMethod>().notNull(),
    currency: text().$type<Currency>().notNull(),
    taxName: text().notNull(),
    taxInclusive: boolean().notNull(),
    totalMinor: minor(),
    payBy: instant().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [index("order_group_by_email").on(sql`lower(${t.email})`)],
);

export const order = pgTable(
  "order",
  {
    id: id("order").primaryKey(),
    orderGroupId: id("orderGroup")
      .notNull()
      .references(() => orderGroup.id),
    buyerId: text().$type<BuyerId>().notNull(),
    sellerId: id("seller").notNull(),
    reservationId: id("reservation").notNull(),
    state: text().$type<OrderState>().notNull(),
    method: text().$type<PaymentMethod>().notNull(),
    currency: text().$type<Currency>().notNull(),
    goodsMinor: minor(),
    /** What vouchers took off the goods; of it the seller bears a part, the platform the rest. */
    discountMinor: minor(),
    sellerDiscountMinor: minor(),
    taxMinor: minor(),
    /** As the carrier's rate was quoted, before what vouchers took off. */
    shippingMinor: minor(),
    shippingDiscountMinor: minor(),
    sellerShippingDiscountMinor: minor(),
    totalMinor: minor(),
    /** Of a total that is due at the door, what is not asked for there: its units were called off. */
    uncollectedMinor: minor().default(sql`0`),
    commissionMinor: minor(),
    /** What the platform owes on its commission: part of what the seller pays, on top of it. */
    commissionTaxMinor: minor(),
    shippingChoice: jsonb().$type<ShippingChoice>(),
    /** The try whose money is in this order; it stays when the order is cancelled and refunded. */
    paidPaymentId: id("payment"),
    cancelReason: text().$type<CancelReason>(),
    createdAt: instant().notNull(),
    /** Sold before it was there: when its shop has promised to have all of it. */
    readyAt: instant(),
    paidAt: instant(),
    shipBy: instant(),
    shippedAt: instant(),
    deliveredAt: instant(),
    completedAt: instant(),
    cancelledAt: instant(),
    version: integer().notNull(),
  },
  (t) => [
    index("order_by_group").on(t.orderGroupId),
    index("order_by_buyer").on(t.buyerId, t.id.desc()),
    index("order_by_seller").on(t.sellerId, t.id.desc()),
    check(
      "order_amounts_not_negative",
      sql`least(${t.goodsMinor} - ${t.discountMinor}, ${t.shippingMinor} - ${t.shippingDiscountMinor},
        ${t.taxMinor}, ${t.commissionMinor}, ${t.commissionTaxMinor}) >= 0`,
    ),
    check(
      "order_discounts_within",
      sql`${t.sellerDiscountMinor} BETWEEN 0 AND ${t.discountMinor}
        AND ${t.sellerShippingDiscountMinor} BETWEEN 0 AND ${t.shippingDiscountMinor}`,
    ),
    check(
      "order_total_adds_up",
      sql`${t.totalMinor} - (${t.goodsMinor} - ${t.discountMinor})
        - (${t.shippingMinor} - ${t.shippingDiscountMinor}) IN (0, ${t.taxMinor})`,
    ),
    check(
      "order_uncollected_within",
      sql`${t.uncollectedMinor} BETWEEN 0 AND CASE ${t.method} WHEN 'cod' THEN ${t.totalMinor} ELSE 0 END`,
    ),
    check("order_cancel_has_reason", sql`(${t.state} = 'cancelled') = (${t.cancelReason} IS NOT NULL)`),
    check(
      "order_sent_is_paid",
      sql`${t.method} = 'cod' OR ${t.paidAt} IS NOT NULL OR ${t.state} IN ('awaiting_payment', 'cancelled')`,
    ),
  ],
);

/** A copy of what was bought, at the price, tax and commission of that moment; only quantities move. */
export const orderLine = pgTable(
  "order_line",
  {
    id: id("line").primaryKey(),
    orderId: id("order")
      .notNull()
      .references(() => order.id),
    position: integer().notNull(),
    offerId: id("offer").notNull(),
    productId: id("product").notNull(),
    categoryId: id("category"),
    sku: text().notNull(),
    title: text().notNull(),
    variantLabel: text().notNull(),
    imageKey: text(),
    unitPriceMinor: minor(),
    quantity: integer().notNull(),
    shippedQuantity: integer().notNull(),
    cancelledQuantity: integer().notNull(),
    returnedQuantity: integer().notNull(),
    goodsMinor: minor(),
    discountMinor: minor(),
    sellerDiscountMinor: minor(),
    taxMinor: minor(),
    taxRateBasisPoints: integer().notNull(),
    /** Which rule said so; none where the category's or the market's rate held. */
    commissionRuleId: id("commission"),
    commissionBasisPoints: integer().notNull(),
    commissionMinor: minor(),
    commissionTaxMinor: minor(),
    /** The last day that the buyer was promised it by, as YYYY-MM-DD of the market's calendar. */
    promisedOn: text(),
  },
  (t) => [
    index("order_line_by_order").on(t.orderId, t.position),
    check(
      "order_line_discount_within",
      sql`${t.sellerDiscountMinor} BETWEEN 0 AND ${t.discountMinor}
        AND ${t.discountMinor} <= ${t.goodsMinor}`,
    ),
    check("order_line_goods", sql`${t.goodsMinor} = ${t.unitPriceMinor} * ${t.quantity}`),
    check("order_line_quantity", sql`${t.quantity} > 0`),
    check(
      "order_line_moved_within",
      sql`${t.shippedQuantity} + ${t.cancelledQuantity} <= ${t.quantity}
        AND least(${t.shippedQuantity}, ${t.cancelledQuantity}, ${t.returnedQuantity}) >= 0
        AND ${t.returnedQuantity} <= ${t.shippedQuantity}`,
    ),
  ],
);

/** Every transition with its actor. Rows are only added; `seq` is the version that the transition made. */
export const orderEvent = pgTable(
  "order_event",
  {
    orderId: id("order").notNull(),
    seq: integer().notNull(),
    at: instant().notNull(),
    actor: text().notNull(),
    move: text().$type<Move>().notNull(),
    state: text().$type<OrderState>().notNull(),
    detail: jsonb().$type<EventDetail>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.orderId, t.seq] })],
);

/** A parcel that left, with what is in it. */
export const orderShipment = pgTable(
  "order_shipment",
  {
    id: id("shipment").primaryKey(),
    orderId: id("order")
      .notNull()
      .references(() => order.id),
    carrier: text().notNull(),
    trackingNumber: text().notNull(),
    lines: jsonb().$type<readonly ShippedLine[]>().notNull(),
    shippedAt: instant().notNull(),
    /** When whoever carried it says that it came into its receiver's hands. */
    deliveredAt: instant(),
  },
  (t) => [index("order_shipment_by_order").on(t.orderId)],
);

export const invoice = pgTable(
  "invoice",
  {
    id: id("invoice").primaryKey(),
    orderId: id("order").notNull().unique("invoice_order"),
    sellerId: id("seller").notNull(),
    /** Counts up by one for each seller, without gaps. */
    seq: bigint({ mode: "number" }).notNull(),
    issuedAt: instant().notNull(),
    /** Set once the document lies in the bucket; it never changes afterwards. */
    documentKey: text(),
  },
  (t) => [uniqueIndex("invoice_number").on(t.sellerId, t.seq)],
);

/** Locked by the commit that issues the next number, so that a number that was not issued leaves no gap. */
export const invoiceCounter = pgTable("invoice_counter", {
  sellerId: id("seller").primaryKey(),
  last: bigint({ mode: "number" }).notNull(),
});
