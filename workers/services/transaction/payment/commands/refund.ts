import { requireOperator } from "#kernel/actor";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { zId } from "#kernel/ids";
import { smaller, toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { giveBackToWallet, refundToWallet } from "#services/transaction/wallet/index";
import { decideTaken, nameOf, sentOf } from "../domain/loss.ts";
import {
  chargeOf,
  decideRefunded,
  isOnline,
  type Payment,
  type Refund,
  type RefundState,
} from "../domain/payment.ts";
import { fail } from "../errors.ts";
import {
  PaymentRefunded,
  PaymentRefundStuck,
  PaymentReturnedBeside,
  SEND_REFUND,
  UNCOLLECTED,
} from "../facts.ts";
import { providerOf } from "../providers/choose.ts";
import { ProviderSilent, type Refunded } from "../providers/port.ts";
import { isHeldQuery } from "../repository/disputes.ts";
import { finishRefund, paymentQuery, refundQuery, save, standsFor } from "../repository/payments.ts";
import { aboutOf } from "./about.ts";

const zUserId = zId("user");

/** Cards settle once a day; until then only the whole payment can be given back. */
const UNTIL_SETTLED_MS = HOUR_MS;
const UNTIL_DECIDED_MS = DAY_MS;
const SILENT_MS = 5 * MINUTE_MS;

/** Sends one refund, or finds that it was sent: the provider knows it by its id and takes it once. */
export async function sendRefund(
  ctx: Ctx,
  { refundId }: { readonly refundId: Id<"refund"> },
): Promise<readonly Statement<"payment.stale" | "payment.refund_stale">[]> {
  const [refund] = await ctx.db.load(refundQuery(refundId));
  if (refund?.state !== "requested") return [];
  const [payment, isHeld] = await ctx.db.load(paymentQuery(refund.paymentId), isHeldQuery(refund.paymentId));
  if (!payment) return [];
  const later = (ms: number) => {
    const dueAt = ctx.clock.now() + ms;
    return [schedule(ctx, SEND_REFUND, { subject: refundId, payload: { refundId }, dueAt })];
  };
  // The bank may give it back in our place: how the case ends says who does, and wakes this.
  if (isHeld) return later(UNTIL_DECIDED_MS);
  try {
    const taken = await takenBefore(ctx, payment, refund);
    if (taken)
      return finished(ctx, restored(payment, refund, taken), refund, { state: "succeeded", sent: taken });
    const sent = await giveBack(ctx, payment, refund);
    if (sent.kind === "again") return later(UNTIL_SETTLED_MS);
    return sent.kind === "done"
      ? finished(ctx, payment, refund, { state: "succeeded" })
      : stuck(ctx, payment, refund, sent.note);
  } catch (error) {
    if (!(error instanceof ProviderSilent)) throw error;
    return later(SILENT_MS);
  }
}

/** Before it goes by another way or under another name: whether it has gone already. */
async function takenBefore(ctx: Ctx, payment: Payment, refund: Refund): Promise<Refund | undefined> {
  if (refund.tries === 0 || !isOnline(payment.method)) return undefined;
  const place = { id: payment.id, ref: payment.refs[refund.provider] };
  const known = await providerOf(ctx, refund.provider).find(place);
  return known && decideTaken(refund, known.refundKeys);
}

/** What was to go into the wallet is the provider's part again. */
function restored(payment: Payment, refund: Refund, taken: Refund): Payment {
  const moved = standsFor(refund) === undefined ? refund.walletMinor - taken.walletMinor : 0n;
  return { ...payment, providerRefundMinor: payment.providerRefundMinor + moved };
}

/** Of one who was paid beside the one whose money is kept; he gives back all that he took. */
export const isReturn = (payment: Payment, refund: Refund): boolean =>
  refund.key === `return-${refund.provider}` && refund.provider !== payment.keptBy;

async function giveBack(ctx: Ctx, payment: Payment, refund: Refund): Promise<Refunded> {
  const { providerMinor: minor } = sentOf(refund);
  if (minor === 0n) return { kind: "done" };
  const provider = providerOf(ctx, refund.provider);
  const { method, id } = payment;
  if (!isOnline(method)) {
    if (refund.reason === UNCOLLECTED) return { kind: "done" };
    return { kind: "refused", note: "Cash goes back by hand." };
  }
  const place = { id, ref: payment.refs[refund.provider] };
  const known = await provider.find(place);
  const amount = { ...refund.amount, minor };
  const send = { ...place, method, key: nameOf(refund), amount, reason: refund.reason };
  if (!known) return provider.refund(send);
  if (known.refundKeys.includes(send.key)) return { kind: "done" };
  const { status } = known.report;
  if (status === "cancel") return { kind: "done" };
  if (status !== "capture") return provider.refund(send);
  // Not settled yet: a void takes back everything at once, so it is only right when all of it goes back.
  const isWhole = isReturn(payment, refund) && refund.coveredMinor === 0n;
  const isAll = isWhole || payment.providerRefundMinor >= chargeOf(payment).minor;
  if (!isAll) return { kind: "again" };
  const voided = await provider.cancel(place);
  return voided?.report.status === "cancel" ? { kind: "done" } : { kind: "again" };
}

type Done = {
  readonly state: Extract<RefundState, "succeeded" | "paid_by_hand">;
  readonly evidence?: string | undefined;
  /** As it went, where that is not as it was to go. */
  readonly sent?: Refund;
};

function finished(
  ctx: Ctx,
  payment: Payment,
  before: Refund,
  { state, evidence, sent: refund = before }: Done,
): readonly Statement<"payment.stale" | "payment.refund_stale">[] {
  const now = ctx.clock.now();
  const finish = finishRefund(before, { state, sent: refund, at: now, ...(evidence ? { evidence } : {}) });
  // What was never kept is no part of the payment's sums.
  if (isReturn(payment, refund)) return [finish, append(returnedFact(ctx, payment, refund, state))];
  const of = standsFor(refund);
  // What stands for another is in the payment's sums with that one.
  const after = decideRefunded(payment, of === undefined ? refund.amount.minor : 0n, now);
  const { walletMinor } = sentOf(refund);
  const fact = PaymentRefunded.make(ctx, after, {
    ...aboutOf(after),
    provider: refund.provider,
    refundId: refund.id,
    key: refund.key,
    refunded: toMoneyDto(refund.amount),
    walletMinor: walletMinor.toString(),
    coveredMinor: refund.coveredMinor.toString(),
    orderId: refund.orderId,
    reason: refund.reason,
    isByHand: state === "paid_by_hand",
  });
  return [
    finish,
    ...save(ctx, after, { source: "refund", refundId: refund.id, minor: refund.amount.minor.toString() }),
    ...intoWallet(ctx, refund, { buyerId: payment.buyerId, minor: walletMinor }),
    append(fact),
  ];
}

function returnedFact(ctx: Ctx, payment: Payment, refund: Refund, state: Done["state"]) {
  const { id: paymentId, orderGroupId } = payment;
  const { id: refundId, provider, coveredMinor } = refund;
  const about = { paymentId, orderGroupId, refundId, provider, amount: toMoneyDto(refund.amount) };
  const how = { coveredMinor: coveredMinor.toString(), isByHand: state === "paid_by_hand" };
  return PaymentReturnedBeside.make(ctx, { id: refundId, version: 2 }, { ...about, ...how });
}

type IntoWallet = { readonly buyerId: Payment["buyerId"]; readonly minor: bigint };

/** What the wallet itself had paid goes back as what it was; the rest is cash. */
function intoWallet(ctx: Ctx, refund: Refund, { buyerId, minor }: IntoWallet): readonly Statement[] {
  const { data: userId } = zUserId.safeParse(buyerId);
  if (minor === 0n || !userId) return [];
  const { id: key, reason, orderId, paymentId, amount } = refund;
  const about = { key, userId, reason, ...(orderId === null ? {} : { orderId }) };
  const own = { ...amount, minor: smaller(refund.ownMinor, minor) };
  const rest = { ...amount, minor: minor - own.minor };
  return [
    ...(own.minor > 0n ? giveBackToWallet(ctx, { ...about, paymentId, amount: own }) : []),
    ...(rest.minor > 0n ? [refundToWallet(ctx, { ...about, amount: rest })] : []),
  ];
}

export function stuck(
  ctx: Ctx,
  payment: Payment,
  refund: Refund,
  note: string,
): readonly Statement<"payment.refund_stale">[] {
  const about = { ...aboutOf(payment), refundId: refund.id, refunded: toMoneyDto(refund.amount), note };
  const fact = PaymentRefundStuck.make(ctx, { id: refund.id, version: 1 }, about);
  return [finishRefund(refund, { state: "manual", note, at: ctx.clock.now() }), append(fact)];
}

type ByHand = { readonly refundId: Id<"refund">; readonly evidence?: string };

/** An operator has sent the money back by hand, where the provider could not; how he did stays with it. */
export async function confirmRefund(ctx: Ctx, { refundId, evidence }: ByHand): Promise<Refund> {
  requireOperator(ctx, "payment:write");
  const [refund] = await ctx.db.load(refundQuery(refundId));
  if (!refund) throw fail("payment.refund_not_found");
  if (refund.state === "paid_by_hand") return refund;
  if (refund.state !== "manual") throw fail("payment.refund_not_manual");
  const [payment] = await ctx.db.load(paymentQuery(refund.paymentId));
  if (!payment) throw fail("payment.not_found");
  const committed = await ctx.db.commit(finished(ctx, payment, refund, { state: "paid_by_hand", evidence }));
  orThrow(committed, (code) => fail(code === "payment.refund_stale" ? "payment.stale" : code));
  return { ...refund, state: "paid_by_hand", evidence: evidence ?? null, doneAt: ctx.clock.now() };
}
