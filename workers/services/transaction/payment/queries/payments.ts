import { and, asc, eq, gt } from "drizzle-orm";
import { requireBuyer, requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { decodeCursor, toPage } from "#kernel/page";
import { paymentRefund } from "#schema/transaction/payment";
import { continuePayment } from "../commands/start.ts";
import { isOpen } from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { ownedQuery, paymentQuery, refundsQuery, toRefund } from "../repository/payments.ts";
import { type RefundList, toPaymentDto, toRefundRowDto } from "../schemas.ts";

/** With what the buyer has to do; a charge whose answer was lost is taken up again here. */
export async function getPayment(ctx: Ctx, { paymentId }: { readonly paymentId: Id<"payment"> }) {
  const { actor } = ctx;
  const isOperator = actor.kind === "user" && actor.operator !== undefined;
  const which = isOperator ? paymentQuery(paymentId) : ownedQuery(requireBuyer(ctx), paymentId);
  const [payment, refunds] = await ctx.db.load(which, refundsQuery([paymentId]));
  if (!payment) throw fail("payment.not_found");
  if (isOperator) {
    requireOperator(ctx, "payment:read");
    return toPaymentDto(payment, refunds);
  }
  if (!isOpen(payment.state)) return toPaymentDto({ ...payment, action: { kind: "none" } }, refunds);
  if (payment.action) return toPaymentDto(payment, refunds);
  const action = await continuePayment(ctx, payment);
  const [after] = await ctx.db.load(paymentQuery(paymentId));
  return toPaymentDto({ ...(after ?? payment), action }, refunds);
}

/** Refunds by state, the oldest first: operators work through those that wait for a hand. */
export async function listRefunds(ctx: Ctx, { state, limit, cursor }: RefundList) {
  requireOperator(ctx, "payment:read");
  const scope = `payment.refunds ${state}`;
  const [after] = decodeCursor(ctx, scope, cursor) ?? [];
  const mine = and(
    eq(paymentRefund.state, state),
    after === undefined ? undefined : gt(paymentRefund.id, after as Id<"refund">),
  );
  const [rows] = await ctx.db.load(
    query(
      (read) =>
        read
          .select()
          .from(paymentRefund)
          .where(mine)
          .orderBy(asc(paymentRefund.id))
          .limit(limit + 1),
      (found) => found.map(toRefund),
    ),
  );
  return toPage(ctx, scope, limit, rows, (refund) => [refund.id], toRefundRowDto);
}
