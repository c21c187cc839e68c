import type * as z from "zod";
import type { BuyerId } from "#kernel/actor";
import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import type { Currency } from "#kernel/money";
import type { Place } from "#kernel/place";
import { err, ok, type Result } from "#kernel/result";
import type { OrderPaid } from "./facts.ts";

export type PaymentMethod = Market["payment"]["methods"][number];

export const ORDER_STATES = [
  "awaiting_payment",
  /** To be paid at the door, and certain to be sent. */
  "placed",
  "paid",
  "confirmed",
  "shipped",
  "delivered",
  "completed",
  "cancelled",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const MOVES = [
  "place",
  "pay",
  "confirm",
  "ship_part",
  "ship",
  "deliver",
  "collect",
  "complete",
  "cancel",
  /** Units that have not left are called off: others are to leave still, or have left all. */
  "cancel_part",
  "cancel_rest",
] as const;
export type Move = (typeof MOVES)[number];

/** The whole state machine. A move that is not written here is refused. */
export const NEXT: { readonly [S in OrderState]: { readonly [M in Move]?: OrderState } } = {
  awaiting_payment: { pay: "paid", cancel: "cancelled" },
  placed: { confirm: "confirmed", cancel: "cancelled", cancel_part: "placed" },
  paid: { confirm: "confirmed", cancel: "cancelled", cancel_part: "paid" },
  confirmed: {
    ship_part: "confirmed",
    ship: "shipped",
    cancel: "cancelled",
    cancel_part: "confirmed",
    cancel_rest: "shipped",
  },
  shipped: { deliver: "delivered" },
  delivered: { collect: "delivered", complete: "completed" },
  completed: {},
  cancelled: {},
};

export const BUYER_REASONS = ["changed_mind", "found_cheaper", "too_slow", "wrong_item", "other"] as const;
export const SELLER_REASONS = ["out_of_stock", "cannot_ship", "suspected_fraud", "other"] as const;
/** Nobody asked for these: not paid in time, not shipped in time, paid when the stock was gone. */
export const SYSTEM_REASONS = ["unpaid", "not_shipped", "stock_lost"] as const;
export type CancelReason =
  | (typeof BUYER_REASONS)[number]
  | (typeof SELLER_REASONS)[number]
  | (typeof SYSTEM_REASONS)[number];

export type { Place };

export type EventDetail = { readonly [field: string]: string | number };
export type ShippedLine = { readonly lineId: Id<"line">; readonly quantity: number };

/** The carrier's rate that the buyer chose, as it was quoted to him. */
export type ShippingChoice = {
  readonly rateId: string;
  readonly provider: "table" | "biteship" | "easypost" | "own";
  readonly carrier: string;
  readonly service: string;
  readonly name: string;
  readonly priceMinor: string;
  readonly minDays: number;
  readonly maxDays: number;
  readonly chargeableGrams: number;
  readonly arrivesFrom: string;
  readonly arrivesUntil: string;
};

export type OrderLine = {
  readonly id: Id<"line">;
  readonly orderId: Id<"order">;
  readonly position: number;
  readonly offerId: Id<"offer">;
  readonly productId: Id<"product">;
  readonly categoryId: Id<"category"> | null;
  readonly sku: string;
  readonly title: string;
  readonly variantLabel: string;
  readonly imageKey: string | null;
  readonly unitPriceMinor: bigint;
  readonly quantity: number;
  readonly shippedQuantity: number;
  readonly cancelledQuantity: number;
  readonly returnedQuantity: number;
  readonly goodsMinor: bigint;
  /** What vouchers took off, of which the seller bears a part. */
  readonly discountMinor: bigint;
  readonly sellerDiscountMinor: bigint;
  readonly taxMinor: bigint;
  readonly taxRateBasisPoints: number;
  readonly commissionRuleId: Id<"commission"> | null;
  readonly commissionBasisPoints: number;
  readonly commissionMinor: bigint;
  readonly commissionTaxMinor: bigint;
  /** The last day that the buyer was promised it by, as YYYY-MM-DD; null where nobody promised one. */
  readonly promisedOn: string | null;
};

export type OrderGroup = {
  readonly id: Id<"orderGroup">;
  readonly buyerId: BuyerId;
  readonly email: string;
  readonly locale: Locale;
  readonly address: Place;
  readonly method: PaymentMethod;
  readonly currency: Currency;
  readonly taxName: string;
  readonly taxInclusive: boolean;
  readonly totalMinor: bigint;
  readonly payBy: number;
  readonly createdAt: number;
};

/** What changes as an order goes its way; amounts and lines were fixed when it was placed. */
export type OrderHead = {
  readonly id: Id<"order">;
  readonly orderGroupId: Id<"orderGroup">;
  readonly buyerId: BuyerId;
  readonly sellerId: Id<"seller">;
  readonly reservationId: Id<"reservation">;
  readonly state: OrderState;
  readonly method: PaymentMethod;
  readonly currency: Currency;
  readonly goodsMinor: bigint;
  readonly discountMinor: bigint;
  readonly sellerDiscountMinor: bigint;
  readonly taxMinor: bigint;
  readonly shippingMinor: bigint;
  readonly shippingDiscountMinor: bigint;
  readonly sellerShippingDiscountMinor: bigint;
  readonly totalMinor: bigint;
  readonly uncollectedMinor: bigint;
  readonly commissionMinor: bigint;
  readonly commissionTaxMinor: bigint;
  readonly shippingChoice: ShippingChoice | null;
  readonly paidPaymentId: Id<"payment"> | null;
  readonly cancelReason: CancelReason | null;
  readonly createdAt: number;
  /** Sold before it was there: when its shop has promised to have all of it. */
  readonly readyAt: number | null;
  readonly paidAt: number | null;
  readonly shipBy: number | null;
  readonly shippedAt: number | null;
  readonly deliveredAt: number | null;
  readonly completedAt: number | null;
  readonly cancelledAt: number | null;
  readonly version: number;
};
export type Order = OrderHead & { readonly group: OrderGroup; readonly lines: readonly OrderLine[] };

/** As long as it was not handed over. */
export const dueAtDoor = (order: OrderHead): bigint | null =>
  isCash(order) && order.paidAt === null ? order.totalMinor - order.uncollectedMinor : null;

const isCash = ({ method }: Pick<OrderHead, "method">): boolean => method === "cod";

/** Whether its stock is only held, or allocated to it for good. */
export const holdsOnly = ({ state }: Pick<OrderHead, "state">): boolean => state === "awaiting_payment";
/** Whether there is money in it that must go back when it is cancelled. */
export const isPaid = ({ paidAt }: Pick<OrderHead, "paidAt">): boolean => paidAt !== null;

type Refusal = "order.wrong_state";

/** The order after a move that the table allows. */
function moved<O extends OrderHead>(order: O, move: Move, change: Partial<OrderHead>): Result<O, Refusal> {
  const state = NEXT[order.state][move];
  if (!state) return err("order.wrong_state");
  return ok({ ...order, ...change, state, version: order.version + 1 });
}

/** Until when it has to leave: a shop that has sold ahead has its time from the day that it promised. */
export const shipByOf = (
  { readyAt }: Pick<OrderHead, "readyAt">,
  since: number,
  shipWithinMs: number,
): number => Math.max(since, readyAt ?? since) + shipWithinMs;

export function decidePay<O extends OrderHead>(
  order: O,
  paid: { readonly paymentId: Id<"payment">; readonly shipBy: number },
  now: number,
): Result<O, Refusal> {
  if (order.paidPaymentId === paid.paymentId) return ok(order);
  const change = { paidAt: now, shipBy: paid.shipBy, paidPaymentId: paid.paymentId };
  return moved(order, "pay", change);
}

export function decideConfirm<O extends OrderHead>(order: O): Result<O, Refusal> {
  return order.state === "confirmed" ? ok(order) : moved(order, "confirm", {});
}

export function decideCancel<O extends OrderHead>(
  order: O,
  reason: CancelReason,
  now: number,
): Result<O, Refusal | "order.partly_shipped"> {
  if (order.state === "cancelled") return ok(order);
  if (order.shippedAt !== null && order.state === "confirmed") return err("order.partly_shipped");
  return moved(order, "cancel", { cancelReason: reason, cancelledAt: now });
}

type Shipped = { readonly order: Order; readonly shipped: readonly ShippedLine[] };

/** Ships what is asked for, or all that is left; the order is shipped once nothing is left. */
export function decideShip(
  order: Order,
  wanted: readonly ShippedLine[] | undefined,
  now: number,
): Result<Shipped, UnitRefusal> {
  const found = takeUnits(order, wanted);
  if (!found.ok) return found;
  const { taken: shipped, left, isWhole } = found.value;
  const head = moved(order, isWhole ? "ship" : "ship_part", { shippedAt: now });
  if (!head.ok) return head;
  const lines = order.lines.map((line) => ({
    ...line,
    shippedQuantity: line.quantity - line.cancelledQuantity - (left.get(line.id) ?? 0),
  }));
  return ok({ order: { ...head.value, lines }, shipped });
}

type UnitRefusal = Refusal | "order.line_not_found" | "order.quantity_exceeded";
type Units = {
  readonly taken: readonly ShippedLine[];
  readonly left: ReadonlyMap<Id<"line">, number>;
  readonly isWhole: boolean;
};

/** So many units of these lines, or all that have neither left nor been called off. */
function takeUnits(order: Order, wanted: readonly ShippedLine[] | undefined): Result<Units, UnitRefusal> {
  const left = new Map(order.lines.map((line) => [line.id, leftOf(line)]));
  const all = order.lines.map(({ id: lineId }) => ({ lineId, quantity: left.get(lineId) ?? 0 }));
  const taken = (wanted ?? all).filter(({ quantity }) => quantity > 0);
  for (const { lineId, quantity } of taken) {
    const before = left.get(lineId);
    if (before === undefined) return err("order.line_not_found");
    if (quantity > before) return err("order.quantity_exceeded");
    left.set(lineId, before - quantity);
  }
  if (taken.length === 0) return err("order.wrong_state");
  return ok({ taken, left, isWhole: [...left.values()].every((quantity) => quantity === 0) });
}

/** Whether units of it have left or were called off: what is left of it is not the whole of it any more. */
export const isParted = ({ lines }: Pick<Order, "lines">): boolean =>
  lines.some(({ shippedQuantity, cancelledQuantity }) => shippedQuantity + cancelledQuantity > 0);

export type CalledOff = {
  readonly order: Order;
  readonly move: "cancel" | "cancel_part" | "cancel_rest";
  readonly units: readonly ShippedLine[];
};

/**
 * Units that have not left are called off, or all that are left: their money goes back, or is not asked for.
 * An order whose last units leave so has been shipped, or is cancelled where none had.
 */
export function decideCallOff(
  order: Order,
  wanted: readonly ShippedLine[] | undefined,
  reason: CancelReason,
  now: number,
): Result<CalledOff, UnitRefusal> {
  const found = takeUnits(order, wanted);
  if (!found.ok) return found;
  const { taken: units, left, isWhole } = found.value;
  const hasLeft = order.lines.some(({ shippedQuantity }) => shippedQuantity > 0);
  const move = !isWhole ? "cancel_part" : hasLeft ? "cancel_rest" : "cancel";
  if (!isPaid(order) && !isCash(order)) return err("order.wrong_state");
  const head = moved(order, move, move === "cancel" ? { cancelReason: reason, cancelledAt: now } : {});
  if (!head.ok) return head;
  const lines = order.lines.map((line) => ({
    ...line,
    cancelledQuantity: line.quantity - line.shippedQuantity - (left.get(line.id) ?? 0),
  }));
  return ok({ order: { ...head.value, lines }, move, units });
}

const leftOf = ({ quantity, shippedQuantity, cancelledQuantity }: OrderLine): number =>
  quantity - shippedQuantity - cancelledQuantity;

/**
 * The parcel has arrived. A buyer confirms what he has paid for; cash is confirmed by whoever took it. The
 * answer names the moves made: cash is collected in the same breath.
 */
export function decideDeliver<O extends OrderHead>(
  order: O,
  by: "buyer" | "seller" | "operator" | "courier" | "system",
  now: number,
): Result<{ readonly steps: readonly O[] }, Refusal | "order.cash_not_confirmed"> {
  if (order.state === "delivered" || order.state === "completed") return ok({ steps: [] });
  if (isCash(order) && (by === "buyer" || by === "system")) return err("order.cash_not_confirmed");
  const delivered = moved(order, "deliver", { deliveredAt: now });
  if (!delivered.ok) return delivered;
  if (!isCash(order)) return ok({ steps: [delivered.value] });
  const collected = moved(delivered.value, "collect", { paidAt: now });
  return collected.ok ? ok({ steps: [delivered.value, collected.value] }) : collected;
}

export function decideComplete<O extends OrderHead>(order: O, now: number): Result<O, Refusal> {
  if (order.state === "completed") return ok(order);
  return moved(order, "complete", { completedAt: now });
}

/** What has come in beyond the orders that it paid for: it goes back. */
export function surplusOf(
  paymentId: Id<"payment">,
  amountMinor: bigint,
  orders: readonly Pick<OrderHead, "paidPaymentId" | "totalMinor">[],
): bigint {
  const kept = orders.filter((order) => order.paidPaymentId === paymentId);
  return kept.reduce((left, order) => left - order.totalMinor, amountMinor);
}

type Captured = { readonly orderId: Id<"order">; readonly capturedMinor: bigint };
type Surplus = { readonly orderId?: Id<"order">; readonly minor: bigint };

/** Whose money a surplus is: orders that the payment did not pay for, and what came in beside any order. */
export function decideSurplus(
  paymentId: Id<"payment">,
  surplusMinor: bigint,
  orders: readonly Pick<OrderHead, "id" | "paidPaymentId">[],
  splits: readonly Captured[],
): readonly Surplus[] {
  const kept = orders.filter((order) => order.paidPaymentId === paymentId).map(({ id }) => id);
  let left = surplusMinor;
  const named = splits.flatMap(({ orderId, capturedMinor: minor }) => {
    if (kept.includes(orderId) || minor === 0n || minor > left) return [];
    left -= minor;
    return [{ orderId, minor }];
  });
  return left > 0n ? [...named, { minor: left }] : named;
}

/** Basis points of an amount, rounded half up. */
export const shareOf = (minor: bigint, basisPoints: number): bigint =>
  (minor * BigInt(basisPoints) + 5_000n) / 10_000n;

/** As it stands on the invoice. */
export const toNumber = (seq: number): string => `INV-${seq.toString().padStart(6, "0")}`;

/** What every event of an order carries, so that nobody has to come and ask. */
export function toFact({ group, lines, ...order }: Order): z.output<typeof OrderPaid.payload> {
  return {
    orderId: order.id,
    orderGroupId: order.orderGroupId,
    sellerId: order.sellerId,
    buyerId: order.buyerId,
    email: group.email,
    locale: group.locale,
    currency: order.currency,
    goodsMinor: order.goodsMinor.toString(),
    discountMinor: order.discountMinor.toString(),
    sellerDiscountMinor: order.sellerDiscountMinor.toString(),
    taxMinor: order.taxMinor.toString(),
    shippingMinor: order.shippingMinor.toString(),
    shippingDiscountMinor: order.shippingDiscountMinor.toString(),
    sellerShippingDiscountMinor: order.sellerShippingDiscountMinor.toString(),
    totalMinor: order.totalMinor.toString(),
    commissionMinor: order.commissionMinor.toString(),
    commissionTaxMinor: order.commissionTaxMinor.toString(),
    method: order.method,
    readyAt: order.readyAt,
    lines: lines.map(toFactLine),
  };
}

const toFactLine = (line: OrderLine) => ({
  lineId: line.id,
  offerId: line.offerId,
  productId: line.productId,
  categoryId: line.categoryId,
  sku: line.sku,
  title: line.title,
  quantity: line.quantity,
  unitPriceMinor: line.unitPriceMinor.toString(),
  goodsMinor: line.goodsMinor.toString(),
  discountMinor: line.discountMinor.toString(),
  promisedOn: line.promisedOn,
});
