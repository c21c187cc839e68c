import { and, count, countDistinct, eq, gte, isNull, ne, type SQL, sql } from "drizzle-orm";
import type { BuyerId } from "#kernel/actor";
import { among, build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import {
  review,
  reviewLog,
  reviewMedia,
  reviewRating,
  reviewReply,
  reviewReport,
  reviewRight,
  reviewVote,
} from "#schema/catalog/review";
import type { LogAction } from "../domain/log.ts";
import type { Rules, Signals } from "../domain/moderation.ts";
import { type Histogram, NO_RATINGS, type RatedKind, type RatingChange } from "../domain/rating.ts";
import type { MediaFile, Review, Right } from "../domain/review.ts";

/** A line that is told of twice is one right. */
export const insertRights = (rights: readonly Right[]): Statement => ({
  sql: sql`${insertMany(reviewRight, rights).sql} ON CONFLICT DO NOTHING`,
});

export const rightQuery = (lineId: Id<"line">): Query<Right | undefined> =>
  query(
    (read) => read.select().from(reviewRight).where(eq(reviewRight.lineId, lineId)),
    ([row]) => row,
  );

/** Whether somebody has had this product delivered: only then he answers questions about it. */
export const boughtQuery = (productId: Id<"product">, buyerId: string): Query<boolean> =>
  query(
    (read) =>
      read
        .select({ lineId: reviewRight.lineId })
        .from(reviewRight)
        .where(and(eq(reviewRight.productId, productId), sql`${reviewRight.buyerId} = ${buyerId}`))
        .limit(1),
    (rows) => rows.length > 0,
  );

export type ReviewRow = typeof review.$inferSelect;
export const reviewQuery = (reviewId: Id<"review">): Query<ReviewRow | undefined> =>
  query(
    (read) => read.select().from(review).where(eq(review.id, reviewId)),
    ([row]) => row,
  );

export const byAuthorQuery = (authorId: BuyerId): Query<readonly ReviewRow[]> =>
  query(
    (read) => read.select().from(review).where(eq(review.authorId, authorId)),
    (rows) => rows,
  );

export const reviewsQuery = (reviewIds: readonly string[]): Query<readonly ReviewRow[]> =>
  query(
    (read) => read.select().from(review).where(among(review.id, reviewIds)),
    (rows) => rows,
  );

type Origin = Pick<Review, "productId" | "authorId" | "deviceHash" | "addressHash">;

/** Who else has written about this product: lately, from this device, from this address. */
export function signalsQuery(of: Origin, rules: Rules, now: number, except?: Id<"review">): Query<Signals> {
  const since = gte(review.createdAt, now - rules.burstWindowMs);
  const others = and(
    eq(review.productId, of.productId),
    except ? ne(review.id, except) : undefined,
    sql`${review.authorId} IS DISTINCT FROM ${of.authorId}`,
  );
  const accounts = (where: SQL | undefined) =>
    sql<number>`${countDistinct(review.authorId)}
    FILTER (WHERE ${where})`.mapWith(Number);
  return query(
    (read) =>
      read
        .select({
          recentReviews: sql<number>`${count()} FILTER (WHERE ${since})`.mapWith(Number),
          deviceAccounts: accounts(eq(review.deviceHash, of.deviceHash ?? "")),
          addressAccounts: accounts(and(eq(review.addressHash, of.addressHash ?? ""), since)),
        })
        .from(review)
        .where(others),
    ([row]) => row ?? { recentReviews: 0, deviceAccounts: 0, addressAccounts: 0 },
  );
}

const FRESH = { helpful: 0, unhelpful: 0, openReports: 0, reply: null, replyVersion: 0, repliedAt: null };

export const insertReview = (row: Review): Statement<"review.exists"> => ({
  ...statement(build.insert(review).values({ ...row, ...FRESH })),
  constraints: { review_once_a_line: "review.exists" },
});

/** What an operator has looked at is no longer reported. */
export const saveReview = (before: Review, after: Review): Statement<"review.busy"> =>
  guarded(
    build
      .update(review)
      .set(changesOf(after))
      .where(and(eq(review.id, after.id), eq(review.version, before.version))),
    1,
    "review.busy",
  );

/** A row that was loaded carries its counts too, which others move meanwhile. */
const MUTABLE = [
  "productStars",
  "sellerStars",
  "courierStars",
  "title",
  "text",
  "media",
  "anonymous",
  "authorId",
  "authorName",
  "state",
  "findings",
  "decisionReason",
  "decidedBy",
  "deviceHash",
  "addressHash",
  "salt",
  "contentHash",
  "publishedAt",
  "editedAt",
  "version",
] as const satisfies readonly (keyof Review)[];
const changesOf = (after: Review): Partial<ReviewRow> =>
  Object.fromEntries(MUTABLE.map((name) => [name, after[name]]));

export function rate(changes: readonly RatingChange[]): Statement {
  const rows = changes.map(({ subjectId: subject, ...rest }) => ({ subject, ...rest }));
  return { sql: sql`SELECT review_rate(${JSON.stringify(rows)}::jsonb)` };
}

export const ratingsQuery = (
  kind: RatedKind,
  subjectIds: readonly string[],
): Query<ReadonlyMap<string, Histogram>> =>
  query(
    (read) =>
      read
        .select()
        .from(reviewRating)
        .where(and(eq(reviewRating.kind, kind), among(reviewRating.subjectId, subjectIds))),
    (rows) =>
      new Map(subjectIds.map((id) => [id, toHistogram(rows.find(({ subjectId }) => subjectId === id))])),
  );

const toHistogram = (row: typeof reviewRating.$inferSelect | undefined): Histogram =>
  row ? [row.s1, row.s2, row.s3, row.s4, row.s5] : NO_RATINGS;

type Logged = Pick<Review, "id" | "productId" | "contentHash">;
export const appendLog = (
  action: LogAction,
  { id, productId, contentHash }: Logged,
  at: number,
): Statement => ({
  sql: sql`SELECT review_log_append(${productId}, ${at}, ${action}, ${id}, ${contentHash})`,
});

export const logQuery = (productId: Id<"product">, after: number, limit: number) =>
  query(
    (read) =>
      read
        .select()
        .from(reviewLog)
        .where(and(eq(reviewLog.productId, productId), sql`${reviewLog.seq} > ${after}`))
        .orderBy(reviewLog.seq)
        .limit(limit),
    (rows) => rows,
  );

/** One vote a person: a second is a change of the first, and the counts are moved by the difference. */
export function saveVote(reviewId: Id<"review">, voterId: string, helpful: boolean, at: number): Statement {
  const when = new Date(at).toISOString();
  return {
    sql: sql`WITH known AS (
        SELECT helpful FROM ${reviewVote} WHERE review_id = ${reviewId} AND voter_id = ${voterId}),
      done AS (
        INSERT INTO ${reviewVote} (review_id, voter_id, helpful, at)
        VALUES (${reviewId}, ${voterId}, ${helpful}, ${when}::timestamptz)
        ON CONFLICT (review_id, voter_id) DO UPDATE SET helpful = excluded.helpful, at = excluded.at
        RETURNING helpful)
      UPDATE ${review} SET
        helpful = review.helpful + (SELECT count(*) FILTER (WHERE helpful) FROM done)::int
          - (SELECT count(*) FILTER (WHERE helpful) FROM known)::int,
        unhelpful = review.unhelpful + (SELECT count(*) FILTER (WHERE NOT helpful) FROM done)::int
          - (SELECT count(*) FILTER (WHERE NOT helpful) FROM known)::int
      WHERE id = ${reviewId}`,
  };
}

/** Locks the review before its votes are looked at, so that a second vote of one person sees the first. */
export const lockReview = (reviewId: Id<"review">): Statement => ({
  sql: sql`SELECT 1 FROM ${review} WHERE id = ${reviewId} FOR NO KEY UPDATE`,
});

export const removeVotes = (where: SQL | undefined): Statement => ({
  sql: sql`WITH gone AS (DELETE FROM ${reviewVote} WHERE ${where} RETURNING review_id, helpful),
    counts AS (SELECT review_id, count(*) FILTER (WHERE helpful)::int AS yes,
      count(*) FILTER (WHERE NOT helpful)::int AS no FROM gone GROUP BY review_id)
    UPDATE ${review} SET helpful = review.helpful - counts.yes, unhelpful = review.unhelpful - counts.no
    FROM counts WHERE review.id = counts.review_id`,
});
export const voteOf = (reviewId: Id<"review">, voterId: string): SQL | undefined =>
  and(eq(reviewVote.reviewId, reviewId), eq(reviewVote.voterId, voterId));
export const votesBy = (voterId: string): SQL => eq(reviewVote.voterId, voterId);

type Report = Omit<typeof reviewReport.$inferInsert, "at" | "closedAt"> & { readonly at: number };

/** Once a person; a review that an operator has looked at since may be reported again by others only. */
export const saveReport = ({ reviewId, reporterId, reason, note, at }: Report): Statement => ({
  sql: sql`WITH done AS (
      INSERT INTO ${reviewReport} (review_id, reporter_id, reason, note, at)
      VALUES (${reviewId}, ${reporterId}, ${reason}, ${note}, ${new Date(at).toISOString()}::timestamptz)
      ON CONFLICT DO NOTHING RETURNING 1)
    UPDATE ${review} SET open_reports = open_reports + (SELECT count(*) FROM done)::int
    WHERE id = ${reviewId}`,
});

export const closeReports = (reviewId: Id<"review">, at: number): readonly Statement[] => [
  statement(
    build
      .update(reviewReport)
      .set({ closedAt: at })
      .where(and(eq(reviewReport.reviewId, reviewId), isNull(reviewReport.closedAt))),
  ),
  statement(build.update(review).set({ openReports: 0 }).where(eq(review.id, reviewId))),
];

/** What somebody reported stays reported; who it was is forgotten. */
export const forgetReporter = (reporterId: string): Statement => ({
  sql: sql`UPDATE ${reviewReport} 
    SET reporter_id = 'erased:' || gen_random_uuid(), note = ''
    WHERE reporter_id = ${reporterId}`,
});

type Reply = { readonly text: string; readonly actor: string; readonly at: number; readonly version: number };

/** `version` counts up from 1: of two answers that come at once, the later is told. */
export const saveReply = (
  reviewId: Id<"review">,
  { text, actor, at, version }: Reply,
): readonly Statement<"review.busy">[] => [
  guarded(
    build
      .update(review)
      .set({ reply: text, replyVersion: version, repliedAt: at })
      .where(and(eq(review.id, reviewId), eq(review.replyVersion, version - 1))),
    1,
    "review.busy",
  ),
  insertMany(reviewReply, [{ reviewId, version, text, actor, at }]),
];

export const repliesQuery = (reviewId: Id<"review">) =>
  query(
    (read) =>
      read
        .select()
        .from(reviewReply)
        .where(eq(reviewReply.reviewId, reviewId))
        .orderBy(sql`${reviewReply.version} DESC`),
    (rows) => rows,
  );

export type MediaRow = typeof reviewMedia.$inferSelect;
export const insertMedia = (row: MediaRow): Statement => insertMany(reviewMedia, [row]);

export const mediaQuery = (where: SQL | undefined): Query<readonly MediaRow[]> =>
  query(
    (read) => read.select().from(reviewMedia).where(where),
    (rows) => rows,
  );
export const mediaOfOwner = (ownerId: string): SQL => sql`${reviewMedia.ownerId} = ${ownerId}`;
export const unusedOf = (ownerId: string): SQL | undefined =>
  and(mediaOfOwner(ownerId), isNull(reviewMedia.reviewId));
export const unusedKey = (key: string): SQL | undefined =>
  and(eq(reviewMedia.key, key), isNull(reviewMedia.reviewId));

/** The files that a review shows become its own; each must be its author's and no other review's. */
export function takeMedia(
  reviewId: Id<"review">,
  ownerId: string,
  files: readonly MediaFile[],
): Statement<"review.media_not_found"> {
  const keys = files.map(({ key }) => key);
  return {
    sql: sql`WITH done AS (
        UPDATE ${reviewMedia} SET review_id = ${reviewId}
        WHERE ${among(reviewMedia.key, keys)} AND owner_id = ${ownerId}
          AND (review_id IS NULL OR review_id = ${reviewId}) RETURNING 1)
      SELECT assert_that((SELECT count(*) FROM done) = ${keys.length}, 'review.media_not_found')`,
  };
}
export const removeMedia = (keys: readonly string[]): Statement =>
  statement(build.delete(reviewMedia).where(among(reviewMedia.key, keys)));

export const forgetRights = (buyerId: string): Statement => ({
  sql: sql`DELETE FROM ${reviewRight} WHERE buyer_id = ${buyerId}`,
});

/** Far more than anybody writes; the answer stays one request. */
const EXPORT_MAX = 1_000;

/** What a person has said here, as he may take it with him. */
export const exportQuery = (authorId: BuyerId) =>
  query(
    (read) => read.select().from(review).where(eq(review.authorId, authorId)).limit(EXPORT_MAX),
    (rows) =>
      rows.map(
        ({ id, productId, productStars, sellerStars, courierStars, title, text, state, createdAt }) => ({
          id,
          productId,
          stars: { product: productStars, seller: sellerStars, courier: courierStars },
          title,
          text,
          state,
          createdAt,
        }),
      ),
  );
