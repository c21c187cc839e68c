import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import type { Dispute } from "../domain/dispute.ts";
import { decideLoss } from "../domain/loss.ts";
import type { Payment, Refund } from "../domain/payment.ts";
import { PaymentDisputeClosed, SEND_REFUND } from "../facts.ts";
import { coverRefunds } from "../repository/disputes.ts";
import { paymentQuery, refundsQuery, save } from "../repository/payments.ts";
import { loseSplits, type Split, splitsQuery } from "../repository/splits.ts";

export const caseOf = ({ id, paymentId, orderGroupId, provider, reason, amount }: Dispute) => {
  return { disputeId: id, paymentId, orderGroupId, provider, reason, amount: toMoneyDto(amount) };
};

/** Refunds that waited for the bank go on, whoever pays them now. */
const wake = (ctx: Ctx, refunds: readonly Refund[]): readonly Statement[] =>
  refunds
    .filter(({ state }) => state === "requested" || state === "manual")
    .map(({ id: refundId }) => schedule(ctx, SEND_REFUND, { subject: refundId, payload: { refundId } }));

type Ending = readonly Statement<"payment.stale">[];

/** What belongs into the commit that ends a case. Money that came or went meanwhile is `payment.stale`. */
export async function endDispute(ctx: Ctx, dispute: Dispute): Promise<Ending> {
  const { paymentId, state, takenMinor, feeMinor } = dispute;
  const reads = [paymentQuery(paymentId), splitsQuery(paymentId), refundsQuery([paymentId])] as const;
  const [payment, splits, refunds] = await ctx.db.load(...reads);
  if (!payment || (state !== "won" && state !== "lost")) return [];
  const told = {
    ...caseOf(dispute),
    outcome: state,
    takenMinor: takenMinor.toString(),
    feeMinor: feeMinor.toString(),
  };
  if (state === "won" || takenMinor === 0n) {
    return [append(PaymentDisputeClosed.make(ctx, dispute, told)), ...wake(ctx, refunds)];
  }
  const loss = decideLoss(payment, dispute, splits, refunds);
  const shares = loss.shares.map((share) => shareOf(share, splits));
  const lost = { ...told, shares, excessMinor: loss.excessMinor.toString() };
  return [
    ...lose(ctx, payment, loss.lostMinor, dispute),
    loseSplits(paymentId, loss.shares),
    coverRefunds(dispute.id, loss.covers),
    append(PaymentDisputeClosed.make(ctx, dispute, lost)),
    ...wake(ctx, refunds),
  ];
}

type Share = { readonly orderId: Id<"order">; readonly minor: bigint };

function shareOf({ orderId, minor }: Share, splits: readonly Split[]) {
  const split = splits.find((one) => one.orderId === orderId);
  const left = split && split.capturedMinor - split.refundedMinor - split.lostMinor;
  const of = split && left !== undefined ? { sellerId: split.sellerId, ofMinor: left.toString() } : {};
  return { orderId, minor: minor.toString(), ...of };
}

function lose(ctx: Ctx, payment: Payment, minor: bigint, { id: disputeId }: Dispute) {
  const after = { ...payment, lostMinor: payment.lostMinor + minor, version: payment.version + 1 };
  return save(ctx, after, { source: "dispute", disputeId, lost: minor.toString() });
}
