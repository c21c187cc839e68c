import { sql } from "drizzle-orm";
import {
  bigint,
  bigserial,
  boolean,
  check,
  date,
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

const minor = () => bigint({ mode: "bigint" }).notNull();

/**
 * An account of the ledger. A strict one keeps its balance here, changed under a row lock and never below
 * nought; a folded one is only added to, and `postedMinor` is what the last fold had seen of it.
 */
export const ledgerAccount = pgTable(
  "ledger_account",
  {
    /** `kind:owner:currency`, and for a lot of bonus its name. */
    id: text().primaryKey(),
    kind: text().notNull(),
    owner: text().notNull(),
    currency: text().notNull(),
    mode: text({ enum: ["strict", "folded"] }).notNull(),
    /** Credits minus debits of what is posted. */
    postedMinor: minor(),
    /** What pending transfers have taken out of it and not yet moved. */
    heldMinor: minor(),
    /** A transfer that is forced may bring it below nought: a seller's, by a clawback. */
    mayOverdraw: boolean().notNull(),
    /** A lot of bonus cannot be spent after this. */
    expiresAt: instant(),
    openedAt: instant().notNull(),
    foldedAt: instant(),
  },
  (t) => [
    index("ledger_account_by_owner").on(t.owner, t.kind),
    check("ledger_account_held", sql`${t.heldMinor} >= 0`),
    check(
      "ledger_account_not_overdrawn",
      sql`${t.mode} = 'folded' OR ${t.mayOverdraw} OR ${t.postedMinor} - ${t.heldMinor} >= 0`,
    ),
  ],
);

/**
 * The log, append-only, which a trigger holds. One row moves one amount from one account to another, so
 * debits equal credits by its shape. A pending one moves nothing; a later row settles it by naming it in
 * `pendingId`.
 */
export const ledgerTransfer = pgTable(
  "ledger_transfer",
  {
    seq: bigserial({ mode: "bigint" }).notNull(),
    /** Made of the business key, so that the same thing is never booked twice. */
    id: text().primaryKey(),
    phase: text({ enum: ["direct", "pending", "post", "void", "expire"] }).notNull(),
    kind: text().notNull(),
    debit: text().notNull(),
    credit: text().notNull(),
    currency: text().notNull(),
    amountMinor: minor(),
    /** Transfers of one reservation: posted or voided together. */
    groupId: text(),
    pendingId: text(),
    expiresAt: instant(),
    /** May overdraw an account that allows it, and passes a freeze. */
    forced: boolean().notNull(),
    orderId: text(),
    memo: text(),
    actor: text().notNull(),
    at: instant().notNull(),
    /** Posted balances of strict parties after it: a statement needs no sum. */
    debitAfter: bigint({ mode: "bigint" }),
    creditAfter: bigint({ mode: "bigint" }),
  },
  (t) => [
    uniqueIndex("ledger_transfer_settled_once").on(t.pendingId).where(sql`${t.pendingId} IS NOT NULL`),
    index("ledger_transfer_by_debit").on(t.debit, t.seq),
    index("ledger_transfer_by_credit").on(t.credit, t.seq),
    index("ledger_transfer_by_group").on(t.groupId).where(sql`${t.groupId} IS NOT NULL`),
    index("ledger_transfer_by_order").on(t.orderId).where(sql`${t.orderId} IS NOT NULL`),
    index("ledger_transfer_by_time").on(t.at),
    check("ledger_transfer_amount", sql`${t.amountMinor} > 0`),
    check("ledger_transfer_two_parties", sql`${t.debit} <> ${t.credit}`),
    check(
      "ledger_transfer_phase",
      sql`(${t.phase} IN ('direct', 'pending')) = (${t.pendingId} IS NULL)
        AND ${t.phase} IN ('direct', 'pending', 'post', 'void', 'expire')`,
    ),
  ],
);

/** Pending transfers that are not settled yet: few, however long the log. */
export const ledgerHold = pgTable(
  "ledger_hold",
  {
    transferId: text().primaryKey(),
    accountId: text().notNull(),
    amountMinor: minor(),
    expiresAt: instant(),
  },
  (t) => [index("ledger_hold_by_account").on(t.accountId)],
);

/** What was posted to folded accounts since their last fold; the fold deletes exactly what it has seen. */
export const ledgerDelta = pgTable(
  "ledger_delta",
  {
    id: bigserial({ mode: "bigint" }).primaryKey(),
    accountId: text().notNull(),
    amountMinor: minor(),
  },
  (t) => [index("ledger_delta_by_account").on(t.accountId)],
);

/** A closed day: nothing is booked into it any more, and its hash stands on the day before. */
export const ledgerDay = pgTable("ledger_day", {
  day: date({ mode: "string" }).primaryKey(),
  /** Nothing is dated before this once the day is closed. */
  closedUntil: instant().notNull(),
  closedAt: instant().notNull(),
  transfers: bigint({ mode: "bigint" }).notNull(),
  accounts: integer().notNull(),
  movedMinor: minor(),
  /** SHA-256 over the day's rows of the log, and over its trial balance; hex. */
  logHash: text().notNull(),
  balanceHash: text().notNull(),
  previousHash: text().notNull(),
  hash: text().notNull(),
});

/** The trial balance: every account that moved on the day, and its balance at the end of it. */
export const ledgerDayBalance = pgTable(
  "ledger_day_balance",
  {
    day: date({ mode: "string" }).notNull(),
    accountId: text().notNull(),
    currency: text().notNull(),
    debitMinor: minor(),
    creditMinor: minor(),
    balanceMinor: minor(),
  },
  (t) => [
    primaryKey({ columns: [t.day, t.accountId] }),
    index("ledger_day_balance_by_account").on(t.accountId, t.day),
  ],
);

/** Who owns wallets: a user or a shop. What its limits are, and whether it may take money out. */
export const walletOwner = pgTable("wallet_owner", {
  owner: text().primaryKey(),
  tier: text({ enum: ["basic", "verified"] }).notNull(),
  pinHash: text(),
  pinFailures: integer().notNull(),
  pinLockedUntil: instant(),
  frozenAt: instant(),
  frozenReason: text(),
  /** A shop that has declared itself exempt of tax withheld at source, and by which document. */
  exemption: text(),
  version: integer().notNull(),
  createdAt: instant().notNull(),
});

/** The bank account that payouts go to, with the name that the bank gave for it. */
export const payoutAccount = pgTable("payout_account", {
  owner: text().primaryKey(),
  bank: text().notNull(),
  accountNumber: text().notNull(),
  holderName: text().notNull(),
  email: text().notNull(),
  /** When its owner said so, which orders words that come late. */
  setAt: instant().notNull(),
  /** One that took another's place cools off until then. */
  usableFrom: instant(),
  /** Null until the bank was asked. */
  checkedAt: instant(),
  /** Why nothing is paid to it. */
  refusal: text({ enum: ["name_mismatch", "unknown"] }),
  version: integer().notNull(),
});

/** What the ledger still owes to a shop and to the platform for one order; each change guards its version. */
export const walletSettlement = pgTable(
  "wallet_settlement",
  {
    orderId: id("order").primaryKey(),
    sellerId: id("seller").notNull(),
    buyerId: text().$type<BuyerId>().notNull(),
    currency: text().$type<Currency>().notNull(),
    /** In escrow for it. */
    escrowMinor: minor(),
    /** Still to be taken out of it when it is released. */
    commissionMinor: minor(),
    commissionTaxMinor: minor(),
    /** Turnover that tax is withheld on: goods after the shop's discounts, without the tax in them. */
    turnoverMinor: minor(),
    withheldMinor: minor(),
    /** What the order has brought the shop and has not gone back, in escrow or paid out. */
    creditMinor: minor(),
    /** What of the buyer's money has not gone back. */
    paidMinor: minor(),
    fundedAt: instant(),
    deliveredAt: instant(),
    completedAt: instant(),
    releasedAt: instant(),
    cancelledAt: instant(),
    refunds: jsonb().$type<readonly string[]>().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index("wallet_settlement_by_seller").on(t.sellerId, t.orderId),
    check(
      "wallet_settlement_amounts",
      sql`${t.escrowMinor} >= 0 AND ${t.commissionMinor} >= 0 AND ${t.commissionTaxMinor} >= 0
        AND ${t.turnoverMinor} >= 0 AND ${t.withheldMinor} >= 0 AND ${t.paidMinor} >= 0
        AND ${t.creditMinor} >= ${t.escrowMinor}`,
    ),
  ],
);

export const payout = pgTable(
  "payout",
  {
    id: id("payout").primaryKey(),
    owner: text().notNull(),
    ownerKind: text({ enum: ["seller", "user"] }).notNull(),
    amountMinor: minor(),
    currency: text().$type<Currency>().notNull(),
    bank: text().notNull(),
    accountNumber: text().notNull(),
    holderName: text().notNull(),
    email: text().notNull(),
    /** `iris` sends it by API, `file` by the day's file that an operator gives to the bank. */
    provider: text({ enum: ["iris", "file"] }).notNull(),
    state: text({
      enum: ["created", "sent", "approved", "processed", "completed", "failed", "returned"],
    }).notNull(),
    referenceNo: text(),
    note: text(),
    requestedBy: text().notNull(),
    /** The key of the request that made it: the same request is the same payout. */
    key: text().notNull(),
    createdAt: instant().notNull(),
    /** Not sent before, and not without the bank's word on the name; null for one that need not wait. */
    sendFrom: instant(),
    checkedAt: instant(),
    doneAt: instant(),
    version: integer().notNull(),
  },
  (t) => [
    index("payout_by_owner").on(t.owner, t.id),
    uniqueIndex("payout_once").on(t.owner, t.requestedBy, t.key),
    uniqueIndex("payout_by_reference").on(t.referenceNo).where(sql`${t.referenceNo} IS NOT NULL`),
    check("payout_amount", sql`${t.amountMinor} > 0`),
  ],
);

/** Every word on a payout, whoever brought it; append-only. */
export const payoutEvent = pgTable(
  "payout_event",
  {
    payoutId: id("payout").notNull(),
    seq: integer().notNull(),
    at: instant().notNull(),
    state: text().notNull(),
    source: text().notNull(),
    detail: jsonb().notNull(),
  },
  (t) => [primaryKey({ columns: [t.payoutId, t.seq] })],
);
