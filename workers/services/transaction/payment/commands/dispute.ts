import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import type { Fact } from "#kernel/facts";
import { append } from "#kernel/outbox";
import { err, ok, orThrow } from "#kernel/result";
import { type Dispute, type DisputeReport, decideDispute, isClosed } from "../domain/dispute.ts";
import type { Payment, Provider } from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { PaymentDisputed } from "../facts.ts";
import type { WireDispute } from "../providers/stripe-wire.ts";
import { disputeByRefQuery, insertDispute, saveDispute } from "../repository/disputes.ts";
import { caseOf, endDispute } from "./lose.ts";

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

/** An inquiry has taken nothing, whatever it is about. */
const hasTaken = ({ status }: WireDispute): boolean =>
  !status.startsWith("warning_") && status !== "prevented";

/** What it charges is on the rows of its own books that the case has made. */
const feeOf = ({ currency, balance_transactions: rows }: WireDispute): number =>
  (rows ?? []).reduce((sum, row) => sum + (row.currency === currency ? row.fee : 0), 0);

export const toDisputeReport = (wire: WireDispute): DisputeReport => ({
  ref: wire.id,
  takenMinor: hasTaken(wire) ? BigInt(wire.amount) : 0n,
  feeMinor: BigInt(Math.max(0, feeOf(wire))),
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
    const after = before ? decideDispute(before, report, now) : openDispute(ctx, payment, report, provider);
    const isNew = isClosed(after.state) && (before === undefined || !isClosed(before.state));
    const ended = isNew ? await endDispute(ctx, after) : [];
    const opened = openedFacts(ctx, before, after);
    const committed = await ctx.db.commit<"payment.stale" | "payment.event_seen">([
      ...(taken ? [taken] : []),
      ...(before === undefined ? [insertDispute(after)] : after === before ? [] : [saveDispute(after)]),
      ...(opened.length > 0 ? [append(...opened)] : []),
      ...ended,
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
    submittedAt: null,
    closedAt: isClosed(report.state) ? ctx.clock.now() : null,
    version: 1,
  };
}

/** A case that is heard of only when it is over is told of all the same, and again when money is withheld. */
function openedFacts(ctx: Ctx, before: Dispute | undefined, after: Dispute): readonly Fact[] {
  if (before && before.takenMinor === after.takenMinor) return [];
  const { evidenceBy, takenMinor } = after;
  const told = { ...caseOf(after), evidenceBy, takenMinor: takenMinor.toString() };
  return [PaymentDisputed.make(ctx, after, told)];
}
