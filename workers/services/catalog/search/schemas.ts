import * as z from "zod";
import { zId } from "#kernel/ids";
import { zMoney } from "#kernel/money";
import { zPageQuery } from "#kernel/page";
import { RULE_KINDS, SORTS } from "./domain.ts";

const QUERY_CHARS_MAX = 200;
const zMinor = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(BigInt);
const zFlag = z.stringbool();

export const zSearch = zPageQuery.extend({
  q: z.string().trim().max(QUERY_CHARS_MAX).default(""),
  category: zId("category").optional(),
  seller: zId("seller").optional(),
  brand: z.string().max(100).optional(),
  /** Minor units of the market's currency. */
  priceMin: zMinor.optional(),
  priceMax: zMinor.optional(),
  inStock: zFlag.optional(),
  sort: z.enum(SORTS).default("relevance"),
  explain: zFlag.default(false),
});
export type Search = z.output<typeof zSearch>;

const zScore = z.object({
  text: z.number(),
  behaviour: z.number(),
  stock: z.number(),
  rule: z.number(),
  diversity: z.number(),
  total: z.number(),
});
export const zHit = z.object({
  productId: zId("product"),
  slug: z.string(),
  title: z.string(),
  /** The title as safe HTML, what the query met in `<mark>`. */
  highlight: z.string(),
  brand: z.string().nullable(),
  imageKey: z.string().nullable(),
  priceFrom: zMoney.nullable(),
  priceTo: zMoney.nullable(),
  /** The best offer: in stock first, then the cheapest. */
  offerId: zId("offer").nullable(),
  seller: z.object({ id: zId("seller").nullable(), name: z.string(), city: z.string() }),
  offers: z.int(),
  available: z.int(),
  pinned: z.boolean(),
  score: zScore.optional(),
});
const zBucket = z.object({ value: z.string(), count: z.int() });
export const zResults = z.object({
  items: z.array(zHit),
  nextCursor: z.string().nullable(),
  total: z.int(),
  /** What was searched for instead, where the words as typed found nothing. */
  correctedTo: z.string().nullable(),
  /** True when nothing was found and popular products are shown. */
  fallback: z.boolean(),
  facets: z.object({
    categories: z.array(zBucket),
    brands: z.array(zBucket),
    sellers: z.array(zBucket),
    price: z.object({ minMinor: z.string().nullable(), maxMinor: z.string().nullable() }),
  }),
});
export type Results = z.input<typeof zResults>;
export type Hit = z.input<typeof zHit>;

export const zSuggest = z.object({
  q: z.string().trim().max(QUERY_CHARS_MAX),
  limit: z.coerce.number().int().min(1).max(20).default(8),
});
export type Suggest = z.output<typeof zSuggest>;
export const zSuggestions = z.object({
  queries: z.array(z.string()),
  products: z.array(z.object({ productId: zId("product"), slug: z.string(), title: z.string() })),
});

export const zRuleRef = z.object({ ruleId: zId("rule") });
export const zNewRule = z
  .object({
    kind: z.enum(RULE_KINDS),
    query: z.string().trim().min(1).max(QUERY_CHARS_MAX).optional(),
    categoryId: zId("category").optional(),
    productId: zId("product"),
    position: z.int().min(1).max(100).optional(),
  })
  .refine(({ query, categoryId }) => (query === undefined) !== (categoryId === undefined), {
    message: "Name either a query or a category.",
    path: ["query"],
  })
  .refine(({ kind, position }) => (kind === "pin") === (position !== undefined), {
    message: "A pin has a position, and nothing else has.",
    path: ["position"],
  });
export type NewRule = z.output<typeof zNewRule>;
export const zRule = z.object({
  id: zId("rule"),
  kind: z.enum(RULE_KINDS),
  query: z.string().nullable(),
  categoryId: zId("category").nullable(),
  productId: zId("product"),
  position: z.int().nullable(),
});
export const zSynonyms = z.object({
  term: z.string().trim().min(1).max(40),
  meanings: z.array(z.string().trim().min(1).max(40)).max(20),
  twoWay: z.boolean().default(true),
});
export type Synonyms = z.output<typeof zSynonyms>;
