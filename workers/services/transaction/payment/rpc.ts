import { zPage } from "#kernel/page";
import { anyOf, buyer, guest, operator } from "#kernel/policy";
import { newRpc, rpcMethod } from "#kernel/rpc";
import { PaymentService } from "#proto/payment/v1/payment_pb";
import { payAgain } from "./commands/again.ts";
import { confirmRefund } from "./commands/refund.ts";
import { getPayment, listRefunds } from "./queries/payments.ts";
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

export const rpc = newRpc(PaymentService, {
  getPayment: rpcMethod({
    policy: anyOf(guest, buyer, operator("payment:read")),
    input: zPaymentRef,
    output: zPayment,
    run: (ctx, input) => getPayment(ctx, input),
  }),
  payAgain: rpcMethod({
    policy: anyOf(guest, buyer),
    input: zPayAgain,
    output: zPayment,
    idempotency: "required",
    run: async (ctx, input) => toPaymentDto(await payAgain(ctx, input)),
  }),
  listRefunds: rpcMethod({
    policy: operator("payment:read"),
    input: zRefundList,
    output: zPage(zRefundRow),
    run: (ctx, input) => listRefunds(ctx, input),
  }),
  confirmRefund: rpcMethod({
    policy: operator("payment:write"),
    input: zRefundRef,
    output: zRefundRow,
    idempotency: "required",
    run: async (ctx, input) => toRefundRowDto(await confirmRefund(ctx, input)),
  }),
});
