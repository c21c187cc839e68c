import { sql } from "drizzle-orm";
import { bigint, check, index, integer, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";

/** Where a seller keeps stock; the lowest priority number is emptied first. */
export const stockLocation = pgTable(
  "stock_location",
  {
    id: id("location").primaryKey(),
    sellerId: id("seller").notNull(),
    name: text().notNull(),
    priority: integer().notNull(),
    /** What a parcel from here costs the shop beside its carriage, in the market's currency. */
    parcelCostMinor: bigint({ mode: "bigint" }),
    /** A closed location keeps its history and gives no more stock. */
    closedAt: instant(),
    version: integer().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [index("stock_location_by_seller").on(t.sellerId, t.priority)],
);

/** What is counted. Several offers may sell one item, so an offer finds its item through `stock_offer`. */
export const stockItem = pgTable(
  "stock_item",
  {
    id: id("stockItem").primaryKey(),
    sellerId: id("seller").notNull(),
    /** Below this the seller is told; null: the market's own threshold. */
    lowStockAt: integer(),
    /** Since when the seller has been told. */
    lowSince: instant(),
    /** When the seller was last told, whatever came in since: once a day is enough. */
    lowToldAt: instant(),
    /** How what is not there yet is sold: before it comes out at all, or until it comes in again. */
    aheadKind: text({ enum: ["preorder", "backorder"] }),
    /** When what is sold ahead is promised to be there. */
    promisedAt: instant(),
    createdAt: instant().notNull(),
  },
  (t) => [
    index("stock_item_by_seller").on(t.sellerId, t.id),
    check("stock_item_promise", sql`${t.promisedAt} IS NULL OR ${t.aheadKind} IS NOT NULL`),
    check("stock_item_preorder", sql`${t.aheadKind} <> 'preorder' OR ${t.promisedAt} IS NOT NULL`),
  ],
);

export const stockOffer = pgTable(
  "stock_offer",
  {
    offerId: id("offer").primaryKey(),
    /** Null for a bundle: it has components and no stock of its own. Never changes once it is set. */
    itemId: id("stockItem"),
    sellerId: id("seller").notNull(),
  },
  (t) => [
    index("stock_offer_by_item").on(t.itemId),
    index("stock_offer_bundles").on(t.sellerId, t.offerId).where(sql`${t.itemId} IS NULL`),
  ],
);

/** So many units of another offer's item go into one unit of a bundle. */
export const stockComponent = pgTable(
  "stock_component",
  {
    bundleId: id("offer").notNull(),
    offerId: id("offer").notNull(),
    itemId: id("stockItem").notNull(),
    quantity: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bundleId, t.offerId] }),
    index("stock_component_by_item").on(t.itemId),
    check("stock_component_quantity", sql`${t.quantity} > 0`),
  ],
);

/**
 * One item in one place. Available is on_hand - reserved - allocated - safety, and goes below nought only as
 * far as the backorder cap allows. Each row equals the sum of its movements.
 */
export const stockLevel = pgTable(
  "stock_level",
  {
    itemId: id("stockItem").notNull(),
    locationId: id("location").notNull(),
    sellerId: id("seller").notNull(),
    onHand: integer().notNull(),
    reserved: integer().notNull(),
    allocated: integer().notNull(),
    safety: integer().notNull(),
    incoming: integer().notNull(),
    backorderMax: integer().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.itemId, t.locationId] }),
    index("stock_level_by_location").on(t.locationId),
    check(
      "stock_level_counts",
      sql`${t.onHand} >= 0 AND ${t.reserved} >= 0 AND ${t.allocated} >= 0 AND ${t.safety} >= 0
        AND ${t.incoming} >= 0 AND ${t.backorderMax} >= 0`,
    ),
    check(
      "stock_level_not_oversold",
      sql`${t.onHand} - ${t.reserved} - ${t.allocated} - ${t.safety} + ${t.backorderMax} >= 0`,
    ),
  ],
);

/** Append-only, which a trigger holds. `operation` makes a repeated command one movement. */
export const stockMovement = pgTable(
  "stock_movement",
  {
    seq: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    sellerId: id("seller").notNull(),
    itemId: id("stockItem").notNull(),
    locationId: id("location").notNull(),
    kind: text().notNull(),
    onHand: integer().notNull(),
    reserved: integer().notNull(),
    allocated: integer().notNull(),
    incoming: integer().notNull(),
    reservationId: id("reservation"),
    operation: text(),
    reason: text(),
    actor: text(),
    at: instant().notNull(),
  },
  (t) => [
    index("stock_movement_by_seller").on(t.sellerId, t.seq),
    index("stock_movement_by_level").on(t.itemId, t.locationId, t.seq),
    uniqueIndex("stock_movement_operation")
      .on(t.operation, t.itemId, t.locationId)
      .where(sql`${t.operation} IS NOT NULL`),
  ],
);

/** Units promised to one order: reserved while `held`, allocated once `committed`, nobody's afterwards. */
export const stockReservation = pgTable(
  "stock_reservation",
  {
    id: id("reservation").primaryKey(),
    /** Who holds it: the id of a checkout or an order. */
    owner: text().notNull(),
    state: text({ enum: ["held", "committed", "released", "expired"] }).notNull(),
    /** Null once committed: what is allocated has no time limit. */
    expiresAt: instant(),
    /** The allocation that it was taken from and goes back to while that one stands. */
    lentBy: id("reservation"),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    index("stock_reservation_by_expiry").on(t.expiresAt).where(sql`${t.state} = 'held'`),
    check("stock_reservation_time", sql`(${t.state} = 'held') = (${t.expiresAt} IS NOT NULL)`),
  ],
);

/** What a reservation has of one level; shipping and cancelling lower it. */
export const stockHold = pgTable(
  "stock_hold",
  {
    reservationId: id("reservation").notNull(),
    itemId: id("stockItem").notNull(),
    locationId: id("location").notNull(),
    quantity: integer().notNull(),
    /** Its place in the queue of its level, given under the level's lock: who came first is served first. */
    seq: bigint({ mode: "number" }).notNull().generatedByDefaultAsIdentity(),
  },
  (t) => [
    primaryKey({ columns: [t.reservationId, t.itemId, t.locationId] }),
    index("stock_hold_by_level").on(t.itemId, t.locationId, t.seq),
    check("stock_hold_quantity", sql`${t.quantity} >= 0`),
  ],
);

/** What a bundle was made of when it was reserved: that leaves the house, whatever it is made of today. */
export const stockHoldComponent = pgTable(
  "stock_hold_component",
  {
    reservationId: id("reservation").notNull(),
    bundleId: id("offer").notNull(),
    offerId: id("offer").notNull(),
    itemId: id("stockItem").notNull(),
    quantity: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.reservationId, t.bundleId, t.offerId] })],
);

/** Goods on their way between two locations of a shop: nobody's until they are received or have come back. */
export const stockTransfer = pgTable(
  "stock_transfer",
  {
    id: id("stockTransfer").primaryKey(),
    sellerId: id("seller").notNull(),
    /** Names the command that sent it: under one name goods leave once. */
    operation: text().notNull(),
    fromLocationId: id("location").notNull(),
    toLocationId: id("location").notNull(),
    state: text({ enum: ["sent", "received", "cancelled"] }).notNull(),
    note: text(),
    sentBy: text().notNull(),
    sentAt: instant().notNull(),
    endedBy: text(),
    endedAt: instant(),
  },
  (t) => [
    uniqueIndex("stock_transfer_operation").on(t.operation),
    index("stock_transfer_by_seller").on(t.sellerId, t.id.desc()),
    check("stock_transfer_end", sql`(${t.state} = 'sent') = (${t.endedAt} IS NULL)`),
  ],
);

export const stockTransferLine = pgTable(
  "stock_transfer_line",
  {
    transferId: id("stockTransfer").notNull(),
    offerId: id("offer").notNull(),
    quantity: integer().notNull(),
    /** What was counted in where it came, or came back. */
    arrived: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.transferId, t.offerId] }),
    check("stock_transfer_line_quantity", sql`${t.quantity} > 0`),
    check("stock_transfer_line_arrived", sql`${t.arrived} >= 0 AND ${t.arrived} <= ${t.quantity}`),
  ],
);
