import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { open, operator } from "#kernel/policy";
import { createRule, deleteRule, reindex, setSynonyms } from "./commands.ts";
import { searchProducts, suggest } from "./queries.ts";
import {
  zNewRule,
  zResults,
  zRule,
  zRuleRef,
  zSearch,
  zSuggest,
  zSuggestions,
  zSynonyms,
} from "./schemas.ts";

const merchandiser = operator("category:write");

export const app = newApp("/v1/search")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Finds products: typing errors, synonyms and both languages; facets, sorts and pages.",
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
      method: "post",
      path: "/rules",
      summary: "Pins, hides, boosts or buries a product for a query or a category.",
      policy: merchandiser,
      request: { body: zNewRule },
      responses: { 201: zRule },
      example: { kind: "pin", query: "kopi", productId: "prd_01jd8zt4w8h5vc6q1m9a2r7sxy", position: 1 },
    }),
    async (ctx, input) => createRule(ctx, input),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/rules/{ruleId}",
      summary: "Takes a merchandising rule back.",
      policy: merchandiser,
      request: { params: zRuleRef },
      responses: { 204: z.undefined() },
      example: { ruleId: "rul_01jd8zt4w8h5vc6q1m9a2r7sxy" },
    }),
    async (ctx, input) => deleteRule(ctx, input),
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
