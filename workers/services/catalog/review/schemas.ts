import * as z from "zod";
import { zId } from "#kernel/ids";
import { zPage, zPageQuery } from "#kernel/page";
import { LOG_ACTIONS } from "./domain/log.ts";
import { FINDINGS } from "./domain/moderation.ts";
import { RATED_KINDS } from "./domain/rating.ts";
import { MEDIA_MAX, REVIEW_STATES } from "./domain/review.ts";

const TITLE_CHARS_MAX = 120;
const TEXT_CHARS_MAX = 4_000;
const REPLY_CHARS_MAX = 2_000;
const REASON_CHARS_MAX = 500;

export const SORTS = ["newest", "helpful"] as const;
export const REPORT_REASONS = ["offensive", "spam", "personal_data", "off_topic", "fake", "other"] as const;

const zStars = z.literal([1, 2, 3, 4, 5]);
const zWords = z.object({
  stars: z.object({
    product: zStars,
    seller: zStars.nullable().default(null),
    courier: zStars.nullable().default(null),
  }),
  title: z.string().trim().max(TITLE_CHARS_MAX).default(""),
  text: z.string().trim().max(TEXT_CHARS_MAX).default(""),
  /** Keys of files uploaded to /v1/reviews/media. */
  media: z
    .array(z.string().max(60))
    .max(MEDIA_MAX)
    .default([])
    .refine((keys) => new Set(keys).size === keys.length, "A file is named twice."),
  anonymous: z.boolean().default(false),
});
export const zWrite = z.object({ ...zWords.shape, lineId: zId("line") });
export const zEdit = zWords;
export const zReviewRef = z.object({ reviewId: zId("review") });
export const zSender = z.object({ "user-agent": z.string().max(1_000).default("") });
type From = { readonly headers: z.output<typeof zSender> };
export type WordsInput = z.output<typeof zWords>;
export type WriteReview = z.output<typeof zWrite> & From;
export type EditReview = z.output<typeof zReviewRef> & WordsInput & From & { readonly ifMatch: number };

const zTime = z.iso.datetime();
const zFile = z.object({ key: z.string(), url: z.string(), contentType: z.string() });
export const zReview = z.object({
  id: zId("review"),
  productId: zId("product"),
  sellerId: zId("seller"),
  variantId: zId("variant").nullable(),
  variantLabel: z.string(),
  /** Masked where the author wants it; null for a guest and for somebody who was erased. */
  author: z.string().nullable(),
  stars: z.object({ product: z.int(), seller: z.int().nullable(), courier: z.int().nullable() }),
  title: z.string(),
  text: z.string(),
  media: z.array(zFile),
  helpful: z.int(),
  unhelpful: z.int(),
  /** What the shop says to it, and how often it has said something else. */
  reply: z.object({ text: z.string(), at: zTime, version: z.int() }).nullable(),
  createdAt: zTime,
  editedAt: zTime.nullable(),
  /** SHA-256 over salt and content, as it stands in the product's public log. */
  salt: z.string(),
  contentHash: z.string(),
  version: z.int(),
});
export const zOwnReview = zReview.extend({
  lineId: zId("line"),
  state: z.enum(REVIEW_STATES),
  findings: z.array(z.enum(FINDINGS)),
  decisionReason: z.string().nullable(),
  editableUntil: zTime,
});
export const zQueuedReview = zOwnReview.extend({
  openReports: z.int(),
  reports: z.array(z.object({ reason: z.string(), note: z.string(), at: zTime })),
});

export const zReviewList = zPageQuery.extend({
  productId: zId("product"),
  stars: z.coerce.number().int().min(1).max(5).optional(),
  media: z.stringbool().optional(),
  variantId: zId("variant").optional(),
  sort: z.enum(SORTS).default("newest"),
});
export type ReviewList = z.output<typeof zReviewList>;
export const zReviews = zPage(zReview);
export const zOwnReviews = zPage(zOwnReview);
export const zQueuedReviews = zPage(zQueuedReview);
export const zPaging = zPageQuery;

export const zRight = z.object({
  lineId: zId("line"),
  orderId: zId("order"),
  productId: zId("product"),
  sellerId: zId("seller"),
  title: z.string(),
  deliveredAt: zTime,
  writableUntil: zTime,
});
export const zRights = zPage(zRight);

export const zSummaryQuery = z
  .object({ productId: zId("product").optional(), sellerId: zId("seller").optional() })
  .refine(({ productId, sellerId }) => (productId === undefined) !== (sellerId === undefined), {
    message: "Name either a product or a shop.",
    path: ["productId"],
  });
export type SummaryQuery = z.output<typeof zSummaryQuery>;
export const zSummary = z.object({
  kind: z.enum(RATED_KINDS),
  subjectId: z.string(),
  count: z.int(),
  sum: z.int(),
  /** Null where nothing was rated yet. */
  mean: z.number().nullable(),
  bayesianMean: z.number(),
  rankingScore: z.number(),
  histogram: z.array(z.object({ stars: z.int(), count: z.int() })),
});

export const zUploaded = zFile.extend({ expiresAt: zTime });
export const zVote = z.object({ helpful: z.boolean().default(true) });
export const zVotes = z.object({ helpful: z.int(), unhelpful: z.int() });
export const zReport = z.object({
  reason: z.enum(REPORT_REASONS),
  note: z.string().trim().max(REASON_CHARS_MAX).default(""),
});
export const zReply = z.object({ text: z.string().trim().min(1).max(REPLY_CHARS_MAX) });
export const zReplies = z.object({
  items: z.array(z.object({ text: z.string(), at: zTime, version: z.int() })),
});
export const zDecide = z.object({
  publish: z.boolean(),
  reason: z.string().trim().min(3).max(REASON_CHARS_MAX),
});

/** A log is walked by its numbers, which anybody can count; 500 entries are well below a large answer. */
const LOG_ENTRIES_MAX = 500;
export const zLogQuery = z.object({
  productId: zId("product"),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(LOG_ENTRIES_MAX).default(100),
});
export type LogQuery = z.output<typeof zLogQuery>;
export const zLogEntry = z.object({
  productId: zId("product"),
  seq: z.int(),
  at: z.int(),
  action: z.enum(LOG_ACTIONS),
  reviewId: zId("review"),
  contentHash: z.string(),
  previousHash: z.string(),
  hash: z.string(),
});
export const zLog = z.object({ items: z.array(zLogEntry), nextAfter: z.int().nullable() });

const zQuestionText = z.string().trim().min(5).max(1_000);
export const zAsk = z.object({
  productId: zId("product"),
  text: zQuestionText,
  anonymous: z.boolean().default(false),
});
export const zQuestionRef = z.object({ questionId: zId("question") });
export const zAnswerRef = z.object({ answerId: zId("answer") });
export const zGiveAnswer = z.object({ text: z.string().trim().min(1).max(2_000) });
const zAnswer = z.object({
  id: zId("answer"),
  questionId: zId("question"),
  author: z.string().nullable(),
  sellerId: zId("seller").nullable(),
  text: z.string(),
  state: z.enum(REVIEW_STATES),
  createdAt: zTime,
});
export const zQuestion = z.object({
  id: zId("question"),
  productId: zId("product"),
  author: z.string().nullable(),
  text: z.string(),
  state: z.enum(REVIEW_STATES),
  createdAt: zTime,
  answers: z.array(zAnswer),
});
export const zQuestionList = zPageQuery.extend({ productId: zId("product") });
export const zQuestions = zPage(zQuestion);
export const zWaiting = z.object({
  questions: z.array(zQuestion.extend({ findings: z.array(z.enum(FINDINGS)) })),
  answers: z.array(zAnswer.extend({ findings: z.array(z.enum(FINDINGS)) })),
});
export { zAnswer };
