import { defineRoute, newApp } from "#kernel/app";
import { zPage } from "#kernel/page";
import { anyOf, buyer, guest, open, operator } from "#kernel/policy";
import { payAgain } from "./commands/again.ts";
import { capturePayment } from "./commands/capture.ts";
import { closeDispute, submitEvidence, uploadEvidence } from "./commands/evidence.ts";
import { explainMismatch } from "./commands/explain.ts";
import { takeSettlementFile } from "./commands/reconcile.ts";
import { confirmRefund } from "./commands/refund.ts";
import { topUp } from "./commands/top-up.ts";
import { refundIntoWallet, retryRefund } from "./commands/unstick.ts";
import {
  getDispute,
  listDisputes,
  listMismatches,
  listSettlementFiles,
  listSettlementRows,
  showSettlementFile,
} from "./queries/cases.ts";
import { getPayment, listRefunds } from "./queries/payments.ts";
import {
  EVIDENCE_BYTES_MAX,
  EVIDENCE_TYPES,
  SETTLEMENT_BYTES_MAX,
  toDisputeDto,
  toEvidenceDto,
  toFileDto,
  toMethodLimits,
  toMismatchDto,
  toPaymentDto,
  toRefundRowDto,
  zByHand,
  zCapture,
  zClose,
  zDispute,
  zDisputeList,
  zDisputeRef,
  zEvidence,
  zEvidenceQuery,
  zExplain,
  zFileList,
  zFileRef,
  zMethods,
  zMismatch,
  zMismatchList,
  zMismatchRef,
  zPayAgain,
  zPayment,
  zPaymentRef,
  zRefundList,
  zRefundRef,
  zRefundRow,
  zRowList,
  zSettlementFile,
  zSettlementQuery,
  zSettlementRow,
  zSubmit,
  zTopUp,
} from "./schemas.ts";

const EXAMPLE_ID = "01jd8zt4w8h5vc6q1m9a2r7sxy";

export const app = newApp("/v1/payments")
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Pay an order group again, by the same method or by another.",
      policy: anyOf(guest, buyer),
      request: { body: zPayAgain },
      responses: { 201: zPayment },
      idempotency: "required",
      example: { orderGroupId: `grp_${EXAMPLE_ID}`, method: "qris" },
    }),
    async (ctx, input) => toPaymentDto(await payAgain(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/methods",
      summary: "Name the methods that the market takes, and what each takes at once.",
      policy: open,
      request: {},
      responses: { 200: zMethods },
      example: {},
    }),
    async ({ market }) => ({ methods: [...market.payment.methods], limits: toMethodLimits(market) }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/top-ups",
      summary: "Top up one's wallet by a provider, within what the wallet may hold and take in a day.",
      policy: buyer,
      request: { body: zTopUp },
      responses: { 201: zPayment },
      idempotency: "required",
      example: { amountMinor: "5000000", method: "qris" },
    }),
    async (ctx, input) => toPaymentDto(await topUp(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/refunds",
      summary: "List refunds by state; those that wait for a hand come first.",
      policy: operator("payment:read"),
      request: { query: zRefundList },
      responses: { 200: zPage(zRefundRow) },
      example: { state: "manual" },
    }),
    (ctx, input) => listRefunds(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/refunds/{refundId}/confirm",
      summary: "Say that a refund which the provider could not send was paid back by hand.",
      policy: operator("payment:write"),
      request: { params: zRefundRef, body: zByHand },
      responses: { 200: zRefundRow },
      idempotency: "required",
      example: { refundId: `rfd_${EXAMPLE_ID}`, evidence: "BCA transfer 3 May, reference 88213" },
    }),
    async (ctx, input) => toRefundRowDto(await confirmRefund(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/refunds/{refundId}/retry",
      summary: "Have a refund that waits for a hand sent by its provider once more.",
      policy: operator("payment:write"),
      request: { params: zRefundRef },
      responses: { 200: zRefundRow },
      idempotency: "required",
      example: { refundId: `rfd_${EXAMPLE_ID}` },
    }),
    async (ctx, input) => toRefundRowDto(await retryRefund(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/refunds/{refundId}/to-wallet",
      summary: "Pay a refund that waits for a hand into the buyer's wallet, where the market allows it.",
      policy: operator("payment:write"),
      request: { params: zRefundRef },
      responses: { 200: zRefundRow },
      idempotency: "required",
      example: { refundId: `rfd_${EXAMPLE_ID}` },
    }),
    async (ctx, input) => toRefundRowDto(await refundIntoWallet(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/disputes",
      summary: "List disputes by state, the oldest first: its evidence is due first.",
      policy: operator("payment:read"),
      request: { query: zDisputeList },
      responses: { 200: zPage(zDispute) },
      example: { state: "needs_response" },
    }),
    (ctx, input) => listDisputes(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/disputes/{disputeId}",
      summary: "Read a dispute, with what was laid before the bank.",
      policy: operator("payment:read"),
      request: { params: zDisputeRef },
      responses: { 200: zDispute },
      example: { disputeId: `dsp_${EXAMPLE_ID}` },
    }),
    (ctx, input) => getDispute(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/disputes/{disputeId}/evidence",
      summary: "Add a paper to a dispute; the same paper twice is one.",
      policy: operator("payment:write"),
      request: {
        params: zDisputeRef,
        query: zEvidenceQuery,
        raw: { contentTypes: EVIDENCE_TYPES, bytesMax: EVIDENCE_BYTES_MAX },
      },
      responses: { 201: zEvidence },
      example: { disputeId: `dsp_${EXAMPLE_ID}`, fileName: "receipt.pdf" },
    }),
    async (ctx, input) => toEvidenceDto(await uploadEvidence(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/disputes/{disputeId}/submit",
      summary: "Hand the evidence in, once and for good.",
      policy: operator("payment:write"),
      request: { params: zDisputeRef, body: zSubmit },
      responses: { 200: zDispute },
      idempotency: "required",
      example: { disputeId: `dsp_${EXAMPLE_ID}`, words: "Delivered on 3 November, signed for." },
    }),
    async (ctx, input) => toDisputeDto(await submitEvidence(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/disputes/{disputeId}/close",
      summary: "Say how a dispute has ended, where the provider does not.",
      policy: operator("payment:write"),
      request: { params: zDisputeRef, body: zClose },
      responses: { 200: zDispute },
      idempotency: "required",
      example: { disputeId: `dsp_${EXAMPLE_ID}`, outcome: "won" },
    }),
    async (ctx, input) => toDisputeDto(await closeDispute(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/settlement-files",
      summary: "Match a provider's settlement file (CSV) with what we know; the same file again is the same.",
      policy: operator("payment:write"),
      request: {
        query: zSettlementQuery,
        raw: { contentTypes: ["text/csv"], bytesMax: SETTLEMENT_BYTES_MAX },
      },
      responses: { 200: zSettlementFile },
      example: { provider: "stripe" },
    }),
    async (ctx, input) => toFileDto(await takeSettlementFile(ctx, input), ctx.market.currency),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/settlement-files",
      summary: "List the settlement files that were taken, the newest first.",
      policy: operator("payment:read"),
      request: { query: zFileList },
      responses: { 200: zPage(zSettlementFile) },
      example: {},
    }),
    (ctx, input) => listSettlementFiles(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/settlement-files/{fileId}",
      summary: "What came of a settlement file, in sums.",
      policy: operator("payment:read"),
      request: { params: zFileRef },
      responses: { 200: zSettlementFile },
      example: { fileId: `stf_${EXAMPLE_ID}` },
    }),
    (ctx, input) => showSettlementFile(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/settlement-files/{fileId}/rows",
      summary: "The rows of a settlement file, and of each what it was matched with.",
      policy: operator("payment:read"),
      request: { params: zFileRef, query: zRowList },
      responses: { 200: zPage(zSettlementRow) },
      example: { fileId: `stf_${EXAMPLE_ID}`, outcome: "amount_differs" },
    }),
    (ctx, input) => listSettlementRows(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/settlement-mismatches",
      summary:
        "List rows of settlement files that are not as we know them: open ones, or how they were explained.",
      policy: operator("payment:read"),
      request: { query: zMismatchList },
      responses: { 200: zPage(zMismatch) },
      example: { state: "open" },
    }),
    (ctx, input) => listMismatches(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/settlement-files/{fileId}/rows/{line}/explain",
      summary: "Explain a row that differs, once and for good; what it takes is booked as an adjustment.",
      policy: operator("payment:write"),
      request: { params: zMismatchRef, body: zExplain },
      responses: { 200: zMismatch },
      idempotency: "required",
      example: { fileId: `stf_${EXAMPLE_ID}`, line: 2, note: "Paid out a day later, see the file of 4 May." },
    }),
    async (ctx, input) => toMismatchDto(await explainMismatch(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{paymentId}/capture",
      summary: "Capture what a bank holds, for all orders of the group or for some of them.",
      policy: operator("payment:write"),
      request: { params: zPaymentRef, body: zCapture },
      responses: { 200: zPayment },
      idempotency: "required",
      example: { paymentId: `pay_${EXAMPLE_ID}`, isFinal: true },
    }),
    async (ctx, input) => toPaymentDto(await capturePayment(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{paymentId}",
      summary: "Read a payment, with what the buyer has to do and until when.",
      policy: anyOf(guest, buyer, operator("payment:read")),
      request: { params: zPaymentRef },
      responses: { 200: zPayment },
      example: { paymentId: `pay_${EXAMPLE_ID}` },
    }),
    (ctx, input) => getPayment(ctx, input),
  );
