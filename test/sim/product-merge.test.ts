import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import { likenessOf, reasonsOf, scoreOf } from "#services/catalog/product/domain/duplicate";
import { gtin14 } from "#services/catalog/product/domain/gtin";
import {
  decideMerge,
  decideUndo,
  type Merge,
  type Merged,
  skuKey,
  type Whole,
} from "#services/catalog/product/domain/merge";
import type { Offer } from "#services/catalog/product/domain/offer";
import type { Product, Variant } from "#services/catalog/product/domain/product";

/** Histories a run; `npm run test:sim -- --seeds N` tries more. */
const RUNS = Number(process.env.SIM_SEEDS ?? 10_000);
const ids = createIds({ now: () => 1_800_000_000_000 });
const sellers = [0, 1, 2].map(() => ids.next("seller"));
const categoryId = ids.next("category");
/** Made once: every history is of the same things. */
const productIds = Array.from({ length: 4 }, () => ids.next("product"));
const variantIds = Array.from({ length: 8 }, () => ids.next("variant"));
const offerIds = Array.from({ length: 24 }, () => ids.next("offer"));

type World = {
  readonly products: Map<string, Product>;
  readonly variants: Map<string, Variant>;
  /** What each variant was known by at first: a merge must not forget it. */
  readonly gtins: ReadonlyMap<string, string | null>;
  readonly offers: Map<string, Offer>;
  readonly merges: Merge[];
};

/** Four products of two variants; who sells which, and which GTINs are known, the history says. */
function openWorld(gtins: readonly (string | null)[], sold: readonly boolean[]): World {
  const products = new Map<string, Product>();
  const variants: Variant[] = [];
  const offers = new Map<string, Offer>();
  for (let p = 0; p < 4; p += 1) {
    const product = productOf(p);
    products.set(product.id, product);
    for (const [v, key] of ["s", "m"].entries()) {
      const gtin = gtins[p * 2 + v] ?? null;
      const about = {
        productId: product.id,
        position: v,
        key,
        label: key,
        mpn: null,
        weightGrams: 1,
        measures: null,
      };
      const variant: Variant = {
        ...about,
        id: variantIds[p * 2 + v] as Id<"variant">,
        gtin,
        archived: false,
      };
      variants.push(variant);
      for (const [s, sellerId] of sellers.entries()) {
        if (!sold[(p * 2 + v) * sellers.length + s]) continue;
        const id = offerIds[(p * 2 + v) * sellers.length + s] as Id<"offer">;
        const offer = { ...offerOf(variant, sellerId, `${p}${key}${s}`), id };
        offers.set(offer.id, offer);
      }
    }
  }
  const byId = new Map(variants.map((one) => [one.id, one]));
  const known = new Map(variants.map(({ id, gtin }) => [id, gtin]));
  return { products, variants: byId, gtins: known, offers, merges: [] };
}

const productOf = (p: number): Product => ({
  id: productIds[p] as Id<"product">,
  sellerId: sellers[p % sellers.length] as Id<"seller">,
  categoryId,
  state: "published",
  slug: `p${p}`,
  titles: { en: "Thing" },
  descriptions: null,
  brand: null,
  mpn: null,
  attributes: {},
  options: [],
  taxClass: "standard",
  reason: null,
  externalRef: `ref${p}`,
  coverKey: null,
  createdAt: 0,
  publishedAt: 0,
  deletedAt: null,
  mergedInto: null,
  version: 1,
});

const offerOf = (
  { id: variantId, productId }: Variant,
  sellerId: Id<"seller">,
  sku: string,
): Omit<Offer, "id"> => ({
  productId,
  variantId,
  sellerId,
  sku,
  state: "active",
  price: { minor: 100n, currency: "IDR" },
  priorMinor: null,
  reducedAt: null,
  minQuantity: 1,
  stepQuantity: 1,
  maxQuantity: null,
  createdAt: 0,
  version: 1,
});

const wholeOf = (world: World, product: Product): Whole => ({
  product,
  variants: [...world.variants.values()].filter(({ productId }) => productId === product.id),
  offers: [...world.offers.values()].filter(({ productId }) => productId === product.id),
});

function write(world: World, { master, duplicate, variants, offers }: Merged): void {
  for (const product of [master, duplicate]) world.products.set(product.id, product);
  for (const variant of variants) world.variants.set(variant.id, variant);
  for (const offer of offers) world.offers.set(offer.id, offer);
}

function merge(world: World, into: Product, from: Product): string {
  const decided = decideMerge(wholeOf(world, into), wholeOf(world, from), 1);
  if (!decided.ok) return decided.code;
  write(world, decided.value);
  world.merges.push(decided.value.merge);
  return "ok";
}

function undo(world: World, at: number): string {
  const record = world.merges[at];
  if (!record) return "none";
  const live = [...world.offers.values()].filter(({ state }) => state !== "archived");
  const decided = decideUndo(record, {
    master: world.products.get(record.masterId) as Product,
    duplicate: world.products.get(record.productId) as Product,
    variants: [...world.variants.values()].filter(({ productId }) => productId === record.masterId),
    isLatest: world.merges.slice(at + 1).every(({ masterId }) => masterId !== record.masterId),
    offers: record.moves.flatMap(({ offerId }) => world.offers.get(offerId) ?? []),
    takenSkus: new Set(live.map(skuKey)),
    isRefTaken: false,
    isLate: false,
  });
  if (!decided.ok) return decided.code;
  write(world, decided.value);
  world.merges.splice(at, 1);
  return "ok";
}

/** Where a slug leads, however often its product became part of another. */
function ledTo(world: World, product: Product): Product {
  let at = product;
  for (let hops = 0; at.mergedInto !== null; hops += 1) {
    if (hops > world.products.size) throw new Error("slugs lead in a circle");
    at = world.products.get(at.mergedInto) as Product;
  }
  return at;
}

function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function demandWhole(world: World, stands: ReadonlySet<string>): void {
  for (const product of world.products.values()) {
    const end = ledTo(world, product);
    demand(end.state === "published" && end.deletedAt === null, `${product.slug} leads to nothing`);
  }
  const slots = new Set<string>();
  for (const offer of world.offers.values()) {
    const product = world.products.get(offer.productId) as Product;
    const slot = `${offer.variantId} ${offer.sellerId}`;
    if (offer.state !== "archived") {
      demand(product.mergedInto === null, `${offer.sku} is sold on a product that is gone`);
      demand(!slots.has(slot), `${offer.sku}: its shop sells the variant twice`);
      slots.add(slot);
    } else if (stands.has(offer.id)) {
      const moves = world.merges.flatMap((one) => one.moves).filter(({ offerId }) => offerId === offer.id);
      demand(
        moves.some(({ isDoubled }) => isDoubled),
        `${offer.sku} is lost`,
      );
    }
  }
  const gtinsIn = new Map<string, string>();
  for (const { fromVariantId, toVariantId } of world.merges.flatMap((one) => one.moves)) {
    for (const gtin of [world.gtins.get(fromVariantId), world.gtins.get(toVariantId)]) {
      if (gtin == null) continue;
      const end = gtinsIn.get(toVariantId) ?? gtin14(gtin);
      demand(end === gtin14(gtin), "two GTINs became one variant");
      gtinsIn.set(toVariantId, end);
    }
  }
}

const GTINS = [null, null, "4006381333931", "04006381333931", "96385074"];
type Step = { readonly kind: "merge" | "undo" | "archive"; readonly a: number; readonly b: number };
const history = fc.record({
  gtins: fc.array(fc.constantFrom(...GTINS), { minLength: 8, maxLength: 8 }),
  sold: fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom("merge" as const, "merge", "undo", "archive"),
      a: fc.nat(3),
      b: fc.nat(23),
    }) as fc.Arbitrary<Step>,
    { minLength: 1, maxLength: 12 },
  ),
});

test("no history of merges and their undoing loses an offer or leaves a slug dead", () => {
  fc.assert(
    fc.property(history, ({ gtins, sold, steps }) => {
      const world = openWorld(gtins, sold);
      const products = () => [...world.products.values()];
      const stands = new Set(world.offers.keys());
      for (const { kind, a, b } of steps) {
        if (kind === "merge") {
          const [into, from] = [products()[a] as Product, products()[b % 4] as Product];
          merge(world, into, from);
        } else if (kind === "undo") undo(world, b % Math.max(1, world.merges.length));
        else {
          const offer = [...world.offers.values()][b % Math.max(1, world.offers.size)];
          if (!offer || offer.state === "archived") continue;
          world.offers.set(offer.id, { ...offer, state: "archived" });
          stands.delete(offer.id);
        }
        demandWhole(world, stands);
      }
    }),
    { numRuns: RUNS },
  );
});

test("all merges taken back, the last first, are no merges", () => {
  fc.assert(
    fc.property(history, ({ gtins, sold, steps }) => {
      const world = openWorld(gtins, sold);
      const plain = () =>
        JSON.stringify(
          [...world.products.values(), ...world.variants.values(), ...world.offers.values()].map((one) => ({
            ...one,
            version: 0,
          })),
          (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
        );
      const before = plain();
      const products = [...world.products.keys()];
      for (const { a, b } of steps) {
        const [into, from] = [products[a], products[b % 4]].map((id) => world.products.get(id ?? ""));
        if (into && from) merge(world, into, from);
      }
      while (world.merges.length > 0) expect(undo(world, world.merges.length - 1)).toBe("ok");
      expect(plain()).toBe(before);
    }),
    { numRuns: Math.ceil(RUNS / 4) },
  );
});

const marks = (title: string, more: object = {}) => ({
  gtins: [] as string[],
  mpns: [] as string[],
  brand: "Acme",
  pictures: [] as string[],
  title,
  ...more,
});

test("what makes two products look like one, and what never does", () => {
  const lamp = "Acme Desk Lamp LED 40 cm";
  const table: readonly (readonly [string, object, object, number])[] = [
    [
      "GTINs of two lengths",
      marks("a", { gtins: ["4006381333931"] }),
      marks("b", { gtins: ["04006381333931"] }),
      990,
    ],
    ["another GTIN", marks(lamp, { gtins: ["4006381333931"] }), marks(lamp, { gtins: ["96385074"] }), 0],
    [
      "a maker's number",
      marks("a", { mpns: ["AB-12/c"] }),
      marks("b", { mpns: ["ab12C"], brand: "ACME" }),
      900,
    ],
    [
      "one number, two makers",
      marks("a", { mpns: ["AB12"] }),
      marks("b", { mpns: ["AB12"], brand: "Bolt" }),
      0,
    ],
    ["the same title", marks(lamp), marks("ACME desk-lamp, LED 40 cm"), 750],
    ["another size", marks(lamp), marks("Acme Desk Lamp LED 60 cm"), 0],
    ["title and picture", marks(lamp, { pictures: ["f"] }), marks(lamp, { pictures: ["f"] }), 875],
    ["a picture alone", marks("a", { pictures: ["f"] }), marks("b", { pictures: ["f"] }), 500],
  ];
  for (const [name, a, b, score] of table) {
    const found = scoreOf(reasonsOf(a as ReturnType<typeof marks>, b as ReturnType<typeof marks>));
    expect([name, found]).toEqual([name, score]);
  }
  expect(likenessOf("RED RETROSPOT MUG", "PINK RETROSPOT MUG")).toBeLessThan(800);
});
