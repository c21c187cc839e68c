import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { Locale } from "#kernel/errors";
import type { ShopRole } from "#kernel/permission";
import type { Texts } from "#kernel/texts";
import type { DocumentKind } from "#services/catalog/seller/domain/shop";
import type { SellerState } from "#services/catalog/seller/facts";

export const seller = pgTable(
  "seller",
  {
    id: id("seller").primaryKey(),
    state: text().$type<SellerState>().notNull(),
    slug: text().notNull(),
    name: text().notNull(),
    descriptions: jsonb().$type<Texts | null>(),
    city: text().notNull(),
    /** Who answers for the shop; seen by its members and by operators only. */
    legalName: text().notNull(),
    email: text().notNull(),
    phone: text(),
    /** Why it was rejected, suspended or terminated, in the operator's words. */
    reason: text(),
    /** Until when a holiday lasts; after it the shop is open again. */
    vacationUntil: instant(),
    createdAt: instant().notNull(),
    activatedAt: instant(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("seller_slug_current").on(t.slug),
    index("seller_by_state").on(t.state, t.id),
    check(
      "seller_active_since",
      sql`${t.state} NOT IN ('active', 'vacation') OR ${t.activatedAt} IS NOT NULL`,
    ),
    check("seller_reason_given", sql`${t.state} NOT IN ('rejected', 'suspended') OR ${t.reason} IS NOT NULL`),
  ],
);

/** Every slug that a shop has or had: an old one leads on to the new one and is nobody else's. */
export const sellerSlug = pgTable("seller_slug", {
  slug: text().primaryKey(),
  sellerId: id("seller")
    .notNull()
    .references(() => seller.id),
  since: instant().notNull(),
});

export const sellerMember = pgTable(
  "seller_member",
  {
    id: id("member").primaryKey(),
    sellerId: id("seller")
      .notNull()
      .references(() => seller.id),
    userId: id("user").notNull(),
    role: text().$type<ShopRole>().notNull(),
    /** As invited or as given in the application: how the owner knows who this is. */
    email: text().notNull(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("seller_member_once").on(t.sellerId, t.userId),
    index("seller_member_by_user").on(t.userId),
  ],
);

export const sellerInvitation = pgTable(
  "seller_invitation",
  {
    id: id("invitation").primaryKey(),
    sellerId: id("seller")
      .notNull()
      .references(() => seller.id),
    email: text().notNull(),
    role: text().$type<ShopRole>().notNull(),
    locale: text().$type<Locale>().notNull(),
    invitedBy: id("user").notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    /** Accepted, or taken back: the token is worth nothing any more. */
    closedAt: instant(),
  },
  (t) => [
    uniqueIndex("seller_invitation_open").on(t.sellerId, t.email).where(sql`${t.closedAt} IS NULL`),
    index("seller_invitation_by_seller").on(t.sellerId, t.id),
  ],
);

/** What a shop has shown to prove who it is. The bytes are in the private bucket under the document's id. */
export const sellerDocument = pgTable(
  "seller_document",
  {
    id: id("document").primaryKey(),
    sellerId: id("seller")
      .notNull()
      .references(() => seller.id),
    kind: text().$type<DocumentKind>().notNull(),
    contentType: text().notNull(),
    bytes: integer().notNull(),
    sha256: text().notNull(),
    uploadedBy: id("user").notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [index("seller_document_by_seller").on(t.sellerId, t.id)],
);
