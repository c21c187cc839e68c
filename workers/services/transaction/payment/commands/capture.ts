import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { decideCapture } from "../domain/capture.ts";
import type { Payment } from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { providerOf } from "../providers/choose.ts";
import { paymentQuery } from "../repository/payments.ts";
import { captureOrders, splitsQuery } from "../repository/splits.ts";
import { orAway } from "./notify.ts";
import { recordTold } from "./record.ts";

type Capture = {
  readonly paymentId: Id<"payment">;
  readonly orderIds?: readonly Id<"order">[] | undefined;
  readonly isFinal: boolean;
};

/**
 * Takes what a bank holds, for all orders of the group or for some of them; the last one lets the rest go.
 * The same orders are captured under the same key, so that a lost answer takes nothing twice.
 */
export async function capturePayment(ctx: Ctx, { paymentId, orderIds, isFinal }: Capture): Promise<Payment> {
  requireOperator(ctx, "payment:write");
  const [payment, splits] = await ctx.db.load(paymentQuery(paymentId), splitsQuery(paymentId));
  if (!payment) throw fail("payment.not_found");
  const wanted = orThrow(decideCapture(payment, splits, { orderIds, isFinal }), fail);
  const from = payment.provider;
  const place = { id: paymentId, ref: payment.refs[from] };
  const key = `${paymentId}-capture-${wanted.step}`;
  const take = { ...place, amount: wanted.amount, isFinal, key };
  const known = await providerOf(ctx, from).capture(take).catch(orAway);
  // What is captured is what the provider says afterwards, whatever came of the call.
  if (!known || known.report.capturedMinor < wanted.reachesMinor) throw fail("payment.not_held");
  const marks = [captureOrders(paymentId, wanted.orderIds)];
  return recordTold(ctx, paymentId, { report: known.report, from }, "capture", marks);
}
