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
} from "drizzle-orm/pg-core";
import type { BuyerId } from "#kernel/actor";
import { id, instant } from "#kernel/columns";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import type { Texts } from "#kernel/texts";
import type { Weight } from "#services/transaction/voucher/domain/earning";
import type {
  Category,
  StoredBenefit,
  StoredConditions,
  Target,
} from "#services/transaction/voucher/domain/terms";

const minor = () => bigint({ mode: "bigint" });

/**
 * What a voucher promises and to whom. How often it was used is counted beside it, so that a sale of it
 * never waits for its row.
 */
export const voucher = pgTable(
  "voucher",
  {
    id: id("voucher").primaryKey(),
    /** In capital letters; one voucher a code for ever, so that an old order's code stays what it was. */
    code: text().notNull().unique("voucher_code"),
    titles: jsonb().$type<Texts>().notNull(),
    /** Null: the platform's own. */
    sellerId: id("seller"),
    category: text().$type<Category>().notNull(),
    target: text().$type<Target>().notNull(),
    currency: text().$type<Currency>().notNull(),
    benefit: jsonb().$type<StoredBenefit>().notNull(),
    conditions: jsonb().$type<StoredConditions>().notNull(),
    firstOrder: boolean().notNull(),
    mustCollect: boolean().notNull(),
    /** Without a code, whenever it is of use. */
    isAutomatic: boolean().notNull(),
    /** Shown to everybody among what can be collected. */
    isListed: boolean().notNull(),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
    state: text({ enum: ["active", "paused", "ended"] }).notNull(),
    quota: integer(),
    perDay: integer(),
    perBuyer: integer(),
    perBuyerDay: integer(),
    budgetMinor: minor(),
    createdBy: text().notNull(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index("voucher_by_seller").on(t.sellerId, t.id),
    index("voucher_automatic").on(t.endsAt).where(sql`${t.isAutomatic} AND ${t.state} = 'active'`),
    index("voucher_listed").on(t.id).where(sql`${t.isListed} AND ${t.state} = 'active'`),
    check("voucher_window", sql`${t.startsAt} < ${t.endsAt}`),
    check(
      "voucher_limits_positive",
      sql`least(${t.quota}, ${t.perDay}, ${t.perBuyer}, ${t.perBuyerDay}, ${t.budgetMinor}) > 0`,
    ),
  ],
);

/**
 * How much of a voucher is used, in all (`day` is empty) and on a day of the market. The limits of the last
 * use stand beside the counts, so that the table itself refuses one too many.
 */
export const voucherCounter = pgTable(
  "voucher_counter",
  {
    voucherId: id("voucher").notNull(),
    day: text().notNull(),
    used: integer().notNull(),
    usedMax: integer(),
    spentMinor: minor().notNull(),
    spentMaxMinor: minor(),
  },
  (t) => [
    primaryKey({ columns: [t.voucherId, t.day] }),
    check("voucher_counter_used", sql`${t.used} BETWEEN 0 AND coalesce(${t.usedMax}, 2147483647)`),
    check(
      "voucher_counter_spent",
      sql`${t.spentMinor} BETWEEN 0 AND coalesce(${t.spentMaxMinor}, 9223372036854775807)`,
    ),
  ],
);

/** Who has put a voucher by for later use. */
export const voucherCollection = pgTable(
  "voucher_collection",
  {
    buyerId: id("user").$type<BuyerId>().notNull(),
    voucherId: id("voucher").notNull(),
    collectedAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.buyerId, t.voucherId] })],
);

/** A voucher in an order group, with the terms that it had then. */
export const voucherRedemption = pgTable(
  "voucher_redemption",
  {
    orderGroupId: id("orderGroup").notNull(),
    voucherId: id("voucher").notNull(),
    code: text().notNull(),
    voucherVersion: integer().notNull(),
    sellerId: id("seller"),
    target: text().$type<Target>().notNull(),
    buyerId: id("user").$type<BuyerId>().notNull(),
    /**
     * A keyed hash of the address in small letters: the second name of a guest, and of whoever has two
     * accounts.
     */
    emailKey: text().notNull(),
    /** The market's day on which it was used. */
    day: text().notNull(),
    amountMinor: minor().notNull(),
    currency: text().$type<Currency>().notNull(),
    benefit: jsonb().$type<StoredBenefit>().notNull(),
    conditions: jsonb().$type<StoredConditions>().notNull(),
    firstOrder: boolean().notNull(),
    state: text({ enum: ["redeemed", "released"] }).notNull(),
    createdAt: instant().notNull(),
    releasedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.orderGroupId, t.voucherId] }),
    index("voucher_redemption_by_voucher").on(t.voucherId, t.createdAt),
    index("voucher_redemption_by_buyer").on(t.buyerId, t.voucherId),
    index("voucher_redemption_by_email").on(t.emailKey, t.voucherId).where(sql`${t.state} = 'redeemed'`),
    check("voucher_redemption_amount", sql`${t.amountMinor} > 0`),
  ],
);

/**
 * What part of a redemption one seller's order has; parts are given back one by one, the use with the last.
 */
export const voucherShare = pgTable(
  "voucher_share",
  {
    orderGroupId: id("orderGroup").notNull(),
    voucherId: id("voucher").notNull(),
    sellerId: id("seller").notNull(),
    amountMinor: minor().notNull(),
    lines: jsonb()
      .$type<readonly { readonly lineId: Id<"line"> | null; readonly minor: string }[]>()
      .notNull(),
    /** `earned`: a cashback that was paid out, and is not given back any more. */
    state: text({ enum: ["held", "released", "earned"] }).notNull(),
    settledAt: instant(),
    /** What the buyer was paid, and the lines that it was earned by as they were then. */
    paidMinor: bigint({ mode: "bigint" }),
    weights: jsonb().$type<readonly Weight[]>(),
  },
  (t) => [
    primaryKey({ columns: [t.orderGroupId, t.voucherId, t.sellerId] }),
    check("voucher_share_paid", sql`${t.paidMinor} IS NULL OR ${t.paidMinor} BETWEEN 0 AND ${t.amountMinor}`),
    check("voucher_share_amount", sql`${t.amountMinor} > 0`),
  ],
);

/** Whose orders stand, by account or visitor and by address: who is none of them buys for the first time. */
export const voucherPatron = pgTable(
  "voucher_patron",
  {
    identity: text().notNull(),
    orderId: id("order").notNull(),
    isCancelled: boolean().notNull(),
  },
  (t) => [primaryKey({ columns: [t.identity, t.orderId] })],
);

/** Goods that came back: a cashback that is still to be earned is of what was kept. */
export const voucherReturn = pgTable(
  "voucher_return",
  {
    refundId: id("refundCase").primaryKey(),
    orderGroupId: id("orderGroup").notNull(),
    sellerId: id("seller").notNull(),
    lines: jsonb().$type<readonly { readonly lineId: Id<"line">; readonly quantity: number }[]>().notNull(),
  },
  (t) => [index("voucher_return_by_group").on(t.orderGroupId)],
);

/** What a buyer's bank took back of an order for good, of what was left of it then. */
export const voucherLoss = pgTable(
  "voucher_loss",
  {
    disputeId: id("dispute").notNull(),
    orderGroupId: id("orderGroup").notNull(),
    sellerId: id("seller").notNull(),
    minor: bigint({ mode: "bigint" }).notNull(),
    ofMinor: bigint({ mode: "bigint" }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.disputeId, t.sellerId] }),
    index("voucher_loss_by_group").on(t.orderGroupId),
    check("voucher_loss_part", sql`${t.minor} > 0 AND ${t.minor} <= ${t.ofMinor}`),
  ],
);
