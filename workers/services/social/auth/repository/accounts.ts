import { and, eq, isNotNull, ne, type SQL, sql } from "drizzle-orm";
import { build, guarded, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { OperatorRole } from "#kernel/permission";
import {
  authApiKey,
  authIdentity,
  authPasskey,
  authPassword,
  authRecoveryCode,
  authSession,
  authTicket,
  authTotp,
  authUser,
} from "#schema/social/auth";
import type { Account, Client, RevokedWhy, TicketPurpose } from "../domain.ts";
import type { PasswordHash } from "../providers/password.ts";

type Place = Pick<Client, "device" | "addressPrefix">;
const NOWHERE: Place = { device: "", addressPrefix: "" };

const countOf = (table: "auth_passkey" | "auth_identity") =>
  sql<number>`(SELECT count(*)::int FROM ${sql.identifier(table)} x WHERE x.user_id = ${authUser.id})`;

/** Everything that any method of signing in asks about a person, in one read. */
function accountWhere(where: SQL, { device, addressPrefix }: Place = NOWHERE): Query<Account | undefined> {
  const sessions = sql`SELECT 1 FROM auth_session x WHERE x.user_id = ${authUser.id}`;
  const here = sql`x.device = ${device} AND x.address_prefix = ${addressPrefix}`;
  return query(
    (read) =>
      read
        .select({
          userId: authUser.id,
          email: authUser.email,
          emailVerifiedAt: authUser.emailVerifiedAt,
          sessionEpoch: authUser.sessionEpoch,
          operatorRole: authUser.operatorRole,
          handle: authUser.handle,
          disabledAt: authUser.disabledAt,
          version: authUser.version,
          passwordHash: authPassword.hash,
          bcryptSalt: authPassword.bcryptSalt,
          hasTotp: sql<boolean>`${authTotp.confirmedAt} IS NOT NULL`,
          passkeys: countOf("auth_passkey"),
          identities: countOf("auth_identity"),
          isNewDevice: sql<boolean>`EXISTS (${sessions}) AND NOT EXISTS (${sessions} AND ${here})`,
        })
        .from(authUser)
        .leftJoin(authPassword, eq(authPassword.userId, authUser.id))
        .leftJoin(authTotp, eq(authTotp.userId, authUser.id))
        .where(where)
        .limit(1),
    (rows) => rows[0],
  );
}

/** The address that somebody has shown to be his; undefined until he has. */
export const provedAddressQuery = (userId: Id<"user">): Query<string | undefined> =>
  query(
    (read) =>
      read
        .select({ email: authUser.email })
        .from(authUser)
        .where(and(eq(authUser.id, userId), isNotNull(authUser.emailVerifiedAt))),
    ([row]) => row?.email,
  );

export const accountByEmail = (email: string, place?: Place) =>
  accountWhere(eq(authUser.email, email), place);
export const accountById = (userId: Id<"user">, place?: Place) =>
  accountWhere(eq(authUser.id, userId), place);

export const accountByTicket = (hash: string, purpose: TicketPurpose, place?: Place) =>
  accountWhere(
    sql`${authUser.id} = (SELECT user_id FROM ${authTicket} WHERE hash = ${hash} AND purpose = ${purpose})`,
    place,
  );

export const accountByIdentity = (provider: string, subject: string, place?: Place) =>
  accountWhere(
    sql`${authUser.id} = (SELECT user_id FROM ${authIdentity}
      WHERE provider = ${provider} AND subject = ${subject})`,
    place,
  );

export const accountByCredential = (credentialId: string, place?: Place) =>
  accountWhere(
    sql`${authUser.id} = (SELECT user_id FROM ${authPasskey} WHERE credential_id = ${credentialId})`,
    place,
  );

type NewUser = {
  readonly userId: Id<"user">;
  readonly email: string;
  readonly emailVerifiedAt: number | null;
  readonly handle: string;
  readonly operatorRole: OperatorRole | null;
  readonly createdAt: number;
};

export function insertUser({ userId, ...user }: NewUser): Statement<"auth.email_taken"> {
  const row = { ...user, id: userId, sessionEpoch: 0, disabledAt: null, version: 1 };
  return {
    ...statement(build.insert(authUser).values(row)),
    constraints: { auth_user_email: "auth.email_taken" },
  };
}

/**
 * Nobody signs up with an address that its owner may still take back: whoever took it from him would keep it
 * by that.
 */
export const refuseHeldAddress = (email: string, now: number): Statement<"auth.email_taken"> => ({
  sql: sql`SELECT assert_that(NOT EXISTS (SELECT 1 FROM ${authTicket}
    WHERE purpose = 'undo_email' AND payload ->> 'email' = ${email}
      AND expires_at > ${new Date(now).toISOString()}), 'auth.email_taken')`,
});

type Change = {
  readonly email?: string;
  readonly emailVerifiedAt?: number | null;
  readonly sessionEpoch?: number;
  readonly operatorRole?: OperatorRole | null;
  readonly disabledAt?: number | null;
};

/** Refused when the account is no longer the one that was decided on. */
export function saveUser(
  { userId, version }: Pick<Account, "userId" | "version">,
  change: Change,
): Statement<"auth.stale" | "auth.email_taken"> {
  const before = and(eq(authUser.id, userId), eq(authUser.version, version));
  const write = build
    .update(authUser)
    .set({ ...change, version: version + 1 })
    .where(before);
  return { ...guarded(write, 1, "auth.stale"), constraints: { auth_user_email: "auth.email_taken" } };
}

export function savePassword(
  userId: Id<"user">,
  { hash, bcryptSalt }: PasswordHash,
  changedAt: number,
): Statement {
  const set = { hash, bcryptSalt, changedAt };
  return statement(
    build
      .insert(authPassword)
      .values({ userId, ...set })
      .onConflictDoUpdate({ target: authPassword.userId, set }),
  );
}

/** Only while it is still the hash that was checked: a new password must not be undone by a late re-hash. */
export function rehashPassword(userId: Id<"user">, before: string, after: PasswordHash): Statement {
  const same = and(eq(authPassword.userId, userId), eq(authPassword.hash, before));
  return statement(build.update(authPassword).set(after).where(same));
}

/** Whoever made these had not proved the address: its owner shall not share an account with them. */
export function stripCredentials(userId: Id<"user">, at: number): Statement[] {
  return [
    statement(build.delete(authPassword).where(eq(authPassword.userId, userId))),
    statement(build.delete(authIdentity).where(eq(authIdentity.userId, userId))),
    statement(build.delete(authPasskey).where(eq(authPasskey.userId, userId))),
    statement(build.delete(authTotp).where(eq(authTotp.userId, userId))),
    statement(build.delete(authRecoveryCode).where(eq(authRecoveryCode.userId, userId))),
    statement(
      build
        .update(authApiKey)
        .set({ revokedAt: at })
        .where(and(eq(authApiKey.createdBy, userId), sql`${authApiKey.revokedAt} IS NULL`)),
    ),
  ];
}

type Ending = {
  readonly userId: Id<"user">;
  readonly why: RevokedWhy;
  readonly at: number;
  readonly except?: Id<"session"> | undefined;
};

/** Comes after the change of the user's row: that one waits for a sign-in in flight, this one sees it. */
export function revokeSessions({ userId, why, at, except }: Ending): Statement {
  const others = except === undefined ? undefined : sql`${authSession.id} <> ${except}`;
  const live = and(eq(authSession.userId, userId), sql`${authSession.revokedAt} IS NULL`, others);
  return statement(build.update(authSession).set({ revokedAt: at, revokedWhy: why }).where(live));
}

/** All but the links that take a change of address back: whoever is in by theft must not end them. */
export const deleteTickets = (userId: Id<"user">): Statement =>
  statement(
    build.delete(authTicket).where(and(eq(authTicket.userId, userId), ne(authTicket.purpose, "undo_email"))),
  );

/**
 * Whoever undoes a change undoes what came after it too; an earlier one is still its owner's to take back.
 * Goes before the ticket itself is spent.
 */
export const deleteLaterUndos = (userId: Id<"user">, hash: string): Statement => ({
  sql: sql`DELETE FROM ${authTicket}
    WHERE user_id = ${userId} AND purpose = 'undo_email' AND hash <> ${hash}
      AND expires_at >= (SELECT own.expires_at FROM ${authTicket} own WHERE own.hash = ${hash})`,
});

/** All that says who this person is and how they sign in; what is left names nobody but the id. */
export const eraseAccount = (userId: Id<"user">): Statement =>
  statement(build.delete(authUser).where(eq(authUser.id, userId)));

export function insertIdentity(identity: {
  readonly provider: string;
  readonly subject: string;
  readonly userId: Id<"user">;
  readonly createdAt: number;
}): Statement<"auth.stale"> {
  return {
    ...statement(build.insert(authIdentity).values(identity)),
    constraints: { auth_identity_provider_subject_pk: "auth.stale", auth_identity_by_user: "auth.stale" },
  };
}

export const deleteIdentity = (userId: Id<"user">, provider: string): Statement<"auth.provider_not_found"> =>
  guarded(
    build
      .delete(authIdentity)
      .where(and(eq(authIdentity.userId, userId), eq(authIdentity.provider, provider))),
    1,
    "auth.provider_not_found",
  );

export const identitiesQuery = (userId: Id<"user">) =>
  query(
    (read) =>
      read
        .select({ provider: authIdentity.provider, createdAt: authIdentity.createdAt })
        .from(authIdentity)
        .where(eq(authIdentity.userId, userId)),
    (rows) => rows,
  );

/**
 * Before an administrator goes: refused when nobody else would be left. The locks make two who remove each
 * other wait, and the second then sees that he is the last.
 */
export const keepAnAdmin = (userId: Id<"user">): Statement<"auth.last_admin"> => ({
  sql: sql`WITH admins AS (
      SELECT id FROM ${authUser} WHERE operator_role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE)
    SELECT assert_that(EXISTS (SELECT 1 FROM admins WHERE id <> ${userId})
      OR NOT EXISTS (SELECT 1 FROM admins WHERE id = ${userId}), 'auth.last_admin')`,
});

/** Two who run it at once wait for each other, and the second then sees the first one's administrator. */
export const requireNoAdmin = (): Statement<"auth.admin_exists">[] => [
  { sql: sql`SELECT pg_advisory_xact_lock(hashtext('auth.first_operator'))` },
  {
    sql: sql`SELECT assert_that(
      NOT EXISTS (SELECT 1 FROM ${authUser} WHERE operator_role = 'admin'), 'auth.admin_exists')`,
  },
];
