import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  type Act,
  byCategory,
  compose,
  seenOf,
  tracesOf,
  trendOf,
} from "#services/catalog/recommendation/domain/compose";
import { LIST_LENGTH, ndcgOf, recallOf } from "#services/catalog/recommendation/domain/evaluation";
import {
  type Interaction,
  PARAMS,
  scoreByTraces,
  train,
} from "#services/catalog/recommendation/domain/model";

const DAY_MS = 86_400_000;
const NOW = 1_000 * DAY_MS;

const item = fc.nat(11).map((n) => `item${n}`);
const interaction: fc.Arbitrary<Interaction> = fc.record({
  personId: fc.nat(7).map((n) => `person${n}`),
  itemId: item,
  at: fc.nat(200).map((days) => NOW - days * DAY_MS),
  weight: fc.constantFrom(1, 0.7, 0.3),
});

/** The same by definition and without its arrays: every pair of items of every person. */
function plain(given: readonly Interaction[], a: string, b: string): number {
  const last = new Map<string, Map<string, { at: number; weight: number }>>();
  for (const { personId, itemId, at, weight } of given) {
    const items = last.get(personId) ?? new Map();
    const known = items.get(itemId) ?? { at, weight };
    items.set(itemId, { at: Math.max(at, known.at), weight: Math.max(weight, known.weight) });
    last.set(personId, items);
  }
  let [both, onlyA, onlyB] = [0, 0, 0];
  for (const items of last.values()) {
    const share = items.size ** -PARAMS.breadth;
    const worth = (one: { at: number; weight: number }) =>
      one.weight * 2 ** (-(NOW - one.at) / PARAMS.halfLifeMs);
    const [x, y] = [items.get(a), items.get(b)];
    if (x) onlyA += share * worth(x);
    if (y) onlyB += share * worth(y);
    if (!x || !y) continue;
    both += share * Math.min(worth(x), worth(y)) * 2 ** (-Math.abs(x.at - y.at) / PARAMS.togetherHalfLifeMs);
  }
  const { commonness } = PARAMS;
  return both / (onlyA ** (1 - commonness) * onlyB ** commonness + PARAMS.shrinkage);
}

describe("the model", () => {
  it("is what its definition says, for any history and in any order of it", () => {
    fc.assert(
      fc.property(fc.array(interaction, { maxLength: 60 }), item, (given, a) => {
        const model = train(given, NOW);
        const reversed = train([...given].reverse(), NOW);
        const near = model.neighbours.get(a) ?? [];
        for (const { itemId, score } of near) expect(score).toBeCloseTo(plain(given, a, itemId), 9);
        for (const itemId of new Set(given.map((one) => one.itemId))) {
          const isNear = itemId !== a && plain(given, a, itemId) > 0;
          expect(near.some((one) => one.itemId === itemId)).toBe(isNear);
        }
        expect(near.map(({ score }) => score)).toEqual(
          [...near.map(({ score }) => score)].sort((x, y) => y - x),
        );
        const again = new Map((reversed.neighbours.get(a) ?? []).map((one) => [one.itemId, one.score]));
        for (const { itemId, score } of near) expect(again.get(itemId)).toBeCloseTo(score, 9);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps no more neighbours and looks at no more of a person than it was told", () => {
    const given = Array.from({ length: 40 }, (_, i) => {
      return { personId: "p", itemId: `item${i}`, at: NOW - i * DAY_MS, weight: 1 };
    });
    const model = train(given, NOW, { ...PARAMS, personItemsMax: 10, neighboursMax: 4 });
    expect(model.neighbours.size).toBe(10);
    expect(model.neighbours.get("item0")?.map(({ itemId }) => itemId)).toEqual([
      "item1",
      "item2",
      "item3",
      "item4",
    ]);
    expect(model.neighbours.has("item10")).toBe(false);
  });

  it("names the trace that spoke the loudest", () => {
    const neighbours = new Map([
      ["a", [{ itemId: "x", score: 0.2 }]],
      ["b", [{ itemId: "x", score: 0.5 }]],
    ]);
    const traces = ["a", "b"].map((itemId) => ({ itemId, at: NOW, weight: 1 }));
    expect(scoreByTraces(neighbours, traces, NOW)).toEqual([{ itemId: "x", score: 0.7, because: "b" }]);
  });
});

describe("a list", () => {
  const ids = fc.uniqueArray(item, { maxLength: 12 });

  it("is full where it can be, has each item once, nothing unfit and no more drawn than its share", () => {
    fc.assert(
      fc.property(ids, ids, ids, ids, fc.nat(10), item, (first, second, pool, unfit, limit, seed) => {
        const toScored = (list: readonly string[]) => list.map((itemId) => ({ itemId, score: 1 }));
        const isFit = (itemId: string) => !unfit.includes(itemId);
        const sources = [
          { reason: "because_viewed", items: toScored(first) },
          { reason: "popular", items: toScored(second) },
        ] as const;
        const wanted = { limit, isFit, exploration: { pool, basisPoints: 2_500, seed } };
        const list = compose(sources, wanted);
        const shown = list.map(({ itemId }) => itemId);
        expect(new Set(shown).size).toBe(shown.length);
        expect(shown.every(isFit)).toBe(true);
        expect(shown.length).toBeLessThanOrEqual(limit);
        const explored = list.filter((one) => one.explored);
        expect(explored.length).toBeLessThanOrEqual(Math.ceil(limit / 4));
        expect(explored.every((one) => pool.includes(one.itemId) && one.propensity > 0)).toBe(true);
        const possible = new Set([...first, ...second].filter(isFit));
        expect(shown.length).toBeGreaterThanOrEqual(Math.min(limit, possible.size));
        expect(compose(sources, wanted)).toEqual(list);
      }),
      { numRuns: 2_000 },
    );
  });

  it("draws each of the pool about as often as it says", () => {
    const pool = ["a", "b", "c", "d"];
    const counts = new Map(pool.map((itemId) => [itemId, 0]));
    let propensity = 0;
    for (let i = 0; i < 2_000; i += 1) {
      const exploration = { pool, basisPoints: 1_000, seed: `seed ${i}` };
      for (const one of compose([], { limit: 12, isFit: () => true, exploration })) {
        counts.set(one.itemId, (counts.get(one.itemId) ?? 0) + 1);
        propensity = one.propensity;
      }
    }
    expect(propensity).toBeCloseTo(0.3, 10);
    for (const times of counts.values()) expect(Math.abs(times / 2_000 - propensity)).toBeLessThan(0.05);
  });
});

describe("traces", () => {
  const act = (itemId: string, kind: Act["kind"], at = NOW): Act => ({ itemId, kind, at });

  it("of the session weigh more, and what is hidden votes for nothing", () => {
    const past = [act("a", "bought", NOW - DAY_MS), act("b", "viewed")];
    const session = [act("b", "viewed"), act("c", "hidden"), act("d", "carted")];
    const traces = new Map(tracesOf(past, session).map(({ itemId, weight }) => [itemId, weight]));
    expect(traces.get("a")).toBe(1);
    expect(traces.get("b")).toBeGreaterThan(1);
    expect(traces.get("d")).toBeGreaterThan(traces.get("b") ?? 0);
    expect(traces.has("c")).toBe(false);
    expect([...seenOf(past, session)].sort()).toEqual(["a", "b", "c", "d"]);
    expect([...seenOf([act("b", "viewed")], [])]).toEqual([]);
  });
});

test("a rise is new beside what was before; a list of a category has what lies below it", () => {
  const steady = Array.from({ length: 60 }, (_, i) => ({ itemId: "steady", at: NOW - i * DAY_MS }));
  const rising = Array.from({ length: 12 }, () => ({ itemId: "rising", at: NOW - DAY_MS }));
  const lone = [{ itemId: "lone", at: NOW }];
  expect(trendOf([...steady, ...rising, ...lone], NOW).map(({ itemId }) => itemId)[0]).toBe("rising");
  const ranked = ["a", "b", "c"].map((itemId) => ({ itemId, score: 1 }));
  const paths = new Map([
    ["a", ["home", "lamps"]],
    ["b", ["home"]],
  ]);
  const lists = byCategory(ranked, paths, 1);
  expect([...lists].map(([id, items]) => [id, items.map(({ itemId }) => itemId)])).toEqual([
    ["", ["a"]],
    ["home", ["a"]],
    ["lamps", ["a"]],
  ]);
});

test("measures reach known values", () => {
  const targets = new Set(["a", "b"]);
  expect(recallOf(["x", "a"], targets)).toBe(0.5);
  expect(ndcgOf(["a", "b"], targets, LIST_LENGTH)).toBe(1);
  expect(ndcgOf(["x", "a"], targets, LIST_LENGTH)).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)), 12);
  expect(ndcgOf(["x"], targets, LIST_LENGTH)).toBe(0);
});
