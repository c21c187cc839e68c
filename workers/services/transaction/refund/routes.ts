import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { zPage } from "#kernel/page";
import { anyOf, buyer, guest, operator, seller, service } from "#kernel/policy";
import * as mine from "./commands/buyer.ts";
import { uploadEvidence } from "./commands/evidence.ts";
import { giveLabel } from "./commands/label.ts";
import { decideCase, unstickCase } from "./commands/operator.ts";
import { requestRefund } from "./commands/request.ts";
import { readScope } from "./commands/scope.ts";
import * as shop from "./commands/seller.ts";
import * as read from "./queries/cases.ts";
import * as shapes from "./schemas.ts";

const EXAMPLE = "01jd8zt4w8h5vc6q1m9a2r7sxy";
const ref = { refundId: `rfc_${EXAMPLE}` };
const LINES = [{ lineId: `lin_${EXAMPLE}`, quantity: 1 }];
const readers = anyOf(guest, buyer, seller("order:read"), operator("order:read"), service("order:read"));
const buyers = anyOf(guest, buyer);
const shops = anyOf(seller("order:write"), service("order:write"));
const done = { 200: shapes.zRefund };

export const app = newApp("/v1/refunds")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "List returns, exchanges and claims, newest first: one's own, or as a shop or an operator.",
      policy: readers,
      request: { query: shapes.zRefundList },
      responses: { 200: zPage(shapes.zRefundItem) },
      example: { limit: 20 },
    }),
    (ctx, input) => read.listRefunds(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary:
        "Ask to return or exchange goods of a delivered order, or claim what came broken or not at all.",
      policy: buyers,
      request: { body: shapes.zRequest },
      responses: { 201: shapes.zRefund },
      idempotency: "required",
      example: { orderId: `ord_${EXAMPLE}`, kind: "return", reason: "changed_mind", lines: LINES },
    }),
    async (ctx, input) => read.getRefund(ctx, { refundId: (await requestRefund(ctx, input)).id }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/evidence",
      summary: "Upload a picture, a video or a PDF about an order, to be named in a request or an answer.",
      policy: anyOf(guest, buyer, seller("order:write")),
      request: {
        query: shapes.zOrderQuery.extend(shapes.zAsQuery.shape),
        raw: { contentTypes: shapes.EVIDENCE_TYPES, bytesMax: shapes.EVIDENCE_BYTES_MAX },
      },
      responses: { 201: shapes.zUploaded },
      example: { orderId: `ord_${EXAMPLE}` },
    }),
    (ctx, input) => uploadEvidence(ctx, readScope(ctx, input), input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{refundId}",
      summary: "Read a case with its lines, evidence, amounts and credit note.",
      policy: readers,
      request: { params: shapes.zRefundRef, query: shapes.zAsQuery },
      responses: done,
      example: ref,
    }),
    (ctx, input) => read.getRefund(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{refundId}/timeline",
      summary: "Read what happened to a case, by whom, and what was said.",
      policy: readers,
      request: { params: shapes.zRefundRef, query: shapes.zAsQuery },
      responses: { 200: shapes.zTimeline },
      example: ref,
    }),
    (ctx, input) => read.readTimeline(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{refundId}/credit-note",
      summary: "Download the credit note of a refund as PDF.",
      policy: readers,
      request: { params: shapes.zRefundRef, query: shapes.zAsQuery },
      responses: { 200: z.any() },
      example: ref,
    }),
    (ctx, input) => read.readCreditNote(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{refundId}/label",
      summary: "Download the label of the way back as PDF.",
      policy: readers,
      request: { params: shapes.zRefundRef, query: shapes.zAsQuery },
      responses: { 200: z.any() },
      example: ref,
    }),
    (ctx, input) => read.readLabel(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/label",
      summary:
        "Give the buyer a label for the way back, paid by the shop, or by the platform from an operator.",
      policy: anyOf(seller("order:write"), service("order:write"), operator("refund:decide")),
      request: { params: shapes.zRefundRef, query: shapes.zLabelAs, body: shapes.zGiveLabel },
      responses: done,
      idempotency: "required",
      example: { ...ref, weightGrams: 500 },
    }),
    async (ctx, input) =>
      read.getRefund(ctx, { refundId: (await giveLabel(ctx, input)).id, as: input.as ?? "seller" }),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{refundId}/evidence/{attachmentId}",
      summary: "The bytes of a file that one side has shown.",
      policy: readers,
      request: { params: shapes.zEvidenceRef, query: shapes.zAsQuery },
      responses: { 200: z.any() },
      example: { ...ref, attachmentId: `att_${EXAMPLE}` },
    }),
    (ctx, input) => read.readEvidence(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/cancel",
      summary: "Take a request back, as long as no goods are on their way.",
      policy: buyers,
      request: { params: shapes.zRefundRef },
      responses: done,
      idempotency: "required",
      example: ref,
    }),
    async (ctx, input) => read.getRefund(ctx, { refundId: (await mine.cancelRefund(ctx, input)).id }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/reply",
      summary: "Answer what the shop has asked.",
      policy: buyers,
      request: { params: shapes.zRefundRef, body: shapes.zSay },
      responses: done,
      idempotency: "required",
      example: { ...ref, text: "The zip is broken." },
    }),
    async (ctx, input) => read.getRefund(ctx, { refundId: (await mine.replyToSeller(ctx, input)).id }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/accept",
      summary: "Keep the goods and take the part of the price that the shop offers.",
      policy: buyers,
      request: { params: shapes.zRefundRef },
      responses: done,
      idempotency: "required",
      example: ref,
    }),
    async (ctx, input) => read.getRefund(ctx, { refundId: (await mine.acceptOffer(ctx, input)).id }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/decline",
      summary: "Decline the shop's offer; it is to answer again.",
      policy: buyers,
      request: { params: shapes.zRefundRef, body: shapes.zSay },
      responses: done,
      idempotency: "required",
      example: ref,
    }),
    async (ctx, input) => read.getRefund(ctx, { refundId: (await mine.declineOffer(ctx, input)).id }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/escalate",
      summary: "Take a refusal or an offer to the platform, which has the last word.",
      policy: buyers,
      request: { params: shapes.zRefundRef, body: shapes.zSay },
      responses: done,
      idempotency: "required",
      example: { ...ref, text: "It was broken when it came." },
    }),
    async (ctx, input) => read.getRefund(ctx, { refundId: (await mine.escalateRefund(ctx, input)).id }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/send",
      summary: "Say that the goods are with a carrier, and which.",
      policy: buyers,
      request: { params: shapes.zRefundRef, body: shapes.zParcel },
      responses: done,
      idempotency: "required",
      example: { ...ref, carrier: "JNE", trackingNumber: "JX3400012345" },
    }),
    async (ctx, input) => read.getRefund(ctx, { refundId: (await mine.sendBack(ctx, input)).id }),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{refundId}/tender",
      summary: "Choose whether the money goes back the way it came or into the wallet.",
      policy: buyers,
      request: { params: shapes.zRefundRef, body: shapes.zChooseTender },
      responses: done,
      example: { ...ref, tender: "wallet" },
    }),
    async (ctx, input) => read.getRefund(ctx, { refundId: (await mine.chooseTender(ctx, input)).id }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/approve",
      summary: "Agree, as the shop; with `returnless` the buyer keeps the goods.",
      policy: shops,
      request: { params: shapes.zRefundRef, body: shapes.zApprove },
      responses: done,
      idempotency: "required",
      example: ref,
    }),
    async (ctx, input) => asShop(ctx, await shop.approveRefund(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/reject",
      summary: "Refuse, as the shop; the buyer may take it to the platform.",
      policy: shops,
      request: { params: shapes.zRefundRef, body: shapes.zSay },
      responses: done,
      idempotency: "required",
      example: { ...ref, text: "It was worn." },
    }),
    async (ctx, input) => asShop(ctx, await shop.rejectRefund(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/ask",
      summary: "Ask the buyer something before deciding.",
      policy: shops,
      request: { params: shapes.zRefundRef, body: shapes.zSay },
      responses: done,
      idempotency: "required",
      example: { ...ref, text: "Please show the label." },
    }),
    async (ctx, input) => asShop(ctx, await shop.askBuyer(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/offer",
      summary: "Offer a part of the price to a buyer who keeps the goods.",
      policy: shops,
      request: { params: shapes.zRefundRef, body: shapes.zOffer },
      responses: done,
      idempotency: "required",
      example: { ...ref, amountMinor: "2500000" },
    }),
    async (ctx, input) => asShop(ctx, await shop.offerPart(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/receive",
      summary: "Say which units are back, and in which state; with the last one the refund goes on its way.",
      policy: shops,
      request: { params: shapes.zRefundRef, body: shapes.zReceive },
      responses: done,
      idempotency: "required",
      example: { ...ref, lines: [{ lineId: `lin_${EXAMPLE}`, resellable: 1 }] },
    }),
    async (ctx, input) => asShop(ctx, await shop.receiveGoods(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/contest",
      summary: "Say that what came back is not what was agreed; the platform decides.",
      policy: shops,
      request: { params: shapes.zRefundRef, body: shapes.zSay },
      responses: done,
      idempotency: "required",
      example: { ...ref, text: "A brick was in the box." },
    }),
    async (ctx, input) => asShop(ctx, await shop.contestGoods(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/replacement",
      summary: "Say that the replacement of an exchange has left.",
      policy: shops,
      request: { params: shapes.zRefundRef, body: shapes.zParcel },
      responses: done,
      idempotency: "required",
      example: { ...ref, carrier: "JNE", trackingNumber: "JX3400012345" },
    }),
    async (ctx, input) => asShop(ctx, await shop.shipReplacement(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/decide",
      summary: "Decide a dispute, as the platform, and who bears it.",
      policy: operator("refund:decide"),
      request: { params: shapes.zRefundRef, body: shapes.zDecide },
      responses: done,
      idempotency: "required",
      example: { ...ref, outcome: "refund" },
    }),
    async (ctx, input) =>
      read.getRefund(ctx, { refundId: (await decideCase(ctx, input)).id, as: "operator" }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{refundId}/unstick",
      summary: "Take on a case whose money does not go: again, into the wallet, or as paid by others.",
      policy: operator("payment:write"),
      request: { params: shapes.zRefundRef, body: shapes.zUnstick },
      responses: done,
      idempotency: "required",
      example: { ...ref, way: "paid_outside", evidence: "Lost dispute of 3 May, bank reference 88213" },
    }),
    async (ctx, input) =>
      read.getRefund(ctx, { refundId: (await unstickCase(ctx, input)).id, as: "operator" }),
  );

type Ctx = Parameters<typeof read.getRefund>[0];
type Moved = { readonly id: Parameters<typeof read.getRefund>[1]["refundId"] };
const asShop = (ctx: Ctx, { id: refundId }: Moved) => read.getRefund(ctx, { refundId, as: "seller" });
