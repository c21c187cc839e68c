import * as z from "zod";
import { zId } from "#kernel/ids";
import { zPage, zPageQuery } from "#kernel/page";
import { RULE_KINDS } from "../domain/rule.ts";

const QUERY_CHARS_MAX = 200;
const zQuery = z.string().trim().min(1).max(QUERY_CHARS_MAX);
const zMoment = z.iso.datetime().transform((text) => Date.parse(text));
const zPosition = z.int().min(1).max(100);
const zNote = z.string().trim().max(500);

export const zRuleRef = z.object({ ruleId: zId("rule") });
export type RuleRef = z.output<typeof zRuleRef>;

/** It holds where the search has all that it names. */
export const zNewRule = z
  .object({
    kind: z.enum(RULE_KINDS),
    query: zQuery.optional(),
    categoryId: zId("category").optional(),
    brand: z.string().min(1).max(100).optional(),
    sellerId: zId("seller").optional(),
    productId: zId("product"),
    position: zPosition.optional(),
    startsAt: zMoment.optional(),
    endsAt: zMoment.optional(),
    note: zNote.default(""),
  })
  .refine(({ query, categoryId, brand, sellerId }) => query ?? categoryId ?? brand ?? sellerId, {
    message: "Name a query, a category, a brand or a seller.",
    path: ["query"],
  })
  .refine(({ kind, position }) => (kind === "pin") === (position !== undefined), {
    message: "A pin has a position, and nothing else has.",
    path: ["position"],
  })
  .refine(({ startsAt = 0, endsAt = Number.POSITIVE_INFINITY }) => startsAt < endsAt, {
    message: "A rule ends after it starts.",
    path: ["endsAt"],
  });
export type NewRule = z.output<typeof zNewRule>;

export const zPatchRule = z.object({
  position: zPosition.optional(),
  startsAt: zMoment.nullable().optional(),
  endsAt: zMoment.nullable().optional(),
  note: zNote.optional(),
});
export type PatchRule = z.output<typeof zPatchRule> & RuleRef & { readonly ifMatch: number };

const zShownMoment = z.iso.datetime().nullable();
export const zRule = z.object({
  id: zId("rule"),
  kind: z.enum(RULE_KINDS),
  query: z.string().nullable(),
  categoryId: zId("category").nullable(),
  brand: z.string().nullable(),
  sellerId: zId("seller").nullable(),
  productId: zId("product"),
  position: z.int().nullable(),
  startsAt: zShownMoment,
  endsAt: zShownMoment,
  note: z.string(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  version: z.int(),
});
export type RuleDto = z.input<typeof zRule>;
export const zRules = zPage(zRule);
export const zRulesQuery = zPageQuery.extend({
  query: zQuery.optional(),
  categoryId: zId("category").optional(),
  productId: zId("product").optional(),
});
export type RulesQuery = z.output<typeof zRulesQuery>;

export const zRuleLogQuery = zPageQuery.extend({ ruleId: zId("rule").optional() });
export type RuleLogQuery = z.output<typeof zRuleLogQuery>;
export const zRuleLog = zPage(
  z.object({
    id: zId("event"),
    at: z.iso.datetime(),
    actor: z.string(),
    action: z.enum(["created", "changed", "deleted", "synonyms"]),
    ruleId: zId("rule").nullable(),
    /** The rule or the term as it was from then on, or until then. */
    rule: z.record(z.string(), z.unknown()),
  }),
);

const zTerm = z.string().trim().min(1).max(40);
export const zSynonyms = z.object({
  term: zTerm,
  meanings: z.array(zTerm).max(20),
  twoWay: z.boolean().default(true),
});
export type Synonyms = z.output<typeof zSynonyms>;
export const zSynonymPage = zPage(z.object({ term: z.string(), meanings: z.array(z.string()) }));
