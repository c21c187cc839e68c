import type { Id } from "#kernel/ids";

/** What an outcome adds to the numbers of its shop, on the day that it counts for. */
export const COUNTS = [
  /** Orders that were the shop's to fulfil: paid, or to be paid at the door, and not called off by others. */
  "orders",
  "cancelled",
  "unfulfilled",
  "shipped",
  "late",
  "preparationMs",
  "delivered",
  "returned",
  "questions",
  "answered",
  "ratings",
  "stars",
] as const;
export type Count = (typeof COUNTS)[number];
export type Counts = { readonly [C in Count]: number };

export const NO_COUNTS: Counts = {
  orders: 0,
  cancelled: 0,
  unfulfilled: 0,
  shipped: 0,
  late: 0,
  preparationMs: 0,
  delivered: 0,
  returned: 0,
  questions: 0,
  answered: 0,
  ratings: 0,
  stars: 0,
};

export const OUTCOME_KINDS = ["order", "question", "review"] as const;
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];
/** Who called an order off: `late` is the platform, because the shop had not shipped in time. */
export type CalledOffBy = "buyer" | "seller" | "late" | "platform";

/** One thing that was seen to happen. The earliest of its kind counts; a review is as its last version is. */
export type Sighting =
  /** `from`: it was sold ahead, and is the shop's to send from then on. */
  | { readonly what: "ready"; readonly at: number; readonly dueAt: number; readonly from?: number }
  | { readonly what: "shipped"; readonly at: number }
  | { readonly what: "delivered"; readonly at: number }
  | { readonly what: "returned"; readonly at: number }
  | { readonly what: "cancelled"; readonly at: number; readonly by: CalledOffBy }
  | { readonly what: "asked"; readonly at: number }
  | { readonly what: "answered"; readonly at: number; readonly isInTime: boolean }
  | { readonly what: "rated"; readonly at: number; readonly seq: number; readonly stars: number | null };

type Seen = { readonly [W in Sighting["what"]]?: Extract<Sighting, { readonly what: W }> };

/** All that is known of one order, question or review, whatever came first. */
export type Outcome = {
  readonly subject: string;
  readonly kind: OutcomeKind;
  readonly sellerId: Id<"seller">;
  /** The order behind it; a question may be about none. */
  readonly orderId: Id<"order"> | null;
  readonly seen: Seen;
  /** When it began to count; null: it does not yet. */
  readonly countsAt: number | null;
  readonly counts: Counts;
  readonly version: number;
};
export type About = Pick<Outcome, "subject" | "kind" | "sellerId" | "orderId">;

/** Adds what was seen. Neither order nor repeats matter; the same outcome comes back when it adds nothing. */
export function fold(before: Outcome | undefined, about: About, sighting: Sighting): Outcome {
  const seen = { ...before?.seen };
  const known = seen[sighting.what];
  if (known && !replaces(sighting, known)) return before as Outcome;
  const next = { ...seen, [sighting.what]: known ? merged(sighting, known) : sighting };
  return { ...about, seen: next, ...weigh(next), version: (before?.version ?? 0) + 1 };
}

function replaces(news: Sighting, known: Sighting): boolean {
  if (news.what !== "rated" || known.what !== "rated") return isBefore(news, known);
  return news.seq > known.seq || news.at < known.at;
}

/** At the same moment the text decides, so that two orders of arrival cannot differ. */
const isBefore = (a: Sighting, b: Sighting): boolean =>
  a.at < b.at || (a.at === b.at && JSON.stringify(a) < JSON.stringify(b));

/** A review counts from when it was first seen, with the stars that it has now. */
function merged(news: Sighting, known: Sighting): Sighting {
  if (news.what !== "rated" || known.what !== "rated") return news;
  return { ...(news.seq > known.seq ? news : known), at: Math.min(news.at, known.at) };
}

function weigh(seen: Seen): Pick<Outcome, "countsAt" | "counts"> {
  if (seen.ready) return { countsAt: seen.ready.at, counts: weighOrder(seen, seen.ready) };
  const asked = seen.asked?.at ?? seen.answered?.at;
  if (asked !== undefined) {
    return {
      countsAt: asked,
      counts: { ...NO_COUNTS, questions: 1, answered: seen.answered?.isInTime ? 1 : 0 },
    };
  }
  const stars = seen.rated?.stars ?? null;
  if (!seen.rated || stars === null) return { countsAt: null, counts: NO_COUNTS };
  return { countsAt: seen.rated.at, counts: { ...NO_COUNTS, ratings: 1, stars } };
}

type Ready = Extract<Sighting, { readonly what: "ready" }>;

function weighOrder({ shipped, delivered, returned, cancelled }: Seen, ready: Ready): Counts {
  const by = cancelled?.by;
  const isExcused = by === "buyer" || by === "platform";
  const arrived = delivered ?? returned;
  return {
    ...NO_COUNTS,
    orders: isExcused ? 0 : 1,
    cancelled: by === "seller" ? 1 : 0,
    unfulfilled: by === "seller" || by === "late" ? 1 : 0,
    shipped: shipped ? 1 : 0,
    late: shipped && shipped.at > ready.dueAt ? 1 : 0,
    preparationMs: shipped ? Math.max(0, shipped.at - (ready.from ?? ready.at)) : 0,
    delivered: arrived ? 1 : 0,
    returned: returned ? 1 : 0,
  };
}

/** A day of the market, counted from 1 January 1970. */
export type DayOf = (at: number) => number;
const DAY_MS = 86_400_000;

/** Made once for many moments: making a formatter costs as much as using it a hundred times. */
export function daysOf(timeZone: string): DayOf {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  return (at) => Math.floor(Date.parse(format.format(at)) / DAY_MS);
}

export type Change = { readonly sellerId: Id<"seller">; readonly day: number; readonly counts: Counts };

const contribution = ({ sellerId, countsAt, counts }: Outcome, dayOf: DayOf): readonly Change[] =>
  countsAt === null ? [] : [{ sellerId, day: dayOf(countsAt), counts }];

const negative = (change: Change): Change => ({ ...change, counts: mapCounts((c) => 0 - change.counts[c]) });

/** Written out by a loop: it runs for every fact and every day that is read. */
function mapCounts(of: (count: Count) => number): Counts {
  const counts: { -readonly [C in Count]: number } = { ...NO_COUNTS };
  for (const count of COUNTS) counts[count] = of(count);
  return counts;
}

export const addCounts = (a: Counts, b: Counts): Counts => mapCounts((count) => a[count] + b[count]);

/** What the tallies change by when outcomes become others: one row a shop and day, none at zero. */
export function changesOf(
  pairs: readonly { readonly before: Outcome | undefined; readonly after: Outcome }[],
  dayOf: DayOf,
): readonly Change[] {
  const all = pairs.flatMap(({ before, after }) => [
    ...(before ? contribution(before, dayOf).map(negative) : []),
    ...contribution(after, dayOf),
  ]);
  const grouped = Map.groupBy(all, ({ sellerId, day }) => `${sellerId} ${day}`);
  return [...grouped.values()]
    .flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      return [{ ...first, counts: group.map(({ counts }) => counts).reduce(addCounts) }];
    })
    .filter(({ counts }) => COUNTS.some((count) => counts[count] !== 0))
    .sort((a, b) => (a.sellerId === b.sellerId ? a.day - b.day : a.sellerId < b.sellerId ? -1 : 1));
}

type Closed = { readonly from: number; readonly until: number };

/** When an order should have left: so long after it was ready, the shop's closed days not counted. */
export function dueAfter(readyAt: number, preparationMs: number, closed: readonly Closed[]): number {
  let due = readyAt + preparationMs;
  for (const { from, until } of closed.toSorted((a, b) => a.from - b.from)) {
    const start = Math.max(from, readyAt);
    if (start < due && until > start) due += until - start;
  }
  return due;
}
