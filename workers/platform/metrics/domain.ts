export type Sample = readonly [series: string, value: number];

type Bucket = { readonly le: number; readonly count: number };
type Tallied = { requests: number; refused: number; failed: number; seconds: Map<number, number> };
/** Rate, errors and duration of a route since the counters began. */
export type RouteNumbers = {
  readonly route: string;
  readonly requests: number;
  /** Answers of 400 to 499: what the caller got wrong. */
  readonly refused: number;
  /** Answers of 500 and above: what we got wrong. */
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
};

const SERIES = /^(http_requests_total|http_request_seconds_bucket)\{(.*)\}$/;
const labelOf = (labels: string, name: string): string =>
  new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? "";

/** The busiest first. */
export function routesOf(samples: readonly Sample[], cell: string): readonly RouteNumbers[] {
  const found = new Map<string, Tallied>();
  for (const [series, value] of samples) {
    const [, family, labels = ""] = SERIES.exec(series) ?? [];
    if (family === undefined || labelOf(labels, "cell") !== cell) continue;
    const route = labelOf(labels, "route");
    const tallied = found.get(route) ?? { requests: 0, refused: 0, failed: 0, seconds: new Map() };
    found.set(route, tallied);
    if (family === "http_requests_total") addAnswers(tallied, Number(labelOf(labels, "status")), value);
    else tallied.seconds.set(boundOf(labelOf(labels, "le")), value);
  }
  return [...found]
    .map(([route, { seconds, ...counts }]) => {
      const buckets = [...seconds].map(([le, count]) => ({ le, count })).toSorted((a, b) => a.le - b.le);
      return { route, ...counts, p50Ms: quantileMs(buckets, 0.5), p95Ms: quantileMs(buckets, 0.95) };
    })
    .toSorted((a, b) => b.requests - a.requests);
}

const boundOf = (le: string): number => (le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le));

function addAnswers(tallied: Tallied, status: number, answers: number): void {
  tallied.requests += answers;
  if (status >= 500) tallied.failed += answers;
  else if (status >= 400) tallied.refused += answers;
}

/**
 * Prometheus's `histogram_quantile` over cumulative buckets: evenly spread within the bucket that it falls
 * in; beyond the last bound, that bound.
 */
export function quantileMs(buckets: readonly Bucket[], quantile: number): number | null {
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return null;
  const rank = quantile * total;
  const at = buckets.findIndex(({ count }) => count >= rank);
  const [below, here] = [buckets[at - 1] ?? { le: 0, count: 0 }, buckets[at]];
  if (!here) return null;
  if (here.le === Number.POSITIVE_INFINITY) return below.le * 1_000;
  const share = here.count === below.count ? 1 : (rank - below.count) / (here.count - below.count);
  return Math.round((below.le + (here.le - below.le) * share) * 100_000) / 100;
}
