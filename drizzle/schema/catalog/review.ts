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
  smallint,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { BuyerId } from "#kernel/actor";
import { id, instant } from "#kernel/columns";
import type { LogAction } from "#services/catalog/review/domain/log";
import type { Finding } from "#services/catalog/review/domain/moderation";
import type { RatedKind } from "#services/catalog/review/domain/rating";
import type { MediaFile, ReviewState } from "#services/catalog/review/domain/review";

/**
 * A line that was delivered: whoever bought it may review it once. Order tells of it; nobody else makes one.
 */
export const reviewRight = pgTable(
  "review_right",
  {
    lineId: id("line").primaryKey(),
    orderId: id("order").notNull(),
    /** Who bought, when it was delivered; a guest's order may since have become an account's. */
    buyerId: text().$type<BuyerId>().notNull(),
    sellerId: id("seller").notNull(),
    productId: id("product").notNull(),
    offerId: id("offer").notNull(),
    title: text().notNull(),
    deliveredAt: instant().notNull(),
  },
  (t) => [
    index("review_right_by_buyer").on(t.buyerId, t.lineId.desc()),
    index("review_right_by_product").on(t.productId, t.buyerId),
  ],
);

const stars = () => smallint();

export const review = pgTable(
  "review",
  {
    id: id("review").primaryKey(),
    lineId: id("line").notNull().unique("review_once_a_line"),
    orderId: id("order").notNull(),
    productId: id("product").notNull(),
    sellerId: id("seller").notNull(),
    variantId: id("variant"),
    variantLabel: text().notNull(),
    /** Null once the person was erased; the stars stay as a rating of nobody. */
    authorId: text().$type<BuyerId>(),
    authorName: text(),
    anonymous: boolean().notNull(),
    productStars: stars().notNull(),
    sellerStars: stars(),
    courierStars: stars(),
    title: text().notNull(),
    text: text().notNull(),
    media: jsonb().$type<readonly MediaFile[]>().notNull(),
    state: text().$type<ReviewState>().notNull(),
    /** What moderation found, and what an operator wrote. */
    findings: jsonb().$type<readonly Finding[]>().notNull(),
    decisionReason: text(),
    decidedBy: text(),
    /** Hashes of where it was sent from, with a key of the cell; they go with the person. */
    deviceHash: text(),
    addressHash: text(),
    /** Makes the content's hash in the public log worthless once the content is gone. */
    salt: text().notNull(),
    contentHash: text().notNull(),
    helpful: integer().notNull(),
    unhelpful: integer().notNull(),
    /** Lower Wilson bound of the helpful share in millionths (`wilsonLowerBound` of the domain). */
    helpfulScore: integer()
      .notNull()
      .generatedAlwaysAs(
        sql`CASE WHEN helpful + unhelpful = 0 THEN 0 ELSE round(1000000 * greatest(0,
          (helpful + 1.92072941 - 1.95996398 * sqrt((helpful::float8 * unhelpful) / (helpful + unhelpful)
            + 0.96036470)) / (helpful + unhelpful + 3.84145882)))::int END`,
      ),
    openReports: integer().notNull(),
    reply: text(),
    replyVersion: integer().notNull(),
    repliedAt: instant(),
    createdAt: instant().notNull(),
    publishedAt: instant(),
    editedAt: instant(),
    version: integer().notNull(),
  },
  (t) => [
    index("review_newest").on(t.productId, t.id.desc()).where(sql`${t.state} = 'published'`),
    index("review_helpful")
      .on(t.productId, t.helpfulScore.desc(), t.id.desc())
      .where(sql`${t.state} = 'published'`),
    index("review_by_seller").on(t.sellerId, t.id.desc()),
    index("review_by_author").on(t.authorId, t.id.desc()),
    index("review_by_product").on(t.productId, t.createdAt),
    index("review_queue").on(t.id).where(sql`${t.state} = 'pending' OR ${t.openReports} > 0`),
    check(
      "review_stars",
      sql`${t.productStars} BETWEEN 1 AND 5 AND coalesce(${t.sellerStars}, 1) BETWEEN 1 AND 5
        AND coalesce(${t.courierStars}, 1) BETWEEN 1 AND 5`,
    ),
    check("review_counts", sql`least(${t.helpful}, ${t.unhelpful}, ${t.openReports}) >= 0`),
  ],
);

/** How often each number of stars was given: kept in the commit of the review that changes it. */
export const reviewRating = pgTable(
  "review_rating",
  {
    kind: text().$type<RatedKind>().notNull(),
    subjectId: text().notNull(),
    s1: integer().notNull(),
    s2: integer().notNull(),
    s3: integer().notNull(),
    s4: integer().notNull(),
    s5: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.kind, t.subjectId] }),
    check("review_rating_not_negative", sql`least(${t.s1}, ${t.s2}, ${t.s3}, ${t.s4}, ${t.s5}) >= 0`),
  ],
);

/** What became public, changed or went, a chain a product: rows are only added. */
export const reviewLog = pgTable(
  "review_log",
  {
    productId: id("product").notNull(),
    seq: integer().notNull(),
    at: bigint({ mode: "number" }).notNull(),
    action: text().$type<LogAction>().notNull(),
    reviewId: id("review").notNull(),
    contentHash: text().notNull(),
    previousHash: text().notNull(),
    hash: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.productId, t.seq] })],
);

/** Where a product's chain ends; locked by whoever adds to it. */
export const reviewLogHead = pgTable("review_log_head", {
  productId: id("product").primaryKey(),
  seq: integer().notNull(),
  hash: text().notNull(),
});

/** All that a shop has answered with; the newest is shown, the older stay. */
export const reviewReply = pgTable(
  "review_reply",
  {
    reviewId: id("review").notNull(),
    version: integer().notNull(),
    text: text().notNull(),
    actor: text().notNull(),
    at: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.reviewId, t.version] })],
);

export const reviewVote = pgTable(
  "review_vote",
  {
    reviewId: id("review").notNull(),
    voterId: text().notNull(),
    helpful: boolean().notNull(),
    at: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.reviewId, t.voterId] }), index("review_vote_by_voter").on(t.voterId)],
);

export const reviewReport = pgTable(
  "review_report",
  {
    reviewId: id("review").notNull(),
    reporterId: text().notNull(),
    reason: text().notNull(),
    note: text().notNull(),
    at: instant().notNull(),
    closedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.reviewId, t.reporterId] }),
    index("review_report_by_reporter").on(t.reporterId),
  ],
);

/** Files that were uploaded for a review; one without a review is forgotten after a day. */
export const reviewMedia = pgTable(
  "review_media",
  {
    key: text().primaryKey(),
    ownerId: text().$type<BuyerId>().notNull(),
    contentType: text().notNull(),
    bytes: integer().notNull(),
    reviewId: id("review"),
    createdAt: instant().notNull(),
  },
  (t) => [index("review_media_by_review").on(t.reviewId), index("review_media_by_owner").on(t.ownerId)],
);

export const question = pgTable(
  "question",
  {
    id: id("question").primaryKey(),
    productId: id("product").notNull(),
    authorId: text().$type<BuyerId>(),
    authorName: text(),
    anonymous: boolean().notNull(),
    text: text().notNull(),
    state: text().$type<ReviewState>().notNull(),
    findings: jsonb().$type<readonly Finding[]>().notNull(),
    decisionReason: text(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index("question_newest").on(t.productId, t.id.desc()).where(sql`${t.state} = 'published'`),
    index("question_queue").on(t.id).where(sql`${t.state} = 'pending'`),
    index("question_by_author").on(t.authorId),
  ],
);

export const answer = pgTable(
  "answer",
  {
    id: id("answer").primaryKey(),
    questionId: id("question").notNull(),
    authorId: text().$type<BuyerId>(),
    authorName: text(),
    /** The shop that answers; null: somebody who bought the product. */
    sellerId: id("seller"),
    text: text().notNull(),
    state: text().$type<ReviewState>().notNull(),
    findings: jsonb().$type<readonly Finding[]>().notNull(),
    decisionReason: text(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index("answer_by_question").on(t.questionId, t.id),
    index("answer_queue").on(t.id).where(sql`${t.state} = 'pending'`),
    index("answer_by_author").on(t.authorId),
    uniqueIndex("answer_once").on(t.questionId, t.authorId),
  ],
);
