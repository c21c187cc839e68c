import * as z from "zod";
import { zId } from "#kernel/ids";
import { toMoneyDto, zMoney } from "#kernel/money";
import { zPageQuery } from "#kernel/page";
import {
  BANKS,
  ONLINE_METHODS,
  PAYMENT_STATES,
  type Payment,
  REFUND_STATES,
  type Refund,
} from "./domain/payment.ts";

export const zBank = z.enum(BANKS);
export const zPaymentRef = z.object({ paymentId: zId("payment") });
export const zRefundRef = z.object({ refundId: zId("refund") });
export const zPayAgain = z.object({
  orderGroupId: zId("orderGroup"),
  method: z.enum([...ONLINE_METHODS, "wallet"]),
  /** Whose virtual account to pay to. */
  bank: z.enum(BANKS).optional(),
  /** Made by the provider's script in the browser; without it a card is paid on the provider's page. */
  cardToken: z.string().max(200).optional(),
  /** The part that the buyer's wallet pays. */
  walletMinor: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(BigInt)
    .optional(),
});
export type PayAgain = z.output<typeof zPayAgain>;

export const zPaymentAction = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("cash") }),
  z.object({ kind: z.literal("qr"), qrString: z.string(), imageUrl: z.string().nullable() }),
  z.object({ kind: z.literal("virtual_account"), bank: z.enum(BANKS), number: z.string() }),
  z.object({ kind: z.literal("bill"), billerCode: z.string(), billKey: z.string() }),
  z.object({ kind: z.literal("deeplink"), url: z.string(), qrString: z.string().nullable() }),
  z.object({ kind: z.literal("redirect"), url: z.string() }),
  z.object({ kind: z.literal("wait") }),
  z.object({ kind: z.literal("none") }),
]);

const zRefund = z.object({
  id: zId("refund"),
  amount: zMoney,
  reason: z.string(),
  state: z.enum(REFUND_STATES),
  createdAt: z.iso.datetime(),
});
export const zRefundRow = zRefund.extend({ paymentId: zId("payment"), note: z.string().nullable() });

export const zPayment = z.object({
  id: zId("payment"),
  orderGroupId: zId("orderGroup"),
  attempt: z.int(),
  method: z.enum([...ONLINE_METHODS, "wallet", "cod"]),
  state: z.enum(PAYMENT_STATES),
  amount: zMoney,
  /** The part of it that the buyer's wallet pays. */
  wallet: zMoney,
  refunded: zMoney,
  action: zPaymentAction,
  payBefore: z.iso.datetime(),
  settledAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  refunds: z.array(zRefund),
  version: z.int(),
});

export const zRefundList = zPageQuery.extend({ state: z.enum(REFUND_STATES).default("manual") });
export type RefundList = z.output<typeof zRefundList>;

const toTime = (at: number) => new Date(at).toISOString();

const toRefundDto = ({ id, amount, reason, state, createdAt }: Refund) => ({
  id,
  amount: toMoneyDto(amount),
  reason,
  state,
  createdAt: toTime(createdAt),
});

export const toRefundRowDto = (refund: Refund) => ({
  ...toRefundDto(refund),
  paymentId: refund.paymentId,
  note: refund.note,
});

export const toPaymentDto = (payment: Payment, refunds: readonly Refund[] = []) => ({
  id: payment.id,
  orderGroupId: payment.orderGroupId,
  attempt: payment.attempt,
  method: payment.method,
  state: payment.state,
  amount: toMoneyDto(payment.amount),
  wallet: toMoneyDto({ minor: payment.walletMinor, currency: payment.amount.currency }),
  refunded: toMoneyDto({ minor: payment.refundedMinor, currency: payment.amount.currency }),
  action: payment.action ?? { kind: "wait" as const },
  payBefore: toTime(payment.payBy),
  settledAt: payment.settledAt === null ? null : toTime(payment.settledAt),
  createdAt: toTime(payment.createdAt),
  refunds: refunds.map(toRefundDto),
  version: payment.version,
});
