import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { fromMoneyDto, type Money } from "#kernel/money";
import { append } from "#kernel/outbox";
import type { Result } from "#kernel/result";
import { commitHold, reacquire } from "#services/logistics/inventory/index";
import { refundPayment, splitsQuery } from "#services/transaction/payment/index";
import {
  decideCancel,
  decidePay,
  decideSurplus,
  type Order,
  shipByOf,
  surplusOf,
  toFact,
} from "../domain.ts";
import { OrderCancelled, OrderPaid, RENDER_INVOICE, SHIP_DEADLINE } from "../facts.ts";
import { cancelLines, issueInvoice, loadGroup, save } from "../repository.ts";

/** Others may move an order of the group meanwhile; more than this many times in a row is a fault. */
const ROUNDS_MAX = 5;

export type Settled = {
  readonly paymentId: Id<"payment">;
  readonly orderGroupId: Id<"orderGroup">;
  readonly amount: Parameters<typeof fromMoneyDto>[0];
};

export const renderSoon = (ctx: Ctx, orderId: Id<"order">): Statement =>
  schedule(ctx, RENDER_INVOICE, { subject: orderId, payload: { orderId } });

/**
 * Money has come for a group. What waits for it is paid; an order whose stock was given up takes it again or
 * is cancelled; and what has come in beyond that goes back. Every step may be repeated after a crash.
 */
export async function settleGroup(ctx: Ctx, { paymentId, orderGroupId, amount }: Settled): Promise<void> {
  const money = fromMoneyDto(amount);
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const orders = await loadGroup(ctx, orderGroupId);
    if (orders.length === 0) throw new Error(`payment ${paymentId} is for no order`);
    const waiting = orders.filter((order) => order.state === "awaiting_payment");
    if (waiting.length > 0) {
      await payOrders(ctx, waiting, paymentId);
      continue;
    }
    const minor = surplusOf(paymentId, money.minor, orders);
    if (minor > 0n) await giveBack(ctx, paymentId, { ...money, minor }, orders);
    return;
  }
  throw new Error(`orders of ${orderGroupId} do not come to rest`);
}

/** Under the name of the order whose money it was, so that nothing of it is thought to be there still. */
async function giveBack(
  ctx: Ctx,
  paymentId: Id<"payment">,
  surplus: Money,
  orders: readonly Order[],
): Promise<void> {
  const [splits] = await ctx.db.load(splitsQuery(paymentId));
  const parts = decideSurplus(paymentId, surplus.minor, orders, splits);
  const backs = parts.flatMap(({ orderId, minor }) => {
    const key = orderId === undefined ? "surplus" : `surplus ${orderId}`;
    return refundPayment(ctx, { paymentId, orderId, amount: { ...surplus, minor }, reason: "too_late", key });
  });
  await ctx.db.commit(backs);
}

/** All at once where the stock is still held; otherwise each for itself. */
async function payOrders(ctx: Ctx, waiting: readonly Order[], paymentId: Id<"payment">): Promise<void> {
  const together = await pay(ctx, waiting, paymentId);
  if (together.ok || together.code === "order.stale") return;
  for (const order of waiting) await payAlone(ctx, order, paymentId);
}

async function payAlone(ctx: Ctx, order: Order, paymentId: Id<"payment">): Promise<void> {
  const held = await pay(ctx, [order], paymentId);
  if (held.ok || held.code === "order.stale") return;
  const again = await pay(ctx, [order], paymentId, [reacquire(ctx, order.reservationId, null)]);
  if (again.ok || again.code === "order.stale") return;
  await loseStock(ctx, order);
}

type Refuses = "order.stale" | "inventory.hold_dead" | "inventory.insufficient";

async function pay(
  ctx: Ctx,
  orders: readonly Order[],
  paymentId: Id<"payment">,
  stock: readonly Statement<Refuses>[] = [
    commitHold(
      ctx,
      orders.map((order) => order.reservationId),
    ),
  ],
): Promise<Result<undefined, Refuses>> {
  const now = ctx.clock.now();
  const { shipWithinMs } = ctx.market.order;
  const paid = orders.flatMap((before) => {
    const shipBy = shipByOf(before, now, shipWithinMs);
    const decision = decidePay(before, { paymentId, shipBy }, now);
    return decision.ok ? [{ before, after: decision.value }] : [];
  });
  const [first] = paid;
  if (!first) return { ok: true, value: undefined };
  const { orderGroupId } = first.after;
  // No order of the group is late before; one that was paid by itself a moment ago is looked at then too.
  const deadline = { subject: orderGroupId, payload: { orderGroupId }, dueAt: now + shipWithinMs };
  // Sellers' counters are locked in one order, so that two payments cannot wait for each other.
  const numbered = paid.map(({ after }) => after).toSorted((a, b) => (a.sellerId < b.sellerId ? -1 : 1));
  return ctx.db.commit<Refuses>([
    ...paid.flatMap(({ before, after }) =>
      save(ctx, before, [{ move: "pay", order: after, detail: { paymentId } }]),
    ),
    ...stock,
    ...numbered.map((order) => issueInvoice(ctx, order)),
    ...numbered.map((order) => renderSoon(ctx, order.id)),
    schedule(ctx, SHIP_DEADLINE, deadline),
    append(...paid.map(({ after }) => OrderPaid.make(ctx, after, toFact(after)))),
  ]);
}

/** It was paid when its stock had gone to somebody else: no order without stock, so the money goes back. */
async function loseStock(ctx: Ctx, before: Order): Promise<void> {
  const decision = decideCancel(before, "stock_lost", ctx.clock.now());
  if (!decision.ok) throw new Error(`${before.id} cannot be cancelled`);
  const after = decision.value;
  const told = { ...toFact(after), reason: "stock_lost", wasPaid: false };
  await ctx.db.commit([
    ...save(ctx, before, [{ move: "cancel", order: after, detail: { reason: "stock_lost" } }]),
    cancelLines(before.id),
    append(OrderCancelled.make(ctx, after, told)),
  ]);
}
