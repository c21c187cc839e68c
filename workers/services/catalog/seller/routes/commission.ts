import { defineRoute, newApp } from "#kernel/app";
import { zPageQuery } from "#kernel/page";
import { anyOf, operator, seller } from "#kernel/policy";
import { createRule, finishRule } from "../commands/commission.ts";
import { listRules, previewCommission } from "../queries/commission.ts";
import * as s from "../schemas/commission.ts";

const write = operator("commission:write");
const ruleId = "cmr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const sellerId = "slr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const productId = "prd_01jd8zt4w8h5vc6q1m9a2r7sxy";

export const app = newApp("/v1/commission-rules")
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Sets what sales of a product, a category or a shop cost; the most specific rule holds.",
      policy: write,
      request: { body: s.zNewRule },
      responses: { 201: s.zRule },
      example: { sellerId, basisPoints: 350, fixedMinor: "100000", note: "Contract of 2026." },
    }),
    async (ctx, input) => s.toRuleDto(await createRule(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Every rule, the newest first, the ended ones too.",
      policy: write,
      request: { query: zPageQuery },
      responses: { 200: s.zRules },
      example: { limit: 20 },
    }),
    (ctx, input) => listRules(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/preview",
      summary: "What a sale would cost, by which rule, and the tax on it.",
      policy: anyOf(seller("seller:read"), write),
      request: { query: s.zPreviewQuery },
      responses: { 200: s.zPreview },
      example: { sellerId, productId, baseMinor: "19900000", quantity: 1 },
    }),
    (ctx, input) => previewCommission(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{ruleId}/end",
      summary: "Ends a rule, now or later; what was sold under it stays as it was.",
      policy: write,
      request: { params: s.zRuleRef, body: s.zEndRule },
      responses: { 200: s.zRule },
      example: { ruleId, reason: "The contract has run out." },
    }),
    async (ctx, input) => s.toRuleDto(await finishRule(ctx, input)),
  );
