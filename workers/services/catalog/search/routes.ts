import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { zPageQuery } from "#kernel/page";
import { open, operator } from "#kernel/policy";
import { giveFeedback } from "./commands/feedback.ts";
import { reindex } from "./commands/index-products.ts";
import { changeRule, createRule, deleteRule, setSynonyms } from "./commands/rules.ts";
import { getMetrics } from "./queries/metrics.ts";
import { showOffers } from "./queries/offers.ts";
import { listRuleLog, listRules, listSynonyms, toRuleDto } from "./queries/rules.ts";
import { searchProducts } from "./queries/search.ts";
import { besideProduct } from "./queries/sponsored.ts";
import { suggest } from "./queries/suggest.ts";
import { zFeedback, zFeedbackHeaders, zMetrics, zMetricsQuery } from "./schemas/feedback.ts";
import {
  zNewRule,
  zPatchRule,
  zRule,
  zRuleLog,
  zRuleLogQuery,
  zRuleRef,
  zRules,
  zRulesQuery,
  zSynonymPage,
  zSynonyms,
} from "./schemas/rule.ts";
import {
  zBeside,
  zBesideRef,
  zOffersQuery,
  zResults,
  zSearch,
  zShownOffers,
  zSuggest,
  zSuggestions,
} from "./schemas/search.ts";

const merchandiser = operator("category:write");
const EXAMPLE_ID = "01jd8zt4w8h5vc6q1m9a2r7sxy";
const productId = `prd_${EXAMPLE_ID}`;
const ruleId = `rul_${EXAMPLE_ID}`;

const search = newApp("/v1/search")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Finds products: typing errors, synonyms and both languages; facets, sorts, radius and pages.",
      policy: open,
      request: { query: zSearch },
      responses: { 200: zResults },
      example: { q: "kopi" },
    }),
    async (ctx, input) => searchProducts(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/suggestions",
      summary: "Completes what is being typed, from popular queries and titles.",
      policy: open,
      request: { query: zSuggest },
      responses: { 200: zSuggestions },
      example: { q: "ko" },
    }),
    async (ctx, input) => suggest(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/offers",
      summary: "How offers look in a list: a show's bag and a flash sale name offers and nothing else.",
      policy: open,
      request: { query: zOffersQuery },
      responses: { 200: zShownOffers },
      example: { ids: `ofr_${EXAMPLE_ID}` },
    }),
    async (ctx, input) => showOffers(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/beside/{productId}",
      summary: "Advertisements for a product's page, labelled: of its category, and never of itself.",
      policy: open,
      request: { params: zBesideRef },
      responses: { 200: zBeside },
      example: { productId },
    }),
    (ctx, input) => besideProduct(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/feedback",
      summary: "A page of results was in sight, and what was done with it; said twice it counts once.",
      policy: open,
      request: { body: zFeedback, headers: zFeedbackHeaders },
      responses: { 204: z.undefined() },
      example: { searchId: `sch_${EXAMPLE_ID}`, acts: [{ kind: "click", productId }] },
    }),
    async (ctx, input) => giveFeedback(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/metrics",
      summary: "Click-through, mean reciprocal rank and searches without results, by day and by query.",
      policy: operator("analytics:read"),
      request: { query: zMetricsQuery },
      responses: { 200: zMetrics },
      example: { from: "2026-11-01", to: "2026-11-30" },
    }),
    async (ctx, input) => getMetrics(ctx, input),
  );

const rules = search
  .route(
    defineRoute({
      method: "get",
      path: "/rules",
      summary: "Merchandising rules, the newest first.",
      policy: merchandiser,
      request: { query: zRulesQuery },
      responses: { 200: zRules },
      example: { query: "kopi" },
    }),
    async (ctx, input) => listRules(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/rules",
      summary:
        "Pins, hides, boosts or buries a product for a query, a category, a brand or a shop, for a time.",
      policy: merchandiser,
      request: { body: zNewRule },
      responses: { 201: zRule },
      example: { kind: "pin", query: "kopi", productId, position: 1 },
    }),
    async (ctx, input) => toRuleDto(await createRule(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/rules/log",
      summary: "Who made, changed and took back which rules and synonyms.",
      policy: merchandiser,
      request: { query: zRuleLogQuery },
      responses: { 200: zRuleLog },
      example: {},
    }),
    async (ctx, input) => listRuleLog(ctx, input),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/rules/{ruleId}",
      summary: "Changes when a rule holds, where it pins and why.",
      policy: merchandiser,
      request: { params: zRuleRef, body: zPatchRule },
      responses: { 200: zRule },
      concurrency: "if-match",
      example: { ruleId, endsAt: "2026-12-31T17:00:00.000Z" },
    }),
    async (ctx, input) => toRuleDto(await changeRule(ctx, input)),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/rules/{ruleId}",
      summary: "Takes a merchandising rule back.",
      policy: merchandiser,
      request: { params: zRuleRef },
      responses: { 204: z.undefined() },
      example: { ruleId },
    }),
    async (ctx, input) => deleteRule(ctx, input),
  );

export const app = rules
  .route(
    defineRoute({
      method: "get",
      path: "/synonyms",
      summary: "Terms with what they also mean.",
      policy: merchandiser,
      request: { query: zPageQuery },
      responses: { 200: zSynonymPage },
      example: {},
    }),
    async (ctx, input) => listSynonyms(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/synonyms",
      summary: "Replaces what a term also means.",
      policy: merchandiser,
      request: { body: zSynonyms },
      responses: { 204: z.undefined() },
      example: { term: "hp", meanings: ["smartphone"], twoWay: true },
    }),
    async (ctx, input) => setSynonyms(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/reindex",
      summary: "Rebuilds a slice of the read model from its owners; call again with `next`.",
      policy: operator("platform:write"),
      request: { body: z.object({ after: z.string().max(40).default("") }) },
      responses: { 200: z.object({ next: z.string().nullable(), indexed: z.int() }) },
      example: { after: "" },
    }),
    async (ctx, { after }) => reindex(ctx, after),
  );
