import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  doublePrecision,
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
import type { Currency } from "#kernel/money";
import type {
  ConsentPurpose,
  ConsentSource,
  ErasureAction,
  NotificationChoices,
} from "#services/social/user/domain";

/** One row a person; an erased one keeps its id, so that orders under legal hold still point at something. */
export const userProfile = pgTable(
  "user_profile",
  {
    userId: id("user").primaryKey(),
    name: text().notNull(),
    email: text().notNull(),
    phone: text(),
    locale: text().$type<Locale>().notNull(),
    /** Null: the market's own. */
    timeZone: text(),
    currency: text().$type<Currency>(),
    /** Only what was chosen; what is not here is on. */
    notifications: jsonb().$type<NotificationChoices>().notNull(),
    createdAt: instant().notNull(),
    erasedAt: instant(),
    version: integer().notNull(),
  },
  (t) => [
    check(
      "user_erased_is_empty",
      sql`${t.erasedAt} IS NULL OR (${t.name} = '' AND ${t.email} = '' AND ${t.phone} IS NULL)`,
    ),
  ],
);

export const userAddress = pgTable(
  "user_address",
  {
    id: id("address").primaryKey(),
    userId: id("user")
      .notNull()
      .references(() => userProfile.userId),
    label: text(),
    recipient: text().notNull(),
    phone: text().notNull(),
    /** ISO 3166-1 alpha-2. */
    country: text().notNull(),
    region: text(),
    city: text().notNull(),
    district: text(),
    village: text(),
    postalCode: text().notNull(),
    line1: text().notNull(),
    line2: text(),
    latitude: doublePrecision(),
    longitude: doublePrecision(),
    isDefaultShipping: boolean().notNull(),
    isDefaultBilling: boolean().notNull(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index("user_address_by_user").on(t.userId, t.id.desc()),
    uniqueIndex("user_address_default_shipping").on(t.userId).where(sql`${t.isDefaultShipping}`),
    uniqueIndex("user_address_default_billing").on(t.userId).where(sql`${t.isDefaultBilling}`),
    check("user_address_pin_is_whole", sql`(${t.latitude} IS NULL) = (${t.longitude} IS NULL)`),
  ],
);

/** A ledger: a trigger refuses UPDATE and DELETE. The latest row of a purpose is what holds. */
export const userConsent = pgTable(
  "user_consent",
  {
    id: id("consent").primaryKey(),
    userId: id("user").notNull(),
    purpose: text().$type<ConsentPurpose>().notNull(),
    /** Which text was shown. */
    version: text().notNull(),
    granted: boolean().notNull(),
    source: text().$type<ConsentSource>().notNull(),
    at: instant().notNull(),
  },
  (t) => [index("user_consent_by_user").on(t.userId, t.id.desc())],
);

/** The erasure is complete once every consumer has recorded the event: the outbox row of it is closed. */
export const userErasure = pgTable("user_erasure", {
  userId: id("user").primaryKey(),
  eventId: id("event").notNull(),
  requestedAt: instant().notNull(),
});

/** The proof: what became of each store that held something of the person. */
export const userErasureStep = pgTable(
  "user_erasure_step",
  {
    userId: id("user").notNull(),
    /** `<service>.<table or object>`, such as `notification.email_message`. */
    store: text().notNull(),
    action: text().$type<ErasureAction>().notNull(),
    /** Why something stays, or what was done. */
    reason: text().notNull(),
    at: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.store] })],
);
