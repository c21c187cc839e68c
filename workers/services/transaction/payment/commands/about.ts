import type { Ctx } from "#kernel/ctx";
import type { Fact } from "#kernel/facts";
import { toMoneyDto } from "#kernel/money";
import type { Payment } from "../domain/payment.ts";
import { PaymentSettled } from "../facts.ts";

/** What every event of a payment carries. */
export const aboutOf = (payment: Payment) => ({
  paymentId: payment.id,
  orderGroupId: payment.orderGroupId,
  buyerId: payment.buyerId,
  purpose: payment.purpose,
  method: payment.method,
  provider: payment.keptBy ?? payment.provider,
  amount: toMoneyDto(payment.amount),
  walletMinor: payment.walletMinor.toString(),
});

export const settledFact = (ctx: Ctx, after: Payment): Fact =>
  PaymentSettled.make(ctx, after, {
    ...aboutOf(after),
    amount: toMoneyDto({ ...after.amount, minor: after.settledMinor }),
  });
