import { Ledger, spareOf } from "../../workers/services/marketing/flash-sale/domain/ledger.ts";
import { eventQueue, exponential, logNormal, percentile, random } from "./random.ts";

/** Service times as the benchmarks suggest (docs/performance.md), delays as between places of one region. */
export type Costs = {
  /** CPU of a group of claims besides the claims themselves: wake-up, row, hash, output. */
  readonly groupMs: number;
  readonly claimMs: number;
  /** What the coordinator spends on a call. */
  readonly refillMs: number;
  /** Median one-way delays; both spread log-normally. */
  readonly buyerMs: number;
  readonly objectMs: number;
  /** Until a row is on disk and in another place. */
  readonly durableMs: number;
};
const COSTS: Costs = {
  groupMs: 0.25,
  claimMs: 0.05,
  refillMs: 0.2,
  buyerMs: 15,
  objectMs: 2,
  durableMs: 5,
};
const WINDOW_MS = 1;
const GROUP_MAX = 1_000;
/** How long a shard believes that nothing is left. */
const DRY_MS = 250;
const SPREAD = 0.35;
/** A client gives up after this. */
const PATIENCE_MS = 10_000;

export type Scenario = {
  readonly shards: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly quota: number;
  /** 0: buyers come evenly over shards; 1: shard n is visited as often as 1/(n+1). */
  readonly skew: number;
  readonly seed: number;
};
export type Outcome = {
  readonly answeredPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly sold: number;
  readonly stranded: number;
  readonly oversold: number;
  readonly refills: number;
  readonly steals: number;
  readonly refillsPer1000: number;
  /** Of claims that came in time and were refused though a later one in another shard was accepted. */
  readonly unfairPercent: number;
};

type Claim = { readonly at: number; readonly arrivedAt: number };
type Shard = {
  waiting: Claim[];
  short: Claim[];
  free: number;
  dealt: number;
  returned: number;
  low: number;
  asks: boolean;
  isFlushing: boolean;
  freeAt: number;
  dryUntil: number;
};

/** Arrivals crowd at the start: a third of all within the first tenth, as when a sale begins. */
const arrivalAt = (u: number, totalMs: number) =>
  u < 1 / 3 ? u * 3 * 0.1 * totalMs : (0.1 + (u - 1 / 3) * 1.5 * 0.9) * totalMs;

/**
 * One sale, event by event: claims arrive, shards group them, ask for units and answer; the ledger that deals
 * is the coordinator's own.
 */
export function simulate(scenario: Scenario, costs: Costs = COSTS): Outcome {
  const world = new World(scenario, costs);
  world.run();
  return world.outcome();
}

/** Which shard a buyer lives in: by halving, since a million are asked for. */
function picker(shards: number, skew: number, next: () => number): () => number {
  let total = 0;
  const sums = Array.from({ length: shards }, (_, n) => {
    total += 1 / (n + 1) ** skew;
    return total;
  });
  return () => {
    const at = next() * total;
    let [low, high] = [0, shards - 1];
    while (low < high) {
      const half = (low + high) >> 1;
      if ((sums[half] ?? 0) < at) low = half + 1;
      else high = half;
    }
    return low;
  };
}

class World {
  readonly #scenario: Scenario;
  readonly #costs: Costs;
  readonly #next: () => number;
  readonly #queue = eventQueue();
  readonly #ledger: Ledger;
  readonly #shards: Shard[];
  #coordinatorFreeAt = 0;
  readonly #latencies: number[] = [];
  #lastAnswerAt = 0;
  #sold = 0;
  #refills = 0;
  #steals = 0;
  #lastSoldArrival = 0;
  readonly #refusedArrivals: number[] = [];

  constructor(scenario: Scenario, costs: Costs) {
    this.#scenario = scenario;
    this.#costs = costs;
    this.#next = random(scenario.seed);
    const accounts = Array.from({ length: scenario.shards }, () => ({ dealt: 0, returned: 0, free: 0 }));
    this.#ledger = new Ledger(scenario.quota, accounts);
    this.#shards = accounts.map(() => ({
      waiting: [],
      short: [],
      free: 0,
      dealt: 0,
      returned: 0,
      low: 0,
      asks: false,
      isFlushing: false,
      freeAt: 0,
      dryUntil: 0,
    }));
  }

  run(): void {
    const { perSecond, seconds, shards, skew } = this.#scenario;
    const pick = picker(shards, skew, this.#next);
    for (const n of this.#shards.keys()) this.#warm(n);
    for (let i = 0; i < perSecond * seconds; i += 1) {
      const at = arrivalAt(this.#next(), seconds * 1_000);
      const arrivedAt = at + logNormal(this.#next, this.#costs.buyerMs, SPREAD);
      const shard = pick();
      this.#queue.push(arrivedAt, () => this.#arrive(shard, { at, arrivedAt }, arrivedAt));
    }
    this.#queue.run();
  }

  outcome(): Outcome {
    const { quota } = this.#scenario;
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const wanted = this.#scenario.perSecond * this.#scenario.seconds;
    const unfair = this.#refusedArrivals.filter((at) => at < this.#lastSoldArrival).length;
    return {
      answeredPerSecond: Math.round(sorted.length / (Math.max(1, this.#lastAnswerAt) / 1_000)),
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      sold: this.#sold,
      stranded: Math.max(0, Math.min(quota, wanted) - this.#sold),
      oversold: Math.max(0, this.#sold - quota),
      refills: this.#refills,
      steals: this.#steals,
      refillsPer1000: Math.round((this.#refills / wanted) * 100_000) / 100,
      unfairPercent: Math.round((unfair / wanted) * 10_000) / 100,
    };
  }

  #warm(n: number): void {
    const shard = this.#shards[n] as Shard;
    this.#take(shard, this.#ledger.deal(n, shard, 0));
  }

  #take(shard: Shard, dealt: number): void {
    const units = dealt - shard.dealt;
    if (units <= 0) return;
    shard.dealt = dealt;
    shard.free += units;
    shard.low = Math.floor(units / 4);
  }

  #arrive(n: number, claim: Claim, now: number): void {
    const shard = this.#shards[n] as Shard;
    shard.waiting.push(claim);
    if (shard.isFlushing) return;
    shard.isFlushing = true;
    this.#queue.push(Math.max(now + WINDOW_MS, shard.freeAt), (at) => this.#flush(n, at));
  }

  /** A group: what has come until now, at most so many, each answered when the row is durable. */
  #flush(n: number, now: number): void {
    const shard = this.#shards[n] as Shard;
    const group = shard.waiting.splice(0, GROUP_MAX);
    const { groupMs, claimMs } = this.#costs;
    const doneAt = now + groupMs + claimMs * group.length;
    shard.freeAt = doneAt;
    this.#settle(n, group, doneAt);
    shard.isFlushing = shard.waiting.length > 0;
    if (shard.isFlushing) this.#queue.push(doneAt, (at) => this.#flush(n, at));
  }

  #settle(n: number, group: readonly Claim[], now: number): void {
    const shard = this.#shards[n] as Shard;
    for (const claim of group) {
      if (shard.free > 0) {
        shard.free -= 1;
        this.#sold += 1;
        this.#lastSoldArrival = Math.max(this.#lastSoldArrival, claim.arrivedAt);
        this.#answer(claim, now);
      } else if (now < shard.dryUntil) this.#refuse(claim, now);
      else shard.short.push(claim);
    }
    const isLow = shard.low > 0 && shard.free <= shard.low && now >= shard.dryUntil;
    if (!shard.asks && (shard.short.length > 0 || isLow)) this.#ask(n, now);
  }

  #answer(claim: Claim, now: number): void {
    const { durableMs, buyerMs } = this.#costs;
    const at = now + exponential(this.#next, durableMs) + logNormal(this.#next, buyerMs, SPREAD);
    this.#lastAnswerAt = Math.max(this.#lastAnswerAt, at);
    this.#latencies.push(Math.min(PATIENCE_MS, at - claim.at));
  }

  #refuse(claim: Claim, now: number): void {
    this.#refusedArrivals.push(claim.arrivedAt);
    this.#answer(claim, now);
  }

  #ask(n: number, now: number): void {
    const shard = this.#shards[n] as Shard;
    shard.asks = true;
    this.#refills += 1;
    const short = shard.short;
    shard.short = [];
    const there = now + logNormal(this.#next, this.#costs.objectMs, SPREAD);
    this.#queue.push(there, (at) => {
      this.#coordinatorFreeAt = Math.max(at, this.#coordinatorFreeAt) + this.#costs.refillMs;
      this.#deal(n, short, this.#coordinatorFreeAt);
    });
  }

  /** What is dealt is known at once; when the pool is short, a round of calls to all shards comes first. */
  #deal(n: number, short: readonly Claim[], now: number): void {
    const shard = this.#shards[n] as Shard;
    const want = short.length;
    this.#ledger.hear(n, shard);
    let at = now;
    while (this.#ledger.pool < want) {
      const before = this.#ledger.pool;
      at += 2 * logNormal(this.#next, this.#costs.objectMs, SPREAD);
      for (const [other, rich] of this.#shards.entries()) {
        const units = other === n ? 0 : spareOf(rich.free);
        rich.free -= units;
        rich.returned += units;
        this.#ledger.hear(other, rich);
      }
      this.#steals += 1;
      if (this.#ledger.pool === before) break;
    }
    const dealt = this.#ledger.deal(n, shard, want);
    const isDry = dealt - shard.dealt < want;
    const back = at + logNormal(this.#next, this.#costs.objectMs, SPREAD);
    this.#queue.push(back, (then) => {
      shard.asks = false;
      this.#take(shard, dealt);
      if (isDry) shard.dryUntil = then + DRY_MS;
      this.#settle(n, short, Math.max(then, shard.freeAt));
    });
  }
}
