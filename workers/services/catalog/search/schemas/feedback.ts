import * as z from "zod";
import { zId } from "#kernel/ids";

const ACTS_MAX = 20;

/** The page was in sight; `acts` are what was done with its products. */
export const zFeedback = z.object({
  searchId: zId("search"),
  acts: z
    .array(z.object({ kind: z.enum(["click", "cart"]), productId: zId("product") }))
    .max(ACTS_MAX)
    .default([]),
});
export const zFeedbackHeaders = z.object({ "user-agent": z.string().max(1_000).default("") });
export type Feedback = z.output<typeof zFeedback> & {
  readonly headers: z.output<typeof zFeedbackHeaders>;
};

const zDay = z.iso.date();
export const zMetricsQuery = z.object({
  from: zDay,
  to: zDay,
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type MetricsQuery = z.output<typeof zMetricsQuery>;

const zMeasures = z.object({
  /** A query of a person on a day, however many pages of it he saw. */
  searches: z.int(),
  /** Of the searches those that found nothing, as a share. */
  emptyRate: z.number(),
  /** Of the searches those that led to a click. */
  clickThroughRate: z.number(),
  /** Mean of one over the place of the first click, nought where nothing was clicked. */
  meanReciprocalRank: z.number(),
  clicks: z.int(),
  carts: z.int(),
  purchases: z.int(),
});
const zQueryMeasures = zMeasures.extend({ query: z.string() });
export const zMetrics = z.object({
  total: zMeasures,
  days: z.array(zMeasures.extend({ day: zDay })),
  topQueries: z.array(zQueryMeasures),
  emptyQueries: z.array(zQueryMeasures),
});
export type Measures = z.input<typeof zMeasures>;
