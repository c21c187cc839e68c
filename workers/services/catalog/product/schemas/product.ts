import * as z from "zod";
import { zId } from "#kernel/ids";
import { fromMoneyDto, zMoney } from "#kernel/money";
import { zPage, zPageQuery } from "#kernel/page";
import { zSlug } from "#kernel/slug";
import { zTexts } from "#kernel/texts";
import { CHANGE_STATES } from "../domain/change.ts";
import { MEDIA_KINDS } from "../domain/media.ts";
import { OFFER_STATES } from "../domain/offer.ts";
import { PRODUCT_STATES } from "../domain/product.ts";
import { OPTIONS_MAX, VARIANTS_MAX } from "../domain/variant.ts";

const TITLE_CHARS_MAX = 200;
const DESCRIPTION_CHARS_MAX = 10_000;
const NAME_CHARS_MAX = 80;
const CODE_CHARS_MAX = 40;
const VALUES_MAX = 200;
const ATTRIBUTES_MAX = 60;
const ATTRIBUTE_CHARS_MAX = 500;
const REASON_CHARS_MAX = 500;
/** A tonne: what weighs more goes by freight and not through a parcel carrier. */
const WEIGHT_GRAMS_MAX = 1_000_000;
const QUANTITY_MAX = 1_000_000;
/** Second path segments of the API; a product of that slug could not be reached. */
const RESERVED = ["mine", "review", "import", "export", "changes"];

export const zProductSlug = zSlug.refine((slug) => !RESERVED.includes(slug), "This word is reserved.");
const zCode = z
  .string()
  .max(CODE_CHARS_MAX)
  .regex(/^[a-z0-9]+([_.-][a-z0-9]+)*$/);
const unique = (items: readonly { readonly code: string }[]) =>
  new Set(items.map((item) => item.code)).size === items.length;

export const zOption = z.object({
  code: zCode,
  names: zTexts(NAME_CHARS_MAX),
  values: z
    .array(z.object({ code: zCode, names: zTexts(NAME_CHARS_MAX) }))
    .min(1)
    .max(VALUES_MAX)
    .refine(unique, "Two values have the same code."),
});
const zQuantity = z.int().min(1).max(QUANTITY_MAX);
export const zSku = z.string().trim().min(1).max(64);
export const zPrice = zMoney.transform(fromMoneyDto);

export const zOfferTerms = z.object({
  sku: zSku,
  price: zPrice,
  state: z.enum(["active", "paused"]).optional(),
  minQuantity: zQuantity.optional(),
  stepQuantity: zQuantity.optional(),
  maxQuantity: zQuantity.nullable().optional(),
});
/** No carrier takes a box that is longer; it keeps sums of room within whole numbers. */
const SIDE_MM_MAX = 10_000;
const zSide = z.int().min(1).max(SIDE_MM_MAX);
/** Of one unit in its box. */
export const zMeasures = z.object({ lengthMm: zSide, widthMm: zSide, heightMm: zSide });

export const zVariantDraft = z.object({
  values: z.record(zCode, zCode).default({}),
  gtin: z.string().max(14).nullable().optional(),
  mpn: z.string().trim().max(70).nullable().optional(),
  weightGrams: z.int().min(0).max(WEIGHT_GRAMS_MAX).optional(),
  measures: zMeasures.nullable().optional(),
  archived: z.boolean().optional(),
  offer: zOfferTerms.optional(),
});

const zAttributeValue = z.union([z.string().max(ATTRIBUTE_CHARS_MAX), z.number(), z.boolean()]);
export const PRODUCT_FIELDS = {
  titles: zTexts(TITLE_CHARS_MAX),
  descriptions: zTexts(DESCRIPTION_CHARS_MAX).nullable(),
  brand: z.string().trim().min(1).max(NAME_CHARS_MAX).nullable(),
  mpn: z.string().trim().min(1).max(70).nullable(),
  attributes: z
    .record(zCode, zAttributeValue)
    .refine((values) => Object.keys(values).length <= ATTRIBUTES_MAX, "Too many attributes."),
  options: z.array(zOption).max(OPTIONS_MAX).refine(unique, "Two options have the same code."),
  variants: z.array(zVariantDraft).min(1).max(VARIANTS_MAX),
};

export const zCreateProduct = z.object({
  categoryId: zId("category"),
  slug: zProductSlug.optional(),
  externalRef: z.string().trim().min(1).max(100).optional(),
  titles: PRODUCT_FIELDS.titles,
  descriptions: PRODUCT_FIELDS.descriptions.default(null),
  brand: PRODUCT_FIELDS.brand.default(null),
  mpn: PRODUCT_FIELDS.mpn.default(null),
  attributes: PRODUCT_FIELDS.attributes.default({}),
  options: PRODUCT_FIELDS.options.default([]),
  variants: PRODUCT_FIELDS.variants.optional(),
});
export const zUpdateProduct = z
  .object({ categoryId: zId("category"), slug: zProductSlug, ...PRODUCT_FIELDS })
  .partial();
export const zProductRef = z.object({ productId: zId("product") });
export const zIdOrSlug = z.object({ idOrSlug: z.union([zId("product"), zSlug]) });
export const zReason = z.object({ reason: z.string().trim().min(3).max(REASON_CHARS_MAX) });
export const zChangeRef = z.object({ ...zProductRef.shape, number: z.coerce.number().int().min(1) });

const SORTS = ["newest", "price_asc", "price_desc"] as const;
const zMinor = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(BigInt);
export const zListQuery = z.object({
  ...zPageQuery.shape,
  /** Id or slug; what lies below the category is found too. */
  category: z.union([zId("category"), zSlug]).optional(),
  /** Id or slug of a shop that offers it. */
  seller: z.union([zId("seller"), zSlug]).optional(),
  minPriceMinor: zMinor.optional(),
  maxPriceMinor: zMinor.optional(),
  sort: z.enum(SORTS).default("newest"),
});
export const zMineQuery = z.object({ ...zPageQuery.shape, state: z.enum(PRODUCT_STATES).optional() });
export const zReviewQuery = zPageQuery;

const zTitles = zTexts(TITLE_CHARS_MAX);
const zShop = z.object({ id: zId("seller"), name: z.string(), slug: z.string(), city: z.string() });

export const zProductCard = z.object({
  id: zId("product"),
  slug: z.string(),
  titles: zTitles,
  brand: z.string().nullable(),
  categoryId: zId("category"),
  priceFrom: zMoney,
  priceTo: zMoney,
  imageUrl: z.string().nullable(),
  seller: zShop.nullable(),
  publishedAt: z.iso.datetime(),
});
export const zProductCards = zPage(zProductCard);

export const zMedia = z.object({
  id: zId("media"),
  kind: z.enum(MEDIA_KINDS),
  url: z.string(),
  contentType: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  alts: zTitles.nullable(),
});

const zOfferOnPage = z.object({
  id: zId("offer"),
  seller: zShop,
  sku: z.string(),
  price: zMoney,
  /** The lowest price of the 30 days before the reduction, when the price is a reduced one. */
  priorPrice: zMoney.nullable(),
  minQuantity: z.int(),
  stepQuantity: z.int(),
  maxQuantity: z.int().nullable(),
});
const zVariantOnPage = z.object({
  id: zId("variant"),
  /** Code of the value of each option. */
  values: z.record(z.string(), z.string()),
  label: z.string(),
  gtin: z.string().nullable(),
  mpn: z.string().nullable(),
  weightGrams: z.int(),
  measures: zMeasures.nullable(),
  offers: z.array(zOfferOnPage),
});

/** What a buyer sees: offers that can be bought now, the cheapest first. */
export const zProductPage = z.object({
  id: zId("product"),
  slug: z.string(),
  titles: zTitles,
  descriptions: zTexts(DESCRIPTION_CHARS_MAX).nullable(),
  brand: z.string().nullable(),
  mpn: z.string().nullable(),
  category: z
    .object({
      id: zId("category"),
      slug: z.string(),
      breadcrumbs: z.array(z.object({ id: zId("category"), slug: z.string(), names: zTitles })),
      returnDays: z.int(),
      /** Of Google's product taxonomy, where the category is mapped. */
      googleCategoryId: z.int().nullable(),
    })
    .nullable(),
  attributes: z.record(z.string(), zAttributeValue),
  options: z.array(zOption),
  variants: z.array(zVariantOnPage),
  media: z.array(zMedia),
  priceFrom: zMoney.nullable(),
  priceTo: zMoney.nullable(),
  publishedAt: z.iso.datetime(),
});

export const zOffer = z.object({
  id: zId("offer"),
  productId: zId("product"),
  variantId: zId("variant"),
  sellerId: zId("seller"),
  sku: z.string(),
  state: z.enum(OFFER_STATES),
  price: zMoney,
  priorPrice: zMoney.nullable(),
  minQuantity: z.int(),
  stepQuantity: z.int(),
  maxQuantity: z.int().nullable(),
  version: z.int(),
});

/** What its maker and operators see. */
export const zProduct = z.object({
  id: zId("product"),
  sellerId: zId("seller"),
  categoryId: zId("category"),
  state: z.enum(PRODUCT_STATES),
  slug: z.string(),
  titles: zTitles,
  descriptions: zTexts(DESCRIPTION_CHARS_MAX).nullable(),
  brand: z.string().nullable(),
  mpn: z.string().nullable(),
  attributes: z.record(z.string(), zAttributeValue),
  options: z.array(zOption),
  externalRef: z.string().nullable(),
  /** Why it was turned down, until it is on sale again. */
  reason: z.string().nullable(),
  variants: z.array(
    z.object({
      id: zId("variant"),
      values: z.record(z.string(), z.string()),
      label: z.string(),
      gtin: z.string().nullable(),
      mpn: z.string().nullable(),
      weightGrams: z.int(),
      measures: zMeasures.nullable(),
      archived: z.boolean(),
      /** The maker's own offer. */
      offer: zOffer.nullable(),
    }),
  ),
  media: z.array(zMedia),
  /** The number of the change that waits for an operator. */
  pendingChange: z.int().nullable(),
  createdAt: z.iso.datetime(),
  publishedAt: z.iso.datetime().nullable(),
  version: z.int(),
});

export const zProductRow = z.object({
  id: zId("product"),
  sellerId: zId("seller"),
  categoryId: zId("category"),
  state: z.enum(PRODUCT_STATES),
  slug: z.string(),
  titles: zTitles,
  imageUrl: z.string().nullable(),
  priceFrom: zMoney.nullable(),
  reason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  version: z.int(),
});
export const zProductRows = zPage(zProductRow);

export const zChange = z.object({
  productId: zId("product"),
  number: z.int(),
  /** The shop that asks, and whether the product is its own. */
  sellerId: zId("seller"),
  shopName: z.string().nullable(),
  isMaker: z.boolean(),
  /** The product's, as they are now. */
  titles: zTitles,
  state: z.enum(CHANGE_STATES),
  /** The fields that it sets. */
  patch: z.record(z.string(), z.unknown()),
  /** What it changes, from what to what; `variants.m.gtin` is the GTIN of the variant whose value is m. */
  differences: z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })),
  actor: z.string(),
  at: z.iso.datetime(),
  decidedBy: z.string().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
});
export const zChanges = z.object({ items: z.array(zChange) });
export const zChangePage = zPage(zChange);
export const zAskedQuery = z.object({
  ...zPageQuery.shape,
  state: z.enum(CHANGE_STATES).optional(),
  /** For an operator, whose changes; for a key of the platform, for which shop. */
  sellerId: zId("seller").optional(),
});
export const zQueueQuery = z.object({
  ...zAskedQuery.shape,
  state: z.enum(CHANGE_STATES).default("pending"),
});

export type CreateProduct = z.output<typeof zCreateProduct>;
export type UpdateProduct = z.output<typeof zUpdateProduct>;
export type ListQuery = z.output<typeof zListQuery>;
