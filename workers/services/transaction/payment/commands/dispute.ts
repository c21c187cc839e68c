import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import type { Fact } from "#kernel/facts";
import { toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { err, ok, orThrow } from "#kernel/result";
import { type Dispute, type DisputeReport, decideDispute, isClosed } from "../domain/dispute.ts";
import type { Payment, Provider } from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { PaymentDisputeClosed, PaymentDisputed } from "../facts.ts";
import type { WireDispute } from "../providers/stripe-wire.ts";
import { disputeByRefQuery, insertDispute, saveDispute } from "../repository/disputes.ts";

const SECOND_MS = 1_000;

/** https://docs.stripe.com/api/disputes/object: warnings and prevented cases have taken no money. */
const STATES: { readonly [status: string]: Dispute["state"] } = {
  needs_response: "needs_response",
  warning_needs_response: "needs_response",
  under_review: "under_review",
  warning_under_review: "under_review",
  won: "won",
  warning_closed: "won",
  prevented: "won",
  lost: "lost",
};

export const toDisputeReport = (wire: WireDispute): DisputeReport => ({
  ref: wire.id,
  amount: {
    minor: BigInt(wire.amount),
    currency: wire.currency.toUpperCase() as DisputeReport["amount"]["currency"],
  },
  reason: wire.reason,
  state: STATES[wire.status] ?? "needs_response",
  evidenceBy: wire.evidence_details?.due_by ? wire.evidence_details.due_by * SECOND_MS : null,
  openedAt: wire.created * SECOND_MS,
});

/** A case is opened once, and moves on with what the provider says of it, in whatever order that comes. */
export async function recordDispute(
  ctx: Ctx,
  payment: Payment,
  report: DisputeReport,
  taken?: Statement<"payment.event_seen">,
  provider: Provider = "stripe",
): Promise<boolean> {
  const now = ctx.clock.now();
  const outcome = await untilFresh<boolean, "payment.stale">("payment.stale", async () => {
    const [before] = await ctx.db.load(disputeByRefQuery(provider, report.ref));
    const opened = before ?? openDispute(ctx, payment, report, provider);
    const after = before ? decideDispute(before, report, now) : opened;
    const facts = factsOf(ctx, before, after);
    const committed = await ctx.db.commit<"payment.stale" | "payment.event_seen">([
      ...(taken ? [taken] : []),
      ...(before === undefined ? [insertDispute(after)] : after === before ? [] : [saveDispute(after)]),
      ...(facts.length > 0 ? [append(...facts)] : []),
    ]);
    if (committed.ok) return ok(true);
    return committed.code === "payment.event_seen" ? ok(false) : err(committed.code);
  });
  return orThrow(outcome, fail);
}

function openDispute(ctx: Ctx, payment: Payment, report: DisputeReport, provider: Provider): Dispute {
  return {
    ...report,
    id: ctx.ids.next("dispute"),
    paymentId: payment.id,
    orderGroupId: payment.orderGroupId,
    provider,
    takenMinor: report.amount.minor,
    feeMinor: 0n,
    submittedAt: null,
    closedAt: isClosed(report.state) ? ctx.clock.now() : null,
    version: 1,
  };
}

/** A case that is heard of only when it is over is both told of. */
function factsOf(ctx: Ctx, before: Dispute | undefined, after: Dispute): readonly Fact[] {
  const { id: disputeId, paymentId, orderGroupId, provider, reason, evidenceBy, state } = after;
  const about = { disputeId, paymentId, orderGroupId, provider, reason, amount: toMoneyDto(after.amount) };
  const opened = before ? [] : [PaymentDisputed.make(ctx, after, { ...about, evidenceBy })];
  const isNew = isClosed(state) && (before === undefined || !isClosed(before.state));
  if (!isNew || (state !== "won" && state !== "lost")) return opened;
  return [...opened, PaymentDisputeClosed.make(ctx, after, { ...about, outcome: state })];
}
