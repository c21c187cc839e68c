import type { Ctx } from "./ctx.ts";

/**
 * Counters of this isolate since the last flush, by series name with its labels, as Prometheus writes them.
 * The names are a closed set (routes, statuses, queues), so their number is bounded.
 */
type Registry = {
  counters: Map<string, number>;
  answers: Map<string, Answers>;
  flushedAt: number;
};
/** What one route answered with one status; `within` counts by the smallest bucket that holds it. */
type Answers = {
  readonly cell: string;
  readonly route: string;
  readonly status: number;
  readonly within: number[];
  seconds: number;
  count: number;
};
const registries = new WeakMap<object, Registry>();

const FLUSH_MS = 5_000;
/** Upper bounds in seconds: from an isolate's memory hit to a provider's slow answer. */
const LATENCY_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;

function registryOf(env: object): Registry {
  const known = registries.get(env);
  if (known) return known;
  const registry = { counters: new Map(), answers: new Map(), flushedAt: 0 };
  registries.set(env, registry);
  return registry;
}

const labelled = (name: string, labels: Readonly<Record<string, string>>) =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value.replace(/["\\\n]/g, "_")}"`)
    .join(",")}}`;

function count(
  { env }: Pick<Ctx, "env">,
  name: string,
  labels: Readonly<Record<string, string>>,
  by = 1,
): void {
  tally(env, labelled(name, labels), by);
}

/** For series that are counted too often to be spelled out each time. */
export function tally(env: object, series: string, by = 1): void {
  const { counters } = registryOf(env);
  counters.set(series, (counters.get(series) ?? 0) + by);
}

type Answered = { readonly route: string; readonly status: number; readonly seconds: number };

/** Rate, errors, duration of a route. */
export function observeAnswer({ env, cell }: Pick<Ctx, "env" | "cell">, answered: Answered): void {
  const { route, status, seconds } = answered;
  const { answers } = registryOf(env);
  const name = `${cell} ${status} ${route}`;
  const known = answers.get(name);
  const answer = known ?? {
    cell,
    route,
    status,
    seconds: 0,
    within: LATENCY_BUCKETS.map(() => 0),
    count: 0,
  };
  if (!known) answers.set(name, answer);
  answer.count += 1;
  answer.seconds += seconds;
  const bucket = LATENCY_BUCKETS.findIndex((le) => seconds <= le);
  if (bucket >= 0) answer.within[bucket] = (answer.within[bucket] ?? 0) + 1;
}

/** Names are written at the flush and not at each request, which would cost more than the counting. */
function spellOut(env: Env, { cell, route, status, seconds, within, count: answers }: Answers): void {
  const labels = { cell, route };
  count({ env }, "http_requests_total", { ...labels, status: String(status) }, answers);
  count({ env }, "http_request_seconds_sum", labels, seconds);
  count({ env }, "http_request_seconds_count", labels, answers);
  let sum = 0;
  for (const [i, le] of LATENCY_BUCKETS.entries()) {
    sum += within[i] ?? 0;
    if (sum > 0) count({ env }, "http_request_seconds_bucket", { ...labels, le: String(le) }, sum);
  }
  count({ env }, "http_request_seconds_bucket", { ...labels, le: "+Inf" }, answers);
}

/** What was counted since the last time, at most every five seconds; the caller adds it to the object. */
export function takeDeltas(env: Env, now: number): readonly (readonly [string, number])[] | undefined {
  const registry = registryOf(env);
  if (now - registry.flushedAt < FLUSH_MS) return undefined;
  for (const answers of registry.answers.values()) spellOut(env, answers);
  registry.answers.clear();
  if (registry.counters.size === 0) return undefined;
  const deltas = [...registry.counters];
  registry.counters = new Map();
  registry.flushedAt = now;
  return deltas;
}
