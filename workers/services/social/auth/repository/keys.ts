import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { build, guarded, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Scope } from "#kernel/permission";
import { authApiKey } from "#schema/social/auth";

export type ApiKey = {
  readonly id: Id<"apiKey">;
  readonly hash: string;
  readonly start: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly sellerId: Id<"seller"> | null;
  readonly createdBy: Id<"user"> | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
};

/** Whose keys: a shop's, or (null) the platform's. */
type Owner = Id<"seller"> | null;
const ownedBy = (owner: Owner) =>
  owner === null ? isNull(authApiKey.sellerId) : eq(authApiKey.sellerId, owner);

export const insertKey = (key: ApiKey): Statement => statement(build.insert(authApiKey).values(key));

/** The same key again is the same row: a seed may run twice. */
export const seedKey = ({ id, ...key }: ApiKey): Statement =>
  statement(
    build
      .insert(authApiKey)
      .values({ id, ...key })
      .onConflictDoUpdate({
        target: authApiKey.hash,
        set: { scopes: key.scopes, sellerId: key.sellerId, revokedAt: null },
      }),
  );

export const keyQuery = (hash: string): Query<ApiKey | undefined> =>
  query(
    (read) => read.select().from(authApiKey).where(eq(authApiKey.hash, hash)),
    (rows) => rows[0],
  );

export const liveKeysQuery = (owner: Owner): Query<number> =>
  query(
    (read) =>
      read
        .select({ count: sql<number>`count(*)::int` })
        .from(authApiKey)
        .where(and(ownedBy(owner), isNull(authApiKey.revokedAt))),
    (rows) => rows[0]?.count ?? 0,
  );

type Walk = { readonly limit: number; readonly after: string | undefined };

export const keysQuery = (owner: Owner, { limit, after }: Walk): Query<readonly ApiKey[]> =>
  query(
    (read) =>
      read
        .select()
        .from(authApiKey)
        .where(
          and(ownedBy(owner), after === undefined ? undefined : lt(authApiKey.id, after as Id<"apiKey">)),
        )
        .orderBy(desc(authApiKey.id))
        .limit(limit),
    (rows) => rows,
  );

export const touchKey = (keyId: Id<"apiKey">, now: number): Statement =>
  statement(build.update(authApiKey).set({ lastUsedAt: now }).where(eq(authApiKey.id, keyId)));

export function revokeKey(
  owner: Owner,
  { keyId, now }: { readonly keyId: Id<"apiKey">; readonly now: number },
): Statement<"auth.key_not_found"> {
  const live = and(eq(authApiKey.id, keyId), ownedBy(owner), isNull(authApiKey.revokedAt));
  return guarded(build.update(authApiKey).set({ revokedAt: now }).where(live), 1, "auth.key_not_found");
}
