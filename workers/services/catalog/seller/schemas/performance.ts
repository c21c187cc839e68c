import * as z from "zod";
import { zId } from "#kernel/ids";
import { zPage, zPageQuery } from "#kernel/page";
import type { Outcome } from "../domain/outcome.ts";
import { dateOf, METRICS, type Score, type Span } from "../domain/performance.ts";
import { APPEAL_STATES, type Appeal, type Point } from "../domain/standing.ts";

const WORDS_CHARS_MAX = 4_000;
const EVIDENCE_MAX = 10;
/** Enough to keep a shop out of every campaign until they lapse. */
const POINTS_MAX = 100;

const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null | undefined) => (ms == null ? null : iso(ms));

export const zScore = z.object({
  metric: z.enum(METRICS),
  unit: z.enum(["basis_points", "ms", "hundredths"]),
  value: z.int().nullable(),
  target: z.int(),
  /** So much (`of`) for so many (`per`): what the value was worked out from. */
  of: z.int(),
  per: z.int(),
  verdict: z.enum(["met", "missed", "twice", "too_few"]),
});
export const zPerformance = z.object({
  from: z.iso.date(),
  until: z.iso.date(),
  scores: z.array(zScore),
  points: z.int(),
  /** Why the shop may not take part in campaigns; null: it may. */
  campaignRefusal: z.string().nullable(),
});

type Shown = {
  readonly span: Span;
  readonly scores: readonly Score[];
  readonly points: number;
  readonly campaignRefusal: string | null;
};
export const toPerformanceDto = ({ span, ...rest }: Shown) => ({
  from: dateOf(span.first),
  until: dateOf(span.last),
  ...rest,
});

export const zMetricRef = z.object({ sellerId: zId("seller"), metric: z.enum(METRICS) });
export const zMovedQuery = z.object({
  ...zPageQuery.shape,
  /** Also those that count without having moved the number the wrong way. */
  all: z.enum(["true", "false"]).default("false"),
});
export const zMoved = z.object({
  kind: z.enum(["order", "question", "review"]),
  orderId: zId("order").nullable(),
  conversationId: z.string().nullable(),
  reviewId: z.string().nullable(),
  countedAt: z.iso.datetime(),
  dueAt: z.iso.datetime().nullable(),
  shippedAt: z.iso.datetime().nullable(),
  deliveredAt: z.iso.datetime().nullable(),
  cancelledAt: z.iso.datetime().nullable(),
  cancelledBy: z.string().nullable(),
  returnedAt: z.iso.datetime().nullable(),
  answeredInTime: z.boolean().nullable(),
  stars: z.int().nullable(),
});
export const zMovedPage = zPage(zMoved);

export const toMovedDto = ({ kind, subject, orderId, seen, countsAt }: Outcome): z.input<typeof zMoved> => ({
  kind,
  orderId,
  conversationId: kind === "question" ? (subject.split(" ")[0] ?? null) : null,
  reviewId: kind === "review" ? subject : null,
  countedAt: iso(countsAt ?? 0),
  dueAt: isoOrNull(seen.ready?.dueAt),
  shippedAt: isoOrNull(seen.shipped?.at),
  deliveredAt: isoOrNull(seen.delivered?.at),
  cancelledAt: isoOrNull(seen.cancelled?.at),
  cancelledBy: seen.cancelled?.by ?? null,
  returnedAt: isoOrNull(seen.returned?.at),
  answeredInTime: kind === "question" ? (seen.answered?.isInTime ?? false) : null,
  stars: seen.rated?.stars ?? null,
});

export const zPenalty = z.object({
  id: zId("penalty"),
  points: z.int(),
  metric: z.string(),
  period: z.string().nullable(),
  from: z.iso.date().nullable(),
  until: z.iso.date().nullable(),
  value: z.int().nullable(),
  target: z.int().nullable(),
  of: z.int().nullable(),
  per: z.int().nullable(),
  reason: z.string().nullable(),
  /** The penalty that this takes back. */
  restores: zId("penalty").nullable(),
  at: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export const zPenalties = zPage(zPenalty);
export const toPenaltyDto = ({ sellerId: _, by: __, firstDay, lastDay, ...point }: Point) => ({
  ...point,
  from: firstDay === null ? null : dateOf(firstDay),
  until: lastDay === null ? null : dateOf(lastDay),
  at: iso(point.at),
  expiresAt: iso(point.expiresAt),
});

export const zGivePenalty = z.object({
  points: z.int().min(1).max(POINTS_MAX),
  reason: z.string().trim().min(3).max(500),
});
export type GivePenalty = z.output<typeof zGivePenalty> & {
  readonly sellerId: z.output<typeof zMetricRef>["sellerId"];
};

export const zNewAppeal = z.object({
  penaltyId: zId("penalty"),
  words: z.string().trim().min(10).max(WORDS_CHARS_MAX),
  /** Documents of the shop, handed in before. */
  evidence: z.array(zId("document")).max(EVIDENCE_MAX).default([]),
});
export type NewAppeal = z.output<typeof zNewAppeal> & {
  readonly sellerId: z.output<typeof zMetricRef>["sellerId"];
};
export const zAppealRef = z.object({ appealId: zId("appeal") });
export const zDecideAppeal = z.object({
  state: z.enum(["granted", "denied"]),
  decision: z.string().trim().min(3).max(WORDS_CHARS_MAX),
});
export const zAppealQuery = z.object({ ...zPageQuery.shape, state: z.enum(APPEAL_STATES).default("open") });
export const zAppeal = z.object({
  id: zId("appeal"),
  sellerId: zId("seller"),
  penaltyId: zId("penalty"),
  words: z.string(),
  evidence: z.array(z.string()),
  state: z.enum(APPEAL_STATES),
  submittedAt: z.iso.datetime(),
  answerBy: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
  decision: z.string().nullable(),
});
export const zAppeals = zPage(zAppeal);
export const toAppealDto = (appeal: Appeal): z.input<typeof zAppeal> => {
  const { submittedBy: _, decidedBy: __, version: ___, ...rest } = appeal;
  return {
    ...rest,
    evidence: [...rest.evidence],
    submittedAt: iso(rest.submittedAt),
    answerBy: iso(rest.answerBy),
    decidedAt: isoOrNull(rest.decidedAt),
  };
};
