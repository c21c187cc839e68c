import { sql } from "drizzle-orm";
import {
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
import type { Locale } from "#kernel/errors";
import type { ShopRole } from "#kernel/permission";
import type {
  Attachment,
  Category,
  EmailState,
  SuppressionReason,
  TemplateData,
} from "#services/social/notification/domain/message";

/** One row a mail that was decided on; what happened to it is its state. */
export const emailMessage = pgTable(
  "email_message",
  {
    id: id("email").primaryKey(),
    /** What the mail is about, such as `order.paid/ord_…`: one mail each, whatever is delivered twice. */
    transactionId: text().notNull(),
    userId: id("user"),
    address: text().notNull(),
    addressHash: text().notNull(),
    category: text().$type<Category>().notNull(),
    template: text().notNull(),
    templateVersion: integer().notNull(),
    locale: text().$type<Locale>().notNull(),
    /** Null once the mail has left: a secret in it is sealed, and the rest is not kept longer than needed. */
    data: jsonb().$type<TemplateData>(),
    attachment: jsonb().$type<Attachment>(),
    state: text().$type<EmailState>().notNull(),
    /** Why it failed or was not sent. */
    reason: text(),
    createdAt: instant().notNull(),
    /** A code that has run out is worth nothing, so the mail is not sent after it. */
    expiresAt: instant(),
    endedAt: instant(),
  },
  (t) => [
    uniqueIndex("email_message_transaction").on(t.transactionId),
    index("email_message_by_user").on(t.userId),
    index("email_message_by_address").on(t.addressHash),
    check("email_message_ends_once", sql`(${t.state} = 'queued') = (${t.endedAt} IS NULL)`),
  ],
);

/** What a person finds on the site. */
export const notification = pgTable(
  "notification",
  {
    id: id("notification").primaryKey(),
    transactionId: text().notNull(),
    userId: id("user").notNull(),
    category: text().$type<Category>().notNull(),
    template: text().notNull(),
    templateVersion: integer().notNull(),
    title: text().notNull(),
    body: text().notNull(),
    path: text(),
    createdAt: instant().notNull(),
    readAt: instant(),
  },
  (t) => [
    uniqueIndex("notification_transaction").on(t.transactionId),
    index("notification_by_user").on(t.userId, t.id.desc()),
    index("notification_unread").on(t.userId, t.id).where(sql`${t.readAt} IS NULL`),
  ],
);

/** Addresses that get no mail: at all (bounce, complaint), or of one category (unsubscribed as a guest). */
export const emailSuppression = pgTable(
  "email_suppression",
  {
    addressHash: text().notNull(),
    scope: text().$type<Category | "all">().notNull(),
    reason: text().$type<SuppressionReason>().notNull(),
    at: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.addressHash, t.scope] })],
);

/** Where the platform writes to a shop. `seq` is that of the fact it comes from: a later one wins. */
export const shopContact = pgTable("notification_shop_contact", {
  sellerId: id("seller").primaryKey(),
  name: text().notNull(),
  address: text().notNull(),
  seq: integer().notNull(),
});

/** Whose inbox a shop's messages go to. Who left stays as a row, or a late fact would bring him back. */
export const shopMember = pgTable(
  "notification_shop_member",
  {
    sellerId: id("seller").notNull(),
    userId: id("user").notNull(),
    /** What he may hear of: not every member sees the shop's money. */
    role: text().$type<ShopRole>(),
    isActive: boolean().notNull(),
    seq: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.sellerId, t.userId] }),
    index("notification_shop_member_by_user").on(t.userId),
  ],
);
