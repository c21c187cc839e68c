import { and, desc, eq, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import {
  emailMessage,
  emailSuppression,
  notification,
  shopContact,
  shopMember,
} from "#schema/social/notification";
import type { Category, EmailState, SuppressionReason } from "./domain/message.ts";

type UserId = Id<"user">;
export type Email = typeof emailMessage.$inferSelect;
export type Note = typeof notification.$inferSelect;

/** A count that the bell shows; beyond it nobody counts. */
const UNREAD_MAX = 1_000;
/** More than come between two sweeps, so that old rows become fewer. */
const FORGOTTEN_MAX = 200;

const within = (column: PgColumn, ids: readonly string[]): SQL =>
  sql`${column} IN (SELECT jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;

/** What was written before under the same transaction stays as it is. */
function insertOnce(table: typeof emailMessage | typeof notification, rows: readonly object[]): Statement {
  const insert = insertMany(table, rows as never);
  return { sql: sql`${insert.sql} ON CONFLICT (transaction_id) DO NOTHING` };
}
export const insertEmails = (rows: readonly Email[]): Statement => insertOnce(emailMessage, rows);
export const insertNotes = (rows: readonly Note[]): Statement => insertOnce(notification, rows);

export const emailQuery = (emailId: Id<"email">): Query<Email | undefined> =>
  query(
    (read) => read.select().from(emailMessage).where(eq(emailMessage.id, emailId)),
    ([row]) => row,
  );

/** Why the address of this mail gets none of its category, if so. */
export const suppressionQuery = (emailId: Id<"email">): Query<SuppressionReason | undefined> =>
  query(
    (read) =>
      read
        .select({ reason: emailSuppression.reason })
        .from(emailSuppression)
        .innerJoin(emailMessage, eq(emailMessage.addressHash, emailSuppression.addressHash))
        .where(
          and(
            eq(emailMessage.id, emailId),
            or(eq(emailSuppression.scope, "all"), eq(emailSuppression.scope, emailMessage.category)),
          ),
        )
        .limit(1),
    ([row]) => row?.reason,
  );

type Ending = {
  readonly state: Exclude<EmailState, "queued">;
  readonly reason: string | null;
  readonly at: number;
};

/** What it said is not kept once it has left. */
export function endEmail(emailId: Id<"email">, { state, reason, at }: Ending): Statement {
  const queued = and(eq(emailMessage.id, emailId), eq(emailMessage.state, "queued"));
  const change = { state, reason, endedAt: at, data: null };
  return statement(build.update(emailMessage).set(change).where(queued));
}

type Suppression = {
  readonly addressHash: string;
  readonly scope: Category | "all";
  readonly reason: SuppressionReason;
  readonly at: number;
};

export const suppress = (suppression: Suppression): Statement =>
  statement(build.insert(emailSuppression).values(suppression).onConflictDoNothing());

export const liftSuppression = (addressHash: string): Statement =>
  statement(build.delete(emailSuppression).where(eq(emailSuppression.addressHash, addressHash)));

export const notesQuery = (
  userId: UserId,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Query<readonly Note[]> =>
  query(
    (read) =>
      read
        .select()
        .from(notification)
        .where(
          and(
            eq(notification.userId, userId),
            after === undefined ? undefined : lt(notification.id, after as Id<"notification">),
          ),
        )
        .orderBy(desc(notification.id))
        .limit(limit),
    (rows) => rows,
  );

export const unreadQuery = (userId: UserId): Query<number> =>
  query(
    (read) => {
      const unread = read
        .select({ id: notification.id })
        .from(notification)
        .where(and(eq(notification.userId, userId), isNull(notification.readAt)))
        .limit(UNREAD_MAX)
        .as("unread");
      return read.select({ count: sql<number>`count(*)::int` }).from(unread);
    },
    ([row]) => row?.count ?? 0,
  );

/** Reading what is read keeps the first time. */
export function markRead(
  userId: UserId,
  notificationId: Id<"notification">,
  at: number,
): Statement<"notification.not_found"> {
  const mine = and(eq(notification.id, notificationId), eq(notification.userId, userId));
  const readAt = sql`coalesce(${notification.readAt}, ${new Date(at).toISOString()}::timestamptz)`;
  return guarded(build.update(notification).set({ readAt }).where(mine), 1, "notification.not_found");
}

/** Up to the one that was seen last, so that what came meanwhile stays unread. */
export function markAllRead(userId: UserId, upTo: Id<"notification"> | undefined, at: number): Statement {
  const seen = and(
    eq(notification.userId, userId),
    isNull(notification.readAt),
    upTo === undefined ? undefined : sql`${notification.id} <= ${upTo}`,
  );
  return statement(build.update(notification).set({ readAt: at }).where(seen));
}

export type ShopContact = typeof shopContact.$inferSelect;
export const recordShops = (shops: readonly ShopContact[]): Statement => ({
  sql: sql`${insertMany(shopContact, shops).sql} ON CONFLICT (seller_id) DO UPDATE
    SET name = excluded.name, address = excluded.address, seq = excluded.seq
    WHERE notification_shop_contact.seq < excluded.seq`,
});

export type ShopMember = typeof shopMember.$inferSelect;
export const recordMembers = (members: readonly ShopMember[]): Statement => ({
  sql: sql`${insertMany(shopMember, members).sql} ON CONFLICT (seller_id, user_id) DO UPDATE
    SET is_active = excluded.is_active, role = excluded.role, seq = excluded.seq
    WHERE notification_shop_member.seq < excluded.seq`,
});

export const shopsQuery = (sellerIds: readonly string[]): Query<readonly ShopContact[]> =>
  query(
    (read) => read.select().from(shopContact).where(within(shopContact.sellerId, sellerIds)),
    (rows) => rows,
  );

export const membersQuery = (sellerIds: readonly string[]): Query<readonly ShopMember[]> =>
  query(
    (read) =>
      read
        .select()
        .from(shopMember)
        .where(and(within(shopMember.sellerId, sellerIds), eq(shopMember.isActive, true))),
    (rows) => rows,
  );

/** A page of old rows at a time; ids sort by time, so the primary key finds them. */
export const forget = (table: "email_message" | "notification", beforeId: string): Statement => ({
  sql: sql`DELETE FROM ${sql.identifier(table)} WHERE id IN (
    SELECT id FROM ${sql.identifier(table)} WHERE id < ${beforeId} ORDER BY id LIMIT ${FORGOTTEN_MAX})`,
});

/** Takes a person out of everything here; a mail that still waits is not sent. */
export function scrub(userId: UserId, addressHash: string, at: number): readonly Statement[] {
  const theirs = or(eq(emailMessage.userId, userId), eq(emailMessage.addressHash, addressHash));
  const emptied = { userId: null, address: "", addressHash: "", data: null, attachment: null };
  const ended = {
    state: sql`CASE ${emailMessage.state} WHEN 'queued' THEN 'failed' ELSE ${emailMessage.state} END`,
    reason: sql`CASE ${emailMessage.state} WHEN 'queued' THEN 'erased' ELSE ${emailMessage.reason} END`,
    endedAt: sql`coalesce(${emailMessage.endedAt}, ${new Date(at).toISOString()}::timestamptz)`,
  };
  return [
    statement(
      build
        .update(emailMessage)
        .set({ ...emptied, ...ended })
        .where(theirs),
    ),
    statement(build.delete(notification).where(eq(notification.userId, userId))),
    statement(build.delete(shopMember).where(eq(shopMember.userId, userId))),
  ];
}

/** The newest of each are enough to see what is held. */
const EXPORTED_MAX = 500;

/** What is held of a person: what was said in a mail is gone once it has left. */
export const exportQuery = (userId: UserId): Query<unknown> =>
  query(
    (read) => {
      const notes = sql`SELECT template, title, body, created_at, read_at FROM ${notification}
        WHERE user_id = ${userId} ORDER BY id DESC LIMIT ${EXPORTED_MAX}`;
      const emails = sql`SELECT template, locale, address, state, created_at, ended_at FROM ${emailMessage}
        WHERE user_id = ${userId} ORDER BY id DESC LIMIT ${EXPORTED_MAX}`;
      const list = (rows: SQL) => sql`(SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]') FROM (${rows}) r)`;
      return read.execute<{ held: unknown }>(
        sql`SELECT jsonb_build_object('notifications', ${list(notes)}, 'emails', ${list(emails)}) AS held`,
      );
    },
    ({ rows }) => rows[0]?.held,
  );
