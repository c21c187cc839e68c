import { and, eq, sql } from "drizzle-orm";
import type { BuyerId } from "#kernel/actor";
import { type Query, query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import { order, orderLine } from "#schema/transaction/order";
import type { OrderState } from "../domain.ts";

export type OrderCard = {
  readonly orderId: Id<"order">;
  readonly state: OrderState;
  readonly units: number;
  readonly totalMinor: bigint;
  readonly currency: Currency;
};
type Between = { readonly buyerId: BuyerId; readonly sellerId: Id<"seller"> };

/** An order as a conversation between its two sides shows it; another pair's is not found. */
export const orderCardQuery = (
  orderId: Id<"order">,
  { buyerId, sellerId }: Between,
): Query<OrderCard | undefined> =>
  query(
    (read) =>
      read
        .select({
          orderId: order.id,
          state: order.state,
          totalMinor: order.totalMinor,
          currency: order.currency,
          // Drizzle names the columns of a single table without it, so the lines have a name of their own.
          units: sql<number>`(SELECT coalesce(sum(l.quantity), 0)::int FROM ${orderLine} AS l
            WHERE l.order_id = ${order}.id)`,
        })
        .from(order)
        .where(and(eq(order.id, orderId), eq(order.buyerId, buyerId), eq(order.sellerId, sellerId))),
    ([row]) => row,
  );
