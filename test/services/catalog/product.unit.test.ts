import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import { slugFor, slugify, zSlug } from "#kernel/slug";
import { checkAttributes, checkComplete, checkOptions } from "#services/catalog/product/domain/attribute";
import { formatCsv, parseCsv } from "#services/catalog/product/domain/csv";
import { isGtin } from "#services/catalog/product/domain/gtin";
import { decideOffer, decidePrice, type Offer, shownPrior } from "#services/catalog/product/domain/offer";
import {
  decideMove,
  PRODUCT_STATES,
  type ProductMove,
  type ProductState,
} from "#services/catalog/product/domain/product";
import { combinations, keyOf, labelOf, valuesOf } from "#services/catalog/product/domain/variant";
import { readCsv, readJsonLines } from "#services/catalog/product/schemas/import-file";

const NOW = 1_800_000_000_000;
const ids = createIds({ now: () => NOW });

test.each([
  ["96385074", true],
  ["96385075", false],
  ["036000291452", true],
  ["036000291453", false],
  ["4006381333931", true],
  ["4006381333932", false],
  ["5901234123457", true],
  ["10614141000415", true],
  ["10614141000416", false],
  ["400638133393", false],
  ["4006381333931 ", false],
  ["400638133393X", false],
  ["", false],
])("GTIN %s: %s", (code, expected) => expect(isGtin(code)).toBe(expected));

test("a GTIN notices every wrong digit and every swap of neighbours that do not differ by five", () => {
  const body = fc.array(fc.nat(9), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(body, fc.nat(11), fc.integer({ min: 1, max: 9 }), (digits, at, by) => {
      const check = [...Array(10).keys()].find((last) => isGtin([...digits, last].join("")));
      const whole = [...digits, check ?? 0];
      expect(isGtin(whole.join(""))).toBe(true);
      const wrong = whole.with(at, ((whole[at] ?? 0) + by) % 10);
      expect(isGtin(wrong.join(""))).toBe(false);
      const [left = 0, right = 0] = [whole[at], whole[at + 1]];
      const swapped = whole.with(at, right).with(at + 1, left);
      expect(isGtin(swapped.join(""))).toBe(left === right || Math.abs(left - right) === 5);
    }),
  );
});

const option = (code: string, count: number) => ({
  code,
  names: { en: code, id: `${code}-id` },
  values: [...Array(count).keys()].map((i) => ({ code: `${code}${i}`, names: { en: `${code} ${i}` } })),
});

test("options give each combination once, and each says which values it has", () => {
  const counts = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 });
  fc.assert(
    fc.property(counts, (sizes) => {
      const options = sizes.map((count, i) => option(`o${i}`, count));
      const made = combinations(options);
      const product = sizes.reduce((a, b) => a * b, 1);
      expect(made.ok && made.value.length).toBe(product);
      if (!made.ok) return;
      expect(new Set(made.value).size).toBe(product);
      for (const key of made.value) expect(keyOf(options, valuesOf(options, key))).toBe(key);
    }),
  );
});

test("2,048 variants are the most, and a label names the values", () => {
  expect(combinations([option("a", 16), option("b", 16), option("c", 8)]).ok).toBe(true);
  expect(combinations([option("a", 64), option("b", 33)])).toEqual({
    ok: false,
    code: "product.too_many_variants",
  });
  expect(labelOf([option("a", 2), option("b", 2)], "a1/b0", "id")).toBe("a 1 / b 0");
  expect(keyOf([option("a", 2)], { a: "a9" })).toBeUndefined();
  expect(keyOf([option("a", 2)], {})).toBeUndefined();
});

const MOVES: readonly ProductMove[] = ["propose", "publish", "reject", "archive", "restore"];
const TABLE = {
  //           propose     publish      reject      archive     restore
  draft: ["proposed", "published", "-", "archived", "same"],
  proposed: ["same", "published", "rejected", "archived", "-"],
  published: ["-", "same", "rejected", "archived", "-"],
  rejected: ["proposed", "published", "same", "archived", "-"],
  archived: ["-", "-", "-", "same", "draft"],
};

test.each(
  PRODUCT_STATES.flatMap((state) => MOVES.map((move, i) => [state, move, TABLE[state][i] ?? ""] as const)),
)("a product that is %s: %s gives %s", (state, move, expected) => {
  const before = { state, version: 1, reason: null, publishedAt: null };
  const answer = decideMove(before, move, { now: NOW, reason: "no" });
  if (!answer.ok) return expect([answer.code, expected]).toEqual(["product.not_movable", "-"]);
  if (answer.value === before) return expect(expected).toBe("same");
  expect(answer.value).toMatchObject({ state: expected, version: 2 });
});

test("what was turned down keeps its reason, whatever way it takes, until it is on sale", () => {
  type Moving = { state: ProductState; version: number; reason: string | null; publishedAt: number | null };
  const go = (from: Moving, move: ProductMove): Moving => {
    const answer = decideMove(from, move, { now: NOW });
    return answer.ok ? answer.value : from;
  };
  const rejected: Moving = { state: "rejected", version: 1, reason: "fake", publishedAt: null };
  const back = go(go(go(rejected, "archive"), "restore"), "propose");
  expect(back).toMatchObject({ state: "proposed", reason: "fake" });
  expect(go(back, "publish")).toMatchObject({ state: "published", reason: null });
});

const rules = [
  { code: "material", type: "text", required: true, variantAxis: false },
  { code: "weight", type: "number", required: false, variantAxis: false },
  { code: "handmade", type: "boolean", required: false, variantAxis: false },
  { code: "size", type: "enum", required: true, variantAxis: true, values: [{ code: "m" }, { code: "l" }] },
] as const;

test.each([
  [{ material: "cotton", weight: 1.5, handmade: true, size: "m" }, []],
  [{ material: "" }, ["attributes.material type"]],
  [{ weight: "1.5" }, ["attributes.weight type"]],
  [{ weight: Number.NaN }, ["attributes.weight type"]],
  [{ handmade: "yes" }, ["attributes.handmade type"]],
  [{ size: "xl" }, ["attributes.size type"]],
  [{ colour: "red" }, ["attributes.colour unknown"]],
])("attributes %j", (values, expected) => {
  const found = checkAttributes(rules, values as never).map(({ path, code }) => `${path} ${code}`);
  expect(found).toEqual(expected);
});

test("what is on sale has what its category asks for, as an attribute or as an option", () => {
  const missing = checkComplete(rules, {}, []).map(({ path }) => path);
  expect(missing).toEqual(["attributes.material", "attributes.size"]);
  const sizes = { ...option("size", 0), values: [{ code: "m", names: { en: "M" } }] };
  expect(checkComplete(rules, { material: "cotton" }, [sizes])).toEqual([]);
  expect(checkOptions(rules, [sizes])).toEqual([]);
  expect(checkOptions(rules, [option("size", 1)]).map(({ code }) => code)).toEqual(["value"]);
  expect(checkOptions(rules, [option("material", 1)]).map(({ code }) => code)).toEqual(["axis"]);
});

const offer: Offer = {
  id: ids.next("offer"),
  productId: ids.next("product"),
  variantId: ids.next("variant"),
  sellerId: ids.next("seller"),
  sku: "A",
  state: "active",
  price: { minor: 1_000n, currency: "IDR" },
  priorMinor: null,
  reducedAt: null,
  minQuantity: 1,
  stepQuantity: 1,
  maxQuantity: null,
  createdAt: NOW,
  version: 3,
};

test.each([
  ["nothing new", offer, { sku: "A" }, 3],
  ["another price", offer, { price: { minor: 900n, currency: "IDR" as const } }, 4],
  ["pause", offer, { state: "paused" as const }, 4],
  ["archive", offer, { state: "archived" as const }, 4],
  ["archived, nothing new", { ...offer, state: "archived" as const }, { sku: "A" }, 3],
  [
    "archived, back again",
    { ...offer, state: "archived" as const },
    { state: "active" as const },
    "offer.archived",
  ],
  ["archived, another price", { ...offer, state: "archived" as const }, { sku: "B" }, "offer.archived"],
  ["most below least", offer, { minQuantity: 5, maxQuantity: 4 }, "offer.bad_quantities"],
])("offer: %s", (_, before, change, expected) => {
  const answer = decideOffer(before, change);
  expect(answer.ok ? answer.value.version : answer.code).toBe(expected);
});

test.each([
  [{ minor: 100n, currency: "IDR" }, "ok"],
  [{ minor: 150n, currency: "IDR" }, "offer.price_off_step"],
  [{ minor: 0n, currency: "IDR" }, "offer.price_not_positive"],
  [{ minor: -100n, currency: "IDR" }, "offer.price_not_positive"],
  [{ minor: 100n, currency: "SGD" }, "offer.wrong_currency"],
] as const)("price %o: %s", (price, expected) => {
  const answer = decidePrice(price, { currency: "IDR", cashStepMinor: 100n });
  expect(answer.ok ? "ok" : answer.code).toBe(expected);
});

test.each([
  ["on the day", NOW, 900n],
  ["on the last day", NOW + 29, 900n],
  ["when it is over", NOW + 30, null],
])("a reduction is announced %s", (_, now, expected) => {
  const reduced = { priorMinor: 900n, reducedAt: NOW };
  expect(shownPrior(reduced, { now, reductionMs: 30 })).toBe(expected);
});

test("CSV written is CSV read", () => {
  const field = fc.oneof(fc.string(), fc.constantFrom('a"b', "a,b", "a\nb", '"', "=1+1"));
  const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(rows, (table) => {
      const plain = table.map((row) =>
        row.map((one) => one.replace(/\r/g, "").replace(/^[=+\-@\t\uFEFF]+/, "")),
      );
      expect(parseCsv(plain.map(formatCsv).join(""))).toEqual(plain);
    }),
  );
  expect(formatCsv(["=1+1", "-5", "-cmd"])).toBe("'=1+1,-5,'-cmd\r\n");
  expect(parseCsv('a,"b')).toBeUndefined();
});

test("an import file is read by product, with the line where each starts", () => {
  const csv =
    "ref,category,title_en,option1,value1,sku,price\r\n" +
    "A,tea,Tea,size|Size|Ukuran,s|Small|Kecil,A-S,12.5\r\n" +
    "A,,,size|Size|Ukuran,Large pack,A-L,20\r\nB,tea,Mug,,,B-1,x\r\n";
  const read = readCsv(csv, "SGD");
  if (!("rows" in read)) throw new Error("refused");
  expect(read.rows.map(({ row }) => row)).toEqual([2, 4]);
  expect(read.rows[0]?.value).toMatchObject({
    ref: "A",
    titles: { en: "Tea" },
    options: [
      { code: "size", names: { en: "Size", id: "Ukuran" }, values: [{ code: "s" }, { code: "large_pack" }] },
    ],
    variants: [
      { values: { size: "s" }, offer: { sku: "A-S", price: { minor: "1250", currency: "SGD" } } },
      { values: { size: "large_pack" }, offer: { sku: "A-L", price: { minor: "2000", currency: "SGD" } } },
    ],
  });
  expect(read.rows[1]?.value).toMatchObject({ variants: [{ offer: { price: { minor: "x" } } }] });
  expect(readCsv("no header", "SGD")).toEqual({ refused: "unreadable" });
  expect(readJsonLines("{}\n\nnot json\n")).toEqual({
    rows: [
      { row: 1, value: {} },
      { row: 3, value: undefined },
    ],
  });
  expect(readJsonLines("{}\n".repeat(501))).toEqual({ refused: "too_long" });
});

test("every name gives a slug, and the slug of an id is nobody else's", () => {
  expect(slugify("Kemeja Batik — Édition n°1 (XL)")).toBe("kemeja-batik-edition-n-1-xl");
  expect(slugFor("日本", "prd_01jd8zt4w8h5vc6q1m9a2r7sxy")).toBe("9a2r7sxy");
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (name) => {
      expect(zSlug.safeParse(slugFor(name, ids.next("product"))).success).toBe(true);
    }),
  );
});
