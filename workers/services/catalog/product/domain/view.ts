import type { Locale } from "#kernel/errors";
import type { Texts } from "#kernel/texts";

type MoneyDto = { readonly minor: string; readonly currency: string };
type Named = { readonly slug: string; readonly names: Texts };

/** An offer as the product's page has it. */
export type ViewOffer = {
  readonly id: string;
  readonly seller: { readonly name: string; readonly slug: string };
  readonly sku: string;
  readonly price: MoneyDto;
  readonly priorPrice: MoneyDto | null;
  readonly minQuantity: number;
  readonly maxQuantity: number | null;
};
export type ViewVariant = {
  readonly id: string;
  readonly values: { readonly [option: string]: string };
  readonly label: string;
  readonly gtin: string | null;
  readonly mpn: string | null;
  readonly weightGrams: number;
  readonly offers: readonly ViewOffer[];
};
export type ViewPage = {
  readonly id: string;
  readonly slug: string;
  readonly titles: Texts;
  readonly descriptions: Texts | null;
  readonly brand: string | null;
  readonly mpn: string | null;
  readonly category: {
    readonly breadcrumbs: readonly Named[];
    readonly returnDays: number;
    readonly googleCategoryId: number | null;
  } | null;
  readonly attributes: { readonly [code: string]: string | number | boolean };
  readonly options: readonly {
    readonly code: string;
    readonly names: Texts;
    readonly values: readonly { readonly code: string; readonly names: Texts }[];
  }[];
  readonly variants: readonly ViewVariant[];
  readonly media: readonly { readonly kind: string; readonly url: string; readonly alts: Texts | null }[];
};

export type SoldAhead = {
  readonly kind: "preorder" | "backorder";
  /** What is on the shelves, and so could leave today. */
  readonly onShelf: number;
  /** ISO 8601; null where no day is promised. */
  readonly promisedAt: string | null;
};

/**
 * One product as everybody outside is told of it: the page of `GET /v1/products/{idOrSlug}` with what other
 * services know. JSON-LD, the feed for agents and the storefront's page are made of this and of nothing else.
 */
export type ProductView = {
  readonly page: ViewPage;
  readonly locale: Locale;
  /** ISO 3166-1, the market's own country. */
  readonly country: string;
  /** Units that could be bought now, by offer; an offer that is not named has none. */
  readonly available: { readonly [offerId: string]: number };
  /** What of that is sold before it is there, by offer; an offer that is not named has all of it there. */
  readonly ahead?: { readonly [offerId: string]: SoldAhead };
  /** Null without a published review; `mean` between 1 and 5. */
  readonly rating: { readonly count: number; readonly mean: number } | null;
  /** What a parcel costs and how long it is under way, where the market says so for all shops. */
  readonly shipping: {
    readonly rate: MoneyDto;
    readonly freeFrom: MoneyDto | null;
    readonly minDays: number;
    readonly maxDays: number;
  } | null;
};

/** Whether an offer can leave today, is sold ahead, or cannot be had. */
export function availabilityOf(
  { available, ahead }: Pick<ProductView, "available" | "ahead">,
  { id, minQuantity }: Pick<ViewOffer, "id" | "minQuantity">,
): { readonly kind: "in_stock" | "preorder" | "backorder" | "sold_out"; readonly promisedAt: string | null } {
  const coming = ahead?.[id];
  if ((available[id] ?? 0) < minQuantity) return { kind: "sold_out", promisedAt: null };
  if (coming === undefined || coming.onShelf >= minQuantity) return { kind: "in_stock", promisedAt: null };
  return { kind: coming.kind, promisedAt: coming.promisedAt };
}
