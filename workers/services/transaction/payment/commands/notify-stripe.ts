import * as z from "zod";
import { type CellConfig, cellsOf } from "#kernel/cell";
import type { Ctx } from "#kernel/ctx";
import { type Id, zId } from "#kernel/ids";
import { openSystemCtx } from "#kernel/open-ctx";
import { isDoubtful, type Payment, type Report } from "../domain/payment.ts";
import { fail } from "../errors.ts";
import {
  idOf,
  toIntentReport,
  zCharge,
  zDispute,
  zIntent,
  zRefundObject,
  zSession,
} from "../providers/stripe-wire.ts";
import { eventQuery, paymentByTransactionQuery, paymentQuery, takeEvent } from "../repository/payments.ts";
import { recordDispute, toDisputeReport } from "./dispute.ts";
import { askInDoubt } from "./notify.ts";
import { recordTold } from "./record.ts";
import { type Failed, recordRefundFailed } from "./unstick.ts";

/** https://docs.stripe.com/webhooks#replay-attacks: an older signature is somebody's recording. */
const TOLERANCE_SECONDS = 300;

const zEvent = z.looseObject({
  id: z.string().startsWith("evt_").max(255),
  type: z.string().max(100),
  data: z.looseObject({ object: z.looseObject({ object: z.string() }) }),
});
type Event = z.output<typeof zEvent>;
const zPaymentId = zId("payment");

type Sent = { readonly bytes: Uint8Array; readonly signature: string | undefined };

/**
 * Each market has a secret of its own, and whose secret verifies is whose event it is. An event is taken
 * once; what it says counts as far as it fits what we know, and in doubt the provider is asked.
 */
export async function takeStripeEvent(ctx: Ctx, sent: Sent): Promise<boolean> {
  const { cell, event } = await verified(ctx, sent);
  const { env, clock, traceId, defer } = ctx;
  const own = openSystemCtx(env, cell, { clock, traceId, defer });
  const about = aboutOf(event);
  if (!about) return false;
  const which = about.paymentId
    ? paymentQuery(about.paymentId)
    : paymentByTransactionQuery(about.intentId ?? "");
  const [payment, isSeen] = await own.db.load(which, eventQuery("stripe", event.id));
  if (isSeen) return false;
  // A page of another system on the same account, or a payment that we do not know: nothing of ours.
  if (!payment) return false;
  const taken = takeEvent("stripe", event.id, own.clock.now());
  if (about.dispute) return recordDispute(own, payment, toDisputeReport(about.dispute), taken);
  if (about.failed) return recordRefundFailed(own, payment, about.failed, taken);
  await apply(own, payment, about.report, taken);
  return true;
}

type Taken = ReturnType<typeof takeEvent>;

async function apply(ctx: Ctx, payment: Payment, report: Report | undefined, taken: Taken): Promise<void> {
  const from = "stripe" as const;
  if (report && !isDoubtful(payment, report)) {
    await recordTold(ctx, payment.id, { report, from }, "notification", [taken]);
    return;
  }
  if (report) ctx.log.warn("payment.doubtful", { paymentId: payment.id, status: report.status });
  const known = await askInDoubt(ctx, payment, from);
  const told = known ? { report: known.report, from } : { from };
  await recordTold(ctx, payment.id, told, "query", [taken]);
}

async function verified(ctx: Ctx, { bytes, signature }: Sent): Promise<{ cell: string; event: Event }> {
  if (signature === undefined) throw fail("payment.signature_invalid");
  const { Stripe } = await import("stripe");
  const text = textOf(bytes);
  const crypto = Stripe.createSubtleCryptoProvider();
  const now = ctx.clock.now();
  const verify = async ([cell, { stripe }]: [string, CellConfig]) => {
    if (!stripe) return [];
    const { webhookSecret } = stripe;
    const wire = await Stripe.webhooks
      .constructEventAsync(text, signature, webhookSecret, TOLERANCE_SECONDS, crypto, now)
      .catch(() => undefined);
    return wire === undefined ? [] : [{ cell, wire }];
  };
  const believed = (await Promise.all(Object.entries(cellsOf(ctx.env)).map(verify))).flat();
  if (believed.length === 0) throw fail("payment.signature_invalid");
  const parsed = zEvent.safeParse(believed[0]?.wire);
  if (!parsed.success) throw fail("payment.notification_invalid");
  // Markets that share an account share a secret: then the payment itself says whose it is.
  const named = metadataOf(parsed.data).cell;
  const cell = believed.find((one) => one.cell === named)?.cell ?? believed[0]?.cell;
  if (cell === undefined) throw fail("payment.signature_invalid");
  return { cell, event: parsed.data };
}

const zMetadata = z.record(z.string(), z.string()).catch({});
const metadataOf = ({ data: { object } }: Event) => zMetadata.parse(object.metadata ?? {});

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw fail("payment.notification_invalid");
  }
}

type About = {
  readonly paymentId?: Id<"payment"> | undefined;
  readonly intentId?: string | undefined;
  /** Absent where only the provider can say how it stands. */
  readonly report?: Report;
  readonly dispute?: z.output<typeof zDispute>;
  /** A refund that the buyer's bank would not take. */
  readonly failed?: Failed;
};

/** `refund.failed`, `refund.updated` and `charge.refund.updated`; what is not over is no news. */
function refundOf({ status, metadata, failure_reason: why, ...refund }: z.output<typeof zRefundObject>) {
  // A refund that was sent again goes by its id and the number of the try.
  const name = metadata?.key ?? "";
  const refundId = zRefundId.safeParse(name.split("-")[0]).data;
  const isFailed = status === "failed" || status === "canceled";
  if (!isFailed || !refundId) return undefined;
  const note = `Stripe's refund is ${status}${why ? `: ${why}` : ""}.`.slice(0, 200);
  return { intentId: idOf(refund.payment_intent), failed: { refundId, name, note } };
}
const zRefundId = zId("refund");

/** Which payment an event is about, and what it says of it. */
function aboutOf(event: Event): About | undefined {
  const { object } = event.data;
  const paymentId = zPaymentId.safeParse(metadataOf(event).payment).data;
  const intent = zIntent.safeParse(object);
  if (intent.success) return { paymentId, intentId: intent.data.id, report: toIntentReport(intent.data) };
  const session = zSession.safeParse(object);
  if (session.success) return { paymentId, intentId: idOf(session.data.payment_intent) };
  const refund = zRefundObject.safeParse(object);
  if (refund.success) return refundOf(refund.data);
  const charge = zCharge.safeParse(object);
  // What is refunded of it only the intent with its charge says in full.
  if (charge.success) return { paymentId, intentId: idOf(charge.data.payment_intent) };
  const dispute = zDispute.safeParse(object);
  if (!dispute.success) return undefined;
  return { intentId: idOf(dispute.data.payment_intent), dispute: dispute.data };
}
