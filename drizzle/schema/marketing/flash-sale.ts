import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { Currency } from "#kernel/money";
import type { BuyerId, Terms } from "#services/marketing/flash-sale/domain/entry";

/** When a flash sale takes place, and what an offer must have to be in it. */
export const flashSaleSlot = pgTable(
  "flash_sale_slot",
  {
    id: id("saleSlot").primaryKey(),
    name: text().notNull(),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
    /** No seller comes in after this. */
    enterBy: instant().notNull(),
    quotaMin: integer().notNull(),
    discountMinBasisPoints: integer().notNull(),
    perBuyerMax: integer().notNull(),
    salesMax: integer().notNull(),
    queue: text({ enum: ["none", "fifo", "lottery"] }).notNull(),
    admitPerSecond: integer().notNull(),
    /** Objects that each sale is spread over; null: as many as the market says. */
    shards: integer(),
    createdAt: instant().notNull(),
  },
  (t) => [
    index("flash_sale_slot_by_time").on(t.endsAt, t.id),
    check("flash_sale_slot_window", sql`${t.enterBy} <= ${t.startsAt} AND ${t.startsAt} < ${t.endsAt}`),
  ],
);

/** One offer in one slot. Its terms never change; what is held and sold is in its objects. */
export const flashSale = pgTable(
  "flash_sale",
  {
    id: id("sale").primaryKey(),
    slotId: id("saleSlot").notNull(),
    sellerId: id("seller").notNull(),
    offerId: id("offer").notNull(),
    productId: id("product").notNull(),
    priceMinor: bigint({ mode: "bigint" }).notNull(),
    /** The offer's own price when the sale was made. */
    listMinor: bigint({ mode: "bigint" }).notNull(),
    currency: text().$type<Currency>().notNull(),
    terms: jsonb().$type<Terms>().notNull(),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
    /** What Inventory keeps for it, and lends to its orders. */
    reservationId: id("reservation").notNull(),
    /** SHA-256 of the draw's seed, public from the beginning; the seed is sealed until the start. */
    commitment: text(),
    sealedSeed: text(),
    seed: text(),
    state: text({ enum: ["scheduled", "closed"] }).notNull(),
    sold: integer(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("flash_sale_offer_once").on(t.slotId, t.offerId),
    index("flash_sale_by_time").on(t.endsAt, t.id),
    index("flash_sale_by_seller").on(t.sellerId, t.id),
    check("flash_sale_price", sql`${t.priceMinor} > 0 AND ${t.priceMinor} < ${t.listMinor}`),
  ],
);

export const flashSaleReminder = pgTable(
  "flash_sale_reminder",
  {
    saleId: id("sale").notNull(),
    userId: text().$type<BuyerId>().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.saleId, t.userId] })],
);

/** Which hold became which order: a hold is bought once. */
export const flashSaleOrder = pgTable(
  "flash_sale_order",
  {
    orderGroupId: id("orderGroup").primaryKey(),
    holdId: id("hold").notNull(),
    saleId: id("sale").notNull(),
    buyerId: text().$type<BuyerId>().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [uniqueIndex("flash_sale_order_hold").on(t.holdId)],
);
