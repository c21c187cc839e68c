import type { FieldError, Locale } from "#kernel/errors";
import type { Id, Ids } from "#kernel/ids";
import type { Money } from "#kernel/money";
import { err, ok, type Result } from "#kernel/result";
import type { Texts } from "#kernel/texts";
import type { TaxClass } from "#services/catalog/category/facts";
import { type AttributeRule, checkAttributes, checkOptions } from "./attribute.ts";
import { isGtin } from "./gtin.ts";
import { decideOffer, decidePrice, type Offer, type OfferState } from "./offer.ts";
import type { AttributeValues, Measures, Product, ProductOption, Variant } from "./product.ts";
import { combinations, keyOf, labelOf } from "./variant.ts";

export type OfferDraft = {
  readonly sku: string;
  readonly price: Money;
  readonly state?: OfferState | undefined;
  readonly minQuantity?: number | undefined;
  readonly stepQuantity?: number | undefined;
  readonly maxQuantity?: number | null | undefined;
};
export type VariantDraft = {
  readonly values: { readonly [option: string]: string };
  readonly gtin?: string | null | undefined;
  readonly mpn?: string | null | undefined;
  readonly weightGrams?: number | undefined;
  readonly measures?: Measures | null | undefined;
  readonly archived?: boolean | undefined;
  readonly offer?: OfferDraft | undefined;
};
/** What a maker says of a product; what is left out stays as it is. */
export type ProductDraft = {
  readonly categoryId?: Id<"category"> | undefined;
  readonly slug?: string | undefined;
  readonly titles?: Texts | undefined;
  readonly descriptions?: Texts | null | undefined;
  readonly brand?: string | null | undefined;
  readonly mpn?: string | null | undefined;
  readonly attributes?: AttributeValues | undefined;
  readonly options?: readonly ProductOption[] | undefined;
  readonly variants?: readonly VariantDraft[] | undefined;
};

/** A product with its variants, and the offers of the shop that edits it. */
export type Master = {
  readonly product: Product;
  readonly variants: readonly Variant[];
  readonly offers: readonly Offer[];
};

export type Terms = {
  readonly ids: Ids;
  readonly now: number;
  readonly sellerId: Id<"seller">;
  readonly rules: readonly AttributeRule[];
  readonly taxClass: TaxClass;
  readonly currency: Money["currency"];
  readonly cashStepMinor: bigint;
  /** The market's first language names variants. */
  readonly locale: Locale;
};

/** What an edit leads to, as rows to write; nothing at all when it changes nothing. */
export type Edit = {
  readonly product: Product;
  readonly isProductChanged: boolean;
  readonly addedVariants: readonly Variant[];
  readonly changedVariants: readonly Variant[];
  readonly addedOffers: readonly Offer[];
  readonly changedOffers: readonly Offer[];
};

type Refused = { readonly ok: false; readonly errors: readonly FieldError[] };
type Edited = { readonly ok: true; readonly value: Edit };

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
/** Key order does not matter, and Postgres does not keep it. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** Works the whole edit out before anything is written, with every mistake in it. */
export function decideEdit(master: Master, draft: ProductDraft, terms: Terms): Edited | Refused {
  const { variants: variantDrafts, ...fields } = draft;
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const next: Product = { ...master.product, ...given, taxClass: terms.taxClass };
  const errors: FieldError[] = [
    ...checkAttributes(terms.rules, next.attributes),
    ...checkOptions(terms.rules, next.options),
  ];
  const variants = placeVariants(master, next, variantDrafts, terms);
  if (!variants.ok) errors.push({ path: "options", code: variants.code, message: "Too many variants." });
  const placed = variants.ok ? variants.value : { after: [], errors: [] };
  errors.push(...placed.errors);
  const offers = placeOffers(master, placed.after, next.options, variantDrafts ?? [], terms);
  errors.push(...offers.errors);
  if (errors.length > 0) return { ok: false, errors };
  const before = new Map(master.variants.map((variant) => [variant.id, variant]));
  const changed = placed.after.filter((variant) => {
    const known = before.get(variant.id);
    return known !== undefined && !same(known, variant);
  });
  const added = placed.after.filter(({ id }) => !before.has(id));
  const isProductChanged = !same(next, master.product) || changed.length > 0 || added.length > 0;
  const version = master.product.version + 1;
  return ok({
    product: isProductChanged ? { ...next, version } : master.product,
    isProductChanged,
    addedVariants: added,
    changedVariants: changed,
    addedOffers: offers.added,
    changedOffers: offers.changed,
  });
}

type Placed = { readonly after: readonly Variant[]; readonly errors: readonly FieldError[] };

/**
 * With a list of variants those are added or changed and the others stay; new options without a list give
 * every combination. A variant whose values are no longer offered is archived, since orders point at it.
 */
function placeVariants(
  { product, variants }: Master,
  { options }: Product,
  drafts: readonly VariantDraft[] | undefined,
  { ids, locale }: Terms,
): Result<Placed, "product.too_many_variants"> {
  const all = combinations(options);
  if (!all.ok) return all;
  const rank = new Map(all.value.map((key, i) => [key, i]));
  const byKey = new Map(variants.map((variant) => [variant.key, variant]));
  const errors: FieldError[] = [];
  const isNew = variants.length === 0;
  const wanted = new Map<string, VariantDraft>();
  for (const [i, draft] of (drafts ?? []).entries()) {
    const key = keyOf(options, draft.values);
    const refuse = (field: string, code: string, message: string) =>
      errors.push({ path: `variants.${i}.${field}`, code, message });
    if (key === undefined) refuse("values", "values", "One value of each option is needed.");
    else if (wanted.has(key)) refuse("values", "twice", "These values were given before.");
    else wanted.set(key, draft);
    if (draft.gtin && !isGtin(draft.gtin)) refuse("gtin", "gtin", "The check digit does not fit.");
  }
  const hasNewOptions = !same(options, product.options);
  if (drafts === undefined && (isNew || hasNewOptions)) {
    for (const key of all.value) wanted.set(key, { values: {}, archived: false });
  }
  const keys = new Set([...byKey.keys(), ...wanted.keys()]);
  const after = [...keys].map((key): Variant => {
    const known = byKey.get(key);
    const draft = wanted.get(key);
    const position = rank.get(key);
    return {
      id: known?.id ?? ids.next("variant"),
      productId: product.id,
      position: position ?? known?.position ?? 0,
      key,
      label: position === undefined ? (known?.label ?? "") : labelOf(options, key, locale),
      gtin: draft?.gtin === undefined ? (known?.gtin ?? null) : draft.gtin,
      mpn: draft?.mpn === undefined ? (known?.mpn ?? null) : draft.mpn,
      weightGrams: draft?.weightGrams ?? known?.weightGrams ?? 0,
      measures: draft?.measures === undefined ? (known?.measures ?? null) : draft.measures,
      archived: position === undefined || (draft?.archived ?? known?.archived ?? false),
    };
  });
  return ok({ after, errors });
}

/** The shop's own offers on the variants: a new one, or other terms for the one there is. */
function placeOffers(
  master: Master,
  variants: readonly Variant[],
  options: readonly ProductOption[],
  drafts: readonly VariantDraft[],
  terms: Terms,
): { readonly added: readonly Offer[]; readonly changed: readonly Offer[]; errors: readonly FieldError[] } {
  const added: Offer[] = [];
  const changed: Offer[] = [];
  const errors: FieldError[] = [];
  for (const [i, { values, offer: draft }] of drafts.entries()) {
    const key = keyOf(options, values);
    const variant = variants.find((one) => one.key === key);
    if (!draft || !variant) continue;
    const decision = decideOfferDraft(master.offers, variant, draft, terms);
    if (!decision.ok) {
      errors.push({ path: `variants.${i}.offer`, code: decision.code, message: "The offer is not valid." });
    } else if (decision.value.version === 1 && !master.offers.includes(decision.value)) {
      added.push(decision.value);
    } else if (!master.offers.includes(decision.value)) changed.push(decision.value);
  }
  return { added, changed, errors };
}

export function decideOfferDraft(
  offers: readonly Offer[],
  variant: Pick<Variant, "id" | "productId">,
  draft: OfferDraft,
  terms: Pick<Terms, "ids" | "now" | "sellerId" | "currency" | "cashStepMinor">,
): Result<
  Offer,
  | "offer.wrong_currency"
  | "offer.price_not_positive"
  | "offer.price_off_step"
  | "offer.archived"
  | "offer.bad_quantities"
> {
  const price = decidePrice(draft.price, terms);
  if (!price.ok) return price;
  const known = offers.find(
    ({ variantId, sellerId, state }) =>
      variantId === variant.id && sellerId === terms.sellerId && state !== "archived",
  );
  if (known) return decideOffer(known, draft);
  const { sku, state = "active", minQuantity = 1, stepQuantity = 1, maxQuantity = null } = draft;
  if (maxQuantity !== null && maxQuantity < minQuantity) return err("offer.bad_quantities");
  return ok({
    id: terms.ids.next("offer"),
    productId: variant.productId,
    variantId: variant.id,
    sellerId: terms.sellerId,
    sku,
    state,
    price: draft.price,
    priorMinor: null,
    reducedAt: null,
    minQuantity,
    stepQuantity,
    maxQuantity,
    createdAt: terms.now,
    version: 1,
  });
}
