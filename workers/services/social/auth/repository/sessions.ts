import { and, desc, eq, lt, sql } from "drizzle-orm";
import { build, type Db, guarded, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { OperatorRole } from "#kernel/permission";
import { authRefresh, authSession, authTotp, authUser } from "#schema/social/auth";
import type { RevokedWhy, Session } from "../domain.ts";

const at = (ms: number) => new Date(ms).toISOString();

type Opening = {
  readonly session: Session;
  readonly sessionEpoch: number;
  readonly refreshHash: string;
  readonly refreshExpiresAt: number;
};

/**
 * Refused when the account was closed or its sessions ended since it was read. `FOR SHARE` waits for whoever
 * is ending them, and makes whoever comes later wait, so that no session slips through in between.
 */
export function openSession({
  session,
  sessionEpoch,
  refreshHash,
  refreshExpiresAt,
}: Opening): Statement<"auth.stale">[] {
  const amr = JSON.stringify(session.amr);
  const insert = sql`INSERT INTO ${authSession} (id, user_id, amr, authenticated_at, device, address_prefix,
      created_at, last_used_at, expires_at)
    SELECT ${session.id}, id, ${amr}::jsonb, ${at(session.authenticatedAt)}::timestamptz, ${session.device},
      ${session.addressPrefix}, ${at(session.createdAt)}::timestamptz, ${at(session.lastUsedAt)}::timestamptz,
      ${at(session.expiresAt)}::timestamptz
    FROM ${authUser}
    WHERE id = ${session.userId} AND session_epoch = ${sessionEpoch} AND disabled_at IS NULL FOR SHARE`;
  const refresh = { hash: refreshHash, sessionId: session.id, expiresAt: refreshExpiresAt };
  return [guarded(insert, 1, "auth.stale"), statement(build.insert(authRefresh).values(refresh))];
}

type Turning = {
  readonly hash: string;
  readonly nextHash: string;
  readonly now: number;
  /** A token used later than this is asked for again by its owner, and not by a thief. */
  readonly graceFrom: number;
  readonly nextExpiresAt: number;
};
/** `repeated`: somebody has just had the successor, and gets the same. `reused`: the family is dead now. */
type Outcome = "rotated" | "repeated" | "reused" | "dead";
export type Turned = {
  readonly outcome: Outcome;
  readonly sessionId: Id<"session">;
  readonly userId: Id<"user">;
  readonly amr: readonly string[];
  readonly authenticatedAt: number;
  readonly sessionEpoch: number;
  readonly operatorRole: OperatorRole | null;
};

/**
 * The whole refresh in one statement. The lock makes callers with one token wait for each other, and a caller
 * who waited reads the row as the first left it.
 */
export async function turnRefresh(
  { read }: Db,
  { hash, nextHash, now, graceFrom, nextExpiresAt }: Turning,
): Promise<Turned | undefined> {
  const result = await read.execute<
    Omit<Turned, "authenticatedAt"> & { authenticatedAt: string }
  >(sql`WITH found AS (
      SELECT s.id AS session_id, s.user_id, s.amr, s.authenticated_at, u.session_epoch, u.operator_role,
        CASE
          WHEN s.revoked_at IS NOT NULL OR s.expires_at <= ${at(now)} OR r.expires_at <= ${at(now)}
            OR u.disabled_at IS NOT NULL THEN 'dead'
          WHEN r.used_at IS NULL THEN 'rotated'
          WHEN r.used_at > ${at(graceFrom)} THEN 'repeated'
          ELSE 'reused'
        END AS outcome
      FROM ${authRefresh} r
      JOIN ${authSession} s ON s.id = r.session_id JOIN ${authUser} u ON u.id = s.user_id
      WHERE r.hash = ${hash}
      FOR UPDATE OF r, s
    ), spent AS (
      UPDATE ${authRefresh} r SET used_at = ${at(now)} FROM found
      WHERE r.hash = ${hash} AND r.used_at IS NULL AND found.outcome = 'rotated'
    ), successor AS (
      INSERT INTO ${authRefresh} (hash, session_id, expires_at)
      SELECT ${nextHash}, session_id, ${at(nextExpiresAt)}::timestamptz FROM found WHERE outcome = 'rotated'
    ), touched AS (
      UPDATE ${authSession} s SET last_used_at = ${at(now)} FROM found
      WHERE s.id = found.session_id AND found.outcome = 'rotated'
    ), killed AS (
      UPDATE ${authSession} s SET revoked_at = ${at(now)}, revoked_why = 'reuse' FROM found
      WHERE s.id = found.session_id AND found.outcome = 'reused'
    )
    SELECT outcome, session_id AS "sessionId", user_id AS "userId", amr, session_epoch AS "sessionEpoch",
      operator_role AS "operatorRole", extract(epoch FROM authenticated_at) * 1000 AS "authenticatedAt"
    FROM found`);
  const [row] = result.rows;
  return row && { ...row, authenticatedAt: Math.round(Number(row.authenticatedAt)) };
}

/** The session that a refresh token belongs to ends; whether there was one is not told. */
export const endByRefresh = (hash: string, now: number): Statement =>
  statement(
    build
      .update(authSession)
      .set({ revokedAt: now, revokedWhy: "signed_out" })
      .where(
        and(
          sql`${authSession.id} = (SELECT session_id FROM ${authRefresh} WHERE hash = ${hash})`,
          sql`${authSession.revokedAt} IS NULL`,
        ),
      ),
  );

type Owned = { readonly userId: Id<"user">; readonly sessionId: Id<"session"> };

export function revokeSession(
  { userId, sessionId }: Owned,
  why: RevokedWhy,
  now: number,
): Statement<"auth.session_not_found"> {
  const mine = and(
    eq(authSession.id, sessionId),
    eq(authSession.userId, userId),
    sql`${authSession.revokedAt} IS NULL`,
  );
  const write = build.update(authSession).set({ revokedAt: now, revokedWhy: why }).where(mine);
  return guarded(write, 1, "auth.session_not_found");
}

/** They have shown once more who they are. */
export function stepUpSession(
  { userId, sessionId }: Owned,
  { amr, now }: { readonly amr: readonly string[]; readonly now: number },
): Statement<"auth.session_not_found"> {
  const mine = and(
    eq(authSession.id, sessionId),
    eq(authSession.userId, userId),
    sql`${authSession.revokedAt} IS NULL`,
  );
  const write = build.update(authSession).set({ amr, authenticatedAt: now }).where(mine);
  return guarded(write, 1, "auth.session_not_found");
}

export type LiveSession = {
  readonly amr: readonly string[];
  readonly authenticatedAt: number;
  readonly hasTotp: boolean;
};

/** The row behind an access token, while it is neither revoked nor over. */
export const liveSessionQuery = ({ userId, sessionId }: Owned, now: number): Query<LiveSession | undefined> =>
  query(
    (read) =>
      read
        .select({
          amr: authSession.amr,
          authenticatedAt: authSession.authenticatedAt,
          hasTotp: sql<boolean>`${authTotp.confirmedAt} IS NOT NULL`,
        })
        .from(authSession)
        .innerJoin(authUser, eq(authUser.id, authSession.userId))
        .leftJoin(authTotp, eq(authTotp.userId, authSession.userId))
        .where(
          and(
            eq(authSession.id, sessionId),
            eq(authSession.userId, userId),
            sql`${authSession.revokedAt} IS NULL AND ${authSession.expiresAt} > ${at(now)}`,
            sql`${authUser.disabledAt} IS NULL`,
          ),
        ),
    (rows) => rows[0],
  );

type Walk = { readonly limit: number; readonly after: string | undefined; readonly now: number };

/** Live ones, the latest first. */
export const sessionsQuery = (userId: Id<"user">, { limit, after, now }: Walk): Query<readonly Session[]> =>
  query(
    (read) =>
      read
        .select()
        .from(authSession)
        .where(
          and(
            eq(authSession.userId, userId),
            sql`${authSession.revokedAt} IS NULL AND ${authSession.expiresAt} > ${at(now)}`,
            after === undefined ? undefined : lt(authSession.id, after as Id<"session">),
          ),
        )
        .orderBy(desc(authSession.id))
        .limit(limit),
    (rows) => rows,
  );

export const epochQuery = (userId: Id<"user">): Query<number | undefined> =>
  query(
    (read) => read.select({ epoch: authUser.sessionEpoch }).from(authUser).where(eq(authUser.id, userId)),
    (rows) => rows[0]?.epoch,
  );

/** Access tokens that were signed until now are worth nothing once Redis has heard of it. */
export const raiseEpoch = (userId: Id<"user">): Statement =>
  statement(
    build
      .update(authUser)
      .set({ sessionEpoch: sql`${authUser.sessionEpoch} + 1`, version: sql`${authUser.version} + 1` })
      .where(eq(authUser.id, userId)),
  );
