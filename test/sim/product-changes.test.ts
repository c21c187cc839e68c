import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import {
  conflictsOf,
  type Difference,
  differencesOf,
  strangersOf,
} from "#services/catalog/product/domain/change";
import { decideEdit, type Edit, type Master, type ProductDraft } from "#services/catalog/product/domain/edit";
import type { Product } from "#services/catalog/product/domain/product";

const RUNS = 10_000;
const ids = createIds({ now: () => 1_800_000_000_000 });
const sellerId = ids.next("seller");
const terms = {
  ids,
  now: 0,
  sellerId,
  rules: ["a", "b"].map((code) => ({ code, type: "text" as const, required: false, variantAxis: false })),
  taxClass: "standard" as const,
  currency: "IDR" as const,
  cashStepMinor: 1n,
  locale: "en" as const,
};
const product: Product = {
  id: ids.next("product"),
  sellerId,
  categoryId: ids.next("category"),
  state: "published",
  slug: "thing",
  titles: { en: "Thing" },
  descriptions: null,
  brand: null,
  mpn: null,
  attributes: {},
  options: [],
  taxClass: "standard",
  reason: null,
  externalRef: null,
  coverKey: null,
  createdAt: 0,
  publishedAt: 0,
  deletedAt: null,
  mergedInto: null,
  version: 1,
};

function edited(master: Master, draft: ProductDraft): Edit {
  const answer = decideEdit(master, draft, terms);
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
  return answer.value;
}

function applied(master: Master, edit: Edit): Master {
  const merge = <T extends { readonly id: string }>(
    all: readonly T[],
    changed: readonly T[],
    added: readonly T[],
  ) => [...all.map((one) => changed.find(({ id }) => id === one.id) ?? one), ...added];
  return {
    product: edit.product,
    variants: merge(master.variants, edit.changedVariants, edit.addedVariants),
    offers: merge(master.offers, edit.changedOffers, edit.addedOffers),
  };
}

const word = fc.constantFrom("x", "y", "z");
const draft: fc.Arbitrary<ProductDraft> = fc.record(
  {
    titles: fc.oneof(fc.record({ en: word }), fc.record({ en: word, id: word })),
    brand: fc.option(word),
    mpn: fc.option(word),
    descriptions: fc.option(fc.record({ en: word })),
    attributes: fc.dictionary(fc.constantFrom("a", "b"), word),
    variants: fc
      .record({ weightGrams: fc.nat(2), mpn: fc.option(word), price: fc.integer({ min: 1, max: 3 }) })
      .map(({ price, ...rest }) => [
        {
          values: {},
          ...rest,
          offer: { sku: "S", price: { minor: BigInt(price), currency: "IDR" as const } },
        },
      ]),
  },
  { requiredKeys: [] },
);

const values = (differences: readonly Difference[]) =>
  new Map(differences.map((one) => [one.path, one.after]));

test("an approved request changes what it asked for and nothing that it had not seen", () => {
  fc.assert(
    fc.property(draft, draft, fc.array(draft, { maxLength: 3 }), (first, asked, others) => {
      const blank = { product, variants: [], offers: [] };
      const base = applied(blank, edited(blank, { variants: [{ values: {} }], ...first }));
      const request = differencesOf(base, edited(base, asked));
      let now: Master = base;
      for (const other of others) now = applied(now, edited(now, other));
      const edit = edited(now, asked);
      const would = differencesOf(now, edit);
      const conflicts = conflictsOf(request, would);
      const seen = new Map(request.map((one) => [one.path, one]));
      for (const { path, before } of would) {
        const isForeign = JSON.stringify(seen.get(path)?.before) !== JSON.stringify(before);
        expect(conflicts.some((one) => one.path === path) || !isForeign).toBe(true);
      }
      if (conflicts.length > 0) return;
      const after = applied(now, edit);
      // Nothing but what was asked for has moved, and asking again would change nothing.
      const wanted = values(request);
      for (const { path, after: value } of would) expect(wanted.get(path)).toEqual(value);
      expect(differencesOf(after, edited(after, asked))).toEqual([]);
      if (others.length === 0) expect(would).toEqual(request);
    }),
    { numRuns: RUNS },
  );
});

test("a proposal leaves every offer alone, and one that would not is found out", () => {
  fc.assert(
    fc.property(draft, draft, (first, asked) => {
      const blank = { product, variants: [], offers: [] };
      const base = applied(blank, edited(blank, { variants: [{ values: {} }], ...first }));
      const edit = edited(base, asked);
      const isSold = edit.addedOffers.length + edit.changedOffers.length > 0;
      expect(strangersOf(edit)).toEqual(isSold ? ["S"] : []);
      const words = { ...asked, variants: asked.variants?.map(({ offer: _, ...rest }) => rest) };
      const told = edited(base, words);
      expect(strangersOf(told)).toEqual([]);
      expect(applied(base, told).offers).toEqual(base.offers);
    }),
    { numRuns: RUNS },
  );
});
