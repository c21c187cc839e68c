import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { among, build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { sellerDocument } from "#schema/catalog/seller";
import {
  sellerFollow,
  sellerFollowers,
  sellerLog,
  sellerPayoutAccount,
  sellerProfile,
} from "#schema/catalog/seller/profile";
import {
  type Closure,
  MARKS,
  type Mark,
  type Marked,
  NO_PROFILE,
  type PayoutAccount,
  type Profile,
} from "../domain/profile.ts";

export const profileQuery = (sellerId: Id<"seller">): Query<Profile> =>
  query(
    (read) => read.select().from(sellerProfile).where(eq(sellerProfile.sellerId, sellerId)),
    ([row]) => row ?? NO_PROFILE,
  );

export const calendarsQuery = (
  sellerIds: readonly Id<"seller">[],
): Query<ReadonlyMap<string, readonly Closure[]>> =>
  query(
    (read) =>
      read
        .select({ sellerId: sellerProfile.sellerId, closures: sellerProfile.closures })
        .from(sellerProfile)
        .where(among(sellerProfile.sellerId, sellerIds)),
    (rows) => new Map(rows.map(({ sellerId, closures }) => [sellerId, closures])),
  );

/** The first version is an insert; every other must follow the one that was read. */
export function saveProfile(sellerId: Id<"seller">, profile: Profile): Statement<"seller.stale"> {
  const { version, ...rest } = profile;
  const row = { sellerId, ...rest, version };
  if (version === 1) {
    const insert = insertMany(sellerProfile, [row]);
    return { ...insert, constraints: { seller_profile_pkey: "seller.stale" } };
  }
  const before = and(eq(sellerProfile.sellerId, sellerId), eq(sellerProfile.version, version - 1));
  return guarded(
    build
      .update(sellerProfile)
      .set({ ...rest, version })
      .where(before),
    1,
    "seller.stale",
  );
}

export const payoutAccountQuery = (sellerId: Id<"seller">): Query<PayoutAccount | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerPayoutAccount)
        .where(and(eq(sellerPayoutAccount.sellerId, sellerId), isNull(sellerPayoutAccount.replacedAt))),
    ([row]) => row,
  );

/** The shop's row is locked first by the caller, so that one account is current whoever changes it. */
export const replaceAccount = (account: PayoutAccount): readonly Statement[] => [
  statement(
    build
      .update(sellerPayoutAccount)
      .set({ replacedAt: account.createdAt })
      .where(and(eq(sellerPayoutAccount.sellerId, account.sellerId), isNull(sellerPayoutAccount.replacedAt))),
  ),
  insertMany(sellerPayoutAccount, [account]),
];

export type LogEntry = {
  readonly id: Id<"event">;
  readonly sellerId: Id<"seller">;
  readonly at: number;
  readonly by: Id<"user"> | null;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
};

export const log = (...entries: readonly LogEntry[]): Statement => insertMany(sellerLog, entries);

type Listing = { readonly before: string | undefined; readonly limit: number };

/** The newest first; takes one row more than asked for. */
export const logQuery = (sellerId: Id<"seller">, { before, limit }: Listing): Query<readonly LogEntry[]> =>
  query(
    (read) =>
      read
        .select()
        .from(sellerLog)
        .where(
          and(
            eq(sellerLog.sellerId, sellerId),
            before === undefined ? undefined : lt(sellerLog.id, before as Id<"event">),
          ),
        )
        .orderBy(desc(sellerLog.id))
        .limit(limit + 1),
    (rows) => rows,
  );

export const actionOf = (mark: Mark): string => `requirement.${mark}`;
const MARK_OF = new Map(MARKS.map((mark) => [actionOf(mark), mark]));

/** The last mark on each requirement. */
export const marksQuery = (sellerId: Id<"seller">): Query<ReadonlyMap<string, Marked>> =>
  query(
    (read) =>
      read
        .selectDistinctOn([sellerLog.subject])
        .from(sellerLog)
        .where(and(eq(sellerLog.sellerId, sellerId), among(sellerLog.action, [...MARK_OF.keys()])))
        .orderBy(sellerLog.subject, desc(sellerLog.id)),
    (rows) =>
      new Map(
        rows.flatMap(({ subject, action, by, at, reason }) => {
          const mark = MARK_OF.get(action);
          return mark ? [[subject, { mark, by, at, reason }] as const] : [];
        }),
      ),
  );

export const documentKindsQuery = (sellerId: Id<"seller">): Query<ReadonlySet<string>> =>
  query(
    (read) =>
      read
        .selectDistinct({ kind: sellerDocument.kind })
        .from(sellerDocument)
        .where(eq(sellerDocument.sellerId, sellerId)),
    (rows) => new Set(rows.map(({ kind }) => kind)),
  );

type Follow = { readonly sellerId: Id<"seller">; readonly userId: Id<"user"> };

/** One statement: who follows already changes nothing, and the count moves by the rows that moved. */
export const follow = ({ sellerId, userId }: Follow, now: number): Statement => ({
  sql: sql`WITH done AS (
      INSERT INTO ${sellerFollow} (seller_id, user_id, since)
      VALUES (${sellerId}, ${userId}, ${new Date(now).toISOString()}) ON CONFLICT DO NOTHING RETURNING 1)
    INSERT INTO ${sellerFollowers} AS f (seller_id, followers) SELECT ${sellerId}, count(*) FROM done
    ON CONFLICT (seller_id) DO UPDATE SET followers = f.followers + excluded.followers
    WHERE excluded.followers > 0`,
});

export const unfollow = ({ sellerId, userId }: Follow): Statement => ({
  sql: sql`WITH done AS (
      DELETE FROM ${sellerFollow} WHERE seller_id = ${sellerId} AND user_id = ${userId} RETURNING 1)
    UPDATE ${sellerFollowers} SET followers = followers - 1
    WHERE seller_id = ${sellerId} AND EXISTS (SELECT 1 FROM done)`,
});

/** Somebody who is erased follows nobody any more; counts are locked in one order. */
export const unfollowAll = (userIds: readonly Id<"user">[]): Statement => ({
  sql: sql`WITH done AS (
      DELETE FROM ${sellerFollow} WHERE ${among(sellerFollow.userId, userIds)} RETURNING seller_id),
    gone AS (SELECT seller_id, count(*) AS left FROM done GROUP BY seller_id),
    locked AS (SELECT f.seller_id FROM ${sellerFollowers} f JOIN gone USING (seller_id)
      ORDER BY f.seller_id FOR NO KEY UPDATE OF f)
    UPDATE ${sellerFollowers} AS f SET followers = f.followers - gone.left
    FROM gone JOIN locked USING (seller_id) WHERE f.seller_id = gone.seller_id`,
});

export const followersQuery = (sellerId: Id<"seller">): Query<number> =>
  query(
    (read) => read.select().from(sellerFollowers).where(eq(sellerFollowers.sellerId, sellerId)),
    ([row]) => row?.followers ?? 0,
  );

export const followedQuery = (
  userId: Id<"user">,
  { before, limit }: Listing,
): Query<readonly { readonly sellerId: Id<"seller">; readonly since: number }[]> =>
  query(
    (read) =>
      read
        .select({ sellerId: sellerFollow.sellerId, since: sellerFollow.since })
        .from(sellerFollow)
        .where(
          and(
            eq(sellerFollow.userId, userId),
            before === undefined ? undefined : lt(sellerFollow.sellerId, before as Id<"seller">),
          ),
        )
        .orderBy(desc(sellerFollow.sellerId))
        .limit(limit + 1),
    (rows) => rows,
  );

/** All that somebody follows, for his own export. */
export const followsQuery = (
  userId: Id<"user">,
): Query<readonly { readonly sellerId: Id<"seller">; readonly since: number }[]> =>
  query(
    (read) =>
      read
        .select({ sellerId: sellerFollow.sellerId, since: sellerFollow.since })
        .from(sellerFollow)
        .where(eq(sellerFollow.userId, userId)),
    (rows) => rows,
  );
