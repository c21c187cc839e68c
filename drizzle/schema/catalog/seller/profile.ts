import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { Closure, ReturnAddress, Storefront } from "#services/catalog/seller/domain/profile";
import type { AppealState } from "#services/catalog/seller/domain/standing";

/** What a shop fills in before it trades, beside its card in `seller`. */
export const sellerProfile = pgTable("seller_profile", {
  sellerId: id("seller").primaryKey(),
  taxId: text(),
  returnAddress: jsonb().$type<ReturnAddress | null>(),
  /** Days on which it is closed; the shop goes on holiday by itself when one begins. */
  closures: jsonb().$type<readonly Closure[]>().notNull(),
  storefront: jsonb().$type<Storefront | null>(),
  version: integer().notNull(),
});

/** Where a shop's money goes. An account is replaced, never changed, so that each payout can name its own. */
export const sellerPayoutAccount = pgTable(
  "seller_payout_account",
  {
    id: id("payoutAccount").primaryKey(),
    sellerId: id("seller").notNull(),
    bankCode: text().notNull(),
    /** Sealed for this shop; only a payout opens it. */
    sealedNumber: text().notNull(),
    lastDigits: text().notNull(),
    holderName: text().notNull(),
    createdBy: id("user").notNull(),
    createdAt: instant().notNull(),
    replacedAt: instant(),
  },
  (t) => [
    uniqueIndex("seller_payout_account_current").on(t.sellerId).where(sql`${t.replacedAt} IS NULL`),
    index("seller_payout_account_by_seller").on(t.sellerId, t.id),
  ],
);

/** What was attested, verified, overridden, appealed and decided, by whom and why; a trigger keeps it. */
export const sellerLog = pgTable(
  "seller_log",
  {
    id: id("event").primaryKey(),
    sellerId: id("seller").notNull(),
    at: instant().notNull(),
    by: id("user"),
    action: text().notNull(),
    /** The requirement, penalty, appeal or account that it is about. */
    subject: text().notNull(),
    reason: text(),
  },
  (t) => [index("seller_log_by_seller").on(t.sellerId, t.id)],
);

export const sellerAppeal = pgTable(
  "seller_appeal",
  {
    id: id("appeal").primaryKey(),
    sellerId: id("seller").notNull(),
    penaltyId: id("penalty").notNull(),
    words: text().notNull(),
    evidence: jsonb().$type<readonly string[]>().notNull(),
    state: text().$type<AppealState>().notNull(),
    submittedBy: id("user").notNull(),
    submittedAt: instant().notNull(),
    answerBy: instant().notNull(),
    decidedBy: id("user"),
    decidedAt: instant(),
    decision: text(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("seller_appeal_once").on(t.penaltyId),
    index("seller_appeal_by_seller").on(t.sellerId, t.id),
    index("seller_appeal_open").on(t.answerBy, t.id).where(sql`${t.state} = 'open'`),
    check(
      "seller_appeal_decided_whole",
      sql`num_nulls(${t.decidedBy}, ${t.decidedAt}, ${t.decision})
        = CASE ${t.state} WHEN 'open' THEN 3 ELSE 0 END`,
    ),
  ],
);

export const sellerFollow = pgTable(
  "seller_follow",
  { sellerId: id("seller").notNull(), userId: id("user").notNull(), since: instant().notNull() },
  (t) => [
    primaryKey({ columns: [t.sellerId, t.userId] }),
    index("seller_follow_by_user").on(t.userId, t.sellerId),
  ],
);

/** Kept with each follow, so that it is exact and cheap. */
export const sellerFollowers = pgTable(
  "seller_followers",
  { sellerId: id("seller").primaryKey(), followers: integer().notNull() },
  (t) => [check("seller_followers_not_negative", sql`${t.followers} >= 0`)],
);
