import * as z from "zod";
import { zId } from "#kernel/ids";
import { zSlug } from "#kernel/slug";
import { zTexts } from "#kernel/texts";
import { ATTRIBUTE_TYPES, CATEGORY_STATES, type Mapping, TAXONOMIES } from "./domain.ts";
import { TAX_CLASSES } from "./facts.ts";

const NAME_CHARS_MAX = 80;
/** A template longer than this is a form that no seller fills in. */
const ATTRIBUTES_MAX = 40;
const ATTRIBUTE_VALUES_MAX = 200;
const CODE_CHARS_MAX = 40;
const RETURN_DAYS_MAX = 365;
const POSITION_MAX = 1_000_000;

const zCode = z
  .string()
  .max(CODE_CHARS_MAX)
  .regex(/^[a-z0-9]+(_[a-z0-9]+)*$/);

const unique = (items: readonly { readonly code: string }[]) =>
  new Set(items.map((item) => item.code)).size === items.length;

export const zAttributeDef = z
  .object({
    code: zCode,
    names: zTexts(NAME_CHARS_MAX),
    type: z.enum(ATTRIBUTE_TYPES),
    required: z.boolean().default(false),
    variantAxis: z.boolean().default(false),
    unit: z.string().max(16).optional(),
    values: z
      .array(z.object({ code: zCode, names: zTexts(NAME_CHARS_MAX) }))
      .min(1)
      .max(ATTRIBUTE_VALUES_MAX)
      .refine(unique, "Two values have the same code.")
      .optional(),
  })
  .refine((def) => (def.type === "enum") === (def.values !== undefined), {
    path: ["values"],
    message: "An enum has values, and nothing else has.",
  });

const zTerms = {
  attributes: z.array(zAttributeDef).max(ATTRIBUTES_MAX).refine(unique, "Two attributes have the same code."),
  taxClass: z.enum(TAX_CLASSES).nullable(),
  commissionBasisPoints: z.int().min(0).max(10_000).nullable(),
  returnDays: z.int().min(0).max(RETURN_DAYS_MAX).nullable(),
  restricted: z.boolean(),
  visibleFrom: z.iso.datetime().nullable(),
  visibleUntil: z.iso.datetime().nullable(),
  googleCategoryId: z.int().min(1).nullable(),
  shopifyCategoryId: z.string().max(64).nullable(),
};

const zPosition = z.int().min(0).max(POSITION_MAX);

export const zCreateCategory = z.object({
  parentId: zId("category").nullable(),
  names: zTexts(NAME_CHARS_MAX),
  slug: zSlug.optional(),
  position: zPosition.default(0),
  attributes: zTerms.attributes.default([]),
  taxClass: zTerms.taxClass.default(null),
  commissionBasisPoints: zTerms.commissionBasisPoints.default(null),
  returnDays: zTerms.returnDays.default(null),
  restricted: zTerms.restricted.default(false),
  visibleFrom: zTerms.visibleFrom.default(null),
  visibleUntil: zTerms.visibleUntil.default(null),
  googleCategoryId: zTerms.googleCategoryId.default(null),
  shopifyCategoryId: zTerms.shopifyCategoryId.default(null),
});

/** Null takes a term back, so that the category inherits it again. */
export const zUpdateCategory = z
  .object({ names: zTexts(NAME_CHARS_MAX), slug: zSlug, position: zPosition, ...zTerms })
  .partial();

export const zMoveCategory = z.object({
  parentId: zId("category").nullable(),
  position: zPosition.default(0),
});
export const zCategoryRef = z.object({ categoryId: zId("category") });
export const zIdOrSlug = z.object({ idOrSlug: z.union([zId("category"), zSlug]) });

export const zCategory = z.object({
  id: zId("category"),
  parentId: zId("category").nullable(),
  slug: z.string(),
  names: zTexts(NAME_CHARS_MAX),
  path: z.array(zId("category")),
  depth: z.int(),
  position: z.int(),
  state: z.enum(CATEGORY_STATES),
  taxClass: z.enum(TAX_CLASSES),
  commissionBasisPoints: z.int().nullable(),
  returnDays: z.int(),
  restricted: z.boolean(),
  attributes: z.array(zAttributeDef),
  visibleFrom: z.int().nullable(),
  visibleUntil: z.int().nullable(),
  googleCategoryId: z.int().nullable(),
  shopifyCategoryId: z.string().nullable(),
  products: z.int(),
  version: z.int(),
});

/** Parents before their children, siblings in their order: reading it down the page is reading the tree. */
export const zCategoryTree = z.object({ items: z.array(zCategory) });
export const zCategoryDetail = z.object({
  ...zCategory.shape,
  /** From the root to the category itself. */
  breadcrumbs: z.array(z.object({ id: zId("category"), slug: z.string(), names: zTexts(NAME_CHARS_MAX) })),
  children: z.array(zCategory),
});

export type CreateCategory = z.output<typeof zCreateCategory>;
export type UpdateCategory = z.output<typeof zUpdateCategory> & z.output<typeof zCategoryRef>;
export type MoveCategory = z.output<typeof zMoveCategory> & z.output<typeof zCategoryRef>;

export const zTaxonomyRef = z.object({ taxonomy: z.enum(TAXONOMIES) });
export const zTaxonomyVersion = z.object({
  /** As its publisher names it: 2021-09-21, 2025-06. */
  version: z.string().regex(/^[0-9A-Za-z._-]{1,30}$/),
});
export const zTaxonomyImport = z.object({
  taxonomy: z.enum(TAXONOMIES),
  version: z.string(),
  codes: z.int(),
});
export const zMapping = z.object({
  categoryId: zId("category"),
  slug: z.string(),
  code: z.string().nullable(),
  from: zId("category").nullable(),
  path: z.string().nullable(),
  replacement: z.string().nullable(),
  state: z.enum(["mapped", "inherited", "retired", "unknown", "unmapped"]),
});
export const zMappings = z.object({ items: z.array(zMapping) });
export const toMappingDto = ({ category: { id, slug }, ...rest }: Mapping) => ({
  categoryId: id,
  slug,
  ...rest,
});
export const zSuggestions = z.object({
  items: z.array(z.object({ code: z.string(), path: z.string(), confidence: z.number() })),
});
