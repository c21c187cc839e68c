import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { zCreateCategory } from "#services/catalog/category/schemas";
import { zImportRow } from "#services/catalog/product/schemas/import";
import { zNew } from "#services/transaction/voucher/schemas";
import { SALE_DAYS } from "../../drizzle/seed/calendar.ts";
import { SHOPS } from "../../drizzle/seed/catalogue/index.ts";
import { CATEGORIES, type CategoryBranch } from "../../drizzle/seed/categories.ts";
import { COLOURS } from "../../drizzle/seed/colours.ts";
import { drawPicture } from "../../drizzle/seed/pictures.ts";
import { PLATFORM_VOUCHERS, SHOP_VOUCHER } from "../../drizzle/seed/vouchers.ts";
import { seed } from "../../scripts/db-seed.ts";
import { goodsOf, missingSlots, nextShow, type Slot, salePrice } from "../../scripts/seed/calendar.ts";
import { importRow, stockOf } from "../../scripts/seed/goods.ts";
import { voucherBody } from "../../scripts/seed/vouchers.ts";

const GOODS = SHOPS.flatMap(({ goods }) => goods);
const leavesOf = (branches: readonly CategoryBranch[], depth = 1): readonly (readonly [string, number])[] =>
  branches.flatMap(({ slug, children }) =>
    children ? leavesOf(children, depth + 1) : [[slug, depth] as const],
  );
const slugsOf = (branches: readonly CategoryBranch[]): readonly string[] =>
  branches.flatMap(({ slug, children = [] }) => [slug, ...slugsOf(children)]);

describe("the catalogue of the demo markets", () => {
  it("is as large as a small marketplace", () => {
    expect(GOODS.length).toBeGreaterThanOrEqual(120);
    expect(SHOPS.length).toBeGreaterThanOrEqual(6);
    expect(slugsOf(CATEGORIES).length).toBeGreaterThanOrEqual(12);
    expect(new Set(leavesOf(CATEGORIES).map(([, depth]) => depth))).toEqual(new Set([3]));
  });

  it("names nothing twice", () => {
    for (const names of [GOODS.map(({ ref }) => ref), SHOPS.map(({ slug }) => slug), slugsOf(CATEGORIES)]) {
      expect(new Set(names).size).toBe(names.length);
    }
    for (const { goods } of SHOPS) {
      const skus = goods.flatMap((one) => importRow(one, "id").variants.map(({ offer }) => offer.sku));
      expect(new Set(skus).size).toBe(skus.length);
    }
  });

  it("has vouchers that the API takes, of every kind that stands beside another", () => {
    for (const market of ["id", "sg"] as const) {
      const made = [...PLATFORM_VOUCHERS, SHOP_VOUCHER].map((one) => zNew.parse(voucherBody(one, market, 0)));
      expect(made.map(({ benefit }) => benefit.kind)).toEqual([
        "percent",
        "free_shipping",
        "cashback",
        "bxgy",
      ]);
    }
  });

  it("has something in every category", () => {
    const used = new Set(GOODS.map(({ category }) => category));
    expect([...used].sort()).toEqual(
      leavesOf(CATEGORIES)
        .map(([slug]) => slug)
        .sort(),
    );
  });

  it.each(["id", "sg"])("is taken by the import of %s, at prices that can be paid", (market) => {
    for (const goods of GOODS) {
      const row = zImportRow.parse(importRow(goods, market));
      expect(row.variants.length, goods.ref).toBeGreaterThanOrEqual(1);
      for (const { offer } of row.variants) {
        expect(offer?.price.minor, goods.ref).toBeGreaterThan(0n);
        if (market === "id") expect((offer?.price.minor ?? 1n) % 100n).toBe(0n);
      }
    }
  });

  it("has categories that the API takes", () => {
    const check = ({ slug, names: [en, id], children = [] }: CategoryBranch): void => {
      zCreateCategory.parse({ parentId: null, slug, names: { en, id } });
      children.forEach(check);
    };
    CATEGORIES.forEach(check);
  });

  it("has the same stock at every run, and more than nothing", () => {
    expect(stockOf("MUG", 0)).toBe(stockOf("MUG", 0));
    expect(new Set(["MUG", "CUP", "JUG"].map((sku) => stockOf(sku, 0))).size).toBeGreaterThan(1);
    expect(Math.min(...GOODS.map(({ ref }) => stockOf(ref, 1)))).toBeGreaterThan(0);
  });
});

/** Width, height and the bytes of the pixels of a PNG with a palette. */
function readPng(png: Buffer): { readonly width: number; readonly height: number; readonly rows: Buffer } {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.set(png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const header = chunks.get("IHDR") ?? Buffer.alloc(8);
  const rows = inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0));
  return { width: header.readUInt32BE(0), height: header.readUInt32BE(4), rows };
}

describe("the calendar of the demo markets", () => {
  const NOON = Date.parse("2026-03-01T12:00:00Z");
  const HOUR = 3_600_000;

  it("has one sale that runs and one to come, whenever the platform was last started", () => {
    let planned: Slot[] = [];
    for (const hours of [0, 1, 23, 26, 49, 50, 200, 201]) {
      const now = NOON + hours * HOUR;
      planned = [...planned, ...missingSlots(planned, now)].filter(({ endsAt }) => endsAt > now);
      const soon = now + 60_000;
      expect(
        planned.filter((one) => one.startsAt <= soon && soon < one.endsAt),
        `${hours}`,
      ).toHaveLength(1);
      const next = planned.filter(({ startsAt }) => startsAt > soon);
      expect(next.length, `${hours}`).toBeGreaterThanOrEqual(1);
      expect(next.length, `${hours}`).toBeLessThanOrEqual(2);
    }
  });

  it("sells other goods each day, of shops that have them, at a price that a slot takes", () => {
    const refs = new Map(SHOPS.map(({ slug, goods }) => [slug, goods.map(({ ref }) => ref)]));
    for (const { shop, ref } of SALE_DAYS.flat()) expect(refs.get(shop)).toContain(ref);
    const [first, second] = missingSlots([], NOON);
    if (!first || !second) throw new Error("two days are planned");
    expect(goodsOf(first)).not.toEqual(goodsOf(second));
    expect(salePrice({ minor: "12900000", currency: "IDR" })).toEqual({ minor: "9000000", currency: "IDR" });
    expect(salePrice({ minor: "1190", currency: "SGD" })).toEqual({ minor: "790", currency: "SGD" });
    const [list, most] = [
      { minor: "1190", currency: "SGD" },
      { minor: "785", currency: "SGD" },
    ];
    expect(salePrice(list, most)).toEqual(most);
  });

  it("has shows at an hour of the market's day, none of them over", () => {
    const show = { shop: "x", title: ["X", "X"], hour: 19 } as const;
    const at = nextShow(show, 0, { market: "id", now: NOON });
    expect(new Date(at).toISOString()).toBe("2026-03-02T12:00:00.000Z");
    const late = Date.parse("2026-03-01T18:00:00Z");
    expect(new Date(nextShow(show, 0, { market: "sg", now: late })).toISOString()).toBe(
      "2026-03-03T11:00:00.000Z",
    );
  });
});

describe("pictures", () => {
  it("are small PNG files, and another colour is another picture", () => {
    const blue = drawPicture("mug", COLOURS.navy.hex);
    const { width, height, rows } = readPng(blue);
    expect([width, height, rows.length]).toEqual([600, 600, 601 * 600]);
    // The wall, the disc, the thing itself and its edges.
    expect(new Set(rows).size).toBeGreaterThan(20);
    expect(blue.length).toBeLessThan(20_000);
    expect(drawPicture("mug", COLOURS.red.hex).equals(blue)).toBe(false);
    expect(drawPicture("mug", COLOURS.navy.hex).equals(blue)).toBe(true);
  });
});

describe("a seed", () => {
  const bindings = (cell: object) => ({ CELLS: JSON.stringify({ id: cell }) });

  it("refuses to run on a database that is not of this machine", async () => {
    const url = "http://127.0.0.1:9";
    await expect(seed({ url, bindings: bindings({}) })).rejects.toThrow(/production/);
    const named = { ...bindings({ neonEndpoint: url }), ENVIRONMENT: "production" };
    await expect(seed({ url, bindings: named })).rejects.toThrow(/production/);
  });
});
