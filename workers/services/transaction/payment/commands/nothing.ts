import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { PaymentSettled } from "../facts.ts";
import type { NewPayment } from "./compose.ts";

/** Vouchers have paid for all: nothing is to be collected, so the orders hear at once that it is here. */
export function settleNothing(
  ctx: Ctx,
  { paymentId, orderGroupId, buyerId, amount, method }: Omit<NewPayment, "payBy">,
): Statement {
  const about = { paymentId, orderGroupId, buyerId, method, amount: toMoneyDto(amount), walletMinor: "0" };
  // Nobody collects it: the wallet is what keeps no money of it elsewhere.
  return append(PaymentSettled.make(ctx, { id: paymentId, version: 1 }, { ...about, provider: "wallet" }));
}
