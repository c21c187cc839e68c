import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { err, ok, orThrow } from "#kernel/result";
import { captureFunds, releaseFunds } from "#services/transaction/wallet/index";
import { isDigits, type PaymentAction } from "../domain/action.ts";
import {
  capturedBy,
  chargeOf,
  decideAction,
  decideRef,
  decideReport,
  isGateway,
  isOpen,
  outcomeOf,
  type Payment,
  type Provider,
  type Report,
  unkeptOf,
} from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { PaymentAsked, PaymentFailed, PaymentTakenBeside, SEND_REFUND } from "../facts.ts";
import { insertReturn, paymentQuery, save } from "../repository/payments.ts";
import { captureSplits } from "../repository/splits.ts";
import { aboutOf, settledFact } from "./about.ts";
import { endPayment, watch } from "./compose.ts";

/** What the platform hears of a change. */
function factsOf(ctx: Ctx, before: Payment, after: Payment): readonly Fact[] {
  const outcome = outcomeOf(before, after);
  if (outcome === "settled") return [settledFact(ctx, after)];
  if (outcome === undefined) return askedFacts(ctx, before, after);
  const reason = after.state === "denied" || after.state === "expired" ? after.state : "cancelled";
  return [PaymentFailed.make(ctx, after, { ...aboutOf(after), reason, payBy: after.payBy })];
}

function askedFacts(ctx: Ctx, before: Payment, after: Payment): readonly Fact[] {
  const { action: digits, payBy } = after;
  if (digits === null || before.action !== null || !isDigits(digits) || !isOpen(after.state)) return [];
  const about = { ...aboutOf(after), digits, asked: toMoneyDto(chargeOf(after)), payBy };
  return [PaymentAsked.make(ctx, after, about)];
}

type Why = Parameters<typeof save>[2];
type Refuses = "payment.stale" | "wallet.not_reserved";

/** A decided change: the row, its log, the wallet's part, its facts. Nothing when nothing changed. */
export function recorded(ctx: Ctx, before: Payment, after: Payment, why: Why): readonly Statement<Refuses>[] {
  if (before === after) return [];
  const facts = factsOf(ctx, before, after);
  const isWhole = after.settledMinor >= after.amount.minor;
  return [
    ...save(ctx, after, why),
    ...walletMoves(ctx, before, after),
    ...(outcomeOf(before, after) === "settled" && isWhole ? [captureSplits(after.id)] : []),
    ...returning(ctx, before, after),
    ...(facts.length > 0 ? [append(...facts)] : []),
  ];
}

/** All or nothing: the wallet pays its part in the commit in which the rest has come, and never alone. */
function walletMoves(ctx: Ctx, before: Payment, after: Payment): readonly Statement<Refuses>[] {
  if (before.walletState !== "reserved" || after.walletState === "reserved") return [];
  return [after.walletState === "captured" ? captureFunds(ctx, after.id) : releaseFunds(ctx, after.id)];
}

/** What came beside the money that is kept goes back to where it came from. */
function returning(ctx: Ctx, before: Payment, after: Payment): readonly Statement[] {
  const known = unkeptOf(before);
  return unkeptOf(after)
    .filter((provider) => !known.includes(provider))
    .flatMap((provider) => {
      const refundId = ctx.ids.next("refund");
      const amountMinor = capturedBy(after, provider);
      const { id: paymentId, orderGroupId } = after;
      const amount = toMoneyDto({ ...after.amount, minor: amountMinor });
      const about = { paymentId, orderGroupId, refundId, provider, amount };
      return [
        insertReturn({ id: refundId, payment: after, provider, amountMinor }, ctx.clock.now()),
        schedule(ctx, SEND_REFUND, { subject: refundId, payload: { refundId } }),
        append(PaymentTakenBeside.make(ctx, { id: refundId, version: 1 }, about)),
      ];
    });
}

type Told = {
  readonly report?: Report | undefined;
  readonly action?: PaymentAction | undefined;
  /** Who says so. What somebody else asks of the buyer, who was left meanwhile, is no longer shown. */
  readonly from: Provider;
  readonly ref?: string | undefined;
};

/** Decides on the newest state of the payment; a report that does not fit its amount is refused. */
export async function recordTold(
  ctx: Ctx,
  paymentId: Id<"payment">,
  told: Told,
  source: string,
  with_: readonly Statement<"payment.event_seen">[] = [],
): Promise<Payment> {
  const now = ctx.clock.now();
  let isWalletLost = false;
  type Refused = "payment.stale" | "payment.amount_mismatch";
  const outcome = await untilFresh<Payment, Refused>("payment.stale", async () => {
    const [before] = await ctx.db.load(paymentQuery(paymentId));
    if (!before) throw fail("payment.not_found");
    // The wallet has given its part back by itself, which only happens long after the time to pay.
    const known = isWalletLost ? { ...before, walletState: "released" as const } : before;
    const decided = decideTold(known, told, now);
    if (!decided.ok) return decided;
    const after = decided.value === before ? before : { ...decided.value, version: before.version + 1 };
    const isKept = after.keptBy !== null && before.keptBy === null;
    const committed = await ctx.db.commit<Refuses | "payment.event_seen">([
      ...with_,
      ...recorded(ctx, known, after, whyOf(source, told)),
      ...(after.state === "authorised" ? watch(ctx, after) : []),
      // Whoever was asked besides is told at once that nothing more is wanted of him.
      ...(isKept && after.passed.length > 0 ? endPayment(ctx, paymentId) : []),
    ]);
    if (committed.ok || committed.code === "payment.event_seen") return ok(after);
    if (committed.code !== "wallet.not_reserved") return err(committed.code);
    isWalletLost = true;
    return err("payment.stale" as const);
  });
  if (!outcome.ok && outcome.code === "payment.amount_mismatch") {
    ctx.log.error("payment.amount_mismatch", { paymentId, source });
  }
  return orThrow(outcome, fail);
}

/** Several decisions are one change: the caller moves the version by one. */
function decideTold(before: Payment, { report, action, from, ref }: Told, now: number) {
  const reported = report ? decideReport(before, report, now) : ok(before);
  if (!reported.ok) return reported;
  const named = ref === undefined ? reported.value : decideRef(reported.value, from, ref, now);
  const isAsked = action !== undefined && (named.provider === from || !isGateway(from));
  return ok(isAsked ? decideAction(named, action, now) : named);
}

const whyOf = (source: string, { report, from, ref }: Told): Why => ({
  source,
  from,
  ...(ref === undefined ? {} : { ref }),
  ...(report
    ? {
        transaction: report.transactionId,
        status: report.status,
        refunded: report.refundedMinor.toString(),
      }
    : {}),
});
