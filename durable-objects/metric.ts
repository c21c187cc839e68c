import { DurableObject } from "cloudflare:workers";

/** Series of counters; a closed set of routes, statuses and queues keeps far below this. */
const SERIES_MAX = 20_000;

/**
 * Adds up the counters of all isolates, named `all:metric:0`; a call every five seconds from each isolate.
 * It keeps them in memory only: Prometheus counters may start again at nought, and a scrape notices.
 */
export class MetricDO extends DurableObject<Env> {
  readonly #counters = new Map<string, number>();

  /** Adding is not idempotent: a call repeated after a lost answer counts twice, which a rate bears. */
  add(deltas: readonly (readonly [string, number])[]): void {
    for (const [series, by] of deltas) {
      if (this.#counters.size >= SERIES_MAX && !this.#counters.has(series)) continue;
      this.#counters.set(series, (this.#counters.get(series) ?? 0) + by);
    }
  }

  read(): readonly (readonly [string, number])[] {
    return [...this.#counters];
  }
}
