import { and, asc, eq, sql } from "drizzle-orm";
import {
  build,
  type Db,
  guarded,
  insertMany,
  type Query,
  query,
  type Statement,
  statement,
} from "#kernel/db";
import type { Id } from "#kernel/ids";
import { authPasskey, authRecoveryCode, authTotp } from "#schema/social/auth";
import { TOTP_FAILURES_MAX, TOTP_LOCK_MS } from "../domain.ts";

type NewTotp = {
  readonly userId: Id<"user">;
  readonly secret: string;
  readonly keyId: string;
  readonly createdAt: number;
};

/** Begins anew as long as it is not confirmed; a factor that guards sign-in is not replaced by this. */
export function setUpTotp({ userId, ...totp }: NewTotp): Statement<"auth.totp_exists"> {
  const set = { ...totp, lastStep: 0, failures: 0, lockedUntil: null };
  const write = build
    .insert(authTotp)
    .values({ userId, ...set })
    .onConflictDoUpdate({ target: authTotp.userId, set, setWhere: sql`${authTotp.confirmedAt} IS NULL` });
  return guarded(write, 1, "auth.totp_exists");
}

export type TriedTotp = {
  readonly secret: string;
  readonly keyId: string;
  readonly isConfirmed: boolean;
};

/**
 * Counts the guess before anybody looks at it, and locks at the last one, so that guesses sent side by side
 * are no more than guesses one by one. Undefined when it is locked, or when there is no second factor.
 */
export async function tryTotp({ read }: Db, userId: Id<"user">, now: number): Promise<TriedTotp | undefined> {
  const at = (ms: number) => new Date(ms).toISOString();
  const failures = sql`CASE WHEN locked_until IS NULL THEN failures + 1 ELSE 1 END`;
  const result = await read.execute<TriedTotp>(sql`UPDATE ${authTotp}
      SET failures = ${failures},
        locked_until = CASE WHEN (${failures}) >= ${TOTP_FAILURES_MAX}
          THEN ${at(now + TOTP_LOCK_MS)}::timestamptz END
      WHERE user_id = ${userId} AND (locked_until IS NULL OR locked_until <= ${at(now)})
      RETURNING secret, key_id AS "keyId", confirmed_at IS NOT NULL AS "isConfirmed"`);
  return result.rows[0];
}

/** Whether there is one at all, confirmed or not. */
export const totpQuery = (userId: Id<"user">): Query<boolean> =>
  query(
    (read) => read.select({ userId: authTotp.userId }).from(authTotp).where(eq(authTotp.userId, userId)),
    (rows) => rows.length > 0,
  );

/** A code of a step that was used, or of an earlier one, is refused: nobody replays what he looked at. */
export function acceptTotp(userId: Id<"user">, step: number): Statement<"auth.code_wrong"> {
  const write = build
    .update(authTotp)
    .set({ lastStep: step, failures: 0, lockedUntil: null })
    .where(and(eq(authTotp.userId, userId), sql`${authTotp.lastStep} < ${step}`));
  return guarded(write, 1, "auth.code_wrong");
}

export function confirmTotp(
  userId: Id<"user">,
  { step, now }: { readonly step: number; readonly now: number },
): Statement<"auth.totp_exists"> {
  const write = build
    .update(authTotp)
    .set({ confirmedAt: now, lastStep: step, failures: 0, lockedUntil: null })
    .where(and(eq(authTotp.userId, userId), sql`${authTotp.confirmedAt} IS NULL`));
  return guarded(write, 1, "auth.totp_exists");
}

export const clearFailures = (userId: Id<"user">): Statement =>
  statement(
    build.update(authTotp).set({ failures: 0, lockedUntil: null }).where(eq(authTotp.userId, userId)),
  );

export const removeTotp = (userId: Id<"user">): Statement<"auth.totp_missing">[] => [
  guarded(build.delete(authTotp).where(eq(authTotp.userId, userId)), 1, "auth.totp_missing"),
  statement(build.delete(authRecoveryCode).where(eq(authRecoveryCode.userId, userId))),
];

/** New ones make the old ones worthless. */
export const replaceRecoveryCodes = (userId: Id<"user">, hashes: readonly string[]): Statement[] => [
  statement(build.delete(authRecoveryCode).where(eq(authRecoveryCode.userId, userId))),
  insertMany(
    authRecoveryCode,
    hashes.map((hash) => ({ userId, hash })),
  ),
];

export const useRecoveryCode = (userId: Id<"user">, hash: string): Statement<"auth.code_wrong"> =>
  guarded(
    build
      .delete(authRecoveryCode)
      .where(and(eq(authRecoveryCode.userId, userId), eq(authRecoveryCode.hash, hash))),
    1,
    "auth.code_wrong",
  );

export type FactorState = { readonly hasTotp: boolean; readonly recoveryCodesLeft: number };

export const factorsQuery = (userId: Id<"user">): Query<FactorState> =>
  query(
    (read) =>
      read
        .select({
          hasTotp: sql<boolean>`EXISTS (SELECT 1 FROM auth_totp t
            WHERE t.user_id = ${userId} AND t.confirmed_at IS NOT NULL)`,
          recoveryCodesLeft: sql<number>`count(*)::int`,
        })
        .from(authRecoveryCode)
        .where(eq(authRecoveryCode.userId, userId)),
    (rows) => rows[0] ?? { hasTotp: false, recoveryCodesLeft: 0 },
  );

export type Passkey = {
  readonly id: Id<"passkey">;
  readonly userId: Id<"user">;
  readonly credentialId: string;
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly isBackedUp: boolean;
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
};

export const insertPasskey = (passkey: Passkey): Statement<"auth.passkey_refused"> => ({
  ...statement(build.insert(authPasskey).values(passkey)),
  constraints: { auth_passkey_credential: "auth.passkey_refused" },
});

export const passkeysQuery = (userId: Id<"user">): Query<readonly Passkey[]> =>
  query(
    (read) =>
      read.select().from(authPasskey).where(eq(authPasskey.userId, userId)).orderBy(asc(authPasskey.id)),
    (rows) => rows,
  );

export const passkeyQuery = (credentialId: string): Query<Passkey | undefined> =>
  query(
    (read) => read.select().from(authPasskey).where(eq(authPasskey.credentialId, credentialId)),
    (rows) => rows[0],
  );

type Used = { readonly counter: number; readonly isBackedUp: boolean; readonly now: number };

/** A counter that does not grow is a copy of the key; authenticators that do not count say zero. */
export function usePasskey(
  passkeyId: Id<"passkey">,
  { counter, isBackedUp, now }: Used,
): Statement<"auth.passkey_refused"> {
  const grows = sql`(${authPasskey.counter} < ${counter} OR (${authPasskey.counter} = 0 AND ${counter} = 0))`;
  const write = build
    .update(authPasskey)
    .set({ counter, isBackedUp, lastUsedAt: now })
    .where(and(eq(authPasskey.id, passkeyId), grows));
  return guarded(write, 1, "auth.passkey_refused");
}

type OwnedPasskey = { readonly userId: Id<"user">; readonly passkeyId: Id<"passkey"> };

export const removePasskey = ({ userId, passkeyId }: OwnedPasskey): Statement<"auth.passkey_not_found"> =>
  guarded(
    build.delete(authPasskey).where(and(eq(authPasskey.id, passkeyId), eq(authPasskey.userId, userId))),
    1,
    "auth.passkey_not_found",
  );

export const renamePasskey = (
  { userId, passkeyId }: OwnedPasskey,
  name: string,
): Statement<"auth.passkey_not_found"> =>
  guarded(
    build
      .update(authPasskey)
      .set({ name })
      .where(and(eq(authPasskey.id, passkeyId), eq(authPasskey.userId, userId))),
    1,
    "auth.passkey_not_found",
  );
