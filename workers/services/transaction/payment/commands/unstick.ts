import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { schedule } from "#kernel/due";
import { type Id, zId } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { ok, orThrow } from "#kernel/result";
import { nameOf, sentOf } from "../domain/loss.ts";
import type { Payment, Refund } from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { PaymentRefundFailed, SEND_REFUND } from "../facts.ts";
import {
  finishRefund,
  insertAgain,
  paymentQuery,
  refundQuery,
  resendRefund,
  save,
  standsFor,
} from "../repository/payments.ts";
import { aboutOf } from "./about.ts";
import { isReturn, stuck } from "./refund.ts";

type Which = { readonly refundId: Id<"refund"> };
const zUserId = zId("user");

/** The same way once more: what the provider refused for good, it may take under another name. */
export const retryRefund = (ctx: Ctx, { refundId }: Which): Promise<Refund> =>
  resend(ctx, refundId, "retry", (_, refund) => refund.walletMinor);

/** Into the buyer's wallet instead of the way it came, where the law lets him have it there. */
export const refundIntoWallet = (ctx: Ctx, { refundId }: Which): Promise<Refund> =>
  resend(ctx, refundId, "to_wallet", (payment, refund) => {
    const isBuyers = zUserId.safeParse(payment.buyerId).success && !isReturn(payment, refund);
    if (!isBuyers || !ctx.market.refund.tenderChoice) throw fail("payment.wallet_unlawful");
    return refund.amount.minor;
  });

type How = (payment: Payment, refund: Refund) => bigint;

async function resend(ctx: Ctx, refundId: Id<"refund">, why: string, how: How): Promise<Refund> {
  requireOperator(ctx, "payment:write");
  type Refused = "payment.stale" | "payment.refund_stale";
  const outcome = await untilFresh<Refund, Refused>("payment.stale", async () => {
    const [refund] = await ctx.db.load(refundQuery(refundId));
    if (!refund) throw fail("payment.refund_not_found");
    if (refund.state !== "manual") throw fail("payment.refund_not_manual");
    const [payment] = await ctx.db.load(paymentQuery(refund.paymentId));
    if (!payment) throw fail("payment.not_found");
    const walletMinor = how(payment, refund);
    // What stands beside the payment's sums was never part of what its provider was to send.
    const moved = standsFor(refund) === undefined ? walletMinor - refund.walletMinor : 0n;
    const providerRefundMinor = payment.providerRefundMinor - moved;
    const after = { ...payment, providerRefundMinor, version: payment.version + 1 };
    const committed = await ctx.db.commit<Refused>([
      resendRefund(refund, { walletMinor }),
      ...save(ctx, after, { source: "operator", why, refundId }),
      schedule(ctx, SEND_REFUND, { subject: refundId, payload: { refundId } }),
    ]);
    return committed.ok
      ? ok({ ...refund, walletMinor, state: "requested" as const, note: null, tries: refund.tries + 1 })
      : committed;
  });
  return orThrow(outcome, (code) => fail(code === "payment.refund_stale" ? "payment.stale" : code));
}

/** By the name that it was sent under. */
export type Failed = { readonly refundId: Id<"refund">; readonly name: string; readonly note: string };

/**
 * The buyer's bank would not take a refund. What was thought to be sent is with the provider again, and a
 * refund that waits for an operator stands for it; what is not thought to be sent waits itself. The end of a
 * try says nothing of one that was made since.
 */
export async function recordRefundFailed(
  ctx: Ctx,
  payment: Payment,
  { refundId, name, note }: Failed,
  taken: Statement<"payment.event_seen">,
): Promise<boolean> {
  const [refund] = await ctx.db.load(refundQuery(refundId));
  if (refund?.paymentId !== payment.id || nameOf(refund) !== name) return false;
  const statements = refund.state === "requested" ? stuck(ctx, payment, refund, note) : [];
  const came = refund.state === "succeeded" ? cameBack(ctx, payment, refund, note) : [];
  const committed = await ctx.db.commit([taken, ...statements, ...came]);
  if (!committed.ok && committed.code !== "payment.event_seen") throw fail("payment.stale");
  return committed.ok;
}

function cameBack(
  ctx: Ctx,
  payment: Payment,
  refund: Refund,
  note: string,
): readonly Statement<"payment.refund_stale">[] {
  const { providerMinor } = sentOf(refund);
  if (providerMinor === 0n) return [];
  const amount = { ...refund.amount, minor: providerMinor };
  const againId = ctx.ids.next("refund");
  const about = { ...aboutOf(payment), refundId: refund.id, againId, returned: toMoneyDto(amount), note };
  const waits = {
    ...refund,
    id: againId,
    amount,
    walletMinor: 0n,
    coveredMinor: 0n,
    state: "manual" as const,
    tries: 0,
  };
  return [
    finishRefund(refund, { state: "failed", note, at: ctx.clock.now() }),
    insertAgain(refund, { id: againId, amount, note }, ctx.clock.now()),
    append(PaymentRefundFailed.make(ctx, { id: refund.id, version: 1 }, about)),
    ...stuck(ctx, payment, waits, note),
  ];
}
