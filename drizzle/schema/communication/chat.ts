import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { PartyId, PartyRole } from "#services/communication/chat/domain/message";

/** That a conversation exists and whose it is; what is said in it is in its object alone. */
export const chatConversation = pgTable(
  "chat_conversation",
  {
    id: id("conversation").primaryKey(),
    kind: text().$type<"shop" | "group">().notNull(),
    /** Of a conversation with a shop. */
    buyerId: id("user"),
    sellerId: id("seller"),
    /** Of a group. */
    title: text(),
    /** Of a group: whose it is. */
    openedBy: id("user").notNull(),
    /** Counts the changes of who is in it, so that its object knows an older list from a newer one. */
    peopleVersion: integer().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex("chat_conversation_once").on(t.buyerId, t.sellerId),
    check("chat_conversation_of_two", sql`(${t.kind} = 'shop') = (${t.buyerId} IS NOT NULL)`),
    check("chat_conversation_has_shop", sql`(${t.kind} = 'shop') = (${t.sellerId} IS NOT NULL)`),
  ],
);

/** Whoever is blocked by a person and that person are never in one group. */
export const chatBlock = pgTable(
  "chat_block",
  { blockerId: id("user").notNull(), blockedId: id("user").notNull(), createdAt: instant().notNull() },
  (t) => [
    primaryKey({ columns: [t.blockerId, t.blockedId] }),
    index("chat_block_by_blocked").on(t.blockedId),
    check("chat_block_of_two", sql`${t.blockerId} <> ${t.blockedId}`),
  ],
);

/** A side's list of conversations, fed by what the objects tell; `version` is the last that was told. */
export const chatInbox = pgTable(
  "chat_inbox",
  {
    partyId: text().$type<PartyId>().notNull(),
    conversationId: id("conversation")
      .notNull()
      .references(() => chatConversation.id),
    role: text().$type<PartyRole>().notNull(),
    lastSeq: integer().notNull(),
    lastAt: instant().notNull(),
    lastPartyId: text().$type<PartyId>(),
    preview: text().notNull(),
    unread: integer().notNull(),
    assigneeId: id("user"),
    version: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.partyId, t.conversationId] }),
    index("chat_inbox_by_time").on(t.partyId, t.lastAt.desc(), t.conversationId.desc()),
    index("chat_inbox_by_conversation").on(t.conversationId),
  ],
);

export type QuickReply = { readonly title: string; readonly text: string };

export const chatShopSettings = pgTable("chat_shop_settings", {
  sellerId: id("seller").primaryKey(),
  quickReplies: jsonb().$type<readonly QuickReply[]>().notNull(),
  autoReply: text(),
  version: integer().notNull(),
});

/** How long buyers waited for a person's answer, one row a question. */
export const chatAnswer = pgTable(
  "chat_answer",
  {
    conversationId: id("conversation").notNull(),
    askedAt: instant().notNull(),
    sellerId: id("seller").notNull(),
    dueAt: instant().notNull(),
    answeredAt: instant(),
    answeredBy: id("user"),
  },
  (t) => [
    primaryKey({ columns: [t.conversationId, t.askedAt] }),
    index("chat_answer_by_seller").on(t.sellerId, t.askedAt),
  ],
);

export type ReportReason = "spam" | "fraud" | "abuse" | "off_platform" | "other";

export const chatReport = pgTable(
  "chat_report",
  {
    id: id("report").primaryKey(),
    conversationId: id("conversation").notNull(),
    messageId: integer().notNull(),
    reporterId: id("user").notNull(),
    reportedPartyId: text().$type<PartyId>().notNull(),
    reason: text().$type<ReportReason>().notNull(),
    note: text(),
    /** The words as they were reported, since they may be deleted or changed before anybody looks. */
    text: text(),
    createdAt: instant().notNull(),
    decidedAt: instant(),
    decidedBy: id("user"),
    decision: text().$type<"dismissed" | "removed">(),
  },
  (t) => [
    uniqueIndex("chat_report_once").on(t.conversationId, t.messageId, t.reporterId),
    index("chat_report_open").on(t.id).where(sql`${t.decidedAt} IS NULL`),
    check("chat_report_decided", sql`(${t.decidedAt} IS NULL) = (${t.decision} IS NULL)`),
  ],
);
