import type { Ctx } from "./ctx.ts";

/**
 * Counters of this isolate since the last flush, by series name with its labels, as Prometheus writes them.
 * The names are a closed set (routes, statuses, queues), so their number is bounded.
 */
type Registry = { counters: Map<string, number>; flushedAt: number };
const registries = new WeakMap<object, Registry>();
/** Names of routes by request id would leak; the route of a request is kept on its context object instead. */
const routes = new WeakMap<object, string>();

const FLUSH_MS = 5_000;
/** Upper bounds in seconds: from an isolate's memory hit to a provider's slow answer. */
export const LATENCY_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;

function registryOf(env: object): Registry {
  const registry = registries.get(env) ?? { counters: new Map(), flushedAt: 0 };
  registries.set(env, registry);
  return registry;
}

export function observeRoute(ctx: Pick<Ctx, "requestId">, name: string): void {
  routes.set(ctx, name);
}

const labelled = (name: string, labels: Readonly<Record<string, string>>) =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value.replace(/["\\\n]/g, "_")}"`)
    .join(",")}}`;

export function count(
  { env }: Pick<Ctx, "env">,
  name: string,
  labels: Readonly<Record<string, string>>,
  by = 1,
): void {
  const { counters } = registryOf(env);
  const series = labelled(name, labels);
  counters.set(series, (counters.get(series) ?? 0) + by);
}

/** Rate, errors, duration of a route. */
export function observeAnswer(ctx: Ctx, status: number, seconds: number): void {
  const route = routes.get(ctx) ?? "none";
  const labels = { cell: ctx.cell, route };
  count(ctx, "http_requests_total", { ...labels, status: String(status) });
  count(ctx, "http_request_seconds_sum", labels, seconds);
  count(ctx, "http_request_seconds_count", labels);
  for (const le of LATENCY_BUCKETS) {
    if (seconds <= le) count(ctx, "http_request_seconds_bucket", { ...labels, le: String(le) });
  }
  count(ctx, "http_request_seconds_bucket", { ...labels, le: "+Inf" });
}

/** What has been counted since the last time, at most every five seconds; the caller adds it to the metric object. */
export function takeDeltas(env: object, now: number): readonly (readonly [string, number])[] | undefined {
  const registry = registryOf(env);
  if (now - registry.flushedAt < FLUSH_MS || registry.counters.size === 0) return undefined;
  const deltas = [...registry.counters];
  registry.counters = new Map();
  registry.flushedAt = now;
  return deltas;
}
