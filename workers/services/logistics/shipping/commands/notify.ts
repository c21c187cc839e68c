import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { cellsOf } from "#kernel/cell";
import type { Ctx } from "#kernel/ctx";
import { schedule } from "#kernel/due";
import { fail as failKernel } from "#kernel/errors";
import { zId } from "#kernel/ids";
import { openSystemCtx } from "#kernel/open-ctx";
import { biteshipCell, observeParcel, type Scan, type Status } from "#services/logistics/tracking/index";
import { fail } from "../errors.ts";
import { ADVANCE_LABEL, ASK_BILL } from "../facts.ts";
import { orderReference } from "../providers/biteship.ts";
import { toGrams, toMinor } from "../providers/easypost-wire.ts";
import { labelByNumberQuery, labelByRefQuery, labelQuery } from "../repository/labels.ts";
import { checkVoidSoon } from "./advance.ts";
import { takeBills } from "./bill.ts";

/** A parcel that is not followed yet will be; the carrier's platform sends its event again. */
const RETRY_AFTER_SECONDS = 30;
const NOTE_CHARS_MAX = 300;

/** https://docs.easypost.com/docs/trackers */
const STATUS_OF: { readonly [word: string]: Status } = {
  pre_transit: "pending",
  in_transit: "in_transit",
  out_for_delivery: "out_for_delivery",
  delivered: "delivered",
  available_for_pickup: "ready_for_pickup",
  return_to_sender: "return_to_sender",
  failure: "delivery_failed",
  cancelled: "cancelled",
  error: "on_hold",
};

const zDetail = z.looseObject({
  message: z.string().nullish(),
  status: z.string(),
  datetime: z.iso.datetime({ offset: true }),
});
/** https://docs.easypost.com/docs/events, the parts that we read. */
const zEvent = z.looseObject({
  id: z.string().min(1).max(100),
  description: z.string(),
  created_at: z.iso.datetime({ offset: true }).optional(),
  result: z.looseObject({
    shipment_id: z.string().nullish(),
    tracking_details: z.array(zDetail).max(1_000).optional(),
    final_invoice_amount: z.string().nullish(),
    captured_weight: z.number().nullish(),
  }),
});
type Event = z.output<typeof zEvent>;

type Notice = { readonly signature: string | undefined; readonly bytes: Uint8Array };

/**
 * The signature says which market it is for, and that it is EasyPost's: what it tells counts by itself. Any
 * event may come twice, late and in any order: scans are a set, a bill has a key, a refund is asked for.
 */
export async function takeEasypostNotification(ctx: Ctx, { signature, bytes }: Notice): Promise<boolean> {
  const cell = cellBehind(ctx.env, { signature, bytes });
  if (cell === undefined) throw fail("shipping.webhook_refused");
  const parsed = zEvent.safeParse(parseJson(bytes));
  if (!parsed.success) throw fail("shipping.webhook_invalid");
  const { env, clock, traceId, defer } = ctx;
  const own = openSystemCtx(env, cell, { clock, traceId, defer });
  const { description } = parsed.data;
  if (description.startsWith("tracker.")) return follow(own, parsed.data);
  if (description.startsWith("shipment.invoice.")) return takeInvoice(own, parsed.data);
  if (description === "refund.successful") return takeRefund(own, parsed.data);
  return false;
}

async function labelOf(ctx: Ctx, { result }: Event) {
  if (!result.shipment_id) return undefined;
  const [label] = await ctx.db.load(labelByRefQuery("easypost", result.shipment_id));
  return label;
}

async function follow(ctx: Ctx, event: Event): Promise<boolean> {
  const label = await labelOf(ctx, event);
  if (!label || label.kind === "return") return false;
  const scans = (event.result.tracking_details ?? []).map(
    ({ message, status, datetime }): Scan => ({
      at: Date.parse(datetime),
      status: STATUS_OF[status] ?? "unknown",
      note: (message ?? "").slice(0, NOTE_CHARS_MAX),
      source: "carrier",
    }),
  );
  if (scans.length === 0) return false;
  const isFollowed = label.shipmentId !== null && (await observeParcel(ctx, label.shipmentId, scans));
  if (!isFollowed) throw failKernel("unavailable", { retryAfter: RETRY_AFTER_SECONDS });
  return true;
}

async function takeInvoice(ctx: Ctx, event: Event): Promise<boolean> {
  const label = await labelOf(ctx, event);
  const { final_invoice_amount: amount, captured_weight: ounces } = event.result;
  const billedMinor = amount ? toMinor(amount) : undefined;
  if (!label || billedMinor === undefined) return false;
  const billedGrams = typeof ounces === "number" ? toGrams(ounces) : null;
  const billedAt = event.created_at ? Date.parse(event.created_at) : ctx.clock.now();
  const bill = {
    labelId: label.id,
    key: event.id,
    source: "webhook" as const,
    billedMinor,
    billedGrams,
    billedAt,
  };
  await takeBills(ctx, [bill]);
  return true;
}

async function takeRefund(ctx: Ctx, event: Event): Promise<boolean> {
  const label = await labelOf(ctx, event);
  if (label?.state !== "voiding") return false;
  await ctx.db.commit([checkVoidSoon(ctx, label.id, 0)]);
  return true;
}

/** Of all markets the one whose secret signed these bytes. */
function cellBehind(env: Env, { signature = "", bytes }: Notice): string | undefined {
  const shown = Buffer.from(signature);
  for (const [cell, { easypost }] of Object.entries(cellsOf(env))) {
    if (!easypost) continue;
    const digest = createHmac("sha256", easypost.webhookSecret.normalize("NFKD")).update(bytes).digest("hex");
    const expected = Buffer.from(`hmac-sha256-hex=${digest}`);
    if (shown.length === expected.length && timingSafeEqual(shown, expected)) return cell;
  }
  return undefined;
}

const zOrderNotice = z.looseObject({
  event: z.string(),
  order_id: z.string().min(1).max(100),
  courier_waybill_id: z.string().max(60).nullish(),
});
type OrderNotice = z.output<typeof zOrderNotice>;
type BiteshipNotice = { readonly headers: Readonly<Record<string, unknown>>; readonly bytes: Uint8Array };

/**
 * Biteship's word on an order's price and number. It is only a hint: the carrier is asked, so that one which
 * is late, doubled or made up changes nothing.
 */
export async function takeBiteshipOrderNotice(
  ctx: Ctx,
  { headers, bytes }: BiteshipNotice,
): Promise<boolean> {
  const cell = biteshipCell(ctx.env, headers);
  const { data } = zOrderNotice.safeParse(cell === undefined ? undefined : parseJson(bytes));
  if (cell === undefined || (data?.event !== "order.price" && data?.event !== "order.waybill_id"))
    return false;
  const { env, clock, traceId, defer } = ctx;
  const own = openSystemCtx(env, cell, { clock, traceId, defer });
  const label = await labelBehind(own, data);
  const isPrice = data.event === "order.price";
  if (!label || (!isPrice && label.state !== "claimed")) return false;
  const job = { subject: label.id, payload: { labelId: label.id } };
  await own.db.commit([schedule(own, isPrice ? ASK_BILL : ADVANCE_LABEL, job)]);
  return true;
}

/** By its number, and while it has none by our own name for it, which the carrier's order carries. */
async function labelBehind(ctx: Ctx, { order_id: orderId, courier_waybill_id: number }: OrderNotice) {
  const [known] = await ctx.db.load(labelByNumberQuery("biteship", number ?? ""));
  if (known || !ctx.config.biteship) return known;
  const reference = await orderReference(ctx.config.biteship, orderId).catch(() => {
    throw failKernel("unavailable", { retryAfter: RETRY_AFTER_SECONDS });
  });
  const labelId = zId("label").safeParse(reference);
  if (!labelId.success) return undefined;
  const [label] = await ctx.db.load(labelQuery(labelId.data));
  return label;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw fail("shipping.webhook_invalid");
  }
}
