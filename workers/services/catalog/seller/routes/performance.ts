import * as z from "zod";
import { defineRoute } from "#kernel/app";
import { zPage, zPageQuery } from "#kernel/page";
import { anyOf, operator, seller } from "#kernel/policy";
import { givePenalty, submitAppeal } from "../commands/standing.ts";
import * as q from "../queries/performance.ts";
import * as s from "../schemas/performance.ts";
import { zSellerRef } from "../schemas/shop.ts";
import { app as shops } from "./shops.ts";

const review = operator("seller:review");
const sight = anyOf(seller("seller:read"), review);
const sellerId = "slr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const penaltyId = "pnl_01jd8zt4w8h5vc6q1m9a2r7sxy";

const zLog = zPage(
  z.object({ at: z.iso.datetime(), action: z.string(), subject: z.string(), reason: z.string().nullable() }),
);

/** On the same prefix, and after what is read by id or slug. */
export const app = shops
  .route(
    defineRoute({
      method: "get",
      path: "/{sellerId}/performance",
      summary:
        "A shop's numbers over the rolling window, their targets, its points, and what these bar it from.",
      policy: sight,
      request: { params: zSellerRef },
      responses: { 200: s.zPerformance },
      example: { sellerId },
    }),
    (ctx, input) => q.showPerformance(ctx, input.sellerId),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{sellerId}/performance/{metric}/orders",
      summary: "The orders, questions or reviews behind a number, the latest first.",
      policy: sight,
      request: { params: s.zMetricRef, query: s.zMovedQuery },
      responses: { 200: s.zMovedPage },
      example: { sellerId, metric: "late_shipment", limit: 20 },
    }),
    (ctx, input) => q.listMoved(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{sellerId}/penalties",
      summary: "The log of a shop's points: given, and taken back.",
      policy: sight,
      request: { params: zSellerRef, query: zPageQuery },
      responses: { 200: s.zPenalties },
      example: { sellerId },
    }),
    (ctx, input) => q.listPenalties(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{sellerId}/penalties",
      summary: "Gives a shop points for its conduct, with the reason.",
      policy: review,
      request: { params: zSellerRef, body: s.zGivePenalty },
      responses: { 201: s.zPenalty },
      idempotency: "required",
      example: { sellerId, points: 4, reason: "Counterfeits." },
    }),
    async (ctx, input) => s.toPenaltyDto(await givePenalty(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{sellerId}/appeals",
      summary: "Appeals against a penalty, with documents of the shop as evidence.",
      policy: seller("seller:write"),
      request: { params: zSellerRef, body: s.zNewAppeal },
      responses: { 201: s.zAppeal },
      example: { sellerId, penaltyId, words: "The carrier was on strike that week." },
    }),
    async (ctx, input) => s.toAppealDto(await submitAppeal(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{sellerId}/appeals",
      summary: "A shop's appeals and what became of them.",
      policy: sight,
      request: { params: zSellerRef, query: zPageQuery },
      responses: { 200: s.zAppeals },
      example: { sellerId },
    }),
    (ctx, input) => q.listAppealsOf(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{sellerId}/log",
      summary: "What was attested, verified, overridden, changed, appealed and decided, the latest first.",
      policy: sight,
      request: { params: zSellerRef, query: zPageQuery },
      responses: { 200: zLog },
      example: { sellerId },
    }),
    (ctx, input) => q.listLog(ctx, input),
  );
