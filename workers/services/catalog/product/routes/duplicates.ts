import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { zPageQuery } from "#kernel/page";
import { operator } from "#kernel/policy";
import { dismissDuplicate, reportDuplicate } from "../commands/duplicate.ts";
import { mergeDuplicate, undoMerge } from "../commands/merge.ts";
import { getDuplicate, getMerge, listDuplicates, listMerges } from "../queries/duplicates.ts";
import * as s from "../schemas/duplicate.ts";

const review = operator("product:review");
const duplicateId = "dup_01jd8zt4w8h5vc6q1m9a2r7sxy";
const mergeId = "mrg_01jd8zt4w8h5vc6q1m9a2r7sxy";

export const app = newApp("/v1/duplicates")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Products that look like one, the surest pair first, with what speaks for it.",
      policy: review,
      request: { query: s.zDuplicateQuery },
      responses: { 200: s.zDuplicatePage },
      example: { state: "open", limit: 20 },
    }),
    (ctx, input) => listDuplicates(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Names two products that are one thing; they stand in the queue.",
      policy: review,
      request: { body: s.zReport },
      responses: { 201: s.zDuplicate },
      example: {
        productIds: ["prd_01jd8zt4w8h5vc6q1m9a2r7sxy", "prd_01jd8zt4w8h5vc6q1m9a2r7sxz"],
        note: "The same lamp, listed by two shops.",
      },
    }),
    async (ctx, input) => getDuplicate(ctx, await reportDuplicate(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/merges",
      summary: "What was merged, the latest first.",
      policy: review,
      request: { query: zPageQuery },
      responses: { 200: s.zMergePage },
      example: { limit: 20 },
    }),
    (ctx, input) => listMerges(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/merges/{mergeId}/undo",
      summary: "Makes two products of one again; offers go back where they were.",
      policy: review,
      request: { params: s.zMergeRef },
      responses: { 200: s.zMerge },
      example: { mergeId },
    }),
    async (ctx, input) => {
      await undoMerge(ctx, input);
      return getMerge(ctx, input.mergeId);
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{duplicateId}/merge",
      summary: "Makes one product of two: offers move, addresses lead on, nothing that was sold is lost.",
      policy: review,
      request: { params: s.zDuplicateRef, body: s.zMergePair },
      responses: { 201: s.zMerge },
      example: { duplicateId },
    }),
    async (ctx, input) => getMerge(ctx, await mergeDuplicate(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{duplicateId}/dismiss",
      summary: "Says that they are two things; nobody is asked again.",
      policy: review,
      request: { params: s.zDuplicateRef, body: s.zDismiss },
      responses: { 204: z.null() },
      example: { duplicateId, reason: "Another size." },
    }),
    (ctx, input) => dismissDuplicate(ctx, input),
  );
