import { count, gte } from "drizzle-orm";
import { type Query, query } from "#kernel/db";
import { firstIdAt } from "#kernel/ids";
import { order } from "#schema/transaction/order";
import type { OrderState } from "../domain.ts";

type StateCount = { readonly state: OrderState; readonly orders: number };

/** How far the orders have come that were placed since then: a range of the primary key. */
export const orderStatesQuery = (since: number): Query<readonly StateCount[]> =>
  query(
    (read) =>
      read
        .select({ state: order.state, orders: count() })
        .from(order)
        .where(gte(order.id, firstIdAt("order", since)))
        .groupBy(order.state),
    (rows) => rows,
  );
