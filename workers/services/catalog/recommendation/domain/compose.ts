import { hmacNumber } from "#kernel/digest";
import type { Reasoned, Scored, Trace } from "./model.ts";

/**
 * `together`: in one basket. `viewed`: by one visitor. `liked`: bought, put in a cart or viewed by one
 * person.
 */
export const NEIGHBOUR_KINDS = ["together", "viewed", "liked"] as const;
export type NeighbourKind = (typeof NEIGHBOUR_KINDS)[number];
export const LIST_KINDS = ["popular", "trending"] as const;
export type ListKind = (typeof LIST_KINDS)[number];
/** `hidden`: the person does not want to see it, nor anything because of it. */
export const TRACE_KINDS = ["bought", "carted", "viewed", "hidden"] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** What an act says of somebody's taste beside a purchase. */
export const WEIGHT: { readonly [K in TraceKind]: number } = {
  bought: 1,
  carted: 0.7,
  viewed: 0.3,
  hidden: 0,
};
/** What somebody does now says more of what he wants now than what he did before. */
const SESSION_FACTOR = 4;

export type Act = { readonly itemId: string; readonly kind: TraceKind; readonly at: number };

/**
 * What a person's past and this very session speak for: the latest act with an item counts, at its best
 * weight.
 */
export function tracesOf(past: readonly Act[], session: readonly Act[]): readonly Trace[] {
  const hidden = new Set(
    [...past, ...session].flatMap(({ kind, itemId }) => (kind === "hidden" ? itemId : [])),
  );
  const traces = new Map<string, { itemId: string; at: number; weight: number }>();
  const add = ({ itemId, kind, at }: Act, factor: number) => {
    if (hidden.has(itemId)) return;
    const known = traces.get(itemId) ?? { itemId, at, weight: 0 };
    traces.set(itemId, {
      itemId,
      at: Math.max(at, known.at),
      weight: Math.max(known.weight, WEIGHT[kind] * factor),
    });
  };
  for (const act of past) add(act, 1);
  for (const act of session) add(act, SESSION_FACTOR);
  return [...traces.values()];
}

/** What nobody is shown again: what he has, what he wants no more of, and what he is just looking at. */
export const seenOf = (past: readonly Act[], session: readonly Act[]): ReadonlySet<string> =>
  new Set([
    ...past.flatMap(({ kind, itemId }) => (kind === "bought" || kind === "hidden" ? itemId : [])),
    ...session.map(({ itemId }) => itemId),
  ]);

export const REASONS = [
  "because_bought",
  "because_carted",
  "because_viewed",
  "popular",
  "trending",
  "new",
  "bought_together",
  "also_viewed",
  "similar",
] as const;
export type Reason = (typeof REASONS)[number];

export type Choice = {
  readonly itemId: string;
  readonly score: number;
  readonly reason: Reason;
  readonly because: string | null;
  /** Drawn and not chosen; the chance that it had, so that what is measured can be weighed by it. */
  readonly explored: boolean;
  readonly propensity: number;
};

type Source = { readonly reason: Reason; readonly items: readonly Scored[] };

/** The items of the first source, then of the second, and so on: each once and only what may be shown. */
function fill(
  sources: readonly Source[],
  limit: number,
  isFit: (itemId: string) => boolean,
): readonly Choice[] {
  const picks = new Map<string, Choice>();
  for (const { reason, items } of sources) {
    for (const { itemId, score } of items) {
      if (picks.size === limit) break;
      if (picks.has(itemId) || !isFit(itemId)) continue;
      picks.set(itemId, { itemId, score, reason, because: null, explored: false, propensity: 1 });
    }
  }
  return [...picks.values()];
}

export type Exploration = {
  /** What may be drawn: new on the shelves, or little seen. */
  readonly pool: readonly string[];
  /** Of ten thousand places so many are drawn. */
  readonly basisPoints: number;
  /** The same seed draws the same: who knows it can repeat the list. */
  readonly seed: string;
};

type Wanted = {
  readonly limit: number;
  /** On sale, in stock and not seen. */
  readonly isFit: (itemId: string) => boolean;
  readonly exploration?: Exploration | undefined;
};

/** A list of at most `limit` items, some of whose places are drawn and not chosen. */
export function compose(
  sources: readonly Source[],
  { limit, isFit, exploration }: Wanted,
): readonly Choice[] {
  const drawn = exploration ? draw(exploration, limit, isFit) : [];
  const taken = new Set(drawn.map(({ itemId }) => itemId));
  const room = limit - drawn.length;
  const chosen = [...fill(sources, room, (itemId) => isFit(itemId) && !taken.has(itemId))];
  // They stand where they are seen and do not push out the first: each after an equal part of the list.
  for (const [i, pick] of drawn.entries()) {
    const place = Math.ceil(((i + 1) * (chosen.length + drawn.length - i)) / (drawn.length + 1));
    chosen.splice(Math.max(1, place), 0, pick);
  }
  return chosen;
}

function draw(
  { pool, basisPoints, seed }: Exploration,
  limit: number,
  isFit: (itemId: string) => boolean,
): readonly Choice[] {
  const fit = [...new Set(pool)].filter(isFit);
  const share = (limit * basisPoints) / 10_000;
  // A share of 1.4 places is one place, and a second in four of ten lists.
  const isMore = hmacNumber(seed, "places") / 2 ** 48 < share % 1;
  const wanted = Math.min(fit.length, Math.floor(share) + Number(isMore));
  const propensity = fit.length === 0 ? 0 : Math.min(1, share / fit.length);
  return fit
    .map((itemId) => ({ itemId, score: hmacNumber(seed, itemId) }))
    .sort((a, b) => a.score - b.score)
    .slice(0, wanted)
    .map(({ itemId }) => ({ itemId, score: 0, reason: "new", because: null, explored: true, propensity }));
}

/** Names the act that spoke for an item the loudest: "because you viewed ...". */
export function withReasons(
  picks: readonly Choice[],
  scored: readonly Reasoned[],
  acts: readonly Act[],
): readonly Choice[] {
  const because = new Map(scored.map((one) => [one.itemId, one.because]));
  const kinds = new Map<string, TraceKind>();
  for (const { itemId, kind } of acts) {
    const known = kinds.get(itemId);
    if (known === undefined || WEIGHT[kind] > WEIGHT[known]) kinds.set(itemId, kind);
  }
  return picks.map((pick) => {
    const cause = pick.reason === "because_viewed" ? because.get(pick.itemId) : undefined;
    const kind = cause === undefined ? undefined : kinds.get(cause);
    if (cause === undefined || kind === undefined || kind === "hidden") return pick;
    return { ...pick, reason: `because_${kind}`, because: cause };
  });
}

type Dated = { readonly itemId: string; readonly at: number };

/** Short against long: what the last days bring beyond what the last weeks would have let one expect. */
const TREND_SHORT_MS = 3 * 86_400_000;
const TREND_LONG_MS = 30 * 86_400_000;
/** Acts that must be there before a rise is one. */
const TREND_SHRINKAGE = 5;

export function trendOf(acts: Iterable<Dated>, now: number): readonly Scored[] {
  const sums = new Map<string, { short: number; long: number }>();
  for (const { itemId, at } of acts) {
    const age = Math.max(0, now - at);
    const sum = sums.get(itemId) ?? { short: 0, long: 0 };
    sum.short += 2 ** (-age / TREND_SHORT_MS);
    sum.long += 2 ** (-age / TREND_LONG_MS);
    sums.set(itemId, sum);
  }
  return [...sums]
    .map(([itemId, { short, long }]) => ({ itemId, score: short / (long + TREND_SHRINKAGE) }))
    .sort((a, b) => b.score - a.score || (a.itemId < b.itemId ? -1 : 1));
}

/** The lists of each category and all above it, cut to their length; "" is the whole market. */
export function byCategory(
  ranked: readonly Scored[],
  pathOf: ReadonlyMap<string, readonly string[]>,
  lengthMax: number,
): ReadonlyMap<string, readonly Scored[]> {
  const lists = new Map<string, Scored[]>();
  for (const item of ranked) {
    const path = pathOf.get(item.itemId);
    if (!path) continue;
    for (const categoryId of ["", ...path]) {
      const list = lists.get(categoryId) ?? [];
      if (list.length < lengthMax) lists.set(categoryId, [...list, item]);
    }
  }
  return lists;
}
