import { actorKey, type BuyerId } from "#kernel/actor";
import { MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import { append } from "#kernel/outbox";
import {
  type Order,
  type OrderGroup,
  type OrderLine,
  type PaymentMethod,
  type Place,
  type ShippingChoice,
  shipByOf,
  toFact,
} from "../domain.ts";
import { EXPIRE_GROUP, OrderPlaced, SHIP_DEADLINE } from "../facts.ts";
import { insertEvents, insertPlaced } from "../repository.ts";

/** The last word of the provider on a payment in time gets this long to arrive. */
const EXPIRY_GRACE_MS = MINUTE_MS;

export type DraftLine = {
  readonly offerId: Id<"offer">;
  readonly productId: Id<"product">;
  readonly categoryId: Id<"category"> | null;
  readonly sku: string;
  /** In the buyer's language, as it was shown. */
  readonly title: string;
  readonly variantLabel: string;
  readonly imageKey: string | null;
  readonly unitPriceMinor: bigint;
  readonly quantity: number;
  readonly goodsMinor: bigint;
  readonly discountMinor: bigint;
  readonly sellerDiscountMinor: bigint;
  readonly taxMinor: bigint;
  readonly taxRateBasisPoints: number;
  /** Frozen here: a rate that changes later changes no order that was placed. */
  readonly commissionRuleId: Id<"commission"> | null;
  readonly commissionBasisPoints: number;
  readonly commissionMinor: bigint;
  readonly commissionTaxMinor: bigint;
  /** Until which day it was promised, as YYYY-MM-DD. */
  readonly promisedOn?: string | null;
};

export type DraftOrder = {
  readonly sellerId: Id<"seller">;
  readonly lines: readonly DraftLine[];
  readonly shippingMinor: bigint;
  readonly shippingDiscountMinor: bigint;
  readonly sellerShippingDiscountMinor: bigint;
  readonly shippingChoice: ShippingChoice | null;
  /** The latest day that was promised of what is sold ahead. */
  readonly readyAt?: number | null;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
};

export type OrderDraft = {
  readonly orderGroupId: Id<"orderGroup">;
  readonly buyerId: BuyerId;
  readonly email: string;
  readonly locale: Locale;
  readonly address: Place;
  readonly payment: { readonly method: PaymentMethod; readonly paymentId: Id<"payment"> };
  readonly payBy: number;
  readonly currency: Currency;
  readonly sellers: readonly DraftOrder[];
};

type PlacedOrder = {
  readonly orderId: Id<"order">;
  readonly sellerId: Id<"seller">;
  readonly reservationId: Id<"reservation">;
  readonly totalMinor: bigint;
  readonly lines: readonly { readonly offerId: Id<"offer">; readonly quantity: number }[];
};
export type Placement = {
  readonly orderGroupId: Id<"orderGroup">;
  readonly totalMinor: bigint;
  readonly orders: readonly PlacedOrder[];
  /** Orders, lines, log, facts and due rows; stock and payment are put beside them by whoever places. */
  readonly statements: readonly Statement<"order.placed_already">[];
};

/** One order a seller, as drafted, in as many statements however many orders and lines there are. */
export function placeOrders(ctx: Ctx, draft: OrderDraft): Placement {
  const group = groupOf(ctx, draft);
  const orders = draft.sellers.map((part) => orderOf(ctx, group, part));
  const actor = actorKey(ctx.actor);
  const events = orders.map(({ id: orderId, version: seq, createdAt: at, state }) => {
    return { orderId, seq, at, actor, move: "place" as const, state, detail: {} };
  });
  const placed = orders.map((order) =>
    OrderPlaced.make(ctx, order, { ...toFact(order), payBy: group.payBy }),
  );
  const { id: orderGroupId } = group;
  const deadline = { subject: orderGroupId, payload: { orderGroupId } };
  return {
    orderGroupId,
    totalMinor: group.totalMinor,
    orders: orders.map(({ id: orderId, sellerId, reservationId, totalMinor, lines }) => ({
      orderId,
      sellerId,
      reservationId,
      totalMinor,
      lines: lines.map(({ offerId, quantity }) => ({ offerId, quantity })),
    })),
    statements: [
      ...insertPlaced(group, orders),
      insertEvents(events),
      append(...placed),
      group.method === "cod"
        ? schedule(ctx, SHIP_DEADLINE, {
            ...deadline,
            dueAt: Math.min(...orders.flatMap(({ shipBy }) => shipBy ?? [])),
          })
        : schedule(ctx, EXPIRE_GROUP, { ...deadline, dueAt: group.payBy + EXPIRY_GRACE_MS }),
    ],
  };
}

const groupOf = ({ market, clock }: Ctx, draft: OrderDraft): OrderGroup => ({
  id: draft.orderGroupId,
  buyerId: draft.buyerId,
  email: draft.email,
  locale: draft.locale,
  address: draft.address,
  method: draft.payment.method,
  currency: draft.currency,
  taxName: market.tax.name,
  taxInclusive: market.tax.inclusive,
  totalMinor: draft.sellers.reduce((sum, part) => sum + part.totalMinor, 0n),
  payBy: draft.payBy,
  createdAt: clock.now(),
});

function orderOf(ctx: Ctx, group: OrderGroup, part: DraftOrder): Order {
  const now = group.createdAt;
  const isCash = group.method === "cod";
  const readyAt = part.readyAt ?? null;
  const orderId = ctx.ids.next("order");
  const lines = part.lines.map((line, position) => lineOf(ctx, orderId, line, position));
  const order: Order = {
    id: orderId,
    orderGroupId: group.id,
    buyerId: group.buyerId,
    sellerId: part.sellerId,
    reservationId: ctx.ids.next("reservation"),
    state: isCash ? "placed" : "awaiting_payment",
    method: group.method,
    currency: group.currency,
    ...sumsOf(lines),
    taxMinor: part.taxMinor,
    shippingMinor: part.shippingMinor,
    shippingDiscountMinor: part.shippingDiscountMinor,
    sellerShippingDiscountMinor: part.sellerShippingDiscountMinor,
    shippingChoice: part.shippingChoice,
    totalMinor: part.totalMinor,
    uncollectedMinor: 0n,
    paidPaymentId: null,
    cancelReason: null,
    createdAt: now,
    readyAt,
    paidAt: null,
    shipBy: isCash ? shipByOf({ readyAt }, now, ctx.market.order.shipWithinMs) : null,
    shippedAt: null,
    deliveredAt: null,
    completedAt: null,
    cancelledAt: null,
    version: 1,
    group,
    lines,
  };
  assertAddsUp(order);
  return order;
}

const lineOf = ({ ids }: Ctx, orderId: Id<"order">, line: DraftLine, position: number): OrderLine => ({
  ...line,
  promisedOn: line.promisedOn ?? null,
  id: ids.next("line"),
  orderId,
  position,
  shippedQuantity: 0,
  cancelledQuantity: 0,
  returnedQuantity: 0,
});

/** What an order has of its lines. */
function sumsOf(lines: readonly OrderLine[]) {
  const total = (amountOf: (line: OrderLine) => bigint) =>
    lines.reduce((sum, line) => sum + amountOf(line), 0n);
  return {
    goodsMinor: total((line) => line.goodsMinor),
    discountMinor: total((line) => line.discountMinor),
    sellerDiscountMinor: total((line) => line.sellerDiscountMinor),
    commissionMinor: total((line) => line.commissionMinor),
    commissionTaxMinor: total((line) => line.commissionTaxMinor),
  };
}

/** Lines make up the totals to the minor unit, or the order is not placed at all. */
function assertAddsUp(order: Order): void {
  const { lines, goodsMinor, discountMinor, taxMinor, totalMinor, group } = order;
  const lineTax = lines.reduce((sum, line) => sum + line.taxMinor, 0n);
  const shippingMinor = order.shippingMinor - order.shippingDiscountMinor;
  const total = goodsMinor - discountMinor + shippingMinor + (group.taxInclusive ? 0n : taxMinor);
  const goods = lines.every((line) => line.goodsMinor === line.unitPriceMinor * BigInt(line.quantity));
  if (lines.length === 0 || !goods || lineTax > taxMinor || total !== totalMinor) {
    throw new Error(`order of ${order.sellerId} does not add up`);
  }
}
