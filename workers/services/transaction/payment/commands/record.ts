import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { ok, orThrow } from "#kernel/result";
import {
  decideAction,
  decideReport,
  outcomeOf,
  type Payment,
  type PaymentAction,
  type Report,
} from "../domain.ts";
import { fail } from "../errors.ts";
import { PaymentFailed, PaymentSettled } from "../facts.ts";
import { paymentQuery, save } from "../repository.ts";
import { watch } from "./compose.ts";

export const aboutOf = (payment: Payment) => ({
  paymentId: payment.id,
  orderGroupId: payment.orderGroupId,
  buyerId: payment.buyerId,
  method: payment.method,
  amount: toMoneyDto(payment.amount),
});

/** What the platform hears of a change. */
function factsOf(ctx: Ctx, before: Payment, after: Payment): readonly Fact[] {
  const outcome = outcomeOf(before, after);
  if (outcome === "settled") return [PaymentSettled.make(ctx, after, aboutOf(after))];
  if (outcome !== "failed") return [];
  const reason = after.state === "denied" || after.state === "expired" ? after.state : "cancelled";
  return [PaymentFailed.make(ctx, after, { ...aboutOf(after), reason, payBy: after.payBy })];
}

type Why = Parameters<typeof save>[2];

/** Statements of a decided change: the row, its log, its facts. None when nothing changed. */
export function recorded(
  ctx: Ctx,
  before: Payment,
  after: Payment,
  why: Why,
): readonly Statement<"payment.stale">[] {
  if (before === after) return [];
  const facts = factsOf(ctx, before, after);
  return [...save(ctx, after, why), ...(facts.length > 0 ? [append(...facts)] : [])];
}

type Told = { readonly report?: Report | undefined; readonly action?: PaymentAction | undefined };

/** Decides on the newest state of the payment; a report that does not fit its amount is refused. */
export async function recordTold(
  ctx: Ctx,
  paymentId: Id<"payment">,
  told: Told,
  source: string,
): Promise<Payment> {
  const now = ctx.clock.now();
  const outcome = await untilFresh("payment.stale", async () => {
    const [before] = await ctx.db.load(paymentQuery(paymentId));
    if (!before) throw fail("payment.not_found");
    const reported = told.report ? decideReport(before, told.report, now) : ok(before);
    if (!reported.ok) return reported;
    const acted = told.action ? decideAction(reported.value, told.action, now) : reported.value;
    // Two decisions are one change: the version moves by one.
    const after = acted === before ? before : { ...acted, version: before.version + 1 };
    const committed = await ctx.db.commit([
      ...recorded(ctx, before, after, whyOf(source, told)),
      ...(after.state === "authorised" ? watch(ctx, after) : []),
    ]);
    return committed.ok ? ok(after) : committed;
  });
  if (!outcome.ok && outcome.code === "payment.amount_mismatch") {
    ctx.log.error("payment.amount_mismatch", { paymentId, source });
  }
  return orThrow(outcome, fail);
}

const whyOf = (source: string, { report }: Told): Why =>
  report
    ? {
        source,
        transaction: report.transactionId,
        status: report.status,
        refunded: report.refundedMinor.toString(),
      }
    : { source };
