import { and, asc, desc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import {
  livestream,
  livestreamAward,
  livestreamCrew,
  livestreamRsvp,
} from "#schema/communication/livestream";
import type { Crew, Show, ShowState } from "./domain/show.ts";

type ShowId = Id<"livestream">;

export const insertShow = (show: Show): Statement => insertMany(livestream, [show]);

export const showQuery = (id: ShowId): Query<Show | undefined> =>
  query(
    (read) => read.select().from(livestream).where(eq(livestream.id, id)),
    ([row]) => row,
  );

export const showByInputQuery = (inputUid: string): Query<Show | undefined> =>
  query(
    (read) => read.select().from(livestream).where(eq(livestream.inputUid, inputUid)),
    ([row]) => row,
  );

export const saveShow = ({ id, version, ...show }: Show): Statement<"livestream.stale"> => {
  const { title, state, startsAt, startedAt, endedAt, graceUntil, inputUid, videoUid, durationMs, chapters } =
    show;
  const fields = {
    title,
    state,
    startsAt,
    startedAt,
    endedAt,
    graceUntil,
    inputUid,
    videoUid,
    durationMs,
    chapters,
  };
  return guarded(
    build
      .update(livestream)
      .set({ ...fields, version: version + 1 })
      .where(and(eq(livestream.id, id), eq(livestream.version, version))),
    1,
    "livestream.stale",
  );
};

type Listing = { readonly states: readonly ShowState[]; readonly sellerId?: Id<"seller"> | undefined };

/** The newest first. */
export const showsQuery = (
  { states, sellerId }: Listing,
  limit: number,
  before?: ShowId,
): Query<readonly Show[]> =>
  query(
    (read) =>
      read
        .select()
        .from(livestream)
        .where(
          and(
            inArray(livestream.state, [...states]),
            sellerId && eq(livestream.sellerId, sellerId),
            before && lt(livestream.id, before),
          ),
        )
        .orderBy(desc(livestream.id))
        .limit(limit),
    (rows) => rows,
  );

export type Crewed = { readonly userId: Id<"user">; readonly role: Crew };

export const crewQuery = (id: ShowId): Query<readonly Crewed[]> =>
  query(
    (read) =>
      read
        .select({ userId: livestreamCrew.userId, role: livestreamCrew.role })
        .from(livestreamCrew)
        .where(eq(livestreamCrew.livestreamId, id))
        .orderBy(asc(livestreamCrew.userId)),
    (rows) => rows,
  );

export const addCrew = (id: ShowId, { userId, role }: Crewed, now: number): Statement =>
  statement(
    build
      .insert(livestreamCrew)
      .values({ livestreamId: id, userId, role, createdAt: now })
      .onConflictDoUpdate({
        target: [livestreamCrew.livestreamId, livestreamCrew.userId],
        set: { role },
      }),
  );

export const dropCrew = (id: ShowId, userId: Id<"user">): Statement =>
  statement(
    build
      .delete(livestreamCrew)
      .where(and(eq(livestreamCrew.livestreamId, id), eq(livestreamCrew.userId, userId))),
  );

export const addRsvp = (id: ShowId, userId: Id<"user">, now: number): Statement =>
  statement(
    build.insert(livestreamRsvp).values({ livestreamId: id, userId, createdAt: now }).onConflictDoNothing(),
  );

export const dropRsvp = (id: ShowId, userId: Id<"user">): Statement =>
  statement(
    build
      .delete(livestreamRsvp)
      .where(and(eq(livestreamRsvp.livestreamId, id), eq(livestreamRsvp.userId, userId))),
  );

export const rsvpCountQuery = (id: ShowId): Query<number> =>
  query(
    (read) =>
      read
        .select({ n: sql<string>`count(*)` })
        .from(livestreamRsvp)
        .where(eq(livestreamRsvp.livestreamId, id)),
    ([row]) => Number(row?.n ?? 0),
  );

/** Who asked to be told, a page at a time. */
export const rsvpsQuery = (id: ShowId, limit: number, after = ""): Query<readonly Id<"user">[]> =>
  query(
    (read) =>
      read
        .select({ userId: livestreamRsvp.userId })
        .from(livestreamRsvp)
        .where(and(eq(livestreamRsvp.livestreamId, id), gt(livestreamRsvp.userId, after as Id<"user">)))
        .orderBy(asc(livestreamRsvp.userId))
        .limit(limit),
    (rows) => rows.map(({ userId }) => userId),
  );

export type Award = typeof livestreamAward.$inferSelect;

export const insertAward = (award: Award): Statement =>
  statement(build.insert(livestreamAward).values(award).onConflictDoNothing());

export const awardsOfQuery = (userIds: readonly Id<"user">[]): Query<readonly Award[]> =>
  query(
    (read) =>
      read
        .select()
        .from(livestreamAward)
        .where(and(inArray(livestreamAward.userId, [...userIds]), eq(livestreamAward.state, "open"))),
    (rows) => rows,
  );

type AwardRef = Pick<Award, "livestreamId" | "auctionId" | "userId">;
const isAward = ({ livestreamId, auctionId, userId }: AwardRef) =>
  and(
    eq(livestreamAward.livestreamId, livestreamId),
    eq(livestreamAward.auctionId, auctionId),
    eq(livestreamAward.userId, userId),
  );

export const awardQuery = (ref: AwardRef): Query<Award | undefined> =>
  query(
    (read) => read.select().from(livestreamAward).where(isAward(ref)),
    ([row]) => row,
  );

/** Who was passed over in these shows, for what keeps the unit since. */
export const passedAwardsQuery = (livestreamIds: readonly ShowId[]): Query<readonly Award[]> =>
  query(
    (read) =>
      read
        .select()
        .from(livestreamAward)
        .where(
          and(inArray(livestreamAward.livestreamId, [...livestreamIds]), eq(livestreamAward.state, "passed")),
        ),
    (rows) => rows,
  );

export const closeAward = (
  ref: AwardRef,
  state: "paid" | "passed",
  keptAs: Id<"reservation"> | null,
): Statement =>
  statement(
    build
      .update(livestreamAward)
      .set({ state, keptAs })
      .where(and(isAward(ref), eq(livestreamAward.state, "open"))),
  );
