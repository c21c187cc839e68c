import { MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { ok, orThrow } from "#kernel/result";
import {
  type Closing,
  decideClose,
  decideTidy,
  isGateway,
  isOnline,
  type Payment,
  type Provider,
} from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { CHECK_PAYMENT } from "../facts.ts";
import { providerOf } from "../providers/choose.ts";
import { type Known, ProviderSilent } from "../providers/port.ts";
import { paymentQuery } from "../repository/payments.ts";
import { watch } from "./compose.ts";
import { recorded, recordTold } from "./record.ts";

/** A provider that is away is asked again soon, however long it stays away. */
const AGAIN_MS = 2 * MINUTE_MS;

/** Asks what has become of a payment, ends it when its time is over, and plans the next look. */
export async function checkPayment(
  ctx: Ctx,
  { paymentId }: { readonly paymentId: Id<"payment"> },
): Promise<readonly Statement[]> {
  const [payment] = await ctx.db.load(paymentQuery(paymentId));
  if (!payment || !isOnline(payment.method)) return [];
  try {
    const left = await changed(ctx, paymentId, (before, now) => decideTidy(before, now));
    return watch(ctx, await look(ctx, await lookAtPassed(ctx, left)));
  } catch (error) {
    if (!(error instanceof ProviderSilent)) throw error;
    const dueAt = ctx.clock.now() + AGAIN_MS;
    return [schedule(ctx, CHECK_PAYMENT, { subject: paymentId, payload: { paymentId }, dueAt })];
  }
}

const isWaiting = (known: Known | undefined): boolean =>
  known?.report.status === "pending" || known?.report.status === "authorize";

/** Those who were asked before and left: what they have of it is ended, and what they brought is heard of. */
async function lookAtPassed(ctx: Ctx, payment: Payment): Promise<Payment> {
  const { id, passed, provider, keptBy } = payment;
  // Once somebody's money is kept, whoever is asked now is one of those too.
  const others = keptBy === null || keptBy === provider ? passed : [...passed, provider];
  let seen = payment;
  for (const name of others) {
    if (!isGateway(name) || name === keptBy) continue;
    const place = { id, ref: payment.refs[name] };
    const found = await providerOf(ctx, name).find(place);
    const known = isWaiting(found) ? await providerOf(ctx, name).cancel(place) : found;
    seen = await tell(ctx, seen, name, known);
  }
  return seen;
}

const tell = async (ctx: Ctx, before: Payment, from: Provider, known: Known | undefined): Promise<Payment> =>
  known ? recordTold(ctx, before.id, { report: known.report, from }, "query") : before;

async function look(ctx: Ctx, payment: Payment): Promise<Payment> {
  const { id, provider: name } = payment;
  if (!isGateway(name)) return payment;
  const provider = providerOf(ctx, name);
  const place = { id, ref: payment.refs[name] };
  // What was never asked of the provider cannot be known there.
  const known = payment.attemptedAt === null ? undefined : await provider.find(place);
  const seen = await tell(ctx, payment, name, known);
  const isOver = seen.closing !== null || ctx.clock.now() >= seen.payBy;
  if (!isOver || seen.keptBy !== null) return seen;
  // Given up here first: whatever the provider says afterwards, it is late.
  const closed = await changed(ctx, id, (before, now) =>
    decideClose(before, "expired" satisfies Closing, now),
  );
  const waits = known?.report.status === "pending" || closed.state === "authorised";
  return waits ? tell(ctx, closed, name, await provider.cancel(place)) : closed;
}

/** Decides on the newest state; what is as it should be stays as it is. */
async function changed(
  ctx: Ctx,
  paymentId: Id<"payment">,
  decide: (before: Payment, now: number) => Payment,
): Promise<Payment> {
  const outcome = await untilFresh("payment.stale", async () => {
    const [before] = await ctx.db.load(paymentQuery(paymentId));
    if (!before) throw fail("payment.not_found");
    const after = decide(before, ctx.clock.now());
    const committed = await ctx.db.commit(recorded(ctx, before, after, { source: "clock" }));
    return committed.ok ? ok(after) : committed;
  });
  return orThrow(outcome, () => fail("payment.stale"));
}
