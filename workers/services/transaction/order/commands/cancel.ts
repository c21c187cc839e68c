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
  decideCallOff,
  decideCancel,
  holdsOnly,
  isPaid,
  isParted,
  type Order,
  SELLER_REASONS,
  toFact,
} from "../domain.ts";
import { fail, toRefusal } from "../errors.ts";
import { OrderCancelled } from "../facts.ts";
import { cancelLines, isDone, load, save } from "../repository.ts";
import type { CancelOrder } from "../schemas.ts";
import { callingOff } from "./call-off.ts";
import { type Keyed, scopeOf } from "./scope.ts";

type Refuses = "order.stale" | "inventory.not_allocated";

type Cancelled = { readonly before: Order; readonly after: Order };
type Why = {
  readonly reason: CancelReason;
  readonly as?: "buyer" | "seller" | "operator" | "platform";
};

/**
 * What cancelled orders leave behind is put right in the same commit: their stock, their money, their log.
 * Rows that others may want too are locked in one order: orders, then stock, then payments.
 */
export function cancelling(
  ctx: Ctx,
  cancelled: readonly Cancelled[],
  { reason, as = "platform" }: Why,
): readonly Statement<Refuses>[] {
  const all = cancelled
    .filter(({ before, after }) => before !== after)
    .toSorted((a, b) => (a.before.reservationId < b.before.reservationId ? -1 : 1));
  if (all.length === 0) return [];
  // A part of it has gone back already, and what is given back here is all of it.
  if (all.some(({ before }) => isParted(before))) throw new Error("a parted order is not cancelled whole");
  const held = all.filter(({ before }) => holdsOnly(before)).map(({ before }) => before.reservationId);
  const detail = { reason, as };
  return [
    ...all.flatMap(({ before, after }) => [
      ...save(ctx, before, [{ move: "cancel", order: after, detail }]),
      cancelLines(before.id),
    ]),
    ...(held.length > 0 ? [releaseHold(ctx, held)] : []),
    ...all.flatMap(({ before: { reservationId, ...before } }) =>
      holdsOnly(before) ? [] : [releaseAllocated(ctx, { reservationId })],
    ),
    ...all.flatMap(({ before }) => givingBack(ctx, before, reason)),
    append(
      ...all.map(({ before, after }) =>
        OrderCancelled.make(ctx, after, { ...toFact(after), reason, wasPaid: isPaid(before), by: as }),
      ),
    ),
  ];
}

/** What was paid for it goes back; what was not is no longer owed. */
function givingBack(ctx: Ctx, order: Order, reason: CancelReason): readonly Statement[] {
  const { id: orderId, paidPaymentId: paymentId, orderGroupId, totalMinor: minor, currency } = order;
  if (minor === 0n) return [];
  if (paymentId === null) return releaseOwed(ctx, { orderGroupId, orderId, minor, why: reason });
  return refundPayment(ctx, { paymentId, amount: { minor, currency }, reason, key: orderId });
}

/** By the buyer, the shop or the platform, as long as nothing has been shipped. */
export async function cancelOrder(ctx: Ctx, input: Keyed<CancelOrder>): Promise<Order> {
  const { orderId, reason, lines } = input;
  const operation = `cancel ${input.idempotencyKey}`;
  const scope = scopeOf(ctx, input.as, "order:write");
  const { as } = scope;
  const own: readonly CancelReason[] = scope.as === "buyer" ? BUYER_REASONS : SELLER_REASONS;
  if (!own.includes(reason)) throw fail("order.reason_not_yours");
  const outcome = await untilFresh("order.stale", async () => {
    const before = await load(ctx, scope, orderId);
    if (!before) throw fail("order.not_found");
    // Units add up, so a repeat whose kept answer was lost would call off more of them.
    if (lines !== undefined && (await isDone(ctx, orderId, operation))) return ok(before);
    if (asksForUnits(before, lines)) {
      const off = decideCallOff(before, lines, reason, ctx.clock.now());
      if (!off.ok) return off;
      const done = await ctx.db.commit(await callingOff(ctx, before, off.value, { reason, as, operation }));
      return done.ok ? ok(off.value.order) : done;
    }
    const decision = decideCancel(before, reason, ctx.clock.now());
    if (!decision.ok || decision.value === before) return decision;
    const after = decision.value;
    const ends = before.paidPaymentId === null && isOnline(before.method) ? await endLast(ctx, before) : [];
    const committed = await ctx.db.commit([...cancelling(ctx, [{ before, after }], { reason, as }), ...ends]);
    return committed.ok ? ok(after) : committed;
  });
  return orThrow(outcome, toRefusal);
}

/**
 * Units are called off one by one where only some are named, and where others have gone that way before: then
 * the order is not given back whole any more. A repeat of what has cancelled it changes nothing.
 */
function asksForUnits(order: Order, lines: CancelOrder["lines"]): boolean {
  if (order.state === "cancelled") return false;
  if (lines === undefined) return isParted(order) && order.shippedAt === null;
  const asked = new Map(lines.map(({ lineId, quantity }) => [lineId, quantity]));
  return isParted(order) || order.lines.some(({ id, quantity }) => asked.get(id) !== quantity);
}

/** The provider hears of it at once when nothing is left to pay for. */
async function endLast(ctx: Ctx, { orderGroupId }: Pick<Order, "orderGroupId">): Promise<Statement[]> {
  const [payments] = await ctx.db.load(groupPaymentsQuery(orderGroupId));
  const [last] = payments;
  return last ? endPayment(ctx, last.id) : [];
}
