import { and, asc, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { outbox } from "#kernel/outbox";
import { userAddress, userConsent, userErasure, userErasureStep, userProfile } from "#schema/social/user";
import {
  ADDRESSES_MAX,
  type Address,
  type Consent,
  type Erasure,
  type ErasureStep,
  type NotificationChoices,
  type Profile,
} from "./domain.ts";

type UserId = Id<"user">;
type Owned = { readonly userId: UserId; readonly addressId: Id<"address"> };
/** A person who writes consents all day is a robot; an export names its newest ones. */
const CONSENTS_EXPORTED_MAX = 1_000;

/** An erased person has no profile any more. */
export const profileQuery = (userId: UserId): Query<Profile | undefined> =>
  query(
    (read) => read.select().from(userProfile).where(alive(userId)),
    ([row]) => {
      if (!row) return undefined;
      const { erasedAt: _, ...profile } = row;
      return profile;
    },
  );

/** Those of them that exist and are not erased. */
export const profilesQuery = (userIds: readonly UserId[]): Query<readonly Profile[]> =>
  query(
    (read) => {
      const wanted = sql`SELECT jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb)`;
      return read
        .select()
        .from(userProfile)
        .where(and(isNull(userProfile.erasedAt), sql`${userProfile.userId} IN (${wanted})`));
    },
    (rows) => rows.map(({ erasedAt: _, ...profile }) => profile),
  );

const alive = (userId: UserId) => and(eq(userProfile.userId, userId), isNull(userProfile.erasedAt));

export const insertProfile = (profile: Profile): Statement =>
  statement(build.insert(userProfile).values({ ...profile, erasedAt: null }));

export function saveProfile({ userId, createdAt: _, ...profile }: Profile): Statement<"user.stale"> {
  const before = and(alive(userId), eq(userProfile.version, profile.version - 1));
  return guarded(build.update(userProfile).set(profile).where(before), 1, "user.stale");
}

/** For whoever changes one field beside its own write, without having read the profile. */
export function patchProfile(
  userId: UserId,
  change: { readonly email: string } | { readonly notifications: NotificationChoices },
): Statement {
  const version = sql`${userProfile.version} + 1`;
  return statement(
    build
      .update(userProfile)
      .set({ ...change, version })
      .where(alive(userId)),
  );
}

/** Switches one channel of one category off without reading the other choices. */
export function switchOff(userId: UserId, category: string, channel: string): Statement {
  const before = sql`coalesce(${userProfile.notifications} -> ${category}::text, '{}'::jsonb)`;
  const off = sql`jsonb_build_object(${channel}::text, false)`;
  const choice = sql`jsonb_build_object(${category}::text, ${before} || ${off})`;
  const notifications = sql`${userProfile.notifications} || ${choice}`;
  return statement(
    build
      .update(userProfile)
      .set({ notifications, version: sql`${userProfile.version} + 1` })
      .where(alive(userId)),
  );
}

/** Address writes of one person go one after another: what they count and which is the default stays true. */
export function lockPerson(userId: UserId): Statement<"user.not_found"> {
  const row = build.select({ one: sql`1` }).from(userProfile).where(alive(userId)).for("no key update");
  return { sql: sql`SELECT assert_that((SELECT count(*) FROM (${row.getSQL()}) l) = 1, 'user.not_found')` };
}

export const addressesQuery = (userId: UserId): Query<readonly Address[]> =>
  query(
    (read) =>
      read
        .select()
        .from(userAddress)
        .where(eq(userAddress.userId, userId))
        .orderBy(desc(userAddress.id))
        .limit(ADDRESSES_MAX),
    (rows) => rows,
  );

export const addressQuery = (userId: UserId, addressId: Id<"address">): Query<Address | undefined> =>
  query(
    (read) => read.select().from(userAddress).where(mine({ userId, addressId })),
    ([row]) => row,
  );

const mine = ({ userId, addressId }: Owned) =>
  and(eq(userAddress.id, addressId), eq(userAddress.userId, userId));

/** Makes room for a new default; it comes before the address that takes the place. */
export function clearDefaults({
  id,
  userId,
  isDefaultShipping,
  isDefaultBilling,
}: Pick<Address, "id" | "userId" | "isDefaultShipping" | "isDefaultBilling">): Statement {
  const change = {
    isDefaultShipping: sql`${userAddress.isDefaultShipping} AND NOT ${isDefaultShipping}::boolean`,
    isDefaultBilling: sql`${userAddress.isDefaultBilling} AND NOT ${isDefaultBilling}::boolean`,
    version: sql`${userAddress.version} + 1`,
  };
  const loses = sql`((${userAddress.isDefaultShipping} AND ${isDefaultShipping}::boolean)
    OR (${userAddress.isDefaultBilling} AND ${isDefaultBilling}::boolean))`;
  const others = and(eq(userAddress.userId, userId), sql`${userAddress.id} <> ${id}`, loses);
  return statement(build.update(userAddress).set(change).where(others));
}

export function insertAddress(address: Address): readonly Statement<"address.too_many">[] {
  const count = sql`SELECT count(*) FROM ${userAddress} WHERE ${userAddress.userId} = ${address.userId}`;
  return [
    { sql: sql`SELECT assert_that((${count}) < ${ADDRESSES_MAX}, 'address.too_many')` },
    statement(build.insert(userAddress).values(address)),
  ];
}

export function saveAddress({ createdAt: _, ...address }: Address): Statement<"address.stale"> {
  const before = and(
    mine({ userId: address.userId, addressId: address.id }),
    eq(userAddress.version, address.version - 1),
  );
  return guarded(build.update(userAddress).set(address).where(before), 1, "address.stale");
}

export const deleteAddress = (owned: Owned): Statement<"address.not_found"> =>
  guarded(build.delete(userAddress).where(mine(owned)), 1, "address.not_found");

/** The newest address takes the place of a default that went away: there is one while there is any. */
export function fillDefaults(userId: UserId): Statement {
  const has = (column: "is_default_shipping" | "is_default_billing") =>
    sql`EXISTS (SELECT 1 FROM ${userAddress} d WHERE d.user_id = ${userId} AND d.${sql.identifier(column)})`;
  const [ships, bills] = [has("is_default_shipping"), has("is_default_billing")];
  const newest = sql`(SELECT max(n.id) FROM ${userAddress} n WHERE n.user_id = ${userId})`;
  return {
    sql: sql`UPDATE ${userAddress} SET version = version + 1,
        is_default_shipping = is_default_shipping OR NOT ${ships},
        is_default_billing = is_default_billing OR NOT ${bills}
      WHERE user_id = ${userId} AND id = ${newest} AND NOT (${ships} AND ${bills})`,
  };
}

export const appendConsents = (consents: readonly Consent[]): Statement => insertMany(userConsent, consents);

/** Newest first; `limit` rows, after the one that the walk stands on. */
export const consentsQuery = (
  userId: UserId,
  {
    after,
    limit = CONSENTS_EXPORTED_MAX,
  }: { readonly after?: string | undefined; readonly limit?: number } = {},
): Query<readonly Consent[]> =>
  query(
    (read) =>
      read
        .select()
        .from(userConsent)
        .where(
          and(
            eq(userConsent.userId, userId),
            after === undefined ? undefined : lt(userConsent.id, after as Id<"consent">),
          ),
        )
        .orderBy(desc(userConsent.id))
        .limit(limit),
    (rows) => rows,
  );

/** Everything of a person that this service holds, gone in one commit; repeating it changes nothing. */
export function erase(erasure: {
  readonly userId: UserId;
  readonly eventId: Id<"event">;
  readonly at: number;
}): readonly Statement<"user.not_found">[] {
  const { userId, eventId, at } = erasure;
  const emptied = {
    name: "",
    email: "",
    phone: null,
    timeZone: null,
    currency: null,
    notifications: {},
    erasedAt: at,
    version: sql`${userProfile.version} + 1`,
  };
  return [
    guarded(build.update(userProfile).set(emptied).where(alive(userId)), 1, "user.not_found"),
    statement(build.delete(userAddress).where(eq(userAddress.userId, userId))),
    statement(build.insert(userErasure).values({ userId, eventId, requestedAt: at })),
  ];
}

/** A step that is recorded again keeps its latest wording. */
export function recordSteps(steps: readonly ErasureStep[]): Statement {
  const insert = insertMany(userErasureStep, steps);
  return {
    sql: sql`${insert.sql} ON CONFLICT (user_id, store)
      DO UPDATE SET action = excluded.action, reason = excluded.reason, at = excluded.at`,
  };
}

export const erasureQuery = (userId: UserId): Query<Erasure | undefined> =>
  query(
    (read) =>
      read
        .select({
          userId: userErasure.userId,
          requestedAt: userErasure.requestedAt,
          completedAt: outbox.closedAt,
        })
        .from(userErasure)
        .leftJoin(outbox, eq(outbox.id, userErasure.eventId))
        .where(eq(userErasure.userId, userId)),
    ([row]) => row,
  );

export const stepsQuery = (userId: UserId): Query<readonly ErasureStep[]> =>
  query(
    (read) =>
      read
        .select()
        .from(userErasureStep)
        .where(eq(userErasureStep.userId, userId))
        .orderBy(asc(userErasureStep.store)),
    (rows) => rows,
  );
