import type { Market } from "#kernel/market";
import { err, ok, type Result } from "#kernel/result";
import type { Count, Counts } from "./outcome.ts";

export const METRICS = [
  "late_shipment",
  "non_fulfilment",
  "cancellation",
  "return",
  "chat_response",
  "preparation",
  "rating",
] as const;
export type Metric = (typeof METRICS)[number];

/** Of 10,000, milliseconds, or hundredths of a star. */
type Unit = "basis_points" | "ms" | "hundredths";
type Measure = {
  readonly unit: Unit;
  readonly of: Count;
  readonly per: Count;
  readonly scale: number;
  /** The best there is; without it the least is. */
  readonly best?: number;
  readonly target: (targets: Market["seller"]["targets"]) => number;
};

/** What each number is made of: so much of one count for each of another. */
export const MEASURES: { readonly [M in Metric]: Measure } = {
  late_shipment: {
    unit: "basis_points",
    of: "late",
    per: "shipped",
    scale: 10_000,
    target: (t) => t.lateShipmentBasisPoints,
  },
  non_fulfilment: {
    unit: "basis_points",
    of: "unfulfilled",
    per: "orders",
    scale: 10_000,
    target: (t) => t.nonFulfilmentBasisPoints,
  },
  cancellation: {
    unit: "basis_points",
    of: "cancelled",
    per: "orders",
    scale: 10_000,
    target: (t) => t.cancellationBasisPoints,
  },
  return: {
    unit: "basis_points",
    of: "returned",
    per: "delivered",
    scale: 10_000,
    target: (t) => t.returnBasisPoints,
  },
  chat_response: {
    unit: "basis_points",
    of: "answered",
    per: "questions",
    scale: 10_000,
    best: 10_000,
    target: (t) => t.chatResponseBasisPoints,
  },
  preparation: { unit: "ms", of: "preparationMs", per: "shipped", scale: 1, target: (t) => t.preparationMs },
  rating: {
    unit: "hundredths",
    of: "stars",
    per: "ratings",
    scale: 100,
    best: 500,
    target: (t) => t.ratingHundredths,
  },
};

export type Verdict = "met" | "missed" | "twice" | "too_few";
export type Score = {
  readonly metric: Metric;
  readonly unit: Unit;
  /** Null: there was nothing to measure. */
  readonly value: number | null;
  readonly target: number;
  readonly of: number;
  readonly per: number;
  readonly verdict: Verdict;
};

/** A number and what becomes of it; shortfall is counted from the best that there is. */
export function scoreOf(counts: Counts, metric: Metric, { targets, ordersMin }: Market["seller"]): Score {
  const { unit, of, per, scale, best, target: targetOf } = MEASURES[metric];
  const target = targetOf(targets);
  const value = counts[per] === 0 ? null : Math.round((counts[of] * scale) / counts[per]);
  const shown = { metric, unit, value, target, of: counts[of], per: counts[per] };
  if (value === null || counts[per] < ordersMin) return { ...shown, verdict: "too_few" };
  const [shortfall, allowed] = best === undefined ? [value, target] : [best - value, best - target];
  if (shortfall <= allowed) return { ...shown, verdict: "met" };
  return { ...shown, verdict: shortfall > 2 * allowed ? "twice" : "missed" };
}

export const scoresOf = (counts: Counts, terms: Market["seller"]): readonly Score[] =>
  METRICS.map((metric) => scoreOf(counts, metric, terms));

export const PERIODS = ["weekly", "monthly"] as const;
export type Period = (typeof PERIODS)[number];

/**
 * What costs points, and how often it is looked at. Cancellations are part of what was not fulfilled and slow
 * preparation shows as late shipment: nothing is punished twice.
 */
const JUDGED: { readonly [P in Period]: readonly Metric[] } = {
  weekly: ["late_shipment", "non_fulfilment"],
  monthly: ["return", "chat_response", "rating"],
};

/** Days counted as in `dayOf`; `last` belongs to it. */
export type Span = { readonly first: number; readonly last: number };
const DAY_MS = 86_400_000;

/** The week (Monday to Sunday) or month that a day lies in. */
export function spanOf(period: Period, day: number): Span {
  if (period === "weekly") {
    // Day 0 was a Thursday.
    const first = day - ((((day + 3) % 7) + 7) % 7);
    return { first, last: first + 6 };
  }
  const date = new Date(day * DAY_MS);
  const at = (months: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / DAY_MS;
  return { first: at(0), last: at(1) - 1 };
}

/** The rolling window that ends today. */
export const windowOf = (today: number, windowMs: number): Span => ({
  first: today - Math.ceil(windowMs / DAY_MS) + 1,
  last: today,
});

/** 2026-11-23, for people and on the wire. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export type Judged = { readonly score: Score; readonly points: number };

/** The points of a period: none for a number that met its target, or of which too few were seen. */
export function judge(counts: Counts, period: Period, terms: Market["seller"]): readonly Judged[] {
  const { missed, twice } = terms.points[period];
  return JUDGED[period]
    .map((metric) => scoreOf(counts, metric, terms))
    .flatMap((score) => {
      const points = score.verdict === "missed" ? missed : score.verdict === "twice" ? twice : 0;
      return points > 0 ? [{ score, points }] : [];
    });
}

export type Standing = {
  readonly state: string;
  readonly points: number;
  /** Hundredths of a star over the window; null: nobody has rated the shop. */
  readonly rating: number | null;
};

/** Who may take part in campaigns and sales: open, few points, and not rated badly. */
export function decideCampaign(
  { state, points, rating }: Standing,
  { campaign }: Market["seller"],
): Result<undefined, "seller.not_trading" | "seller.too_many_points" | "seller.rated_too_low"> {
  if (state !== "active") return err("seller.not_trading");
  if (points > campaign.pointsMax) return err("seller.too_many_points");
  if (rating !== null && rating < campaign.ratingHundredthsMin) return err("seller.rated_too_low");
  return ok(undefined);
}
