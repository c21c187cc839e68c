import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import { Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import { query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { decodeCursor, toPage } from "#kernel/page";
import { order, orderGroup, orderLine } from "#schema/transaction/order";
import { scopeOf } from "../commands/scope.ts";
import { toNumber } from "../domain.ts";
import { fail } from "../errors.ts";
import {
  assemble,
  byId,
  eventsQuery,
  invoiceQuery,
  ordersQuery,
  type Scope,
  shipmentsQuery,
  within,
} from "../repository.ts";
import type { OrderList, OrderRef } from "../schemas.ts";
import { toEventDto, toHead, toOrderDto } from "./views.ts";

type Asked = OrderRef & { readonly as?: "buyer" | "seller" | "operator" | undefined };

/** Everything about one order, in one round trip. */
async function readOrder(ctx: Ctx, scope: Scope, orderId: Id<"order">) {
  const which = byId(scope, orderId);
  const { heads, lines } = ordersQuery(which);
  const [found, own, shipments, invoice] = await ctx.db.load(
    heads,
    lines,
    shipmentsQuery(orderId),
    invoiceQuery(which),
  );
  const [one] = assemble(found, own);
  if (!one) throw fail("order.not_found");
  return toOrderDto(one, { as: scope.as, shipments, invoice });
}

export const getOrder = (ctx: Ctx, { orderId, as }: Asked) =>
  readOrder(ctx, scopeOf(ctx, as, "order:read"), orderId);

export const filtered = (
  scope: Scope,
  { state, orderGroupId, sellerId, placedFrom, placedBefore }: Omit<OrderList, "limit" | "cursor" | "as">,
) =>
  and(
    within(scope),
    state && eq(order.state, state),
    orderGroupId && eq(order.orderGroupId, orderGroupId),
    sellerId && eq(order.sellerId, sellerId),
    placedFrom === undefined ? undefined : gte(order.createdAt, placedFrom),
    placedBefore === undefined ? undefined : lt(order.createdAt, placedBefore),
  );

/** Newest first, of the buyer, the shop or, for operators, of all. */
export async function listOrders(ctx: Ctx, filters: OrderList) {
  const { limit, cursor, as, state, orderGroupId, sellerId, placedFrom, placedBefore } = filters;
  const scope = scopeOf(ctx, as, "order:read");
  const list = `orders ${JSON.stringify([scope, state, orderGroupId, sellerId, placedFrom, placedBefore])}`;
  const [after] = decodeCursor(ctx, list, cursor) ?? [];
  const which = and(
    filtered(scope, filters),
    after === undefined ? undefined : lt(order.id, after as Id<"order">),
  );
  const ofOrder = sql`FROM ${orderLine} WHERE ${orderLine.orderId} = ${order.id}`;
  const [rows] = await ctx.db.load(
    query(
      (read) =>
        read
          .select({
            order,
            payBy: orderGroup.payBy,
            lineCount: sql<number>`(SELECT count(*)::int ${ofOrder})`,
            units: sql<number>`(SELECT sum(${orderLine.quantity})::int ${ofOrder})`,
            firstTitle: sql<string>`(SELECT ${orderLine.title} ${ofOrder} AND ${orderLine.position} = 0)`,
          })
          .from(order)
          .innerJoin(orderGroup, eq(orderGroup.id, order.orderGroupId))
          .where(which)
          .orderBy(desc(order.id))
          .limit(limit + 1),
      (found) => found,
    ),
  );
  return toPage(
    ctx,
    list,
    limit,
    rows,
    (row) => [row.order.id],
    ({ order: head, payBy, ...about }) => ({ ...toHead(head, payBy), ...about }),
  );
}

/** The log of an order, the oldest first. */
export async function readTimeline(ctx: Ctx, { orderId, as }: Asked) {
  const which = byId(scopeOf(ctx, as, "order:read"), orderId);
  const [events] = await ctx.db.load(eventsQuery(which));
  if (events.length === 0) throw fail("order.not_found");
  return { items: events.map(toEventDto) };
}

/** The document as it was issued. */
export async function readInvoice(ctx: Ctx, { orderId, as }: Asked) {
  const which = byId(scopeOf(ctx, as, "order:read"), orderId);
  const [heads, invoice] = await ctx.db.load(ordersQuery(which).heads, invoiceQuery(which));
  if (heads.length === 0) throw fail("order.not_found");
  const document = invoice?.documentKey ? await ctx.buckets.DOCUMENTS.get(invoice.documentKey) : null;
  if (!invoice || !document) throw fail("invoice.not_ready", { retryAfter: 5 });
  return new Reply(document.body, {
    headers: {
      "content-type": "application/pdf",
      "content-length": String(document.size),
      "content-disposition": `inline; filename="${toNumber(invoice.seq)}.pdf"`,
      "cache-control": "private, max-age=3600",
    },
  });
}
