import { actorKey, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { canonical } from "#kernel/idempotency";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { dueAtDoor, loadOrder, type Order } from "#services/transaction/order/index";
import { type Label, type LabelLine, type Party, shareOfGrams } from "../domain/label.ts";
import { FLAT } from "../domain/table.ts";
import { fail } from "../errors.ts";
import { CarrierSilent } from "../providers/port.ts";
import { askedQuery, claimQuery, insertLabel, ownLabelQuery } from "../repository/labels.ts";
import { type Origin, originQuery } from "../repository/origins.ts";
import type { BuyLabel, BuyReturn } from "../schemas.ts";
import { advanceLabel, DEARER, goOn } from "./advance.ts";

/** A carrier that is slow is asked again by the job; the shop looks again then. */
const RETRY_AFTER_SECONDS = 30;
/** What an order without a quoted weight is taken for. */
export const GRAMS_UNKNOWN = 1_000;

/** Buys the label of the rate that the buyer chose, and with it the parcel leaves. */
export async function buyLabel(ctx: Ctx, input: Keyed<BuyLabel>): Promise<Label> {
  const sellerId = requireShop(ctx, "order:write");
  const operation = operationOf(ctx, input.orderId, input);
  const [asked] = await ctx.db.load(askedQuery(sellerId, operation));
  if (asked) return finish(ctx, asked.id);
  const order = await loadOrder(ctx, { as: "seller", sellerId }, input.orderId);
  if (!order) throw fail("shipping.order_not_found");
  const [origin, claim] = await ctx.db.load(originQuery(sellerId), claimQuery(order.id, "outbound"));
  if (claim) return resume(ctx, claim, input.lines);
  if (order.state !== "confirmed") throw fail("shipping.order_not_ready");
  if (!origin) throw fail("shipping.origin_missing");
  return claimAndGo(ctx, { ...outbound(ctx, { order, origin, input }), operation });
}

type Keyed<I> = I & { readonly idempotencyKey: string };

/** A repeat whose first answer came to nothing goes on with what was bought, however far that has come. */
const operationOf = (
  { actor }: Ctx,
  what: Id<"order"> | Id<"label">,
  { idempotencyKey }: Keyed<unknown>,
): string => `${what}/${actorKey(actor)}/${idempotencyKey}`;

/** Whoever asks again for the same parcel goes on with its claim; another parcel of the order has to wait. */
function resume(ctx: Ctx, claim: Label, lines: readonly LabelLine[] | undefined): Promise<Label> {
  if (canonical(claim.lines) !== canonical(lines ?? null)) throw fail("shipping.label_in_progress");
  return finish(ctx, claim.id);
}

export async function claimAndGo(ctx: Ctx, label: Label): Promise<Label> {
  orThrow(await ctx.db.commit([insertLabel(label), goOn(ctx, label.id)]), fail);
  return finish(ctx, label.id);
}

export async function finish(ctx: Ctx, labelId: Id<"label">): Promise<Label> {
  const label = await advanceLabel(ctx, labelId).catch((error: unknown) => {
    if (!(error instanceof CarrierSilent)) throw error;
    ctx.log.warn("shipping.carrier_silent", { labelId, reason: error.message });
    throw fail("shipping.label_not_ready", { retryAfter: RETRY_AFTER_SECONDS });
  });
  const isDone = label.state === "claimed" || label.state === "shipped";
  if (isDone || (label.kind === "return" && label.state === "bought")) return label;
  if (label.state !== "refused") throw fail("shipping.order_not_ready");
  const refusal = label.refusal ?? "";
  if (!refusal.startsWith(DEARER)) throw fail("shipping.label_refused", { detail: refusal });
  throw fail("shipping.label_dearer", { detail: refusal.slice(DEARER.length) });
}

type Outbound = { readonly order: Order; readonly origin: Origin; readonly input: BuyLabel };

function outbound(ctx: Ctx, { order, origin, input }: Outbound): Label {
  const left = order.lines.map((line) => ({
    line,
    units: line.quantity - line.shippedQuantity - line.cancelledQuantity,
  }));
  const wanted = input.lines && new Map(input.lines.map(({ lineId, quantity }) => [lineId, quantity]));
  // What it has not left would be paid for at the carrier first, and refused only when it is to leave.
  if (wanted && !fits(input.lines ?? [], left)) throw fail("shipping.order_not_ready");
  const packed = left
    .map(({ line, units }) => ({ line, units: wanted ? (wanted.get(line.id) ?? 0) : units }))
    .filter(({ units }) => units > 0);
  if (packed.length === 0) throw fail("shipping.order_not_ready");
  const units = packed.reduce((sum, one) => sum + one.units, 0);
  const ofUnits = order.lines.reduce((sum, line) => sum + line.quantity, 0);
  const choice = order.shippingChoice;
  const provider = choice?.provider ?? "table";
  const isWhole = units === ofUnits;
  const unsent = order.lines.reduce((sum, line) => sum + line.quantity - line.cancelledQuantity, 0);
  // One courier takes the money of the whole order, or nobody would know how much is still owed.
  if (order.method === "cod" && provider !== "table" && units !== unsent)
    throw fail("shipping.cash_whole_only");
  const quotedGrams = shareOfGrams(choice?.chargeableGrams ?? GRAMS_UNKNOWN, units, ofUnits);
  const price = BigInt(choice?.priceMinor ?? order.shippingMinor);
  const share = (minor: bigint) => (minor * BigInt(units) + BigInt(ofUnits) - 1n) / BigInt(ofUnits);
  return {
    ...blank(ctx, order),
    kind: "outbound",
    provider,
    carrier: input.carrier ?? choice?.carrier ?? FLAT.carrier,
    service: choice?.service ?? FLAT.service,
    name: choice?.name ?? FLAT.names.en,
    sender: origin.address,
    receiver: receiverOf(order),
    contents: packed.map(({ line, units: quantity }) => ({
      name: line.title,
      sku: line.sku,
      quantity,
      valueMinor: line.unitPriceMinor.toString(),
    })),
    lines: input.lines ?? null,
    parcelGrams: input.weightGrams ?? quotedGrams,
    goodsMinor: packed.reduce((sum, { line, units: n }) => sum + line.unitPriceMinor * BigInt(n), 0n),
    cashMinor: dueAtDoor(order),
    isInsured: input.insured,
    quotedMinor: isWhole ? price : share(price),
    quotedGrams,
    acceptMinor: input.acceptMinor === undefined ? null : BigInt(input.acceptMinor),
    trackingNumber: provider === "table" ? (input.trackingNumber ?? null) : null,
  };
}

type Left = { readonly line: Order["lines"][number]; readonly units: number };

/** Whether each line is named once, and with no more units than have neither left nor been called off. */
const fits = (lines: readonly LabelLine[], left: readonly Left[]): boolean =>
  new Set(lines.map(({ lineId }) => lineId)).size === lines.length &&
  lines.every(({ lineId, quantity }) =>
    left.some(({ line, units }) => line.id === lineId && quantity <= units),
  );

export function receiverOf({ group: { address } }: Order): Party {
  const { recipient, ...place } = address;
  return { name: recipient, ...place };
}

export const blank = (ctx: Ctx, { id: orderId, sellerId, currency }: Order) =>
  ({
    id: ctx.ids.next("label"),
    sellerId,
    orderId,
    state: "claimed",
    currency,
    costMinor: null,
    providerRef: null,
    shipmentId: null,
    refusal: null,
    billedMinor: null,
    billedGrams: null,
    billedAt: null,
    createdAt: ctx.clock.now(),
    boughtAt: null,
    voidedAt: null,
    operation: null,
    version: 1,
  }) as const;

/** The way back: the buyer's parcel to the shop, with the carrier that brought it. */
export async function buyReturn(ctx: Ctx, { labelId, ...input }: Keyed<BuyReturn>): Promise<Label> {
  const sellerId = requireShop(ctx, "order:write");
  const operation = operationOf(ctx, labelId, input);
  const [first, asked] = await ctx.db.load(ownLabelQuery(sellerId, labelId), askedQuery(sellerId, operation));
  if (asked) return finish(ctx, asked.id);
  if (!first) throw fail("shipping.label_not_found");
  if (first.kind !== "outbound" || first.state !== "shipped") throw fail("shipping.label_wrong_state");
  const [claim] = await ctx.db.load(claimQuery(first.orderId, "return"));
  if (claim) return finish(ctx, claim.id);
  const order = await loadOrder(ctx, { as: "seller", sellerId }, first.orderId);
  if (!order) throw fail("shipping.order_not_found");
  return claimAndGo(ctx, {
    ...first,
    ...blank(ctx, order),
    kind: "return",
    sender: first.receiver,
    receiver: first.sender,
    cashMinor: null,
    isInsured: false,
    parcelGrams: input.weightGrams ?? first.parcelGrams,
    acceptMinor: input.acceptMinor === undefined ? null : BigInt(input.acceptMinor),
    trackingNumber: null,
    operation,
  });
}
