import { defineRoute, newApp } from "#kernel/app";
import { operator } from "#kernel/policy";
import { decideOnAppeal } from "../commands/standing.ts";
import { listAppeals } from "../queries/performance.ts";
import * as s from "../schemas/performance.ts";

const review = operator("seller:review");
const appealId = "apl_01jd8zt4w8h5vc6q1m9a2r7sxy";

export const app = newApp("/v1/seller-appeals")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Appeals of all shops, those that wait longest first.",
      policy: review,
      request: { query: s.zAppealQuery },
      responses: { 200: s.zAppeals },
      example: { state: "open" },
    }),
    (ctx, input) => listAppeals(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{appealId}/decide",
      summary: "Grants an appeal, which takes the points back, or denies it, with the reason.",
      policy: review,
      request: { params: s.zAppealRef, body: s.zDecideAppeal },
      responses: { 200: s.zAppeal },
      example: { appealId, state: "granted", decision: "The carrier confirms it." },
    }),
    async (ctx, input) => s.toAppealDto(await decideOnAppeal(ctx, input)),
  );
