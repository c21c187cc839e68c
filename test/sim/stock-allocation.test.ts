import fc from "fast-check";
import { test } from "vitest";
import type { Level } from "#services/logistics/inventory/domain";
import { play } from "../support/stock-history.ts";

/** Stocks a run; `npm run test:sim -- --seeds N` tries more. */
const RUNS = Number(process.env.SIM_SEEDS ?? 10_000);
const ITEMS = ["i", "j", "k"] as const;
const PLACES: readonly string[] = ["a", "b", "c", "d", "e"];

const rankOf = (place: string): number => PLACES.indexOf(place) % 3;

/** Thrown and not expected: a run makes some hundred thousands of these. */
function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const anyLevel = (itemId: string, locationId: string): fc.Arbitrary<Level> =>
  fc
    .record({
      onHand: fc.nat(8),
      reserved: fc.nat(2),
      safety: fc.nat(2),
      backorderMax: fc.constantFrom(0, 0, 0, 4),
    })
    .map(({ reserved, onHand, ...level }) => ({
      // Where places rank is the shop's word and not the item's.
      ...{ itemId, locationId, priority: rankOf(locationId), costMinor: 0, allocated: 0 },
      ...{ ...level, onHand, reserved: Math.min(reserved, onHand) },
    }));
const anyStock = fc
  .tuple(fc.integer({ min: 1, max: PLACES.length }), fc.integer({ min: 1, max: ITEMS.length }))
  .chain(([places, items]) =>
    fc.tuple(
      ...ITEMS.slice(0, items).flatMap((item) =>
        PLACES.slice(0, places).map((place) => anyLevel(item, place)),
      ),
    ),
  );
const anyWish = fc.array(fc.tuple(fc.constantFrom(...ITEMS), fc.integer({ min: 1, max: 9 })), {
  minLength: 1,
  maxLength: 4,
});

const shelf = ({ onHand, reserved, allocated, safety }: Level) => onHand - reserved - allocated - safety;
const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0);

/** What each place may give of an item: what is to come only where all shelves together have not enough. */
function mayGive(levels: readonly Level[], itemId: string, wanted: number): ReadonlyMap<string, number> {
  const mine = levels.filter((level) => level.itemId === itemId);
  const isThere = sumOf(mine.map((level) => Math.max(0, shelf(level)))) >= wanted;
  return new Map(
    mine.map((level) => [level.locationId, Math.max(0, shelf(level) + (isThere ? 0 : level.backorderMax))]),
  );
}

const subsets = (count: number): readonly (readonly string[])[] =>
  Array.from({ length: 2 ** PLACES.length }, (_, bits) =>
    PLACES.filter((_place, i) => bits & (1 << i)),
  ).filter((places) => places.length === count);
const [ONES, TWOS] = [subsets(1), subsets(2)];

test("an order is allocated exactly when it can be, from one place, or two, where that is enough", () => {
  const seen = { refused: 0, one: 0, two: 0, more: 0 };
  fc.assert(
    fc.property(anyStock, anyWish, (levels, wish) => {
      const wanted = new Map<string, number>();
      for (const [itemId, quantity] of wish) wanted.set(itemId, (wanted.get(itemId) ?? 0) + quantity);
      const gives = new Map([...wanted].map(([itemId, n]) => [itemId, mayGive(levels, itemId, n)]));
      const has = (places: readonly string[]) =>
        [...wanted].every(([itemId, quantity]) => {
          const of = gives.get(itemId);
          return sumOf(places.map((place) => of?.get(place) ?? 0)) >= quantity;
        });
      const lines = wish.map(([offerId, quantity]) => ({ offerId, quantity }));
      const empty = { levels, parts: new Map(), reservations: new Map(), nextSeq: 0 };
      const { book, code } = play(empty, { kind: "reserve", id: "r", ttl: 1, lines }, 0);
      demand((code === "ok") === has(PLACES), `${code} of what ${has(PLACES) ? "is" : "is not"} there`);
      const takes = book.reservations.get("r")?.takes ?? [];
      if (code !== "ok") {
        seen.refused += 1;
        return demand(takes.length === 0, "a refusal takes nothing");
      }
      for (const [itemId, quantity] of wanted) {
        const own = takes.filter((take) => take.itemId === itemId);
        demand(sumOf(own.map((take) => take.quantity)) === quantity, `${itemId} is not what was wanted`);
      }
      for (const { itemId, locationId, quantity } of takes) {
        demand(
          quantity > 0 && quantity <= (gives.get(itemId)?.get(locationId) ?? 0),
          `${locationId} gave too much`,
        );
      }
      const used = [...new Set(takes.map(({ locationId }) => locationId))];
      const byRank = (a: string, b: string) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1);
      const single = ONES.flat()
        .toSorted(byRank)
        .find((place) => has([place]));
      if (single !== undefined)
        demand(used.length === 1 && used[0] === single, `${used} where ${single} has all`);
      else if (TWOS.some(has)) demand(used.length === 2, `${used} where two have all`);
      else demand(used.length > 2, `${used} cannot have all`);
      seen[used.length === 1 ? "one" : used.length === 2 ? "two" : "more"] += 1;
    }),
    { numRuns: RUNS },
  );
  // Each way has been walked often enough to mean something.
  for (const [way, count] of Object.entries(seen)) demand(count > RUNS / 200, `${way} only ${count} times`);
});
