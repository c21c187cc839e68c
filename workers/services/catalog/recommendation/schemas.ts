import * as z from "zod";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { REASONS } from "./domain/compose.ts";

const LIMIT_MAX = 50;
const SESSION_ACTS_MAX = 50;
const EXCLUDED_MAX = 200;
const SEED_CHARS_MAX = 64;

/** Where on which page a list stands: what is measured is measured by it. */
const zSlot = z.string().regex(/^[a-z][a-z0-9_.-]{0,39}$/);
const zLimit = z.coerce.number().int().min(1).max(LIMIT_MAX).default(12);

export const zProductRef = z.object({ productId: zId("product") });
export const zItemQuery = z.object({ slot: zSlot.default("product"), limit: zLimit });
export type AskItem = z.output<typeof zProductRef> & z.output<typeof zItemQuery>;

export const zListQuery = z.object({
  category: zId("category").optional(),
  slot: zSlot.default("list"),
  limit: zLimit,
});
export type AskList = z.output<typeof zListQuery>;

const zAct = z.object({
  type: z.enum(["view", "cart", "buy", "hide"]),
  productId: zId("product"),
});
export const zForYou = z.object({
  slot: zSlot.default("for_you"),
  limit: z.int().min(1).max(LIMIT_MAX).default(12),
  /** What the person did in this session, the last act last: the answer follows it at once. */
  session: z.array(zAct).max(SESSION_ACTS_MAX).default([]),
  /** What is on the page already. */
  exclude: z.array(zId("product")).max(EXCLUDED_MAX).default([]),
  category: zId("category").optional(),
  /** False: nothing that is known of the person is used. */
  personalised: z.boolean().default(true),
  /** Draws the explored places; the same seed draws the same again. */
  seed: z.string().min(1).max(SEED_CHARS_MAX).optional(),
});
export type AskForYou = z.output<typeof zForYou>;

const zItem = z.object({
  productId: zId("product"),
  slug: z.string(),
  title: z.string(),
  imageKey: z.string().nullable(),
  priceFrom: zMoney.nullable(),
  offerId: zId("offer").nullable(),
  sellerId: zId("seller").nullable(),
  position: z.int(),
  reason: z.object({
    code: z.enum(REASONS),
    /** In the person's language: "Because you viewed ...". */
    text: z.string(),
    productId: zId("product").nullable(),
  }),
  explored: z.boolean(),
  propensity: z.number(),
});
export const zRecommendations = z.object({
  /** Sent back with `recommendation.shown` and `recommendation.clicked`. */
  impressionId: zId("recommendation"),
  slot: z.string(),
  personalised: z.boolean(),
  exploration: z.object({ basisPoints: z.int(), seed: z.string() }).nullable(),
  items: z.array(zItem),
});
export type Recommendations = z.input<typeof zRecommendations>;
export type Item = z.input<typeof zItem>;

export const zPreference = z.object({ personalised: z.boolean() });

const zDay = z.iso.date();
export const zRange = z.object({ from: zDay, to: zDay });
export type Range = z.output<typeof zRange>;
export const zPerformance = z.object({
  slots: z.array(
    z.object({
      slot: z.string(),
      impressions: z.int(),
      clicks: z.int(),
      /** Share of lists that were in sight and led to a click. */
      clickThroughRate: z.number(),
      /** Mean of one over the place of the first click, where there was one. */
      meanReciprocalRank: z.number(),
    }),
  ),
});
