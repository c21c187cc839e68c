import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { releaseAllocated } from "#services/logistics/inventory/index";
import { releaseOwed } from "#services/transaction/payment/index";
import { type CalledOff, type CancelReason, isPaid, type Order, toFact } from "../domain.ts";
import { ADVANCE_ORDER, OrderCancelled, OrderLinesCancelled } from "../facts.ts";
import { callOffLines, type Shipment, save, shipmentsQuery } from "../repository.ts";

/** What nobody confirms counts as delivered after twice the time that a delivered order completes in. */
export const UNCONFIRMED_SHARE = 2;

type Why = {
  readonly reason: CancelReason;
  readonly as: "buyer" | "seller" | "operator" | "platform";
  /** Names the command, where somebody may repeat it. */
  readonly operation?: string;
};

/**
 * Units will not leave: their stock is free in the same commit, and the fact has their money sent back, by
 * Refund's book, in which every other part of the order stands. An order whose rest this was is on its way.
 */
export async function callingOff(
  ctx: Ctx,
  before: Order,
  { order, move, units }: CalledOff,
  { reason, as, operation }: Why,
): Promise<readonly Statement<"order.stale" | "inventory.not_allocated">[]> {
  const { id: orderId, reservationId } = order;
  const offerOf = new Map(order.lines.map((line) => [line.id, line.offerId]));
  const lines = units.flatMap(({ lineId, quantity }) => {
    const offerId = offerOf.get(lineId);
    return offerId ? [{ offerId, quantity }] : [];
  });
  const isWhole = order.state === "cancelled";
  const told = { ...toFact(order), reason, by: as };
  // Of what was never paid nothing goes back: with its last unit such an order is simply no more.
  const isVoid = isWhole && !isPaid(order);
  const fact = isVoid
    ? OrderCancelled.make(ctx, order, { ...told, wasPaid: false })
    : OrderLinesCancelled.make(ctx, order, { ...told, units: [...units], isWhole });
  const { orderGroupId, totalMinor: minor } = order;
  const count = units.reduce((sum, { quantity }) => sum + quantity, 0);
  const detail = { reason, as, units: count, ...(operation === undefined ? {} : { operation }) };
  return [
    ...save(ctx, before, [{ move, order, detail }]),
    callOffLines(orderId, units),
    releaseAllocated(ctx, { reservationId, lines }),
    ...(isVoid ? releaseOwed(ctx, { orderGroupId, orderId, minor, why: reason }) : []),
    append(fact),
    ...(order.state === "shipped" ? [await awaitDelivery(ctx, orderId)] : []),
  ];
}

/** What has left may have arrived already, and then nobody will say so once more. */
async function awaitDelivery(ctx: Ctx, orderId: Id<"order">): Promise<Statement> {
  const [shipments] = await ctx.db.load(shipmentsQuery(orderId));
  const hasArrived = shipments.every(({ deliveredAt }: Shipment) => deliveredAt !== null);
  const dueAt = ctx.clock.now() + (hasArrived ? 0 : UNCONFIRMED_SHARE * ctx.market.order.completeAfterMs);
  return schedule(ctx, ADVANCE_ORDER, { subject: orderId, payload: { orderId }, dueAt });
}
