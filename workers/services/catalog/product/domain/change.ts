import { err, ok, type Result } from "#kernel/result";
import type { Offer } from "./offer.ts";
import type { Product, Variant } from "./product.ts";

/** `applied` needed nobody's word; the others were or are requests. */
export const CHANGE_STATES = [
  "applied",
  "pending",
  "approved",
  "rejected",
  "superseded",
  "withdrawn",
] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];
/** The fields that a change sets, as the API takes them. */
export type ChangePatch = { readonly [field: string]: unknown };

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };
/** One thing that a change brings from one value to another; null is a thing that is not there. */
export type Difference = { readonly path: string; readonly before: Plain; readonly after: Plain };

type Side = {
  readonly product: Product;
  readonly variants: readonly Variant[];
  readonly offers: readonly Offer[];
};
type After = {
  readonly product: Product;
  readonly addedVariants: readonly Variant[];
  readonly changedVariants: readonly Variant[];
  readonly addedOffers: readonly Offer[];
  readonly changedOffers: readonly Offer[];
};

/** What an edit changes, named so that it means the same on a later version: by option values, not by ids. */
export function differencesOf(before: Side, edit: After): readonly Difference[] {
  const keys = new Map([...before.variants, ...edit.addedVariants].map(({ id, key }) => [id, key]));
  const was = new Map(describe(before, keys));
  const now = new Map(was);
  const changed = { ...edit, variants: [...edit.changedVariants, ...edit.addedVariants] };
  const offers = [...edit.changedOffers, ...edit.addedOffers];
  for (const path of [...now.keys()])
    if (/^(titles|descriptions|attributes|options)\./.test(path)) now.delete(path);
  for (const [path, value] of describe({ ...changed, offers }, keys)) now.set(path, value);
  return [...new Set([...was.keys(), ...now.keys()])].sort().flatMap((path): Difference[] => {
    const from = was.get(path) ?? null;
    const to = now.get(path) ?? null;
    return canonical(from) === canonical(to) ? [] : [{ path, before: from, after: to }];
  });
}

type Entry = readonly [path: string, value: Plain];

function describe({ product, variants, offers }: Side, keys: ReadonlyMap<string, string>): readonly Entry[] {
  const { categoryId, slug, brand, mpn } = product;
  const each = (name: string, values: object | null): readonly Entry[] =>
    Object.entries(values ?? {}).map(([code, value]) => [`${name}.${code}`, toPlain(value)]);
  return [
    ...Object.entries({ categoryId, slug, brand, mpn }),
    ...each("titles", product.titles),
    ...each("descriptions", product.descriptions),
    ...each("attributes", product.attributes),
    ...product.options.map((one): Entry => [`options.${one.code}`, toPlain(one)]),
    ...variants.flatMap(({ key, gtin, mpn, weightGrams, measures, archived }) =>
      each(`variants.${key || "only"}`, { gtin, mpn, weightGrams, measures, archived }),
    ),
    ...offers.flatMap(({ variantId, sellerId, sku, state, price, ...terms }) => {
      const { minQuantity, stepQuantity, maxQuantity } = terms;
      const shown = { sku, state, price: price.minor.toString(), minQuantity, stepQuantity, maxQuantity };
      return each(`offers.${sellerId}.${keys.get(variantId) || "only"}`, shown);
    }),
  ];
}

const toPlain = (value: unknown): Plain => JSON.parse(JSON.stringify(value)) as Plain;

/** Key order does not matter, and Postgres does not keep it. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/**
 * What applying the request now would do that it did not ask for: values that it never saw. What others have
 * brought to the wanted value meanwhile is no conflict.
 */
export function conflictsOf(asked: readonly Difference[], now: readonly Difference[]): readonly Difference[] {
  const known = new Set(asked.map(canonical));
  return now.filter((difference) => !known.has(canonical(difference)));
}

/** Whoever sells the thing may say what it is. */
export const decideMayPropose = (
  sellerId: string,
  offers: readonly Offer[],
): Result<undefined, "product.not_offered"> =>
  offers.some((offer) => offer.sellerId === sellerId && offer.state !== "archived")
    ? ok(undefined)
    : err("product.not_offered");

/** Which variants a proposal names that are not there: it describes a product and adds nothing to be sold. */
export const strangersOf = ({ addedVariants, addedOffers, changedOffers }: After): readonly string[] => [
  ...addedVariants.map(({ key }) => key),
  ...[...addedOffers, ...changedOffers].map(({ sku }) => sku),
];

type Confirming = {
  readonly sellers: readonly string[];
  readonly fields: readonly ("descriptions" | "attributes" | "mpn" | "weightGrams" | "measures")[];
};

/** Why a change of what is on sale needs no operator, or undefined when it does. */
export function autoConfirmed(
  { sellers, fields }: Confirming,
  sellerId: string,
  differences: readonly Difference[],
): "trusted_seller" | "harmless_fields" | undefined {
  if (sellers.includes(sellerId)) return "trusted_seller";
  const isHarmless = ({ path }: Difference) => {
    const parts = path.split(".");
    if (parts[0] === "offers") return true;
    const field = parts[0] === "variants" ? parts.at(-1) : parts[0];
    return fields.some((one) => one === field);
  };
  return differences.every(isHarmless) ? "harmless_fields" : undefined;
}
