import fc from "fast-check";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import {
  type Category,
  decidePlace,
  isWithin,
  LEVELS_MAX,
  mappingsOf,
  pathIds,
  readTaxonomy,
  rebase,
  toNodes,
  visibleNodes,
} from "#services/catalog/category/domain";

const catId = (n: number) => `cat_${String(n).padStart(26, "0")}` as Id<"category">;

const category = (fields: Partial<Category> & Pick<Category, "id">): Category => ({
  parentId: null,
  path: fields.id,
  depth: 0,
  position: 0,
  state: "active",
  slug: fields.id,
  names: { en: fields.id },
  attributes: [],
  taxClass: null,
  commissionBasisPoints: null,
  returnDays: null,
  restricted: false,
  visibleFrom: null,
  visibleUntil: null,
  googleCategoryId: null,
  shopifyCategoryId: null,
  createdAt: 0,
  version: 1,
  ...fields,
});

/** What the two statements of a move do to the rows. */
function moveIn(rows: Map<string, Category>, id: Id<"category">, parentId: Id<"category"> | null): string {
  const node = rows.get(id) as Category;
  const below = [...rows.values()].filter(({ path }) => isWithin(path, node.path));
  const height = Math.max(...below.map(({ depth }) => depth)) - node.depth;
  const parent = parentId === null ? null : (rows.get(parentId) ?? null);
  const place = decidePlace({ ...node, height }, parent);
  if (!place.ok) return place.code;
  for (const row of below) {
    const path = rebase(row.path, node.path, place.value.path);
    const depth = row.depth + place.value.depth - node.depth;
    rows.set(row.id, { ...row, path, depth, ...(row.id === id ? { parentId } : {}) });
  }
  return "ok";
}

test("after any moves every path is that of its parents, no cycle, no orphan, no level too many", () => {
  const moves = fc.array(fc.tuple(fc.nat(14), fc.option(fc.nat(14), { nil: null })), { maxLength: 60 });
  fc.assert(
    fc.property(moves, (steps) => {
      const rows = new Map<string, Category>();
      for (let i = 0; i < 15; i += 1) rows.set(catId(i), category({ id: catId(i) }));
      for (const [node, parent] of steps) {
        const before = structuredClone([...rows]);
        const outcome = moveIn(rows, catId(node), parent === null ? null : catId(parent));
        if (outcome !== "ok") expect([...rows]).toEqual(before);
      }
      for (const row of rows.values()) {
        const parent = row.parentId === null ? undefined : rows.get(row.parentId);
        expect(row.path).toBe(parent ? `${parent.path}.${row.id}` : row.id);
        expect(row.depth).toBe(pathIds(row.path).length - 1);
        expect(row.depth).toBeLessThan(LEVELS_MAX);
        expect(new Set(pathIds(row.path)).size).toBe(row.depth + 1);
      }
      expect(toNodes([...rows.values()], new Map())).toHaveLength(15);
    }),
  );
});

const parent = category({ id: catId(1) });
const child = category({ id: catId(2), parentId: catId(1), path: `${catId(1)}.${catId(2)}`, depth: 1 });
const deepest = category({ id: catId(9), depth: LEVELS_MAX - 1 });
const leaf = { ...category({ id: catId(3) }), height: 0 };

// In the order of the checks, so that a row also says which refusal wins.
test.each([
  ["to the root", leaf, null, "ok"],
  ["below another", leaf, parent, "ok"],
  ["below an archived one", leaf, { ...parent, state: "archived" as const }, "category.parent_archived"],
  ["below itself", { ...parent, height: 1 }, parent, "category.cycle"],
  ["below its own child", { ...parent, height: 1 }, child, "category.cycle"],
  ["below the deepest level", leaf, deepest, "category.too_deep"],
  ["with a subtree that is too tall", { ...leaf, height: 7 }, parent, "category.too_deep"],
  ["with a subtree that just fits", { ...leaf, height: 6 }, parent, "ok"],
])("place: %s", (_, node, target, expected) => {
  const answer = decidePlace(node, target);
  expect(answer.ok ? "ok" : answer.code).toBe(expected);
});

test("a category takes from above what it does not say itself", () => {
  const size = {
    code: "size",
    names: { en: "Size" },
    type: "text",
    required: true,
    variantAxis: true,
  } as const;
  const colour = { ...size, code: "colour", required: false };
  const rows = [
    category({
      id: catId(1),
      taxClass: "reduced",
      commissionBasisPoints: 700,
      restricted: true,
      attributes: [size, colour],
    }),
    { ...child, attributes: [{ ...size, required: false }], returnDays: 30 },
  ];
  const [, node] = toNodes(rows, new Map([[catId(2), 3]]));
  expect(node).toMatchObject({
    taxClass: "reduced",
    commissionBasisPoints: 700,
    restricted: true,
    returnDays: 30,
  });
  expect(node?.attributes).toEqual([colour, { ...size, required: false }]);
  const [root] = toNodes(
    rows,
    new Map([
      [catId(1), 2],
      [catId(2), 3],
    ]),
  );
  expect(root?.products).toBe(5);
});

test("what lies below a hidden category is hidden with it", () => {
  const rows = [
    category({ id: catId(1), visibleFrom: 100, visibleUntil: 200 }),
    child,
    category({ id: catId(4), state: "archived" }),
  ];
  const seen = (now: number) => visibleNodes(toNodes(rows, new Map()), now).map(({ id }) => id);
  expect(seen(99)).toEqual([]);
  expect(seen(100)).toEqual([catId(1), catId(2)]);
  expect(seen(200)).toEqual([]);
});

test("a published list is read as it is given out, and nothing else is", () => {
  const google =
    "# Google_Product_Taxonomy_Version: 2021-09-21\r\n1 - Animals\r\n3237 - Animals > Live Animals\r\n";
  expect(readTaxonomy("google", google)).toMatchObject({
    value: [
      { code: "1", path: "Animals" },
      { code: "3237", path: "Animals > Live Animals" },
    ],
  });
  const shopify = "gid://shopify/TaxonomyCategory/ap-1   : Animals > Live Animals";
  expect(readTaxonomy("shopify", shopify)).toMatchObject({
    value: [{ code: "gid://shopify/TaxonomyCategory/ap-1", path: "Animals > Live Animals" }],
  });
  for (const text of ["", "# only a comment", "1 - Animals\nnonsense", shopify]) {
    expect(readTaxonomy("google", text)).toEqual({ ok: false, code: "taxonomy.unreadable" });
  }
});

test("a category takes the code of the nearest one above; what is wrong with a code is said", () => {
  const [root, child, leaf, other] = [catId(1), catId(2), catId(3), catId(4)];
  const rows = [
    category({ id: root, googleCategoryId: 1 }),
    category({ id: child, parentId: root, path: `${root}.${child}`, depth: 1 }),
    category({
      id: leaf,
      parentId: child,
      path: `${root}.${child}.${leaf}`,
      depth: 2,
      googleCategoryId: 7,
    }),
    category({ id: other, googleCategoryId: 99, position: 9 }),
  ];
  const code = (text: string, path: string, retired = false) => ({ code: text, path, retired });
  const codes = [code("1", "Animals"), code("7", "Animals > Fish", true), code("8", "Animals > Fish")];
  const shown = mappingsOf(toNodes(rows, new Map()), "google", codes);
  expect(shown.map(({ state, code: held, from, replacement }) => [state, held, from, replacement])).toEqual([
    ["mapped", "1", root, null],
    ["inherited", "1", root, null],
    ["retired", "7", leaf, "8"],
    ["unknown", "99", other, null],
  ]);
  expect(mappingsOf(toNodes(rows, new Map()), "shopify", []).map(({ state }) => state)).toEqual(
    rows.map(() => "unmapped"),
  );
});
