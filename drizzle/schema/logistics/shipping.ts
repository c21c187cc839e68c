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
import { id, instant } from "#kernel/columns";
import type { Currency } from "#kernel/money";
import type {
  LabelKind,
  LabelLine,
  LabelState,
  ParcelContent,
  Party,
} from "#services/logistics/shipping/domain/label";
import type { Provider } from "#services/logistics/shipping/domain/rate";
import type { ShippingTable } from "#services/logistics/shipping/domain/table";

const minor = () => bigint({ mode: "bigint" });

/** Where a shop's parcels are picked up, and on which days; without it no carrier is asked for a rate. */
export const shippingOrigin = pgTable("shipping_origin", {
  sellerId: id("seller").primaryKey(),
  address: jsonb().$type<Party>().notNull(),
  /** Null: the market's hour. */
  cutOffHour: integer(),
  closedWeekdays: jsonb().$type<readonly number[]>().notNull(),
  holidays: jsonb().$type<readonly string[]>().notNull(),
  /** Null: every courier of the market. */
  couriers: jsonb().$type<readonly string[] | null>(),
  version: integer().notNull(),
  updatedAt: instant().notNull(),
});

/** Operators' price tables, one a service; they come before the market's own. */
export const shippingTable = pgTable(
  "shipping_table",
  {
    id: id("rateTable").primaryKey(),
    service: text().notNull(),
    prices: jsonb().$type<ShippingTableJson>().notNull(),
    isActive: boolean().notNull(),
    version: integer().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [uniqueIndex("shipping_table_service").on(t.service)],
);

/** As it was entered: amounts are decimal strings. */
export type ShippingTableJson = Omit<ShippingTable, "zones"> & {
  readonly zones: readonly { readonly [field: string]: unknown }[];
};

export const shippingLabel = pgTable(
  "shipping_label",
  {
    id: id("label").primaryKey(),
    sellerId: id("seller").notNull(),
    orderId: id("order").notNull(),
    kind: text().$type<LabelKind>().notNull(),
    state: text().$type<LabelState>().notNull(),
    provider: text().$type<Provider>().notNull(),
    carrier: text().notNull(),
    service: text().notNull(),
    name: text().notNull(),
    sender: jsonb().$type<Party>().notNull(),
    receiver: jsonb().$type<Party>().notNull(),
    contents: jsonb().$type<readonly ParcelContent[]>().notNull(),
    lines: jsonb().$type<readonly LabelLine[] | null>(),
    parcelGrams: integer().notNull(),
    currency: text().$type<Currency>().notNull(),
    goodsMinor: minor().notNull(),
    cashMinor: minor(),
    isInsured: boolean().notNull(),
    quotedMinor: minor().notNull(),
    quotedGrams: integer().notNull(),
    acceptMinor: minor(),
    costMinor: minor(),
    providerRef: text(),
    trackingNumber: text(),
    shipmentId: id("shipment"),
    refusal: text(),
    billedMinor: minor(),
    billedGrams: integer(),
    billedAt: instant(),
    createdAt: instant().notNull(),
    boughtAt: instant(),
    voidedAt: instant(),
    /** Names the command: under one name a label is bought once, even when the kept answer was lost. */
    operation: text(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("shipping_label_operation").on(t.operation).where(sql`${t.operation} IS NOT NULL`),
    // Of two who label an order at once one is told to wait: nobody pays for two labels of one parcel.
    uniqueIndex("shipping_label_one_claim").on(t.orderId, t.kind).where(sql`${t.state} = 'claimed'`),
    index("shipping_label_by_seller").on(t.sellerId, t.id.desc()),
    index("shipping_label_by_order").on(t.orderId),
    index("shipping_label_by_number").on(t.trackingNumber),
    uniqueIndex("shipping_label_by_ref")
      .on(t.provider, t.providerRef)
      .where(sql`${t.providerRef} IS NOT NULL`),
    check(
      "shipping_label_bought",
      sql`${t.state} IN ('claimed', 'refused') OR ${t.trackingNumber} IS NOT NULL`,
    ),
    check(
      "shipping_label_amounts",
      sql`least(${t.quotedMinor}, ${t.costMinor}, ${t.billedMinor}, ${t.goodsMinor}) >= 0`,
    ),
  ],
);

/** What carriers billed for a label; rows are only added, each told once. */
export const shippingBill = pgTable(
  "shipping_bill",
  {
    labelId: id("label").notNull(),
    /** The notification's or the file row's own name. */
    key: text().notNull(),
    source: text().$type<"webhook" | "import">().notNull(),
    billedMinor: minor().notNull(),
    billedGrams: integer(),
    billedAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.labelId, t.key] })],
);

export const shippingPickup = pgTable(
  "shipping_pickup",
  {
    id: id("pickup").primaryKey(),
    sellerId: id("seller").notNull(),
    provider: text().$type<Provider>().notNull(),
    labelIds: jsonb().$type<readonly string[]>().notNull(),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
    confirmation: text().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [index("shipping_pickup_by_seller").on(t.sellerId, t.id.desc())],
);
