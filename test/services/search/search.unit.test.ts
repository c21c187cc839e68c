import fc from "fast-check";
import { expect, test } from "vitest";
import { boxAround } from "#services/catalog/search/domain/place";
import { placePins } from "#services/catalog/search/domain/rule";
import {
  editDistance,
  familyOf,
  highlight,
  mend,
  queryWords,
  typosAllowed,
} from "#services/catalog/search/domain/words";

test.each([
  ["kopi", "kopi", 0],
  ["kpoi", "kopi", 1],
  ["kopi", "koppi", 1],
  ["sepatu", "sepautu", 1],
  ["headphne", "headphone", 1],
  ["", "abc", 3],
  ["kitten", "sitting", 3],
])("distance of %s and %s is %i", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test.each([
  ["tea", 0],
  ["2024", 0],
  ["kopi", 1],
  ["sepatu", 1],
  ["headphone", 2],
])("%s may have %i typing errors", (word, allowed) => {
  expect(typosAllowed(word)).toBe(allowed);
});

test("the nearest word mends, of equals the more common, and nothing that is too far", () => {
  const known = [
    { word: "kopi", weight: 5 },
    { word: "kipi", weight: 9 },
    { word: "topi", weight: 50 },
    { word: "headphone", weight: 1 },
  ];
  expect(mend("kopo", known)).toBe("kopi");
  expect(mend("hopi", known)).toBe("topi");
  expect(mend("hedphoen", known)).toBe("headphone");
  expect(mend("xyz", known)).toBeUndefined();
});

test("words lose case, accents and stop words; a query of stop words alone is kept", () => {
  expect(queryWords("The Crème BRÛLÉE for you")).toEqual(["creme", "brulee", "you"]);
  expect(queryWords("dan di")).toEqual(["dan", "di"]);
  expect(queryWords("' OR 1=1; --")).toEqual(["1", "1"]);
});

test("marks what was met, and escapes everything else", () => {
  expect(highlight("Kopi <b>Gayo</b> & teh", ["kopi"])).toBe(
    "<mark>Kopi</mark> &lt;b&gt;Gayo&lt;/b&gt; &amp; teh",
  );
  expect(highlight("Running shoes", ["shoe"])).toBe("Running <mark>shoes</mark>");
});

test("near-identical titles of one seller are one family, another seller's are not", () => {
  expect(familyOf("s1", "Phone case 12 red")).toBe(familyOf("s1", "Phone case 14 red"));
  expect(familyOf("s1", "Phone case")).not.toBe(familyOf("s2", "Phone case"));
});

test("pins stand at their places, the others keep their sort, and none of them is lost", () => {
  const others = ["a", "b", "c", "d"].map((productId) => ({ productId }));
  const pinned = [
    { productId: "z", position: 2 },
    { productId: "y", position: 1 },
    { productId: "far", position: 9 },
  ];
  const first = placePins(others, pinned, 4);
  expect(first.items.map((item) => item.productId)).toEqual(["y", "z", "a", "b"]);
  expect(first.shown).toBe(2);
  expect(placePins(others, pinned, 10).items.map(({ productId }) => productId)).toEqual([
    "y",
    "z",
    "a",
    "b",
    "c",
    "d",
    "far",
  ]);
  expect(placePins([] as { productId: string }[], pinned, 4).items.map(({ productId }) => productId)).toEqual(
    ["y", "z"],
  );
});

const radians = (degrees: number) => (degrees * Math.PI) / 180;
function kmBetween([fromLat, fromLon]: readonly number[], [toLat, toLon]: readonly number[]): number {
  const [a = 0, b = 0, c = 0, d = 0] = [fromLat, fromLon, toLat, toLon].map((one) => radians(one ?? 0));
  const cosine = Math.sin(a) * Math.sin(c) + Math.cos(a) * Math.cos(c) * Math.cos(b - d);
  return 6_371.0088 * Math.acos(Math.min(1, Math.max(-1, cosine)));
}

test("a box holds all of its circle, over the date line and the poles too", () => {
  const degrees = (max: number) => fc.double({ min: -max, max, noNaN: true });
  const property = fc.property(
    degrees(90),
    degrees(180),
    fc.double({ min: 0.1, max: 500, noNaN: true }),
    degrees(90),
    degrees(180),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (latitude, longitude, radiusKm, otherLat, otherLon, share) => {
      // Somewhere between the centre and anywhere, so that both sides of the circle's edge are met.
      const point = [latitude + (otherLat - latitude) * share ** 4, otherLon] as const;
      const near = [point[0], share < 0.5 ? wrap(longitude + (otherLon / 180) * 8) : point[1]] as const;
      if (kmBetween([latitude, longitude], near) > radiusKm - 0.001) return;
      const { south, north, west, east } = boxAround({ latitude, longitude, radiusKm });
      expect(near[0]).toBeGreaterThanOrEqual(south - 1e-9);
      expect(near[0]).toBeLessThanOrEqual(north + 1e-9);
      const isBetween =
        west <= east ? near[1] >= west && near[1] <= east : near[1] >= west || near[1] <= east;
      expect(isBetween, `${near} in ${[south, north, west, east]}`).toBe(true);
    },
  );
  fc.assert(property, { numRuns: 20_000 });
});
const wrap = (degrees: number) => ((((degrees + 180) % 360) + 360) % 360) - 180;
