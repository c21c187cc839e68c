import type { z } from "zod";
import type { Ctx } from "#kernel/ctx";
import {
  bayesianMean,
  countOf,
  type Histogram,
  type RatedKind,
  rankingScore,
  sumOf,
} from "../domain/rating.ts";
import { maskName, shownName } from "../domain/review.ts";
import type { AnswerRow, QuestionRow } from "../repository/questions.ts";
import type { ReviewRow } from "../repository/reviews.ts";
import type { zAnswer, zOwnReview, zQuestion, zReview, zSummary } from "../schemas.ts";

const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));
const fileOf = ({ key, contentType }: { readonly key: string; readonly contentType: string }) => ({
  key,
  contentType,
  url: `/v1/media/${key}`,
});

export const toReviewDto = (row: ReviewRow): z.input<typeof zReview> => ({
  id: row.id,
  productId: row.productId,
  sellerId: row.sellerId,
  variantId: row.variantId,
  variantLabel: row.variantLabel,
  author: shownName(row),
  stars: {
    product: row.productStars as 1,
    seller: row.sellerStars,
    courier: row.courierStars,
  },
  title: row.title,
  text: row.text,
  media: row.media.map(fileOf),
  helpful: row.helpful,
  unhelpful: row.unhelpful,
  reply:
    row.reply === null || row.repliedAt === null
      ? null
      : { text: row.reply, at: iso(row.repliedAt), version: row.replyVersion },
  createdAt: iso(row.createdAt),
  editedAt: isoOrNull(row.editedAt),
  salt: row.salt,
  contentHash: row.contentHash,
  version: row.version,
});

export const toOwnDto = ({ market }: Pick<Ctx, "market">, row: ReviewRow): z.input<typeof zOwnReview> => ({
  ...toReviewDto(row),
  lineId: row.lineId,
  state: row.state,
  findings: [...row.findings],
  decisionReason: row.decisionReason,
  editableUntil: iso(row.createdAt + market.review.editWithinMs),
});

type Subject = { readonly kind: RatedKind; readonly subjectId: string };

export function toSummaryDto(
  { market }: Pick<Ctx, "market">,
  { kind, subjectId }: Subject,
  histogram: Histogram,
): z.input<typeof zSummary> {
  const { priorWeight: weight, priorHundredths } = market.review;
  const [count, sum] = [countOf(histogram), sumOf(histogram)];
  return {
    kind,
    subjectId,
    count,
    sum,
    mean: count === 0 ? null : sum / count,
    bayesianMean: bayesianMean(histogram, { weight, mean: priorHundredths / 100 }),
    rankingScore: rankingScore(histogram),
    histogram: histogram.map((times, i) => ({ stars: i + 1, count: times })),
  };
}

export const toAnswerDto = (row: AnswerRow): z.input<typeof zAnswer> => ({
  id: row.id,
  questionId: row.questionId,
  author: row.sellerId !== null || row.authorName === null ? null : maskName(row.authorName),
  sellerId: row.sellerId,
  text: row.text,
  state: row.state,
  createdAt: iso(row.createdAt),
});

export const toQuestionDto = (
  row: QuestionRow,
  answers: readonly AnswerRow[],
): z.input<typeof zQuestion> => ({
  id: row.id,
  productId: row.productId,
  author: shownName(row),
  text: row.text,
  state: row.state,
  createdAt: iso(row.createdAt),
  answers: answers.filter(({ questionId }) => questionId === row.id).map(toAnswerDto),
});
