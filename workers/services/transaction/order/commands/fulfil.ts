import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { err, ok, orThrow, type Result } from "#kernel/result";
import { shipAllocated } from "#services/logistics/inventory/index";
import { collectCash } from "#services/transaction/payment/index";
import {
  decideComplete,
  decideConfirm,
  decideDeliver,
  decideShip,
  type Order,
  type ShippedLine,
  toFact,
} from "../domain.ts";
import { fail, toRefusal } from "../errors.ts";
import {
  ADVANCE_ORDER,
  OrderCompleted,
  OrderConfirmed,
  OrderDelivered,
  OrderPaid,
  OrderPartShipped,
  OrderShipped,
} from "../facts.ts";
import {
  assertCollected,
  insertShipment,
  isDone,
  issueInvoice,
  load,
  markDelivered,
  type Scope,
  save,
  shipLines,
  shipmentsQuery,
} from "../repository.ts";
import type { DeliverOrder, OrderRef, ShipOrder } from "../schemas.ts";
import { UNCONFIRMED_SHARE } from "./call-off.ts";
import { renderSoon } from "./pay.ts";
import { type Keyed, scopeOf } from "./scope.ts";

type Refuses = "order.stale" | "inventory.not_allocated";

/** The shop takes the order on. */
export async function confirmOrder(ctx: Ctx, { orderId }: OrderRef): Promise<Order> {
  const scope = scopeOf(ctx, "seller", "order:write");
  const outcome = await untilFresh("order.stale", async () => {
    const before = await load(ctx, scope, orderId);
    if (!before) throw fail("order.not_found");
    const decision = decideConfirm(before);
    if (!decision.ok || decision.value === before) return decision;
    const after = decision.value;
    const fact = OrderConfirmed.make(ctx, after, toFact(after));
    const steps = save(ctx, before, [{ move: "confirm", order: after, detail: { as: "seller" } }]);
    const committed = await ctx.db.commit([...steps, append(fact)]);
    return committed.ok ? ok(after) : committed;
  });
  return orThrow(outcome, toRefusal);
}

/** A parcel leaves: the whole order, or the lines that are named. Its stock leaves the house with it. */
export async function shipOrder(ctx: Ctx, input: Keyed<ShipOrder>): Promise<Order> {
  const scope = scopeOf(ctx, "seller", "order:write");
  const operation = `ship ${input.idempotencyKey}`;
  const outcome = await untilFresh<Order, ShipRefusal | "order.not_here_yet">("order.stale", async () => {
    const before = await load(ctx, scope, input.orderId);
    if (!before) throw fail("order.not_found");
    // Units add up, so a repeat whose kept answer was lost would send more of them.
    if (await isDone(ctx, before.id, operation)) return ok(before);
    const decision = decideShip(before, input.lines, ctx.clock.now());
    if (!decision.ok) return decision;
    const parcel = { ...input, operation, shipmentId: ctx.ids.next("shipment") };
    const committed = await ctx.db.commit(shipping(ctx, before, decision.value, parcel));
    if (committed.ok) return ok(decision.value.order);
    // It is allocated to the order, as always, but not all of it is on a shelf.
    return committed.code === "inventory.not_allocated" ? err("order.not_here_yet") : committed;
  });
  return orThrow(outcome, toRefusal);
}

type Labelled = ShipOrder & { readonly sellerId: Id<"seller"> };

/** For Shipping, which bought the label: under its number a parcel leaves once, however often it is told. */
export async function shipLabelled(
  ctx: Ctx,
  { sellerId, ...input }: Labelled,
): Promise<Result<Id<"shipment">, ShipRefusal>> {
  return untilFresh<Id<"shipment">, ShipRefusal>("order.stale", async () => {
    // First, so that of two who ship at once the later finds the order changed, and then the shipment.
    const before = await load(ctx, { as: "seller", sellerId }, input.orderId);
    if (!before) return err("order.not_found");
    const [shipments] = await ctx.db.load(shipmentsQuery(input.orderId));
    const { carrier, trackingNumber } = input;
    const known = shipments.find((one) => one.trackingNumber === trackingNumber && one.carrier === carrier);
    if (known) return ok(known.id);
    const decision = decideShip(before, input.lines, ctx.clock.now());
    if (!decision.ok) return decision;
    const shipmentId = ctx.ids.next("shipment");
    const committed = await ctx.db.commit(shipping(ctx, before, decision.value, { ...input, shipmentId }));
    return committed.ok ? ok(shipmentId) : committed;
  });
}
type ShipRefusal =
  | Refuses
  | "order.not_found"
  | Extract<ReturnType<typeof decideShip>, { readonly ok: false }>["code"];

type Shipped = { readonly order: Order; readonly shipped: readonly ShippedLine[] };
type Parcel = Pick<ShipOrder, "carrier" | "trackingNumber"> & {
  readonly shipmentId: Id<"shipment">;
  /** Names the command, where somebody may repeat it. */
  readonly operation?: string;
};

function shipping(
  ctx: Ctx,
  before: Order,
  { order, shipped }: Shipped,
  { carrier, trackingNumber, shipmentId, operation }: Parcel,
): readonly Statement<Refuses>[] {
  const { id: orderId, reservationId } = order;
  const isWhole = order.state === "shipped";
  const told = { ...toFact(order), carrier, trackingNumber, shipmentId };
  const fact = isWhole ? OrderShipped.make(ctx, order, told) : OrderPartShipped.make(ctx, order, told);
  const offerOf = new Map(order.lines.map((line) => [line.id, line.offerId]));
  const lines = shipped.flatMap(({ lineId, quantity }) => {
    const offerId = offerOf.get(lineId);
    return offerId ? [{ offerId, quantity }] : [];
  });
  const shippedAt = ctx.clock.now();
  const shipment = {
    id: shipmentId,
    orderId,
    carrier,
    trackingNumber,
    lines: shipped,
    shippedAt,
    deliveredAt: null,
  };
  const dueAt = shippedAt + UNCONFIRMED_SHARE * ctx.market.order.completeAfterMs;
  const detail = { carrier, trackingNumber, as: "seller", ...(operation === undefined ? {} : { operation }) };
  return [
    ...save(ctx, before, [{ move: isWhole ? "ship" : "ship_part", order, detail }]),
    shipLines(orderId, shipped),
    insertShipment(shipment),
    shipAllocated(ctx, { reservationId, lines }),
    append(fact),
    ...(isWhole ? [schedule(ctx, ADVANCE_ORDER, { subject: orderId, payload: { orderId }, dueAt })] : []),
  ];
}

/** The buyer confirms that it has come, or the shop that it was handed over and paid at the door. */
export async function deliverOrder(ctx: Ctx, { orderId, as }: DeliverOrder): Promise<Order> {
  return deliverAs(ctx, scopeOf(ctx, as, "order:write"), orderId);
}

/**
 * A parcel is in its receiver's hands, says whoever carried it; with its last parcel an order is delivered.
 * What was to be paid at the door is confirmed by the shop, which has the money, unless the courier took it.
 */
export async function deliverParcel(
  ctx: Ctx,
  { orderId, shipmentId, deliveredAt, hasCash = false }: DeliveredParcel,
): Promise<void> {
  // Written before the others are looked at: of two that come at once, the later sees both.
  await ctx.db.commit([markDelivered({ orderId, shipmentId, deliveredAt })]);
  const [shipments] = await ctx.db.load(shipmentsQuery(orderId));
  if (shipments.length === 0 || shipments.some((one) => one.deliveredAt === null)) return;
  const order = await load(ctx, { as: "system" }, orderId);
  if (order?.state !== "shipped" || (order.method === "cod" && !hasCash)) return;
  await deliverAs(ctx, { as: "system" }, orderId, hasCash ? "courier" : "system");
}
type DeliveredParcel = {
  readonly orderId: Id<"order">;
  readonly shipmentId: Id<"shipment">;
  readonly deliveredAt: number;
  /** The courier was told to take the money, and has it. */
  readonly hasCash?: boolean;
};

async function deliverAs(
  ctx: Ctx,
  scope: Scope,
  orderId: Id<"order">,
  by: Scope["as"] | "courier" = scope.as,
): Promise<Order> {
  const outcome = await untilFresh("order.stale", async () => {
    const before = await load(ctx, scope, orderId);
    if (!before) throw fail("order.not_found");
    const decision = decideDeliver(before, by, ctx.clock.now());
    if (!decision.ok) return decision;
    const after = decision.value.steps.at(-1);
    if (!after) return ok(before);
    const committed = await ctx.db.commit(delivering(ctx, before, decision.value.steps, { as: by }));
    return committed.ok ? ok(after) : committed;
  });
  return orThrow(outcome, toRefusal);
}

/** Cash counts as received with the delivery: then the order is paid, and has its invoice. */
function delivering(
  ctx: Ctx,
  before: Order,
  steps: readonly Order[],
  by: { readonly as: string },
): readonly Statement<"order.stale">[] {
  const [delivered, collected] = steps;
  if (!delivered) return [];
  const { id: orderId, orderGroupId, totalMinor: minor } = before;
  const dueAt = ctx.clock.now() + ctx.market.order.completeAfterMs;
  const facts = [OrderDelivered.make(ctx, delivered, toFact(delivered))];
  const moves = [{ move: "deliver" as const, order: delivered, detail: by }];
  const cash = collected
    ? {
        moves: [{ move: "collect" as const, order: collected, detail: by }],
        statements: [
          assertCollected(before),
          ...collectCash(ctx, { orderGroupId, minor, orderId }),
          issueInvoice(ctx, collected),
          renderSoon(ctx, orderId),
          append(OrderPaid.make(ctx, collected, toFact(collected))),
        ],
      }
    : { moves: [], statements: [] };
  return [
    ...save(ctx, before, [...moves, ...cash.moves]),
    ...cash.statements,
    append(...facts),
    schedule(ctx, ADVANCE_ORDER, { subject: orderId, payload: { orderId }, dueAt }),
  ];
}

/** The buyer is content with what has come: the shop's money need not wait for the time to complain. */
export async function completeOrder(ctx: Ctx, { orderId }: OrderRef): Promise<Order> {
  const scope = scopeOf(ctx, "buyer", "order:write");
  const outcome = await untilFresh("order.stale", async () => {
    const before = await load(ctx, scope, orderId);
    if (!before) throw fail("order.not_found");
    const decision = decideComplete(before, ctx.clock.now());
    if (!decision.ok || decision.value === before) return decision;
    const committed = await ctx.db.commit(completing(ctx, before, decision.value, { as: "buyer" }));
    return committed.ok ? decision : committed;
  });
  return orThrow(outcome, toRefusal);
}

function completing(
  ctx: Ctx,
  before: Order,
  after: Order,
  detail: { readonly as: string },
): readonly Statement<"order.stale">[] {
  const fact = OrderCompleted.make(ctx, after, toFact(after));
  return [...save(ctx, before, [{ move: "complete", order: after, detail }]), append(fact)];
}

/** What nobody takes on goes on by itself: long shipped counts as delivered, long delivered is completed. */
export async function advanceOrder(
  ctx: Ctx,
  { orderId }: { readonly orderId: Id<"order"> },
): Promise<readonly Statement<"order.stale">[]> {
  const order = await load(ctx, { as: "system" }, orderId);
  if (!order) return [];
  if (order.state === "shipped") {
    const decision = decideDeliver(order, "system", ctx.clock.now());
    return decision.ok ? delivering(ctx, order, decision.value.steps, { as: "platform" }) : [];
  }
  const decision = decideComplete(order, ctx.clock.now());
  if (!decision.ok || decision.value === order) return [];
  return completing(ctx, order, decision.value, { as: "platform" });
}
