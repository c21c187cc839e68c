import { cellsOf } from "#kernel/cell";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import { fail as failKernel } from "#kernel/errors";
import { openSystemCtx } from "#kernel/open-ctx";
import { ok, orThrow, type Result } from "#kernel/result";
import { isDoubtful, type PayoutReport } from "../domain/payout.ts";
import { fail } from "../errors.ts";
import { iris } from "../providers/iris.ts";
import { isSigned, toReport, zIrisPayout } from "../providers/iris-wire.ts";
import { PayoutSilent } from "../providers/port.ts";
import { payoutByReference } from "../repository/payout.ts";
import { applyReport, type PayoutRefusal } from "./payout.ts";

const RETRY_AFTER_SECONDS = 30;

type Notification = { readonly bytes: Uint8Array; readonly signature: string };

/** The market is the one whose key signed it: the body names none. */
export async function takeIrisNotification(ctx: Ctx, { bytes, signature }: Notification): Promise<void> {
  const cell = Object.entries(cellsOf(ctx.env)).find(
    ([, { iris: account }]) => account && isSigned(bytes, signature, account.merchantKey),
  )?.[0];
  if (cell === undefined) throw fail("wallet.signature_invalid");
  const report = read(bytes);
  const { env, clock, traceId, defer } = ctx;
  const own = openSystemCtx(env, cell, { clock, traceId, defer });
  const taken = await untilFresh<undefined, PayoutRefusal>("wallet.stale", () => take(own, report));
  orThrow(taken, fail);
}

async function take(ctx: Ctx, told: PayoutReport): Promise<Result<undefined, PayoutRefusal>> {
  const [payout] = await ctx.db.load(payoutByReference(told.referenceNo));
  // An answer that was lost has not told us the reference yet: the provider sends the notification again.
  if (!payout) throw fail("wallet.payout_not_found");
  const isTold = !isDoubtful(payout, told);
  const report = isTold ? told : await ask(ctx, told);
  if (!report || report.amountMinor !== payout.amountMinor) return ok(undefined);
  return ctx.db.commit(applyReport(ctx, payout, report, isTold ? "notification" : "query"));
}

async function ask(ctx: Ctx, { referenceNo, state }: PayoutReport): Promise<PayoutReport | undefined> {
  ctx.log.warn("payout.doubtful", { referenceNo, state });
  try {
    return await iris(ctx).find(referenceNo);
  } catch (error) {
    if (error instanceof PayoutSilent) throw failKernel("unavailable", { retryAfter: RETRY_AFTER_SECONDS });
    throw error;
  }
}

function read(bytes: Uint8Array): PayoutReport {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    return toReport(zIrisPayout.parse(JSON.parse(text)));
  } catch {
    throw fail("wallet.notification_invalid");
  }
}
