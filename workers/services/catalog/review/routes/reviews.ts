import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { anyOf, buyer, guest, open, operator, seller } from "#kernel/policy";
import { MEDIA_TYPES, VIDEO_BYTES_MAX } from "#services/catalog/product/index";
import { uploadReviewMedia } from "../commands/media.ts";
import { decideReview } from "../commands/moderate.ts";
import { replyTo, reportReview, takeVoteBack, vote } from "../commands/respond.ts";
import { editReview, withdrawReview, writeReview } from "../commands/write.ts";
import * as q from "../queries/reviews.ts";
import * as s from "../schemas.ts";

const REVIEW_ID = "rev_01jd8zt4w8h5vc6q1m9a2r7sxy";
const PRODUCT_ID = "prd_01jd8zt4w8h5vc6q1m9a2r7sxy";
const LINE_ID = "lin_01jd8zt4w8h5vc6q1m9a2r7sxy";
const author = anyOf(guest, buyer);
const words = { stars: { product: 5, seller: 4, courier: null }, title: "Warm", text: "As it was shown." };

export const app = newApp("/v1/reviews")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "A product's reviews, the newest or the most helpful first.",
      policy: open,
      request: { query: s.zReviewList },
      responses: { 200: s.zReviews },
      example: { productId: PRODUCT_ID, stars: 5, sort: "helpful" },
    }),
    (ctx, input) => q.listReviews(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Review a line that was delivered to you: its product, and if you like its shop and courier.",
      policy: author,
      request: { body: s.zWrite, headers: s.zSender },
      responses: { 201: s.zOwnReview },
      idempotency: "required",
      example: { lineId: LINE_ID, ...words },
    }),
    async (ctx, input) => q.getOwnReview(ctx, (await writeReview(ctx, input)).id),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/summary",
      summary: "How a product or shop is rated: count, sum, histogram and the scores that lists rank by.",
      policy: open,
      request: { query: s.zSummaryQuery },
      responses: { 200: s.zSummary },
      example: { productId: PRODUCT_ID },
    }),
    (ctx, input) => q.getSummary(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/log",
      summary: "The product's public log of what was published, edited and taken away, as a chain of hashes.",
      policy: open,
      request: { query: s.zLogQuery },
      responses: { 200: s.zLog },
      example: { productId: PRODUCT_ID },
    }),
    (ctx, input) => q.readLog(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/rights",
      summary: "Lines that were delivered to you and that you may still review.",
      policy: author,
      request: { query: s.zPaging },
      responses: { 200: s.zRights },
      example: { limit: 20 },
    }),
    (ctx, input) => q.listRights(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/mine",
      summary: "Your own reviews, whatever became of them and why.",
      policy: author,
      request: { query: s.zPaging },
      responses: { 200: s.zOwnReviews },
      example: { limit: 20 },
    }),
    (ctx, input) => q.listMine(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/queue",
      summary: "What waits for an operator: held by moderation, with what it found, or reported.",
      policy: operator("review:moderate"),
      request: { query: s.zPaging },
      responses: { 200: s.zQueuedReviews },
      example: { limit: 20 },
    }),
    (ctx, input) => q.listQueue(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/media",
      summary:
        "Upload a picture or video for a review that you are writing; what it is is read from its bytes.",
      policy: author,
      request: { raw: { contentTypes: MEDIA_TYPES, bytesMax: VIDEO_BYTES_MAX } },
      responses: { 201: s.zUploaded },
      example: {},
    }),
    async (ctx, input) => {
      const { expiresAt, ...file } = await uploadReviewMedia(ctx, input);
      return { ...file, url: `/v1/media/${file.key}`, expiresAt: new Date(expiresAt).toISOString() };
    },
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{reviewId}",
      summary: "A published review.",
      policy: open,
      request: { params: s.zReviewRef },
      responses: { 200: s.zReview },
      example: { reviewId: REVIEW_ID },
    }),
    (ctx, { reviewId }) => q.getReview(ctx, reviewId),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{reviewId}",
      summary: "Say it differently, while there is time; it is moderated anew.",
      policy: author,
      request: { params: s.zReviewRef, body: s.zEdit, headers: s.zSender },
      responses: { 200: s.zOwnReview },
      concurrency: "if-match",
      example: { reviewId: REVIEW_ID, ...words },
    }),
    async (ctx, input) => q.getOwnReview(ctx, (await editReview(ctx, input)).id),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{reviewId}",
      summary: "Take your review back for good; the public log says that it went.",
      policy: author,
      request: { params: s.zReviewRef },
      responses: { 204: z.null() },
      example: { reviewId: REVIEW_ID },
    }),
    (ctx, { reviewId }) => withdrawReview(ctx, reviewId),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{reviewId}/vote",
      summary: "Say whether a review helped you; once a person, and changed by saying it again.",
      policy: buyer,
      request: { params: s.zReviewRef, body: s.zVote },
      responses: { 200: s.zVotes },
      example: { reviewId: REVIEW_ID, helpful: true },
    }),
    (ctx, input) => vote(ctx, input),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{reviewId}/vote",
      summary: "Take your vote back.",
      policy: buyer,
      request: { params: s.zReviewRef },
      responses: { 200: s.zVotes },
      example: { reviewId: REVIEW_ID },
    }),
    (ctx, input) => takeVoteBack(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{reviewId}/reports",
      summary: "Report a review to the operators; it stays until one has looked.",
      policy: buyer,
      request: { params: s.zReviewRef, body: s.zReport },
      responses: { 204: z.null() },
      example: { reviewId: REVIEW_ID, reason: "spam" },
    }),
    (ctx, input) => reportReview(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{reviewId}/reply",
      summary: "The shop's one reply; what it said before stays to be read.",
      policy: seller("review:write"),
      request: { params: s.zReviewRef, body: s.zReply },
      responses: { 200: s.zReplies },
      example: { reviewId: REVIEW_ID, text: "Thank you. We have changed the box." },
    }),
    async (ctx, input) => q.listReplies(ctx, (await replyTo(ctx, input)).reviewId),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{reviewId}/replies",
      summary: "All that the shop has replied, the newest first.",
      policy: open,
      request: { params: s.zReviewRef },
      responses: { 200: s.zReplies },
      example: { reviewId: REVIEW_ID },
    }),
    (ctx, { reviewId }) => q.listReplies(ctx, reviewId),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{reviewId}/decide",
      summary: "Publish or reject a review, and say why.",
      policy: operator("review:moderate"),
      request: { params: s.zReviewRef, body: s.zDecide },
      responses: { 200: s.zOwnReview },
      example: { reviewId: REVIEW_ID, publish: false, reason: "It names a private person." },
    }),
    async (ctx, input) => q.getOwnReview(ctx, await decideReview(ctx, input)),
  );
