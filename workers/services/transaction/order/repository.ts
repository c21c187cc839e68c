import { and, asc, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { actorKey, type BuyerId } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import {
  invoice,
  invoiceCounter,
  order,
  orderEvent,
  orderGroup,
  orderLine,
  orderShipment,
} from "#schema/transaction/order";
import type { EventDetail, Move, Order, OrderGroup, OrderHead, OrderLine, ShippedLine } from "./domain.ts";

/** Whose orders may be seen: the owner is part of every question, so another's is not found. */
export type Scope =
  | { readonly as: "buyer"; readonly buyerId: BuyerId }
  | { readonly as: "seller"; readonly sellerId: Id<"seller"> }
  | { readonly as: "operator" }
  | { readonly as: "system" };

export function within(scope: Scope): SQL | undefined {
  if (scope.as === "buyer") return eq(order.buyerId, scope.buyerId);
  return scope.as === "seller" ? eq(order.sellerId, scope.sellerId) : undefined;
}

/** Part of the commit that places: one statement a table, however many orders and lines there are. */
export const insertPlaced = (
  group: OrderGroup,
  orders: readonly Order[],
): readonly Statement<"order.placed_already">[] => [
  { ...insertMany(orderGroup, [group]), constraints: { order_group_pkey: "order.placed_already" } },
  insertMany(order, orders),
  insertMany(
    orderLine,
    orders.flatMap(({ lines }) => lines),
  ),
];

type EventRow = typeof orderEvent.$inferInsert;
export const insertEvents = (events: readonly EventRow[]): Statement => insertMany(orderEvent, events);

/** Orders come with their lines and group in one batch: three reads, one round trip. */
export type Loading = {
  readonly heads: Query<readonly { order: OrderHead; group: OrderGroup }[]>;
  readonly lines: Query<readonly OrderLine[]>;
};

export function ordersQuery(which: SQL | undefined): Loading {
  return {
    heads: query(
      (read) =>
        read
          .select({ order, group: orderGroup })
          .from(order)
          .innerJoin(orderGroup, eq(orderGroup.id, order.orderGroupId))
          .where(which)
          .orderBy(asc(order.id)),
      (rows) => rows,
    ),
    lines: query(
      (read) =>
        read
          .select()
          .from(orderLine)
          .where(inArray(orderLine.orderId, read.select({ id: order.id }).from(order).where(which)))
          .orderBy(asc(orderLine.orderId), asc(orderLine.position)),
      (rows) => rows,
    ),
  };
}

export function assemble(
  heads: readonly { order: OrderHead; group: OrderGroup }[],
  lines: readonly OrderLine[],
): readonly Order[] {
  const byOrder = Map.groupBy(lines, (line) => line.orderId);
  return heads.map((row) => ({ ...row.order, group: row.group, lines: byOrder.get(row.order.id) ?? [] }));
}

export const byId = (scope: Scope, orderId: Id<"order">): SQL | undefined =>
  and(eq(order.id, orderId), within(scope));
const byGroup = (orderGroupId: Id<"orderGroup">): SQL => eq(order.orderGroupId, orderGroupId);

export async function load({ db }: Ctx, scope: Scope, orderId: Id<"order">): Promise<Order | undefined> {
  const { heads, lines } = ordersQuery(byId(scope, orderId));
  const [found, own] = await db.load(heads, lines);
  return assemble(found, own)[0];
}

export async function loadGroup({ db }: Ctx, orderGroupId: Id<"orderGroup">): Promise<readonly Order[]> {
  const { heads, lines } = ordersQuery(byGroup(orderGroupId));
  const [found, own] = await db.load(heads, lines);
  return assemble(found, own);
}

type Step = { readonly move: Move; readonly order: OrderHead; readonly detail?: EventDetail };

/** The order after its moves, a line in the log for each; refused when somebody moved it meanwhile. */
export function save(
  ctx: Ctx,
  before: OrderHead,
  steps: readonly Step[],
): readonly Statement<"order.stale">[] {
  const after = steps.at(-1)?.order;
  if (!after) return [];
  const { id, version, state, paidPaymentId, cancelReason, paidAt, shipBy } = after;
  const { shippedAt, deliveredAt, completedAt, cancelledAt } = after;
  const times = { paidAt, shipBy, shippedAt, deliveredAt, completedAt, cancelledAt };
  const set = { version, state, paidPaymentId, cancelReason, ...times };
  const unchanged = and(eq(order.id, id), eq(order.version, before.version));
  const at = ctx.clock.now();
  const actor = actorKey(ctx.actor);
  const events = steps.map(({ move, order: to, detail = {} }) => ({
    orderId: id,
    seq: to.version,
    at,
    actor,
    move,
    state: to.state,
    detail,
  }));
  return [guarded(build.update(order).set(set).where(unchanged), 1, "order.stale"), insertEvents(events)];
}

/** Moves the quantities of a cancelled order's lines; the order's own version guards it. */
export const cancelLines = (orderId: Id<"order">): Statement =>
  statement(
    build
      .update(orderLine)
      .set({ cancelledQuantity: sql`${orderLine.quantity} - ${orderLine.shippedQuantity}` })
      .where(eq(orderLine.orderId, orderId)),
  );

/** So much less is asked for at the door; refused once it was paid, and the money is to go back instead. */
export function collectLess(orderId: Id<"order">, minor: bigint): Statement<"order.stale"> {
  const less = sql`${order.uncollectedMinor} + ${minor.toString()}::bigint`;
  const unpaid = and(eq(order.id, orderId), sql`${order.paidAt} IS NULL`);
  return guarded(build.update(order).set({ uncollectedMinor: less }).where(unpaid), 1, "order.stale");
}

/** Refuses cash for an order whose sum has changed since it was read. */
export function assertCollected({ id, uncollectedMinor }: OrderHead): Statement<"order.stale"> {
  const same = and(eq(order.id, id), eq(order.uncollectedMinor, uncollectedMinor));
  return guarded(build.update(order).set({ uncollectedMinor }).where(same), 1, "order.stale");
}

/** Units that will not leave any more; the order's own version guards it, as it does what leaves. */
export function callOffLines(orderId: Id<"order">, units: readonly ShippedLine[]): Statement {
  const rows = JSON.stringify(units.map(({ lineId, quantity }) => ({ id: lineId, quantity })));
  return {
    sql: sql`UPDATE ${orderLine} l SET cancelled_quantity = l.cancelled_quantity + w.quantity
      FROM jsonb_to_recordset(${rows}::jsonb) AS w (id text, quantity int)
      WHERE l.id = w.id AND l.order_id = ${orderId}`,
  };
}

export function shipLines(orderId: Id<"order">, shipped: readonly ShippedLine[]): Statement {
  const rows = JSON.stringify(shipped.map(({ lineId, quantity }) => ({ id: lineId, quantity })));
  return {
    sql: sql`UPDATE ${orderLine} l SET shipped_quantity = l.shipped_quantity + w.quantity
      FROM jsonb_to_recordset(${rows}::jsonb) AS w (id text, quantity int)
      WHERE l.id = w.id AND l.order_id = ${orderId}`,
  };
}

/**
 * What came back of an order's lines; more than was shipped is refused. It adds, so whoever calls it guards
 * in the same commit against doing so twice.
 */
export function returnLines(
  orderId: Id<"order">,
  returned: readonly ShippedLine[],
): Statement<"order.quantity_exceeded"> {
  const rows = JSON.stringify(returned.map(({ lineId, quantity }) => ({ id: lineId, quantity })));
  return {
    sql: sql`WITH done AS (
        UPDATE ${orderLine} l SET returned_quantity = l.returned_quantity + w.quantity
        FROM jsonb_to_recordset(${rows}::jsonb) AS w (id text, quantity int)
        WHERE l.id = w.id AND l.order_id = ${orderId} RETURNING 1)
      SELECT assert_that((SELECT count(*) FROM done) = ${returned.length}, 'order.quantity_exceeded')`,
    constraints: { order_line_moved_within: "order.quantity_exceeded" },
  };
}

export type Shipment = typeof orderShipment.$inferSelect;
export const insertShipment = (shipment: Shipment): Statement => insertMany(orderShipment, [shipment]);

export const shipmentsQuery = (orderId: Id<"order">): Query<readonly Shipment[]> =>
  query(
    (read) =>
      read
        .select()
        .from(orderShipment)
        .where(eq(orderShipment.orderId, orderId))
        .orderBy(asc(orderShipment.id)),
    (rows) => rows,
  );

/** Once; who tells it again changes nothing. */
export function markDelivered({ orderId, shipmentId, deliveredAt }: Delivered): Statement {
  const which = and(eq(orderShipment.id, shipmentId), eq(orderShipment.orderId, orderId));
  const first = sql`${orderShipment.deliveredAt} IS NULL`;
  return statement(build.update(orderShipment).set({ deliveredAt }).where(and(which, first)));
}
type Delivered = {
  readonly orderId: Id<"order">;
  readonly shipmentId: Id<"shipment">;
  readonly deliveredAt: number;
};

export type OrderEvent = typeof orderEvent.$inferSelect;
export const eventsQuery = (which: SQL | undefined): Query<readonly OrderEvent[]> =>
  query(
    (read) =>
      read
        .select()
        .from(orderEvent)
        .where(inArray(orderEvent.orderId, read.select({ id: order.id }).from(order).where(which)))
        .orderBy(asc(orderEvent.seq)),
    (rows) => rows,
  );

/** Whether this command has moved the order already: a repeat whose kept answer was lost changes nothing. */
export async function isDone(ctx: Ctx, orderId: Id<"order">, operation: string): Promise<boolean> {
  const mine = and(eq(orderEvent.orderId, orderId), eq(orderEvent.actor, actorKey(ctx.actor)));
  const done = query(
    (read) =>
      read
        .select({ seq: orderEvent.seq })
        .from(orderEvent)
        .where(and(mine, sql`${orderEvent.detail} ->> 'operation' = ${operation}`)),
    (rows: readonly unknown[]) => rows.length > 0,
  );
  const [found] = await ctx.db.load(done);
  return found;
}

export type Invoice = typeof invoice.$inferSelect;

/** The next number of the seller, taken in the commit that uses it: what is not issued takes none. */
export function issueInvoice(ctx: Ctx, { id: orderId, sellerId }: OrderHead): Statement {
  const at = new Date(ctx.clock.now()).toISOString();
  return {
    sql: sql`WITH next AS (
        INSERT INTO ${invoiceCounter} AS c (seller_id, last) VALUES (${sellerId}, 1)
        ON CONFLICT (seller_id) DO UPDATE SET last = c.last + 1
        RETURNING last)
      INSERT INTO ${invoice} (id, order_id, seller_id, seq, issued_at)
      SELECT ${ctx.ids.next("invoice")}, ${orderId}, ${sellerId}, last, ${at}::timestamptz FROM next`,
  };
}

export const invoiceQuery = (which: SQL | undefined): Query<Invoice | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(invoice)
        .where(inArray(invoice.orderId, read.select({ id: order.id }).from(order).where(which))),
    ([row]) => row,
  );

export const saveDocument = (invoiceId: Id<"invoice">, documentKey: string): Statement<"invoice.rendered"> =>
  guarded(
    build
      .update(invoice)
      .set({ documentKey })
      .where(and(eq(invoice.id, invoiceId), sql`${invoice.documentKey} IS NULL`)),
    1,
    "invoice.rendered",
  );

/** A guest's id is what marks an order that nobody with an account has yet. */
export const guestGroupsQuery = (email: string, limit: number): Query<readonly Id<"orderGroup">[]> =>
  query(
    (read) =>
      read
        .select({ id: orderGroup.id })
        .from(orderGroup)
        .where(
          sql`lower(${orderGroup.email}) = lower(${email}) AND starts_with(${orderGroup.buyerId}, 'gst_')`,
        )
        .orderBy(desc(orderGroup.id))
        .limit(limit),
    (rows) => rows.map((row) => row.id),
  );

/** Only what is still a guest's: of two who claim at once, one gets it. */
export function claimGroups(groupIds: readonly Id<"orderGroup">[], buyerId: BuyerId): readonly Statement[] {
  const ids = sql`(SELECT jsonb_array_elements_text(${JSON.stringify(groupIds)}::jsonb))`;
  return [
    {
      sql: sql`UPDATE ${orderGroup} SET buyer_id = ${buyerId}
        WHERE id IN ${ids} AND starts_with(buyer_id, 'gst_')`,
    },
    {
      sql: sql`UPDATE ${order} o SET buyer_id = g.buyer_id FROM ${orderGroup} g
        WHERE o.order_group_id = g.id AND g.id IN ${ids} AND starts_with(o.buyer_id, 'gst_')`,
    },
  ];
}
