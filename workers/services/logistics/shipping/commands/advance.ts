import { MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule, unschedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { shipLabelled } from "#services/transaction/order/index";
import { chargedMinor } from "../domain/audit.ts";
import { isAffordable, type Label, moved, ownNumber } from "../domain/label.ts";
import { fail } from "../errors.ts";
import { ADVANCE_LABEL, CHECK_VOID, LabelBought, LabelVoided } from "../facts.ts";
import { portOf } from "../providers/choose.ts";
import { type Bought, type CarrierPort, CarrierRefused, CarrierSilent } from "../providers/port.ts";
import { holdCharges, labelQuery, saveLabel } from "../repository/labels.ts";
import { drawPdf } from "./label/draw.ts";
import { drawZpl } from "./label/zpl.ts";

/** Longer than the caller of a label waits: until then it is his to go on. */
const FIRST_CHECK_MS = MINUTE_MS;
const AGAIN_MS = 2 * MINUTE_MS;
const VOID_AGAIN_MS = 60 * MINUTE_MS;
/** Claimed, bought and shipped are three steps; another caller's may come between. */
const STEPS_MAX = 8;

export const goOn = (ctx: Ctx, labelId: Id<"label">, inMs = FIRST_CHECK_MS): Statement =>
  schedule(ctx, ADVANCE_LABEL, { subject: labelId, payload: { labelId }, dueAt: ctx.clock.now() + inMs });

export const checkVoidSoon = (ctx: Ctx, labelId: Id<"label">, inMs = VOID_AGAIN_MS): Statement =>
  schedule(ctx, CHECK_VOID, { subject: labelId, payload: { labelId }, dueAt: ctx.clock.now() + inMs });

export const documentKey = (
  { cell }: Pick<Ctx, "cell">,
  labelId: Id<"label">,
  ending: "pdf" | "zpl",
): string => `${cell}/labels/${labelId}.${ending}`;

const aboutOf = (label: Label, charged: bigint) => ({
  labelId: label.id,
  orderId: label.orderId,
  sellerId: label.sellerId,
  kind: label.kind,
  provider: label.provider,
  carrier: label.carrier,
  trackingNumber: label.trackingNumber ?? "",
  currency: label.currency,
  costMinor: label.costMinor?.toString() ?? null,
  chargedMinor: charged.toString(),
});

/**
 * Takes a label as far as it goes. Each step is kept before the next, and bears repeating: what costs money
 * is bought under a name that was kept before, and a number ships its parcel once. So whoever comes second,
 * or after a death, goes on and pays for nothing twice.
 */
export async function advanceLabel(ctx: Ctx, labelId: Id<"label">): Promise<Label> {
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const [label] = await ctx.db.load(labelQuery(labelId));
    if (!label) throw fail("shipping.label_not_found");
    const next = await stepOf(ctx, label);
    if (next === undefined) return label;
    await ctx.db.commit(next);
  }
  throw fail("shipping.label_stale");
}

type Step = readonly Statement<"shipping.label_stale">[];

/** What the next step writes, or undefined where the label waits for somebody else. */
async function stepOf(ctx: Ctx, label: Label): Promise<Step | undefined> {
  if (label.state === "bought" && label.kind === "outbound") return ship(ctx, label);
  if (label.state !== "claimed") return undefined;
  try {
    return label.provider === "table" ? await draw(ctx, label) : await buyLive(ctx, label);
  } catch (error) {
    if (!(error instanceof CarrierRefused)) throw error;
    return refuse(label, error.message);
  }
}

function refuse(label: Label, refusal: string): Step {
  const refused = moved(label, "refuse", { refusal: refusal.slice(0, 200) });
  return refused.ok ? [saveLabel(refused.value), unschedule(ADVANCE_LABEL, label.id)] : [];
}

/** Our own label has a number of ours unless the shop has one of a carrier's. */
async function draw(ctx: Ctx, label: Label): Promise<Step> {
  const trackingNumber = label.trackingNumber ?? ownNumber(label.id);
  return bought(ctx, label, { trackingNumber, costMinor: null, pdf: null, zpl: null });
}

async function buyLive(ctx: Ctx, label: Label): Promise<Step | undefined> {
  const port = portOf(ctx, label.provider);
  if (!port) throw fail("shipping.provider_off");
  if (label.providerRef === null) return prepare(ctx, label, port);
  const buying = await port.buy(label.providerRef, label);
  return "later" in buying ? undefined : bought(ctx, label, buying);
}

async function prepare(ctx: Ctx, label: Label, port: CarrierPort): Promise<Step> {
  const { ref, costMinor } = await port.prepare(label);
  if (!isAffordable(label, costMinor, ctx.market.shipping.dearerBasisPoints)) {
    return refuse(label, `${DEARER}${costMinor}`);
  }
  return [saveLabel({ ...label, providerRef: ref, costMinor, version: label.version + 1 })];
}

/** How a label that was too dear says what it would have cost. */
export const DEARER = "dearer ";

type Made = Omit<Bought, "costMinor"> & { readonly costMinor: bigint | null };

/** The documents lie in the bucket before the label says so. */
async function bought(ctx: Ctx, label: Label, made: Made): Promise<Step> {
  const { trackingNumber, costMinor } = made;
  const boughtAt = ctx.clock.now();
  const next = moved(label, "buy", { trackingNumber, costMinor, boughtAt });
  if (!next.ok) return [];
  const [pdf, zpl] = [made.pdf ?? (await drawPdf(next.value)), made.zpl ?? drawZpl(next.value)];
  const put = (ending: "pdf" | "zpl", body: Uint8Array | string, contentType: string) =>
    ctx.buckets.DOCUMENTS.put(documentKey(ctx, label.id, ending), body, { httpMetadata: { contentType } });
  await Promise.all([put("pdf", pdf, "application/pdf"), put("zpl", zpl, "application/zpl")]);
  const isDone = label.kind === "return";
  return [
    holdCharges([label]),
    saveLabel(next.value),
    append(LabelBought.make(ctx, next.value, aboutOf(next.value, chargedMinor(next.value)))),
    isDone ? unschedule(ADVANCE_LABEL, label.id) : goOn(ctx, label.id),
  ];
}

/** An order that was cancelled meanwhile does not leave: its label goes back. */
async function ship(ctx: Ctx, label: Label): Promise<Step | undefined> {
  const { sellerId, orderId, carrier, lines } = label;
  const trackingNumber = label.trackingNumber ?? "";
  const wanted = lines ? { lines: [...lines] } : {};
  const shipped = await shipLabelled(ctx, { sellerId, orderId, carrier, trackingNumber, ...wanted });
  if (shipped.ok) {
    const next = moved(label, "ship", { shipmentId: shipped.value });
    return next.ok ? [saveLabel(next.value), unschedule(ADVANCE_LABEL, label.id)] : [];
  }
  ctx.log.warn("shipping.order_did_not_leave", { labelId: label.id, code: shipped.code });
  if (shipped.code === "order.stale") throw fail("shipping.label_stale");
  const { after, statements } = await askVoid(ctx, label);
  const ended = [...statements, unschedule(ADVANCE_LABEL, label.id)];
  if (after !== label) return ended;
  // The carrier keeps it, and nobody needs it: the shop sees it as bought and not shipped.
  await ctx.db.commit(ended);
  return undefined;
}

type Asked = { readonly after: Label; readonly statements: Step };

/** The carrier is asked to take the label back; our own is worth nothing from now on. */
export async function askVoid(ctx: Ctx, label: Label): Promise<Asked> {
  const port = portOf(ctx, label.provider);
  const answer = port && label.providerRef !== null ? await port.cancel(label.providerRef) : "voided";
  if (answer === "voided") return voided(ctx, label);
  if (answer === "asked") {
    const asked = moved(label, "ask_void");
    const later = checkVoidSoon(ctx, label.id);
    return asked.ok
      ? { after: asked.value, statements: [saveLabel(asked.value), later] }
      : { after: label, statements: [later] };
  }
  const kept = label.state === "voiding" ? moved(label, "keep") : undefined;
  const ended = unschedule(CHECK_VOID, label.id);
  return kept?.ok
    ? { after: kept.value, statements: [saveLabel(kept.value), ended] }
    : { after: label, statements: [ended] };
}

function voided(ctx: Ctx, label: Label): Asked {
  const next = moved(label, "void", { voidedAt: ctx.clock.now() });
  if (!next.ok) return { after: label, statements: [] };
  const fact = LabelVoided.make(ctx, next.value, aboutOf(next.value, chargedMinor(label)));
  return {
    after: next.value,
    statements: [holdCharges([label]), saveLabel(next.value), append(fact), unschedule(CHECK_VOID, label.id)],
  };
}

type Ref = { readonly labelId: Id<"label"> };

/** The job: goes on, and comes again while the carrier is silent or has no number yet. */
export async function keepAdvancing(ctx: Ctx, { labelId }: Ref): Promise<readonly Statement[]> {
  try {
    const label = await advanceLabel(ctx, labelId);
    return label.state === "claimed" ? [goOn(ctx, labelId, AGAIN_MS)] : [];
  } catch (error) {
    if (!(error instanceof CarrierSilent)) throw error;
    ctx.log.warn("shipping.carrier_silent", { labelId, reason: error.message });
    return [goOn(ctx, labelId, AGAIN_MS)];
  }
}

/** The job: what became of a label that was to be taken back. */
export async function checkVoid(ctx: Ctx, { labelId }: Ref): Promise<Step> {
  const [label] = await ctx.db.load(labelQuery(labelId));
  if (label?.state !== "voiding") return [];
  try {
    return (await askVoid(ctx, label)).statements;
  } catch (error) {
    if (!(error instanceof CarrierSilent)) throw error;
    return [checkVoidSoon(ctx, labelId)];
  }
}
