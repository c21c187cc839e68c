import { MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { ok, orThrow } from "#kernel/result";
import { type Closing, decideClose, isOnline, type Payment } from "../domain.ts";
import { fail } from "../errors.ts";
import { CHECK_PAYMENT } from "../facts.ts";
import { providerOf } from "../providers/choose.ts";
import { type Known, ProviderSilent } from "../providers/port.ts";
import { paymentQuery } from "../repository.ts";
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
    return watch(ctx, await look(ctx, payment));
  } catch (error) {
    if (!(error instanceof ProviderSilent)) throw error;
    const dueAt = ctx.clock.now() + AGAIN_MS;
    return [schedule(ctx, CHECK_PAYMENT, { subject: paymentId, payload: { paymentId }, dueAt })];
  }
}

async function look(ctx: Ctx, payment: Payment): Promise<Payment> {
  const provider = providerOf(ctx, payment.method);
  const { id } = payment;
  const tell = async (known: Known | undefined, before: Payment) =>
    known ? recordTold(ctx, id, { report: known.report }, "query") : before;
  // What was never asked of the provider cannot be known there.
  const known = payment.attemptedAt === null ? undefined : await provider.find(id);
  const seen = await tell(known, payment);
  const isOver = seen.closing !== null || ctx.clock.now() >= seen.payBy;
  if (!isOver || seen.settledMinor > 0n) return seen;
  // Given up here first: whatever the provider says afterwards, it is late.
  const closed = await closePayment(ctx, id, "expired");
  const waits = known?.report.status === "pending" || closed.state === "authorised";
  return waits ? tell(await provider.cancel(id), closed) : closed;
}

/** Gives up waiting for a payment; one that is over already stays as it is. */
async function closePayment(ctx: Ctx, paymentId: Id<"payment">, closing: Closing): Promise<Payment> {
  const outcome = await untilFresh("payment.stale", async () => {
    const [before] = await ctx.db.load(paymentQuery(paymentId));
    if (!before) throw fail("payment.not_found");
    const after = decideClose(before, closing, ctx.clock.now());
    const committed = await ctx.db.commit(recorded(ctx, before, after, { source: "clock" }));
    return committed.ok ? ok(after) : committed;
  });
  return orThrow(outcome, fail);
}
