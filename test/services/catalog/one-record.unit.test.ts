import fc from "fast-check";
import { expect, test } from "vitest";
import type { Ctx } from "#kernel/ctx";
import { feedRows } from "#services/catalog/product/domain/feed";
import type { ProductView, ViewPage } from "#services/catalog/product/domain/view";
import { formatMoney } from "../../../workers/platform/storefront/pages/format.ts";
import type { Place } from "../../../workers/platform/storefront/pages/page.ts";
import { product } from "../../../workers/platform/storefront/pages/product.tsx";
import { Reading } from "../../../workers/platform/storefront/pages/reading.ts";
import { zFeedRow } from "./published-feed.ts";
import { strangeTerms } from "./published-schema.ts";

const RUNS = 500;
const origin = "https://shop.example";
const shipping = { flatMinor: 1_500_000n, minDays: 2, maxDays: 5, tables: [] };
const market = { countries: ["ID"], currency: "IDR", shipping };
const place = { ctx: { config: { market }, market }, origin, locale: "id", base: "" } as unknown as Place;

const money = (minor: number) => ({ minor: String(minor * 100), currency: "IDR" });
const anyOffer = fc.record({
  price: fc.integer({ min: 1, max: 900_000 }),
  reduced: fc.option(fc.integer({ min: 1, max: 90_000 })),
  available: fc.constantFrom(0, 1, 5),
});
const anyRecord = fc.record({
  title: fc.stringMatching(/^[A-Z][a-z]{2,20}$/),
  gtin: fc.constantFrom(null, "4006381333931", "96385074", "036000291452"),
  brand: fc.constantFrom(null, "Parang"),
  returnDays: fc.constantFrom(0, 7),
  hasPicture: fc.boolean(),
  mean: fc.constantFrom(null, 1, 4.666),
  offers: fc.array(anyOffer, { minLength: 1, maxLength: 3 }),
});
type AnyRecord = typeof anyRecord extends fc.Arbitrary<infer T> ? T : never;

function pageOf({ title, gtin, brand, returnDays, hasPicture, offers }: AnyRecord): ViewPage {
  return {
    ...{ id: "prd_1", slug: "thing", titles: { en: title, id: title }, descriptions: null, brand, mpn: null },
    category: { breadcrumbs: [{ slug: "x", names: { en: "Batik" } }], returnDays, googleCategoryId: 1604 },
    ...{ attributes: {}, options: [] },
    media: hasPicture ? [{ kind: "picture", url: "/v1/media/x.jpg", alts: null }] : [],
    variants: [
      {
        ...{ id: "var_1", values: {}, label: "", gtin, mpn: null, weightGrams: 250 },
        offers: offers.map(({ price, reduced }, i) => ({
          ...{ id: `ofr_${i}`, seller: { name: `Toko ${i}`, slug: `toko-${i}` }, sku: `S${i}` },
          price: money(price),
          priorPrice: reduced === null ? null : money(price + reduced),
          ...{ minQuantity: 1, maxQuantity: null },
        })),
      },
    ],
  };
}

/** What the API says of one record, from which page, JSON-LD and feed are all made. */
function tellersOf(record: AnyRecord) {
  const page = pageOf(record);
  const available = Object.fromEntries(record.offers.map((one, i) => [`ofr_${i}`, one.available]));
  const { mean } = record;
  const answers: { readonly [path: string]: object } = {
    "/v1/products/thing": page,
    "/v1/inventory/availability": {
      items: record.offers.map((one, i) => ({
        ...{ offerId: `ofr_${i}`, available: one.available, onShelf: one.available },
        ...{ ahead: null, contents: [] },
      })),
    },
    "/v1/reviews/summary": { count: mean === null ? 0 : 3, mean },
  };
  const inside = async (_: Ctx, { url }: Request) => {
    const answer = answers[new URL(url).pathname];
    return answer ? Response.json(answer) : new Response("{}", { status: 404 });
  };
  const rating = mean === null ? null : { count: 3, mean };
  const view: ProductView = { page, locale: "id", country: "ID", available, rating, shipping: null };
  return { reading: new Reading({} as Ctx, inside, origin), view };
}

type Told = { readonly url: string; readonly price: string; readonly availability: string };
const STOCKED: { readonly [url: string]: string } = {
  "https://schema.org/InStock": "in_stock",
  "https://schema.org/OutOfStock": "out_of_stock",
};

test("page, JSON-LD and feed of one record say the same, each in the terms that are published", async () => {
  await fc.assert(
    fc.asyncProperty(anyRecord, async (record) => {
      const { reading, view } = tellersOf(record);
      const written = await product.write(place, reading, { params: { slug: "thing" } } as never);
      const [data] = (written.jsonLd ?? []) as { [name: string]: unknown; offers: Told[] }[];
      if (!data) throw new Error("the page has no JSON-LD");
      expect(strangeTerms(data)).toEqual([]);
      const rows = feedRows(view, { origin }).map((row) => zFeedRow.parse(row));
      const html = String(written.body);
      expect(rows.map(({ title }) => title)).toEqual(rows.map(() => data.name));
      expect(html).toContain(`<h1 class="product-title">${data.name}</h1>`);
      const gtin = Object.entries(data).find(([name]) => name.startsWith("gtin"));
      expect(gtin?.[1] ?? null).toBe(rows[0]?.gtin ?? null);
      expect(
        data.offers.map(({ url, price, availability }) => [url, `${price} IDR`, STOCKED[availability]]),
      ).toEqual(
        rows.map(({ url, price, sale_price, availability }) => [url, sale_price ?? price, availability]),
      );
      const best = record.offers.toSorted((a, b) => a.price - b.price)[0];
      expect(html).toContain(formatMoney(place, money(best?.price ?? 0)));
    }),
    { numRuns: RUNS },
  );
});
