import { eq, sql } from "drizzle-orm";
import { among, insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { shippingOrigin } from "#schema/logistics/shipping";

export type Origin = typeof shippingOrigin.$inferSelect;

export const originsQuery = (sellerIds: readonly Id<"seller">[]): Query<readonly Origin[]> =>
  query(
    (read) => read.select().from(shippingOrigin).where(among(shippingOrigin.sellerId, sellerIds)),
    (rows) => rows,
  );

export const originQuery = (sellerId: Id<"seller">): Query<Origin | undefined> =>
  query(
    (read) => read.select().from(shippingOrigin).where(eq(shippingOrigin.sellerId, sellerId)),
    ([row]) => row,
  );

/** The last word holds; the row's version tells how often it was said. */
export function saveOrigin(origin: Omit<Origin, "version">): Statement {
  const { sql: insert } = insertMany(shippingOrigin, [{ ...origin, version: 1 }]);
  return {
    sql: sql`${insert} ON CONFLICT (seller_id) DO UPDATE SET address = excluded.address,
      cut_off_hour = excluded.cut_off_hour, closed_weekdays = excluded.closed_weekdays,
      holidays = excluded.holidays, couriers = excluded.couriers, updated_at = excluded.updated_at,
      version = shipping_origin.version + 1`,
  };
}
