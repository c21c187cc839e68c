import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { append } from "#kernel/outbox";
import { ok, orThrow } from "#kernel/result";
import { releaseAllocated, releaseHold } from "#services/logistics/inventory/index";
import {
  endPayment,
  groupPaymentsQuery,
  isOnline,
  refundPayment,
  releaseOwed,
} from "#services/transaction/payment/index";
import {
  BUYER_REASONS,
  type CancelReason,
  decideCancel,
  holdsOnly,
  isPaid,
  type Order,
  SELLER_REASONS,
  toFact,
} from "../domain.ts";
import { fail, toRefusal } from "../errors.ts";
import { OrderCancelled } from "../facts.ts";
import { cancelLines, load, save } from "../repository.ts";
import type { CancelOrder } from "../schemas.ts";
import { scopeOf } from "./scope.ts";

type Refuses = "order.stale" | "inventory.not_allocated";

/** What a cancelled order leaves behind is put right in the same commit: its stock, its money, its log. */
export function cancelling(
  ctx: Ctx,
  before: Order,
  after: Order,
  reason: CancelReason,
  by: { readonly as?: string } = {},
): readonly Statement<Refuses>[] {
  if (before === after) return [];
  const wasPaid = isPaid(before);
  const { reservationId, totalMinor, orderGroupId } = before;
  const stock = holdsOnly(before)
    ? releaseHold(ctx, reservationId)
    : releaseAllocated(ctx, { reservationId });
  const fact = OrderCancelled.make(ctx, after, { ...toFact(after), reason, wasPaid });
  const { paidPaymentId: paymentId, currency } = before;
  const money = paymentId
    ? refundPayment(ctx, { paymentId, amount: { minor: totalMinor, currency }, reason, key: before.id })
    : [releaseOwed(ctx, { orderGroupId, minor: totalMinor, why: reason })];
  return [
    ...save(ctx, before, [{ move: "cancel", order: after, detail: { reason, ...by } }]),
    cancelLines(before.id),
    stock,
    ...money,
    append(fact),
  ];
}

/** By the buyer, the shop or the platform, as long as nothing has been shipped. */
export async function cancelOrder(ctx: Ctx, { orderId, as, reason }: CancelOrder): Promise<Order> {
  const scope = scopeOf(ctx, as, "order:write");
  const own: readonly CancelReason[] = scope.as === "buyer" ? BUYER_REASONS : SELLER_REASONS;
  if (!own.includes(reason)) throw fail("order.reason_not_yours");
  const outcome = await untilFresh("order.stale", async () => {
    const before = await load(ctx, scope, orderId);
    if (!before) throw fail("order.not_found");
    const decision = decideCancel(before, reason, ctx.clock.now());
    if (!decision.ok || decision.value === before) return decision;
    const after = decision.value;
    const ends = before.paidPaymentId === null && isOnline(before.method) ? await endLast(ctx, before) : [];
    const committed = await ctx.db.commit([
      ...cancelling(ctx, before, after, reason, { as: scope.as }),
      ...ends,
    ]);
    return committed.ok ? ok(after) : committed;
  });
  return orThrow(outcome, toRefusal);
}

/** The provider hears of it at once when nothing is left to pay for. */
export async function endLast(ctx: Ctx, { orderGroupId }: Pick<Order, "orderGroupId">): Promise<Statement[]> {
  const [payments] = await ctx.db.load(groupPaymentsQuery(orderGroupId));
  const [last] = payments;
  return last ? endPayment(ctx, last.id) : [];
}
