import { defineRoute, newApp } from "#kernel/app";
import { zPage } from "#kernel/page";
import { anyOf, buyer, guest, operator } from "#kernel/policy";
import { payAgain } from "./commands/again.ts";
import { confirmRefund } from "./commands/refund.ts";
import { getPayment, listRefunds } from "./queries.ts";
import {
  toPaymentDto,
  toRefundRowDto,
  zPayAgain,
  zPayment,
  zPaymentRef,
  zRefundList,
  zRefundRef,
  zRefundRow,
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
      request: { params: zRefundRef },
      responses: { 200: zRefundRow },
      idempotency: "required",
      example: { refundId: `rfd_${EXAMPLE_ID}` },
    }),
    async (ctx, input) => toRefundRowDto(await confirmRefund(ctx, input)),
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
