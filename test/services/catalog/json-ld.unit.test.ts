import fc from "fast-check";
import { expect, test } from "vitest";
import { feedRows } from "#services/catalog/product/domain/feed";
import { productJsonLd, toScriptText } from "#services/catalog/product/domain/json-ld";
import type { ProductView } from "#services/catalog/product/domain/view";
import { strangeTerms } from "./published-schema.ts";

const money = (minor: string) => ({ minor, currency: "IDR" });
const offer = (id: string, priorPrice: { minor: string; currency: string } | null) => ({
  id,
  seller: { name: "Toko", slug: "toko" },
  sku: id,
  price: money("15000000"),
  priorPrice,
  minQuantity: 2,
  maxQuantity: null,
});
const variant = (code: string, offers: readonly ReturnType<typeof offer>[]) => ({
  id: `var_${code}`,
  values: code === "" ? {} : { size: code },
  label: code.toUpperCase(),
  gtin: "4006381333931",
  mpn: "M-1",
  weightGrams: 250,
  offers,
});
const named = (code: string) => ({ code, names: { en: code.toUpperCase() } });
const view = (codes: readonly string[]): ProductView => ({
  page: {
    id: "prd_1",
    slug: "kemeja",
    titles: { en: "Shirt", id: "Kemeja" },
    descriptions: { en: "Hand-drawn." },
    brand: "Parang",
    mpn: null,
    category: {
      breadcrumbs: [{ slug: "x", names: { en: "Batik" } }],
      returnDays: 14,
      googleCategoryId: 1604,
    },
    attributes: {},
    options: codes.length === 0 ? [] : [{ ...named("size"), values: codes.map(named) }],
    variants: (codes.length === 0 ? [""] : codes).map((code) =>
      variant(code, [offer(`a${code}`, money("19900000")), offer(`b${code}`, null)]),
    ),
    media: [{ kind: "picture", url: "/v1/media/x.jpg", alts: null }],
  },
  locale: "id",
  country: "ID",
  available: { a: 2, am: 1 },
  rating: { count: 3, mean: 4.666 },
  shipping: { rate: money("1500000"), freeFrom: money("15000001"), minDays: 2, maxDays: 5 },
});
const where = { origin: "https://shop.example" };

test("one variant is a Product with an Offer of each shop", () => {
  const data = productJsonLd(view([]), where);
  expect(strangeTerms(data)).toEqual([]);
  expect(data).toMatchObject({
    "@type": "Product",
    name: "Kemeja",
    gtin13: "4006381333931",
    aggregateRating: { ratingValue: 4.7, reviewCount: 3 },
    offers: [
      {
        price: "150000.00",
        availability: "https://schema.org/InStock",
        priceSpecification: { priceType: "https://schema.org/StrikethroughPrice", price: "199000.00" },
        shippingDetails: { shippingRate: { value: "15000.00" } },
        hasMerchantReturnPolicy: { merchantReturnDays: 14 },
      },
      { availability: "https://schema.org/OutOfStock" },
    ],
  });
});

test("several are a ProductGroup that names what they differ in", () => {
  const data = productJsonLd(view(["m", "l"]), where);
  expect(strangeTerms(data)).toEqual([]);
  expect(data).toMatchObject({
    "@type": "ProductGroup",
    productGroupID: "prd_1",
    variesBy: ["https://schema.org/size"],
    hasVariant: [
      { size: "M", offers: [{ availability: "https://schema.org/OutOfStock" }, {}] },
      { size: "L" },
    ],
  });
});

test("what is sold before it is there says so, and when it comes", () => {
  const promisedAt = "2026-12-01T00:00:00.000Z";
  const coming = (onShelf: number) => ({ a: { kind: "preorder" as const, onShelf, promisedAt } });
  const availabilityIn = (ahead: NonNullable<ProductView["ahead"]>) => {
    const { offers } = productJsonLd({ ...view([]), ahead }, where) as { offers: unknown[] };
    return offers[0];
  };
  const told = { availability: "https://schema.org/PreOrder", availabilityStarts: promisedAt };
  expect(availabilityIn(coming(1))).toMatchObject(told);
  expect(strangeTerms(availabilityIn(coming(1)))).toEqual([]);
  expect(availabilityIn(coming(2))).toMatchObject({ availability: "https://schema.org/InStock" });
  expect(feedRows({ ...view([]), ahead: coming(0) }, where)[0]).toMatchObject({
    availability: "pre_order",
    availability_date: "2026-12-01",
  });
});

test("no name ends the script that it stands in", () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const text = toScriptText({ name: `</script><!--${name}` });
      expect(text).not.toContain("<");
      expect(JSON.parse(text)).toEqual({ name: `</script><!--${name}` });
    }),
  );
});
