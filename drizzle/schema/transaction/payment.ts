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
import type { Currency } from "#kernel/money";
import type { PaymentAction, PaymentOptions } from "#services/transaction/payment/domain/action";
import type {
  Closing,
  PaymentMethod,
  PaymentState,
  Provider,
  RefundState,
  Transactions,
  WalletState,
} from "#services/transaction/payment/domain/payment";

/** One try to pay for an order group; paying again is another row with the next `attempt`. */
export const payment = pgTable(
  "payment",
  {
    id: id("payment").primaryKey(),
    orderGroupId: id("orderGroup").notNull(),
    attempt: integer().notNull(),
    buyerId: id("user").$type<BuyerId>().notNull(),
    /** A top-up of the buyer's wallet has a group of its own and no orders. */
    purpose: text({ enum: ["order", "top_up"] }).notNull(),
    method: text().$type<PaymentMethod>().notNull(),
    /** Who is asked to collect it now. */
    provider: text().$type<Provider>().notNull(),
    /** Who was asked before and came to nothing; money from him all the same goes back. */
    passed: jsonb().$type<readonly Provider[]>().notNull(),
    /** What each of them calls it, where that is not a name that we gave. */
    refs: jsonb().$type<{ readonly [P in Provider]?: string }>().notNull(),
    /** Whose money pays for it: the first that came. Whatever another brings goes back. */
    keptBy: text().$type<Provider>(),
    capture: text().$type<"automatic" | "manual">().notNull(),
    options: jsonb().$type<PaymentOptions>().notNull(),
    amountMinor: bigint({ mode: "bigint" }).notNull(),
    currency: text().$type<Currency>().notNull(),
    /** The part that the buyer's wallet pays; all of it or nothing. */
    walletMinor: bigint({ mode: "bigint" }).notNull(),
    walletState: text().$type<WalletState>().notNull(),
    /** What is no longer owed, because an order of the group was cancelled before it was paid. */
    releasedMinor: bigint({ mode: "bigint" }).notNull(),
    /** What came in: all at once from a provider, an order at a time as cash. */
    settledMinor: bigint({ mode: "bigint" }).notNull(),
    refundRequestedMinor: bigint({ mode: "bigint" }).notNull(),
    /** The part of the requests that the provider is to send; the rest goes to the wallet. */
    providerRefundMinor: bigint({ mode: "bigint" }).notNull(),
    refundedMinor: bigint({ mode: "bigint" }).notNull(),
    /** What the buyer's bank took back for good, beyond the refunds that it stands for. */
    lostMinor: bigint({ mode: "bigint" }).notNull(),
    state: text().$type<PaymentState>().notNull(),
    /** Set when we give up waiting; money that comes all the same still settles the payment. */
    closing: text().$type<Closing>(),
    /** How far each of the provider's transactions has come; it only goes forward. */
    transactions: jsonb().$type<Transactions>().notNull(),
    action: jsonb().$type<PaymentAction>(),
    /** Who sets it may make the first charge; everyone after him asks the provider first. */
    attemptedAt: instant(),
    payBy: instant().notNull(),
    createdAt: instant().notNull(),
    settledAt: instant(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("payment_attempt").on(t.orderGroupId, t.attempt),
    // A dispute and a settlement file name a provider's transaction, and not always our payment.
    index("payment_by_transaction").using("gin", t.transactions),
    index("payment_by_top_up").on(t.buyerId, t.createdAt).where(sql`${t.purpose} = 'top_up'`),
    index("payment_by_settlement").on(t.keptBy, t.settledAt).where(sql`${t.keptBy} IS NOT NULL`),
    check("payment_wallet_within", sql`${t.walletMinor} BETWEEN 0 AND ${t.amountMinor}`),
    check(
      "payment_provider_refund_within",
      sql`${t.providerRefundMinor} BETWEEN 0 AND ${t.refundRequestedMinor}`,
    ),
    check("payment_amount_positive", sql`${t.amountMinor} > 0`),
    check("payment_released_within", sql`${t.releasedMinor} BETWEEN 0 AND ${t.amountMinor}`),
    check("payment_settled_within", sql`${t.settledMinor} BETWEEN 0 AND ${t.amountMinor}`),
    check(
      "payment_refund_within",
      sql`least(${t.refundRequestedMinor}, ${t.lostMinor}) >= 0
        AND ${t.refundRequestedMinor} + ${t.lostMinor} <= ${t.settledMinor}`,
    ),
    check("payment_refunded_requested", sql`${t.refundedMinor} BETWEEN 0 AND ${t.refundRequestedMinor}`),
  ],
);

/** What happened to a payment, and who said so. Rows are only added. */
export const paymentEvent = pgTable(
  "payment_event",
  {
    paymentId: id("payment").notNull(),
    seq: integer().notNull(),
    at: instant().notNull(),
    actor: text().notNull(),
    state: text().$type<PaymentState>().notNull(),
    detail: jsonb().$type<{ readonly [field: string]: string | number }>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.paymentId, t.seq] })],
);

export const paymentRefund = pgTable(
  "payment_refund",
  {
    id: id("refund").primaryKey(),
    paymentId: id("payment").notNull(),
    /** The caller's name for it: the same key on the same payment is the same refund. */
    key: text().notNull(),
    amountMinor: bigint({ mode: "bigint" }).notNull(),
    currency: text().$type<Currency>().notNull(),
    /** Of it what goes to the buyer's wallet. */
    walletMinor: bigint({ mode: "bigint" }).notNull(),
    /** Of that what the wallet itself had paid: no bank gives it back in our place. */
    ownMinor: bigint({ mode: "bigint" }).notNull(),
    /** What the buyer's bank has given back in its place, and in which case. */
    coveredMinor: bigint({ mode: "bigint" }).notNull(),
    disputeId: id("dispute"),
    /** Who sends the rest; another than whose money was kept is one who was paid too, and gives all back. */
    provider: text().$type<Provider>().notNull(),
    orderId: id("order"),
    reason: text().notNull(),
    state: text().$type<RefundState>().notNull(),
    /** Why the provider would not, when somebody has to pay it back by hand. */
    note: text(),
    /** How often an operator has had it sent again: each time under a name of its own. */
    tries: integer().notNull(),
    /** How it was paid by hand, in the words of whoever did. */
    evidence: text(),
    createdAt: instant().notNull(),
    doneAt: instant(),
  },
  (t) => [
    uniqueIndex("payment_refund_key").on(t.paymentId, t.key),
    index("payment_refund_open").on(t.state, t.id).where(sql`${t.state} IN ('requested', 'manual')`),
    check("payment_refund_positive", sql`${t.amountMinor} > 0`),
    check("payment_refund_wallet_within", sql`${t.walletMinor} BETWEEN 0 AND ${t.amountMinor}`),
    check("payment_refund_own_within", sql`${t.ownMinor} BETWEEN 0 AND ${t.walletMinor}`),
    check("payment_refund_covered_within", sql`${t.coveredMinor} BETWEEN 0 AND ${t.amountMinor}`),
  ],
);

/** One charge a group, and of it the part of each order and so of each shop. */
export const paymentSplit = pgTable(
  "payment_split",
  {
    paymentId: id("payment").notNull(),
    orderId: id("order").notNull(),
    sellerId: id("seller").notNull(),
    authorisedMinor: bigint({ mode: "bigint" }).notNull(),
    capturedMinor: bigint({ mode: "bigint" }).notNull(),
    refundedMinor: bigint({ mode: "bigint" }).notNull(),
    /** What the buyer's bank took back of it for good. */
    lostMinor: bigint({ mode: "bigint" }).notNull(),
    /** Until the order is called off unpaid: the next try to pay is without it. */
    isOwed: boolean().notNull(),
    currency: text().$type<Currency>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.paymentId, t.orderId] }),
    check("payment_split_captured_within", sql`${t.capturedMinor} BETWEEN 0 AND ${t.authorisedMinor}`),
    check(
      "payment_split_refund_within",
      sql`least(${t.refundedMinor}, ${t.lostMinor}) >= 0
        AND ${t.refundedMinor} + ${t.lostMinor} <= ${t.capturedMinor}`,
    ),
  ],
);

/** Events of a provider that were taken; one that comes again is no news. */
export const paymentProviderEvent = pgTable(
  "payment_provider_event",
  {
    provider: text().$type<Provider>().notNull(),
    eventId: text().notNull(),
    at: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.provider, t.eventId] })],
);
