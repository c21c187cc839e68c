import { cellsOf } from "#kernel/cell";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { fail as failKernel } from "#kernel/errors";
import { type Id, zId } from "#kernel/ids";
import { openSystemCtx } from "#kernel/open-ctx";
import type { DisputeReport } from "../domain/dispute.ts";
import { isDoubtful, type Payment, type Provider, type Report } from "../domain/payment.ts";
import { fail } from "../errors.ts";
import { providerOf } from "../providers/choose.ts";
import { isChargeback, isSigned, toReport, zNotification } from "../providers/midtrans-wire.ts";
import { ProviderSilent } from "../providers/port.ts";
import { paymentQuery } from "../repository/payments.ts";
import { recordDispute } from "./dispute.ts";
import { recordTold } from "./record.ts";

const RETRY_AFTER_SECONDS = 30;
const zPaymentId = zId("payment");

/** The market is in the order id, and is believed once the signature verifies with that market's key. */
export async function takeMidtransNotification(ctx: Ctx, bytes: Uint8Array): Promise<void> {
  const { cell, paymentId, report, isDisputed } = readNotification(ctx.env, bytes);
  const { env, clock, traceId, defer } = ctx;
  const own = openSystemCtx(env, cell, { clock, traceId, defer });
  const [payment] = await own.db.load(paymentQuery(paymentId));
  if (!payment) throw fail("payment.not_found");
  if (isDisputed) await recordDispute(own, payment, chargebackOf(own, report), undefined, "midtrans");
  if (!isDoubtful(payment, report)) {
    await recordTold(own, paymentId, { report, from: "midtrans" }, "notification");
    return;
  }
  own.log.warn("payment.doubtful", { paymentId, status: report.status });
  const known = await askInDoubt(own, payment, "midtrans");
  if (known) await recordTold(own, paymentId, { report: known.report, from: "midtrans" }, "query");
}

/** The provider sends a notification again that was not taken; meanwhile it may answer. */
export function orAway(error: unknown): never {
  if (error instanceof ProviderSilent) throw failKernel("unavailable", { retryAfter: RETRY_AFTER_SECONDS });
  throw error;
}

/** What the provider says when it is asked, which alone counts where its notification is doubted. */
export const askInDoubt = (ctx: Ctx, { id, refs }: Payment, provider: Provider) =>
  providerOf(ctx, provider).find({ id, ref: refs[provider] }).catch(orAway);

/** Midtrans names no time; card networks give a shop about so long to answer. */
const EVIDENCE_MS = 7 * DAY_MS;

/** It says that the money was taken back and never how that ends: an operator closes the case. */
function chargebackOf(ctx: Ctx, { transactionId, amount }: Report): DisputeReport {
  const openedAt = ctx.clock.now();
  const money = { amount, takenMinor: amount.minor, feeMinor: 0n };
  const about = { ref: transactionId, ...money, reason: "chargeback", openedAt };
  return { ...about, state: "needs_response", evidenceBy: openedAt + EVIDENCE_MS };
}

type Read = {
  readonly cell: string;
  readonly paymentId: Id<"payment">;
  readonly report: Report;
  readonly isDisputed: boolean;
};

function readNotification(env: Env, bytes: Uint8Array): Read {
  const parsed = zNotification.safeParse(parseJson(bytes));
  if (!parsed.success) throw fail("payment.notification_invalid");
  const [cell = "", id] = splitOrderId(parsed.data.order_id);
  const serverKey = cellsOf(env)[cell]?.midtrans.serverKey;
  if (serverKey === undefined || !isSigned(parsed.data, serverKey)) throw fail("payment.signature_invalid");
  const paymentId = zPaymentId.safeParse(id);
  if (!paymentId.success) throw fail("payment.not_found");
  const isDisputed = isChargeback(parsed.data.transaction_status);
  return { cell, paymentId: paymentId.data, report: toReport(parsed.data), isDisputed };
}

function splitOrderId(orderId: string): readonly [string, string] {
  const at = orderId.indexOf("-");
  return [orderId.slice(0, Math.max(0, at)), orderId.slice(at + 1)];
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw fail("payment.notification_invalid");
  }
}
