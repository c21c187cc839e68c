import { sql } from "drizzle-orm";
import type { BuyerId } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import { type Id, zId } from "#kernel/ids";
import type { Money } from "#kernel/money";
import type { PaymentOptions } from "../domain/action.ts";
import { nextCheckAt, openPayment, type Payment, type PaymentMethod } from "../domain/payment.ts";
import { CHECK_PAYMENT, SEND_REFUND } from "../facts.ts";
import { routeIn } from "../providers/choose.ts";
import { change, insert, insertRefund, lockPayment, reassign } from "../repository/payments.ts";
import { captureCash, disown, insertSplits, type NewSplit } from "../repository/splits.ts";
import { captureFor, fromWallet, type WalletRefusal } from "./tender.ts";

// What other services put into their own commits: each guards itself and repeats without harm.

export type NewPayment = {
  readonly paymentId: Id<"payment">;
  readonly orderGroupId: Id<"orderGroup">;
  readonly buyerId: BuyerId;
  readonly amount: Money;
  readonly method: PaymentMethod;
  readonly payBy: number;
  readonly options?: PaymentOptions | undefined;
  /** The part that the buyer's wallet pays; the method `wallet` pays all of it. */
  readonly walletMinor?: bigint | undefined;
  /** What of it each order, and so each shop, is paid. */
  readonly splits?: readonly NewSplit[] | undefined;
  readonly purpose?: Payment["purpose"] | undefined;
};

/**
 * The first try to pay for a new order group. What the wallet pays is held in the same commit; where it pays
 * for all, the payment is settled in this commit.
 */
export function createPayment(
  ctx: Ctx,
  { paymentId, splits = [], ...rest }: NewPayment,
): Statement<"payment.stale" | WalletRefusal>[] {
  const [provider] = routeIn(ctx, rest.method);
  const capture = captureFor(ctx, rest.method);
  const draft = { ...rest, provider, capture, id: paymentId, attempt: 1 };
  const opened = openPayment(draft, ctx.clock.now());
  if (opened.method !== "wallet" && opened.walletMinor >= opened.amount.minor) {
    throw new Error(`the wallet pays for all of ${paymentId}: its method is wallet`);
  }
  if (opened.method === "cod" && opened.walletMinor > 0n) {
    throw new Error(`the whole of ${paymentId} is collected at the door: the wallet pays no part of it`);
  }
  return [
    insert(opened),
    ...(splits.length > 0 ? [insertSplits(paymentId, opened.amount.currency, splits)] : []),
    ...fromWallet(ctx, opened),
    ...watch(ctx, opened),
  ];
}

/** Keeps asking the provider at the times when something may have been missed. */
export function watch(ctx: Ctx, payment: Payment): Statement[] {
  const dueAt = nextCheckAt(payment, ctx.clock.now());
  const paymentId = payment.id;
  return dueAt === undefined
    ? []
    : [schedule(ctx, CHECK_PAYMENT, { subject: paymentId, payload: { paymentId }, dueAt })];
}

const lastOf = (orderGroupId: Id<"orderGroup">) =>
  sql`p.order_group_id = ${orderGroupId} AND p.attempt = (
    SELECT max(attempt) FROM payment WHERE order_group_id = ${orderGroupId})`;

type Part = { readonly orderGroupId: Id<"orderGroup">; readonly minor: bigint; readonly why: string };
type Owed = Part & { readonly orderId: Id<"order"> };

/** An order of the group is no longer to be paid for. When none is left, the payment ends by itself. */
export const releaseOwed = (ctx: Ctx, { orderId, ...part }: Owed): Statement[] => [
  owe(ctx, part),
  disown(part.orderGroupId, orderId),
];

function owe(ctx: Ctx, { orderGroupId, minor, why }: Part): Statement {
  const released = sql`p.released_minor + ${minor.toString()}::bigint`;
  const rest = sql`p.amount_minor - (${released})`;
  return change(
    ctx,
    sql`released_minor = ${released},
      closing = CASE
        WHEN p.method <> 'cod' AND ${rest} <= 0 AND p.state IN ('created', 'pending', 'authorised')
        THEN coalesce(p.closing, 'cancelled') ELSE p.closing END,
      state = CASE
        WHEN p.method = 'cod' AND ${rest} <= p.settled_minor
          THEN CASE WHEN p.settled_minor > 0 THEN 'settled' ELSE 'cancelled' END
        WHEN ${rest} <= 0 AND p.state IN ('created', 'pending') THEN 'cancelled'
        ELSE p.state END`,
    lastOf(orderGroupId),
    { why, minor: minor.toString() },
  );
}

type Cash = Omit<Owed, "why">;

/** The cash of one order was handed over at the door. */
export const collectCash = (ctx: Ctx, { orderId, ...part }: Cash): Statement[] => [
  settleCash(ctx, { ...part, why: orderId }),
  captureCash(part.orderGroupId, orderId),
];

function settleCash(ctx: Ctx, { orderGroupId, minor, why }: Part): Statement {
  const settled = sql`p.settled_minor + ${minor.toString()}::bigint`;
  const at = new Date(ctx.clock.now()).toISOString();
  return change(
    ctx,
    sql`settled_minor = ${settled}, settled_at = ${at}::timestamptz,
      state = CASE WHEN ${settled} >= p.amount_minor - p.released_minor THEN 'settled' ELSE p.state END`,
    sql`p.method = 'cod' AND ${lastOf(orderGroupId)}`,
    { why, minor: minor.toString() },
  );
}

/** Has a try that was given up ended at the provider at once; money that comes all the same is late. */
export function endPayment(ctx: Ctx, paymentId: Id<"payment">): Statement[] {
  return [schedule(ctx, CHECK_PAYMENT, { subject: paymentId, payload: { paymentId } })];
}

type SendBack = {
  readonly paymentId: Id<"payment">;
  readonly amount: Money;
  readonly reason: string;
  /** The same key on the same payment is the same refund. */
  readonly key: string;
  /** Whose money it was; without it the key tells, where it is an order's id. */
  readonly orderId?: Id<"order"> | undefined;
  /** By the way that it came, or all of it to the buyer's wallet. */
  readonly to?: "original" | "wallet" | undefined;
};
const zOrderId = zId("order");

/**
 * Money goes back: a row and the job that sends it. A payment without money has nothing to send, and an order
 * gets no more than it has paid and its buyer's bank has not taken back: whoever asks for more is refused.
 */
export const refundOrder = (ctx: Ctx, input: SendBack): Statement<"payment.refund_exceeds">[] =>
  sendBack(ctx, input, false);

/** As `refundOrder`, where a bank may have been faster: what is left goes back, or nothing. */
export const refundPayment = (ctx: Ctx, input: SendBack): Statement[] =>
  sendBack(ctx, input, true).map(({ constraints: _, ...statement }) => statement as Statement);

function sendBack(ctx: Ctx, input: SendBack, isCapped: boolean): Statement<"payment.refund_exceeds">[] {
  const { paymentId, amount, reason, key, to = "original" } = input;
  const orderId = input.orderId ?? zOrderId.safeParse(key).data ?? null;
  const id = ctx.ids.next("refund");
  const wanted = { id, paymentId, key, amountMinor: amount.minor, reason, orderId, to, isCapped };
  return [
    ...(isCapped ? [lockPayment(paymentId)] : []),
    insertRefund(wanted, ctx.clock.now()),
    schedule(ctx, SEND_REFUND, { subject: id, payload: { refundId: id } }),
  ];
}

/** A guest's orders were claimed: their payments follow. */
export const reassignPayments = (orderGroupIds: readonly Id<"orderGroup">[], buyerId: BuyerId): Statement =>
  reassign(orderGroupIds, buyerId);
