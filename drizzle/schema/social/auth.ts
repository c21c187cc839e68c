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
import type { OperatorRole, Scope } from "#kernel/permission";
import type {
  EventDetail,
  EventType,
  RevokedWhy,
  TicketPayload,
  TicketPurpose,
} from "#services/social/auth/domain";

export const authUser = pgTable(
  "auth_user",
  {
    id: id("user").primaryKey(),
    /** Lower case; the profile in the user service keeps its own copy for reading. */
    email: text().notNull(),
    emailVerifiedAt: instant(),
    /** "Log out everywhere" raises it: access tokens of a lower epoch are worth nothing. */
    sessionEpoch: integer().notNull(),
    operatorRole: text().$type<OperatorRole>(),
    /** WebAuthn's user handle: random, because an authenticator shows it to whoever holds it. */
    handle: text().notNull(),
    disabledAt: instant(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("auth_user_email").on(t.email),
    uniqueIndex("auth_user_handle").on(t.handle),
    index("auth_user_operators").on(t.operatorRole).where(sql`${t.operatorRole} IS NOT NULL`),
    check("auth_user_email_lower", sql`${t.email} = lower(${t.email})`),
  ],
);

const userRef = () =>
  id("user")
    .notNull()
    .references(() => authUser.id, { onDelete: "cascade" });

export const authPassword = pgTable("auth_password", {
  userId: userRef().primaryKey(),
  /** argon2id in PHC form, of the password or (with `bcryptSalt`) of the bcrypt hash that was imported. */
  hash: text().notNull(),
  /** `$2b$10$` and 22 characters; gone once its owner has signed in. */
  bcryptSalt: text(),
  changedAt: instant().notNull(),
});

export const authIdentity = pgTable(
  "auth_identity",
  {
    provider: text().notNull(),
    subject: text().notNull(),
    userId: userRef(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.subject] }),
    uniqueIndex("auth_identity_by_user").on(t.userId, t.provider),
  ],
);

export const authPasskey = pgTable(
  "auth_passkey",
  {
    id: id("passkey").primaryKey(),
    userId: userRef(),
    credentialId: text().notNull(),
    /** COSE key, base64url. */
    publicKey: text().notNull(),
    counter: bigint({ mode: "number" }).notNull(),
    transports: jsonb().$type<readonly string[]>().notNull(),
    isBackedUp: boolean().notNull(),
    name: text().notNull(),
    createdAt: instant().notNull(),
    lastUsedAt: instant(),
  },
  (t) => [
    uniqueIndex("auth_passkey_credential").on(t.credentialId),
    index("auth_passkey_by_user").on(t.userId),
  ],
);

export const authTotp = pgTable("auth_totp", {
  userId: userRef().primaryKey(),
  /** AES-GCM with the user's id as additional data. */
  secret: text().notNull(),
  /** Which key it was sealed with. */
  keyId: text().notNull(),
  /** A code of this time step or an earlier one was used: no code counts twice. */
  lastStep: bigint({ mode: "number" }).notNull(),
  failures: integer().notNull(),
  lockedUntil: instant(),
  /** Null while it is being set up; only then does it guard sign-in. */
  confirmedAt: instant(),
  createdAt: instant().notNull(),
});

export const authRecoveryCode = pgTable(
  "auth_recovery_code",
  { userId: userRef(), hash: text().notNull() },
  (t) => [primaryKey({ columns: [t.userId, t.hash] })],
);

/** Something that may be done once, by whoever holds 256 bits of which only the hash is here. */
export const authTicket = pgTable(
  "auth_ticket",
  {
    hash: text().primaryKey(),
    purpose: text().$type<TicketPurpose>().notNull(),
    userId: id("user").references(() => authUser.id, { onDelete: "cascade" }),
    payload: jsonb().$type<TicketPayload>().notNull(),
    attempts: integer().notNull(),
    expiresAt: instant().notNull(),
  },
  (t) => [
    index("auth_ticket_by_user").on(t.userId),
    index("auth_ticket_by_age").on(t.expiresAt),
    index("auth_ticket_by_address").on(sql`(payload ->> 'email')`).where(sql`purpose = 'undo_email'`),
  ],
);

/** A family of refresh tokens: one sign-in on one device. */
export const authSession = pgTable(
  "auth_session",
  {
    id: id("session").primaryKey(),
    userId: userRef(),
    amr: jsonb().$type<readonly string[]>().notNull(),
    /** When they last showed who they are; step-up moves it. */
    authenticatedAt: instant().notNull(),
    device: text().notNull(),
    addressPrefix: text().notNull(),
    createdAt: instant().notNull(),
    lastUsedAt: instant().notNull(),
    expiresAt: instant().notNull(),
    revokedAt: instant(),
    revokedWhy: text().$type<RevokedWhy>(),
  },
  (t) => [
    index("auth_session_by_user").on(t.userId, t.id.desc()),
    index("auth_session_by_age").on(t.expiresAt),
    check("auth_session_revoked_why", sql`(${t.revokedAt} IS NULL) = (${t.revokedWhy} IS NULL)`),
  ],
);

export const authRefresh = pgTable(
  "auth_refresh",
  {
    hash: text().primaryKey(),
    sessionId: id("session")
      .notNull()
      .references(() => authSession.id, { onDelete: "cascade" }),
    /** Used tokens stay until the session ends: one that comes again shows that it was stolen. */
    usedAt: instant(),
    expiresAt: instant().notNull(),
  },
  (t) => [index("auth_refresh_by_session").on(t.sessionId)],
);

export const authApiKey = pgTable(
  "auth_api_key",
  {
    id: id("apiKey").primaryKey(),
    hash: text().notNull(),
    /** What its owner recognises it by. */
    start: text().notNull(),
    name: text().notNull(),
    scopes: jsonb().$type<readonly Scope[]>().notNull(),
    /** Null: a key of the platform. */
    sellerId: id("seller"),
    createdBy: id("user"),
    createdAt: instant().notNull(),
    expiresAt: instant(),
    lastUsedAt: instant(),
    revokedAt: instant(),
  },
  (t) => [
    uniqueIndex("auth_api_key_hash").on(t.hash),
    index("auth_api_key_by_seller").on(t.sellerId, t.id.desc()),
  ],
);

/** An operator in somebody's name: what its short token names as its session. */
export const authActing = pgTable(
  "auth_acting",
  {
    id: id("session").primaryKey(),
    userId: id("user").notNull(),
    operatorId: id("user").notNull(),
    /** The sign-in that it rests on: when that ends, so does this. */
    operatorSessionId: id("session").notNull(),
    /** Read by the person acted for. */
    reason: text().notNull(),
    orderId: id("order"),
    startedAt: instant().notNull(),
    expiresAt: instant().notNull(),
    endedAt: instant(),
  },
  (t) => [
    index("auth_acting_by_user").on(t.userId, t.id.desc()),
    uniqueIndex("auth_acting_open").on(t.operatorId).where(sql`${t.endedAt} IS NULL`),
    check("auth_acting_not_oneself", sql`${t.userId} <> ${t.operatorId}`),
    check("auth_acting_short", sql`${t.expiresAt} <= ${t.startedAt} + interval '1 hour'`),
  ],
);

/** The audit log. Rows outlive the account; they name nobody but the id. */
export const authEvent = pgTable(
  "auth_event",
  {
    id: id("event").primaryKey(),
    type: text().$type<EventType>().notNull(),
    userId: id("user"),
    sessionId: id("session"),
    device: text().notNull(),
    addressPrefix: text().notNull(),
    detail: jsonb().$type<EventDetail>().notNull(),
    at: instant().notNull(),
  },
  (t) => [
    index("auth_event_by_user").on(t.userId, t.id.desc()),
    index("auth_event_by_age").on(t.at),
    index("auth_event_acted").on(t.sessionId, t.id.desc()).where(sql`${t.type} = 'acted'`),
  ],
);
