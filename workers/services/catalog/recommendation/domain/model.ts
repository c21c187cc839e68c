/** Somebody did something with an item; how much it says is its weight. */
export type Interaction = {
  readonly personId: string;
  readonly itemId: string;
  readonly at: number;
  readonly weight: number;
};

export type Params = {
  /** What was done so long ago counts half. */
  readonly halfLifeMs: number;
  /** Two things that one person did so far apart say half of what they say on one day. */
  readonly togetherHalfLifeMs: number;
  /** An item of a person's own past that is so old counts half when something is chosen for him. */
  readonly historyHalfLifeMs: number;
  /** Persons as good as none are worth: two people who did two rare things do not make them alike. */
  readonly shrinkage: number;
  /** 0.5 is the cosine; above, what everybody has is worth less as a neighbour. */
  readonly commonness: number;
  /** A person with n items counts 1 / n^this: who has a bit of everything says little. */
  readonly breadth: number;
  readonly neighboursMax: number;
  /** The latest of a person's items that are looked at; the work grows with its square. */
  readonly personItemsMax: number;
};

const DAY_MS = 86_400_000;

/**
 * Chosen on earlier days of the Online Retail file than those that it is measured on: the README says how.
 */
export const PARAMS: Params = {
  halfLifeMs: 30 * DAY_MS,
  togetherHalfLifeMs: 5 * DAY_MS,
  historyHalfLifeMs: 60 * DAY_MS,
  shrinkage: 0.3,
  commonness: 0.5,
  breadth: 0.5,
  neighboursMax: 100,
  personItemsMax: 1_000,
};

export type Scored = { readonly itemId: string; readonly score: number };
export type Model = {
  /** The nearest items of each, the nearest first. */
  readonly neighbours: ReadonlyMap<string, readonly Scored[]>;
  /** All items by how many people had to do with them, lately counting more. */
  readonly popular: readonly Scored[];
};

const decay = (ageMs: number, halfLifeMs: number): number => 2 ** (-Math.max(0, ageMs) / halfLifeMs);

/**
 * Persons by item and items by person, in plain arrays: a million interactions are some tens of megabytes.
 */
type Matrix = {
  readonly items: readonly string[];
  readonly persons: number;
  /** Where a person's interactions begin; they are in no order of time. */
  readonly starts: Int32Array;
  readonly itemOf: Int32Array;
  /** Weight by age, and the instant on a scale on which a quotient is the decay of a distance. */
  readonly weights: Float64Array;
  readonly instants: Float64Array;
};

type Last = { at: number; weight: number };

/** One interaction for a person and item: the latest time and the most telling act. */
function gather(interactions: Iterable<Interaction>): Map<string, Map<string, Last>> {
  const byPerson = new Map<string, Map<string, Last>>();
  for (const { personId, itemId, at, weight } of interactions) {
    const items = byPerson.get(personId) ?? new Map<string, Last>();
    byPerson.set(personId, items);
    const known = items.get(itemId);
    if (!known) items.set(itemId, { at, weight });
    else {
      known.at = Math.max(known.at, at);
      known.weight = Math.max(known.weight, weight);
    }
  }
  return byPerson;
}

function toMatrix(byPerson: Map<string, Map<string, Last>>, now: number, params: Params): Matrix {
  const latest = [...byPerson.values()].map((items) => {
    const all = [...items];
    if (all.length <= params.personItemsMax) return all;
    return all.sort(([, a], [, b]) => b.at - a.at).slice(0, params.personItemsMax);
  });
  const size = latest.reduce((sum, items) => sum + items.length, 0);
  const indexes = new Map<string, number>();
  const starts = new Int32Array(latest.length + 1);
  const itemOf = new Int32Array(size);
  const [weights, instants] = [new Float64Array(size), new Float64Array(size)];
  let at = 0;
  for (const [person, items] of latest.entries()) {
    starts[person] = at;
    for (const [itemId, last] of items) {
      const index = indexes.get(itemId) ?? indexes.size;
      indexes.set(itemId, index);
      itemOf[at] = index;
      weights[at] = last.weight * decay(now - last.at, params.halfLifeMs);
      instants[at] = 2 ** ((last.at - now) / params.togetherHalfLifeMs);
      at += 1;
    }
  }
  starts[latest.length] = at;
  return { items: [...indexes.keys()], persons: latest.length, starts, itemOf, weights, instants };
}

/** The interactions of each item, as places in the matrix with the person they belong to. */
function byItem({ items, persons, starts, itemOf }: Matrix) {
  const begins = new Int32Array(items.length + 1);
  for (const item of itemOf) begins[item + 1] = (begins[item + 1] ?? 0) + 1;
  for (let i = 0; i < items.length; i += 1) begins[i + 1] = (begins[i + 1] ?? 0) + (begins[i] ?? 0);
  const next = begins.slice();
  const [places, personOf] = [new Int32Array(itemOf.length), new Int32Array(itemOf.length)];
  for (let person = 0; person < persons; person += 1) {
    for (let at = starts[person] ?? 0; at < (starts[person + 1] ?? 0); at += 1) {
      const item = itemOf[at] ?? 0;
      const place = next[item] ?? 0;
      next[item] = place + 1;
      places[place] = at;
      personOf[place] = person;
    }
  }
  return { begins, places, personOf };
}

/** By score, and by id where scores are equal, so that a model has one order. */
const byScore = (a: Scored, b: Scored): number =>
  b.score - a.score || (a.itemId < b.itemId ? -1 : Number(a.itemId > b.itemId));

/**
 * Item-item co-occurrence: how much of what people did with two items they did with both, by the age of it
 * and by how near in time it was, over what they did with each (a cosine), shrunk towards nothing where few
 * did.
 */
export function train(interactions: Iterable<Interaction>, now: number, params: Params = PARAMS): Model {
  const matrix = toMatrix(gather(interactions), now, params);
  const { items, persons, starts, itemOf, weights, instants } = matrix;
  const { begins, places, personOf } = byItem(matrix);
  const share = new Float64Array(persons);
  for (let person = 0; person < persons; person += 1) {
    share[person] = ((starts[person + 1] ?? 0) - (starts[person] ?? 0)) ** -params.breadth;
  }
  const totals = new Float64Array(items.length);
  const reach = new Float64Array(items.length);
  for (let person = 0; person < persons; person += 1) {
    for (let at = starts[person] ?? 0; at < (starts[person + 1] ?? 0); at += 1) {
      const item = itemOf[at] ?? 0;
      totals[item] = (totals[item] ?? 0) + (weights[at] ?? 0) * (share[person] ?? 0);
      reach[item] = (reach[item] ?? 0) + (weights[at] ?? 0);
    }
  }
  const together = new Float64Array(items.length);
  const neighbours = new Map<string, readonly Scored[]>();
  for (const [item, itemId] of items.entries()) {
    const touched: number[] = [];
    for (let place = begins[item] ?? 0; place < (begins[item + 1] ?? 0); place += 1) {
      const mine = places[place] ?? 0;
      const person = personOf[place] ?? 0;
      const [weight, instant, part] = [weights[mine] ?? 0, instants[mine] ?? 0, share[person] ?? 0];
      for (let at = starts[person] ?? 0; at < (starts[person + 1] ?? 0); at += 1) {
        const other = itemOf[at] ?? 0;
        const theirs = instants[at] ?? 0;
        const near = theirs < instant ? theirs / instant : instant / theirs;
        const before = together[other] ?? 0;
        if (before === 0) touched.push(other);
        together[other] = before + part * near * Math.min(weight, weights[at] ?? 0);
      }
    }
    neighbours.set(itemId, nearest(item, touched, { items, together, totals }, params));
    for (const other of touched) together[other] = 0;
  }
  const popular = items.map((itemId, i) => ({ itemId, score: reach[i] ?? 0 })).sort(byScore);
  return { neighbours, popular };
}

type Counts = {
  readonly items: readonly string[];
  readonly together: Float64Array;
  readonly totals: Float64Array;
};

function nearest(
  item: number,
  touched: readonly number[],
  { items, together, totals }: Counts,
  { commonness, shrinkage, neighboursMax }: Params,
): readonly Scored[] {
  const own = (totals[item] ?? 0) ** (1 - commonness);
  const scores = new Float64Array(touched.length);
  for (const [i, other] of touched.entries()) {
    if (other === item) continue;
    scores[i] = (together[other] ?? 0) / (own * (totals[other] ?? 0) ** commonness + shrinkage);
  }
  // Most of thousands are cut off, so only those that may stay are put in order with their names.
  const least = scores.toSorted().at(-neighboursMax) ?? 0;
  const found: Scored[] = [];
  for (const [i, other] of touched.entries()) {
    const score = scores[i] ?? 0;
    if (score > 0 && score >= least) found.push({ itemId: items[other] ?? "", score });
  }
  return found.sort(byScore).slice(0, neighboursMax);
}

/** Something that a person had to do with, and what it is worth for what is shown to him next. */
export type Trace = { readonly itemId: string; readonly at: number; readonly weight: number };
export type Reasoned = Scored & {
  /** The trace that spoke for it the loudest. */
  readonly because: string;
};

/**
 * What a person's past speaks for: each trace votes for its neighbours by its weight and age. What he had to
 * do with himself is scored too; whoever shows it decides whether that is left out.
 */
export function scoreByTraces(
  neighbours: ReadonlyMap<string, readonly Scored[]>,
  traces: readonly Trace[],
  now: number,
  params: Pick<Params, "historyHalfLifeMs"> = PARAMS,
): readonly Reasoned[] {
  const scores = new Map<string, { score: number; best: number; because: string }>();
  for (const { itemId: because, at, weight } of traces) {
    const worth = weight * decay(now - at, params.historyHalfLifeMs);
    for (const { itemId, score } of neighbours.get(because) ?? []) {
      const vote = worth * score;
      const known = scores.get(itemId);
      if (!known) scores.set(itemId, { score: vote, best: vote, because });
      else {
        known.score += vote;
        if (vote <= known.best) continue;
        known.best = vote;
        known.because = because;
      }
    }
  }
  return [...scores].map(([itemId, { score, because }]) => ({ itemId, score, because })).sort(byScore);
}
