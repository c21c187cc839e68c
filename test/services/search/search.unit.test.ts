import { expect, test } from "vitest";
import {
  editDistance,
  familyOf,
  highlight,
  mend,
  placePins,
  queryWords,
  typosAllowed,
} from "#services/catalog/search/domain";

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

test("pins stand at their places and the others keep their sort", () => {
  const items = ["a", "b", "c", "d"].map((productId) => ({ productId }));
  const pinned = [{ productId: "z" }, { productId: "c" }];
  const pins = [
    { productId: "z", position: 2 },
    { productId: "c", position: 1 },
    { productId: "gone", position: 3 },
  ];
  expect(placePins(items, pins, pinned).map((item) => item.productId)).toEqual(["c", "z", "a", "b", "d"]);
});
