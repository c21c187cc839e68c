export const RATED_KINDS = ["product", "seller"] as const;
export type RatedKind = (typeof RATED_KINDS)[number];
export const STARS = [1, 2, 3, 4, 5] as const;
export type Stars = (typeof STARS)[number];

/**
 * How many reviews gave one star, two, and so on: count and sum follow from it and cannot disagree with it.
 */
export type Histogram = readonly [number, number, number, number, number];
export const NO_RATINGS: Histogram = [0, 0, 0, 0, 0];

/** One star more or less of something. */
export type RatingChange = {
  readonly kind: RatedKind;
  readonly subjectId: string;
  readonly stars: Stars;
  readonly by: 1 | -1;
};

export const addRatings = (a: Histogram, b: Histogram): Histogram =>
  a.map((count, i) => count + (b[i] ?? 0)) as unknown as Histogram;

export const countOf = (histogram: Histogram): number => histogram.reduce((sum, count) => sum + count, 0);
export const sumOf = (histogram: Histogram): number =>
  histogram.reduce((sum, count, i) => sum + count * (i + 1), 0);

export function applyChange(
  histogram: Histogram,
  { stars, by }: Pick<RatingChange, "stars" | "by">,
): Histogram {
  return histogram.map((count, i) => (i + 1 === stars ? count + by : count)) as unknown as Histogram;
}

type Prior = { readonly weight: number; readonly mean: number };

/**
 * The mean as if `weight` reviews of the prior mean had been given before the first: one review of five stars
 * does not stand before a hundred whose mean is 4.9. Without any review it is the prior mean itself.
 */
export function bayesianMean(histogram: Histogram, { weight, mean }: Prior): number {
  const count = countOf(histogram) + weight;
  return count === 0 ? 0 : (sumOf(histogram) + weight * mean) / count;
}

/** The 97.5 % point of the normal distribution: 95 % of what could be lies between the bounds. */
const Z = 1.95996398;

/**
 * E. B. Wilson (1927): the lower bound of the share of successes among all that could have been asked, when
 * `successes` of `trials` were seen. Nothing seen promises nothing.
 */
export function wilsonLowerBound(successes: number, trials: number): number {
  if (trials === 0) return 0;
  const failures = trials - successes;
  const spread = Z * Math.sqrt((successes * failures) / trials + (Z * Z) / 4);
  return Math.max(0, (successes + (Z * Z) / 2 - spread) / (trials + Z * Z));
}

/**
 * What products are put in order by: the Wilson bound of the mean as a share of what could be reached, where
 * five stars are a whole success and each star less a quarter of one less.
 */
export function rankingScore(histogram: Histogram): number {
  const count = countOf(histogram);
  return wilsonLowerBound((sumOf(histogram) - count) / 4, count);
}
