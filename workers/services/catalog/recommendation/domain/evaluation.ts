import {
  type Interaction,
  PARAMS,
  type Params,
  type Scored,
  scoreByTraces,
  type Trace,
  train,
} from "./model.ts";

/** Somebody bought something: a row of the file that is looked at. */
export type Purchase = Pick<Interaction, "personId" | "itemId" | "at">;

export type Report = {
  readonly recall20: number;
  readonly ndcg20: number;
  readonly popularityRecall20: number;
  readonly popularityNdcg20: number;
};
export type Evaluation = Report & {
  /** Persons with a past and with something new afterwards. */
  readonly persons: number;
  readonly trainedOn: number;
  readonly splitAt: number;
};

export const LIST_LENGTH = 20;

/** The share of what somebody bought for the first time that was in the list. */
export const recallOf = (list: readonly string[], targets: ReadonlySet<string>): number =>
  list.filter((itemId) => targets.has(itemId)).length / targets.size;

/**
 * Normalised discounted cumulative gain (Järvelin and Kekäläinen, 2002): a hit counts 1 / log2(place + 1).
 */
export function ndcgOf(list: readonly string[], targets: ReadonlySet<string>, length: number): number {
  const gain = (place: number) => 1 / Math.log2(place + 2);
  const found = list.reduce((sum, itemId, place) => (targets.has(itemId) ? sum + gain(place) : sum), 0);
  let best = 0;
  for (let place = 0; place < Math.min(length, targets.size); place += 1) best += gain(place);
  return found / best;
}

/** What each person had to do with before the split: the latest time of each item. */
function pastOf(purchases: readonly Purchase[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const past = new Map<string, Map<string, number>>();
  for (const { personId, itemId, at } of purchases) {
    const items = past.get(personId) ?? new Map<string, number>();
    past.set(personId, items.set(itemId, Math.max(at, items.get(itemId) ?? 0)));
  }
  return past;
}

/** Items by the number of rows that sell them: the stronger of the usual ways to say what is popular. */
function popularityOf(purchases: readonly Purchase[]): readonly string[] {
  const rows = new Map<string, number>();
  for (const { itemId } of purchases) rows.set(itemId, (rows.get(itemId) ?? 0) + 1);
  return [...rows].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([itemId]) => itemId);
}

function firstNew(ranked: readonly string[], known: ReadonlyMap<string, number>): readonly string[] {
  const list: string[] = [];
  for (const itemId of ranked) {
    if (list.length === LIST_LENGTH) break;
    if (!known.has(itemId)) list.push(itemId);
  }
  return list;
}

/** What the model shows somebody; where his past is silent, what is popular. */
function listFor(
  neighbours: ReadonlyMap<string, readonly Scored[]>,
  popular: readonly string[],
  known: ReadonlyMap<string, number>,
  { now, params }: { readonly now: number; readonly params: Params },
): readonly string[] {
  const traces: readonly Trace[] = [...known].map(([itemId, at]) => ({ itemId, at, weight: 1 }));
  const scored = scoreByTraces(neighbours, traces, now, params).map(({ itemId }) => itemId);
  const own = firstNew(scored, known);
  return own.length === LIST_LENGTH ? own : firstNew([...new Set([...own, ...popular])], known);
}

type Split = { readonly splitAt: number; readonly endsAt?: number; readonly params?: Params };

/**
 * Both models learn from the purchases before `splitAt` and are asked for the 20 items that each person with
 * a past buys after it and had not bought before. Nothing after the split is known to either.
 */
export function evaluate(
  purchases: readonly Purchase[],
  { splitAt, endsAt = Number.POSITIVE_INFINITY, params = PARAMS }: Split,
): Evaluation {
  const before = purchases.filter(({ at }) => at < splitAt);
  const past = pastOf(before);
  const targets = new Map<string, Set<string>>();
  for (const { personId, itemId, at } of purchases) {
    const known = past.get(personId);
    if (at < splitAt || at > endsAt || !known || known.has(itemId)) continue;
    targets.set(personId, (targets.get(personId) ?? new Set()).add(itemId));
  }
  const model = train(
    before.map((one) => ({ ...one, weight: 1 })),
    splitAt,
    params,
  );
  const popular = popularityOf(before);
  const sums = { recall20: 0, ndcg20: 0, popularityRecall20: 0, popularityNdcg20: 0 };
  for (const [personId, wanted] of targets) {
    const known = past.get(personId) ?? new Map<string, number>();
    const list = listFor(model.neighbours, popular, known, { now: splitAt, params });
    const plain = firstNew(popular, known);
    sums.recall20 += recallOf(list, wanted);
    sums.ndcg20 += ndcgOf(list, wanted, LIST_LENGTH);
    sums.popularityRecall20 += recallOf(plain, wanted);
    sums.popularityNdcg20 += ndcgOf(plain, wanted, LIST_LENGTH);
  }
  const persons = targets.size;
  const mean = (sum: number) => (persons === 0 ? 0 : sum / persons);
  return {
    recall20: mean(sums.recall20),
    ndcg20: mean(sums.ndcg20),
    popularityRecall20: mean(sums.popularityRecall20),
    popularityNdcg20: mean(sums.popularityNdcg20),
    persons,
    trainedOn: before.length,
    splitAt,
  };
}
