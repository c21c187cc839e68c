import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { loadOrder, type Order } from "#services/transaction/order/index";
import { type Label, type LabelLine, type LabelState, shareOfGrams } from "../domain/label.ts";
import { FLAT } from "../domain/table.ts";
import { fail } from "../errors.ts";
import { claimQuery, labelsQuery, ownLabelQuery } from "../repository/labels.ts";
import { type Origin, originQuery } from "../repository/origins.ts";
import { blank, claimAndGo, finish, GRAMS_UNKNOWN, receiverOf } from "./buy.ts";

/** An order leaves in no more parcels than these. */
const LABELS_MAX = 100;

export type ReturnWanted = {
  /** The name that the caller has kept for it: asked for again it is the same label. */
  readonly labelId: Id<"label">;
  readonly sellerId: Id<"seller">;
  readonly orderId: Id<"order">;
  readonly lines: readonly LabelLine[];
  readonly weightGrams?: number | undefined;
  /** Bought up to this price, whatever the way there was quoted at. */
  readonly acceptMinor?: bigint | undefined;
};
export type ReturnLabel = Pick<Label, "id" | "carrier" | "trackingNumber" | "boughtAt">;

/** The way back of some goods of an order, from the buyer to the shop; the caller has asked who may. */
export async function buyReturnLabel(ctx: Ctx, wanted: ReturnWanted): Promise<ReturnLabel> {
  const { labelId, sellerId, orderId } = wanted;
  const [known, claim] = await ctx.db.load(ownLabelQuery(sellerId, labelId), claimQuery(orderId, "return"));
  if (known) return finish(ctx, labelId);
  if (claim) throw fail("shipping.label_in_progress");
  const order = await loadOrder(ctx, { as: "seller", sellerId }, orderId);
  if (!order) throw fail("shipping.order_not_found");
  const [labels, origin] = await ctx.db.load(
    labelsQuery({ sellerId, orderId, before: undefined, limit: LABELS_MAX }),
    originQuery(sellerId),
  );
  const first = labels.find(({ kind, state }) => kind === "outbound" && state === "shipped");
  return claimAndGo(ctx, wayBack(ctx, { order, origin, first, wanted }));
}

type Way = {
  readonly order: Order;
  readonly origin: Origin | undefined;
  /** How it came, where a label of ours brought it. */
  readonly first: Label | undefined;
  readonly wanted: ReturnWanted;
};

function wayBack(ctx: Ctx, { order, origin, first, wanted }: Way): Label {
  const receiver = first?.sender ?? origin?.address;
  if (!receiver) throw fail("shipping.origin_missing");
  const packed = order.lines.flatMap((line) => {
    const { quantity = 0 } = wanted.lines.find(({ lineId }) => lineId === line.id) ?? {};
    return quantity > 0 ? [{ line, quantity }] : [];
  });
  const units = packed.reduce((sum, { quantity }) => sum + quantity, 0);
  const ofUnits = order.lines.reduce((sum, line) => sum + line.quantity, 0);
  const choice = order.shippingChoice;
  const grams = shareOfGrams(choice?.chargeableGrams ?? GRAMS_UNKNOWN, units, ofUnits);
  const way = first ?? choice ?? { provider: "table" as const, ...FLAT, name: FLAT.names.en };
  return {
    ...blank(ctx, order),
    id: wanted.labelId,
    kind: "return",
    provider: way.provider,
    carrier: way.carrier,
    service: way.service,
    name: way.name,
    sender: first?.receiver ?? receiverOf(order),
    receiver,
    contents: packed.map(({ line, quantity }) => {
      return { name: line.title, sku: line.sku, quantity, valueMinor: line.unitPriceMinor.toString() };
    }),
    lines: wanted.lines,
    parcelGrams: wanted.weightGrams ?? grams,
    goodsMinor: packed.reduce((sum, { line, quantity }) => sum + line.unitPriceMinor * BigInt(quantity), 0n),
    cashMinor: null,
    isInsured: false,
    quotedMinor: BigInt(choice?.priceMinor ?? order.shippingMinor),
    quotedGrams: grams,
    acceptMinor: wanted.acceptMinor ?? null,
    trackingNumber: null,
  };
}

/** A label that never came to be, or was given back, leaves room for another. */
export const isDeadLabel = (state: LabelState): boolean => state === "refused" || state === "voided";
