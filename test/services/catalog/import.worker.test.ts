import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { newCategory, openedShop, price } from "./shelf.ts";

const NDJSON = { headers: { "content-type": "application/x-ndjson" } };
const CSV = { headers: { "content-type": "text/csv" } };

const row = (ref: string, category: string, fields: object = {}) => ({
  ref,
  category,
  titles: { en: `Mug ${ref}`, id: `Cangkir ${ref}` },
  variants: [{ offer: { sku: `SKU-${ref}`, price: price("5000000") } }],
  ...fields,
});
const lines = (rows: readonly object[]) => rows.map((one) => `${JSON.stringify(one)}\n`).join("");
const send = (by: Client, rows: readonly object[], query = "") =>
  by.post(`/v1/products/import${query}`, lines(rows), NDJSON);

const setUp = async (h: Harness) => ({ ...(await openedShop(h)), categoryId: await newCategory(h) });

test("hundreds of products in a request, two round trips, and again without a change", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  const rows = [...Array(300).keys()].map((i) => row(`R${i}`, categoryId));
  const first = await send(owner, rows);
  expect(first.body).toMatchObject({ created: 300, failed: 0 });
  expect(Number(/dur=(\d+)/.exec(first.headers.get("server-timing") ?? "")?.[1])).toBeLessThanOrEqual(3);
  expect(first.body.rows[7]).toMatchObject({
    row: 8,
    ref: "R7",
    status: "created",
    offers: [{ sku: "SKU-R7" }],
  });
  const again = await send(owner, rows);
  expect(again.body).toMatchObject({ created: 0, updated: 0, unchanged: 300 });
  expect(again.body.rows[7].offers).toEqual(first.body.rows[7].offers);
  const list = await h.anonymous.get(`/v1/products?category=${categoryId}&limit=100`);
  expect(list.body.items).toHaveLength(100);
  const told = h.waiting().filter(({ type }) => type === "product.published");
  expect(told).toHaveLength(300);
});

test("a row that is wrong says why and holds up no other", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  const tail = h.ids.next("event").slice(-8);
  const good = row("GOOD", categoryId, { slug: `taken-${tail}` });
  const body = [
    JSON.stringify(good),
    "no json at all",
    JSON.stringify(row("NO-CATEGORY", "nowhere")),
    JSON.stringify(row("GOOD", categoryId)),
    JSON.stringify(row("SLUG", categoryId, { slug: `taken-${tail}` })),
    JSON.stringify(row("SKU", categoryId, { variants: good.variants })),
    JSON.stringify(row("GTIN", categoryId, { variants: [{ gtin: "123" }] })),
    JSON.stringify(row("BARE", categoryId, { variants: [{}] })),
    JSON.stringify({ ref: "SHAPE", category: categoryId, variants: [] }),
  ];
  const report = await owner.post("/v1/products/import", body.join("\n"), NDJSON);
  expect(report.body).toMatchObject({ created: 1, failed: 8 });
  type Line = { row: number; errors: { path: string; code: string }[] };
  const found = (report.body.rows as Line[]).map(({ row, errors }) => [
    row,
    ...errors.map(({ code }) => code),
  ]);
  expect(found.slice(0, 8)).toEqual([
    [1],
    [2, "invalid_type"],
    [3, "unknown"],
    [4, "twice"],
    [5, "taken"],
    [6, "taken"],
    [7, "gtin"],
    [8, "unpriced"],
  ]);
  expect(found[8]?.[0]).toBe(9);
  expect((await owner.post("/v1/products/import", "{}\n".repeat(501), NDJSON)).status).toBe(413);
  expect(
    (await owner.post("/v1/products/import", "{}", { headers: { "content-type": "text/plain" } })).status,
  ).toBe(415);
});

test("what changed in the file changes here, and the price is logged", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  const first = await send(owner, [row("A", categoryId), row("B", categoryId)]);
  const [{ offerId }] = first.body.rows[0].offers as [{ offerId: string }];
  h.clock.advance(60_000);
  const dearer = row("A", categoryId, { variants: [{ offer: { sku: "SKU-A", price: price("6000000") } }] });
  const renamed = row("B", categoryId, { titles: { en: "Another mug" } });
  expect((await send(owner, [dearer, renamed])).body).toMatchObject({ updated: 2, unchanged: 0 });
  const log = await owner.get(`/v1/offers/${offerId}/prices`);
  expect(log.body.items).toMatchObject([{ price: price("6000000"), from: price("5000000") }, { from: null }]);
  const mine = await owner.get("/v1/products/mine");
  const rows = mine.body.items as { titles: { en: string }; priceFrom: object; version: number }[];
  expect(rows.find(({ titles }) => titles.en === "Another mug")?.version).toBe(2);
  expect(rows.find(({ titles }) => titles.en === "Mug A")).toMatchObject({
    priceFrom: price("6000000"),
    version: 1,
  });
});

test("the same import twice at once makes each product once", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  const rows = [...Array(40).keys()].map((i) => row(`T${i}`, categoryId));
  const answers = await Promise.all([send(owner, rows), send(owner, rows)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const made = answers.reduce((sum, { body }) => sum + body.created, 0);
  const kept = answers.reduce((sum, { body }) => sum + body.unchanged, 0);
  expect([made, kept]).toEqual([40, 40]);
});

/** With options, attributes, quotes, commas and two languages. */
const shelf = (categoryId: string) => [
  row("PLAIN", categoryId, {
    brand: 'Say "hi", Ltd',
    descriptions: { en: "Line one\nline two", id: "Baris" },
  }),
  row("OPTIONS", categoryId, {
    attributes: { glaze: "matt", dishwasher: true },
    options: [
      {
        code: "colour",
        names: { en: "Colour", id: "Warna" },
        values: [
          { code: "red", names: { en: "Red", id: "Merah" } },
          { code: "blue", names: { en: "Blue", id: "Biru" } },
        ],
      },
    ],
    variants: ["red", "blue"].map((code) => ({
      values: { colour: code },
      gtin: code === "red" ? "4006381333931" : null,
      mpn: code === "red" ? "AB-12/R" : null,
      weightGrams: 300,
      measures: code === "red" ? { lengthMm: 120, widthMm: 90, heightMm: 100 } : null,
      offer: {
        sku: `MUG-${code}`,
        price: price("7550000"),
        minQuantity: 2,
        stepQuantity: 2,
        maxQuantity: 10,
      },
    })),
  }),
];
const attributes = [
  { code: "glaze", names: { en: "Glaze" }, type: "text" },
  { code: "dishwasher", names: { en: "Dishwasher safe" }, type: "boolean" },
];

test.each([
  ["jsonl", NDJSON, "application/x-ndjson"],
  ["csv", CSV, "text/csv; charset=utf-8"],
] as const)("what is exported as %s is imported without a change", async (format, options, type) => {
  const h = harness();
  const { owner } = await openedShop(h);
  const categoryId = await newCategory(h, { attributes });
  expect((await send(owner, shelf(categoryId))).body).toMatchObject({ created: 2, failed: 0 });
  const file = await owner.get(`/v1/products/export?format=${format}`);
  expect(file.headers.get("content-type")).toBe(type);
  const text = new TextDecoder().decode(file.bytes);
  const report = await owner.post("/v1/products/import", text, options);
  expect(report.body, JSON.stringify(report.body)).toMatchObject({
    created: 0,
    updated: 0,
    unchanged: 2,
    failed: 0,
  });
  const renumbered = await owner.post("/v1/products/import", text.replace("AB-12/R", "AB-13/R"), options);
  expect(renumbered.body).toMatchObject({ updated: 1, unchanged: 1, failed: 0 });
  expect(new TextDecoder().decode((await owner.get("/v1/products/export")).bytes)).toContain("AB-13/R");
});

test("an export of many pages holds each product once", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  await send(
    owner,
    [...Array(450).keys()].map((i) => row(`P${i}`, categoryId)),
  );
  const text = new TextDecoder().decode((await owner.get("/v1/products/export")).bytes);
  const refs = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).ref as string);
  expect(refs).toHaveLength(450);
  expect(new Set(refs).size).toBe(450);
});

test("a key of the platform imports for the shop that it names, a shop's key for its own only", async () => {
  const h = harness({ market: "gb" });
  const { sellerId, categoryId } = await setUp(h);
  const other = await openedShop(h);
  const gbp = (ref: string) =>
    row(ref, categoryId, { variants: [{ offer: { sku: ref, price: price("255", "GBP") } }] });
  const platform = await h.service(["catalogue:write"]);
  expect((await send(platform, [gbp("K1")])).body.code).toBe("product.shop_missing");
  const report = await send(platform, [gbp("K1")], `?sellerId=${sellerId}`);
  expect(report.body).toMatchObject({ created: 1 });
  const shown = await h.anonymous.get(`/v1/products/${report.body.rows[0].productId}`);
  expect(shown.body.variants[0].offers[0].seller.id).toBe(sellerId);
  const keyed = await h.service(["catalogue:write"], other.sellerId as Id<"seller">);
  await send(keyed, [gbp("K2")], `?sellerId=${sellerId}`);
  expect((await other.owner.get("/v1/products/mine")).body.items).toMatchObject([{ state: "proposed" }]);
  expect((await send(await h.service(["order:read"]), [gbp("K3")])).status).toBe(403);
});
