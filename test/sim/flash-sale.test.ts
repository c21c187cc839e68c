import { expect, test } from "vitest";
import { simulate } from "../../scripts/simulate/flash-sale.ts";

const SEEDS = [1, 7, 42, 1_234];

test.each(SEEDS)("seed %i: enough buyers buy exactly the quota, over any number of shards", (seed) => {
  for (const shards of [1, 3, 16, 64]) {
    for (const skew of [0, 1]) {
      const scenario = { shards, perSecond: 20_000, seconds: 0.5, quota: 997, skew, seed };
      const { sold, stranded, oversold } = simulate(scenario);
      expect({ shards, skew, sold, stranded, oversold }).toEqual({
        shards,
        skew,
        sold: 997,
        stranded: 0,
        oversold: 0,
      });
    }
  }
});

test("fewer buyers than units: each has one", () => {
  const scenario = { shards: 16, perSecond: 2_000, seconds: 0.5, quota: 5_000, skew: 0, seed: 3 };
  expect(simulate(scenario)).toMatchObject({ sold: 1_000, stranded: 0, oversold: 0 });
});

test("a seed makes the same history again", () => {
  const scenario = { shards: 8, perSecond: 20_000, seconds: 0.5, quota: 500, skew: 0.5, seed: 11 };
  expect(simulate(scenario)).toEqual(simulate(scenario));
  expect(simulate({ ...scenario, seed: 12 })).not.toEqual(simulate(scenario));
});
