import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { endPayment, groupPaymentsQuery } from "#services/transaction/payment/index";
import { type CancelReason, decideCallOff, decideCancel, isParted, type Order } from "../domain.ts";
import { EXPIRE_GROUP, SHIP_DEADLINE } from "../facts.ts";
import { loadGroup } from "../repository.ts";
import { callingOff } from "./call-off.ts";
import { cancelling } from "./cancel.ts";
import { settleGroup } from "./pay.ts";

type Group = { readonly orderGroupId: Id<"orderGroup"> };
type Cancels = readonly Statement<"order.stale" | "inventory.not_allocated">[];

/** The time to pay is over: what is still unpaid is cancelled, and its stock is free for others. */
export async function expireGroup(ctx: Ctx, { orderGroupId }: Group): Promise<Cancels> {
  const orders = await loadGroup(ctx, orderGroupId);
  const [first] = orders;
  if (!first) return [];
  const { payBy } = first.group;
  if (ctx.clock.now() < payBy) {
    return [schedule(ctx, EXPIRE_GROUP, { subject: orderGroupId, payload: { orderGroupId }, dueAt: payBy })];
  }
  const unpaid = orders.filter((order) => order.state === "awaiting_payment");
  if (unpaid.length === 0) return [];
  const [payments] = await ctx.db.load(groupPaymentsQuery(orderGroupId));
  const paid = payments.find((payment) => payment.state === "settled");
  if (paid) {
    // The money was in time and only the word of it is late.
    await settleGroup(ctx, { paymentId: paid.id, orderGroupId, amount: toMoneyDto(paid.amount) });
    return [];
  }
  const [last] = payments;
  return [...cancelAll(ctx, unpaid, "unpaid"), ...(last ? endPayment(ctx, last.id) : [])];
}

/** Not shipped in time: the buyer has waited long enough. */
export async function enforceShipping(ctx: Ctx, { orderGroupId }: Group): Promise<Cancels> {
  const now = ctx.clock.now();
  const orders = await loadGroup(ctx, orderGroupId);
  const waits = orders.filter(({ state }) => state === "placed" || state === "paid" || state === "confirmed");
  const late = waits.filter(({ shipBy }) => shipBy !== null && shipBy <= now);
  const next = waits.flatMap(({ shipBy }) => (shipBy !== null && shipBy > now ? [shipBy] : []));
  const again = { subject: orderGroupId, payload: { orderGroupId }, dueAt: Math.min(...next) };
  const parted = late.filter(isParted);
  const off = await Promise.all(parted.map((order) => callOffRest(ctx, order)));
  return [
    ...cancelAll(
      ctx,
      late.filter((order) => !isParted(order)),
      "not_shipped",
    ),
    ...off.flat(),
    ...(next.length > 0 ? [schedule(ctx, SHIP_DEADLINE, again)] : []),
  ];
}

/** What has not left of it in time; what has left stays sold. */
async function callOffRest(ctx: Ctx, order: Order): Promise<Cancels> {
  const decision = decideCallOff(order, undefined, "not_shipped", ctx.clock.now());
  return decision.ok ? callingOff(ctx, order, decision.value, { reason: "not_shipped", as: "platform" }) : [];
}

function cancelAll(ctx: Ctx, orders: readonly Order[], reason: CancelReason): Cancels {
  const cancelled = orders.flatMap((before) => {
    const decision = decideCancel(before, reason, ctx.clock.now());
    return decision.ok ? [{ before, after: decision.value }] : [];
  });
  return cancelling(ctx, cancelled, { reason });
}
