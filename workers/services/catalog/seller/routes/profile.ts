import * as z from "zod";
import { defineRoute } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import { anyOf, buyer, operator, seller } from "#kernel/policy";
import { markRequirement, patchProfile, putPayoutAccount, setFollowing } from "../commands/profile.ts";
import * as q from "../queries/profile.ts";
import * as s from "../schemas/profile.ts";
import { zSellerRef } from "../schemas/shop.ts";
import { app as measured } from "./performance.ts";

/** Refuses whoever has not just shown who he is; auth stands above this service and hands it in. */
export type StepUp = (ctx: Ctx) => Promise<void>;

const review = operator("seller:review");
const sight = anyOf(seller("seller:read"), review);
const sellerId = "slr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const code = "tax_id";

const markRoute = <const P extends string>(path: P, summary: string) =>
  defineRoute({
    method: "post",
    path: `/{sellerId}/requirements/{code}/${path}`,
    summary,
    policy: review,
    request: { params: s.zRequirementRef, body: s.zMarkReason },
    responses: { 204: z.null() },
    example: { sellerId, code, reason: "Seen in the register." },
  });

const app = measured
  .route(
    defineRoute({
      method: "get",
      path: "/{sellerId}/profile",
      summary: "Tax id, return address, closures and page of a shop.",
      policy: sight,
      request: { params: zSellerRef },
      responses: { 200: s.zProfile },
      example: { sellerId },
    }),
    (ctx, input) => q.showProfile(ctx, input.sellerId),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{sellerId}/profile",
      summary: "Changes them; a shop goes on holiday by itself when a closure begins.",
      policy: seller("seller:write"),
      request: { params: zSellerRef, body: s.zPatchProfile },
      responses: { 200: s.zProfile },
      concurrency: "if-match",
      example: { sellerId, taxId: "01.234.567.8-901.000" },
    }),
    async (ctx, input) => s.toProfileDto(await patchProfile(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{sellerId}/requirements",
      summary: "What the market asks of a shop before it trades, and what of it is open.",
      policy: sight,
      request: { params: zSellerRef },
      responses: { 200: s.zRequirements },
      example: { sellerId },
    }),
    (ctx, input) => q.listRequirements(ctx, input.sellerId),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{sellerId}/requirements/{code}/attest",
      summary: "Attests that the shop meets a requirement.",
      policy: seller("member:write"),
      request: { params: s.zRequirementRef },
      responses: { 204: z.null() },
      example: { sellerId, code },
    }),
    (ctx, input) => markRequirement(ctx, "attested", input),
  )
  .route(markRoute("verify", "Says that a requirement was checked and is met."), (ctx, input) =>
    markRequirement(ctx, "verified", input),
  )
  .route(markRoute("override", "Lets a requirement pass unmet, with the reason."), (ctx, input) =>
    markRequirement(ctx, "overridden", input),
  )
  .route(markRoute("withdraw", "Takes the last word on a requirement back."), (ctx, input) =>
    markRequirement(ctx, "withdrawn", input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{sellerId}/follow",
      summary: "Follows a shop; following again changes nothing.",
      policy: buyer,
      request: { params: zSellerRef },
      responses: { 200: s.zFollowing },
      example: { sellerId },
    }),
    (ctx, input) => setFollowing(ctx, { ...input, following: true }),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{sellerId}/follow",
      summary: "Follows a shop no longer.",
      policy: buyer,
      request: { params: zSellerRef },
      responses: { 200: s.zFollowing },
      example: { sellerId },
    }),
    (ctx, input) => setFollowing(ctx, { ...input, following: false }),
  );

export const withPayoutAccount = (stepUp: StepUp) =>
  app
    .route(
      defineRoute({
        method: "get",
        path: "/{sellerId}/payout-account",
        summary: "Where a shop's money goes; most of the number is hidden.",
        policy: anyOf(seller("payout:read"), review),
        request: { params: zSellerRef },
        responses: { 200: s.zKnownPayoutAccount },
        example: { sellerId },
      }),
      (ctx, input) => q.showPayoutAccount(ctx, input.sellerId),
    )
    .route(
      defineRoute({
        method: "put",
        path: "/{sellerId}/payout-account",
        summary: "Sends the shop's money elsewhere; asks to sign in again or for a code.",
        policy: seller("payout:write"),
        request: { params: zSellerRef, body: s.zPutPayoutAccount },
        responses: { 200: s.zPayoutAccount },
        example: { sellerId, bankCode: "bca", number: "1234567890", holderName: "CV Batik Nusantara" },
      }),
      async (ctx, input) => {
        await stepUp(ctx);
        return s.toPayoutAccountDto(await putPayoutAccount(ctx, input));
      },
    );
