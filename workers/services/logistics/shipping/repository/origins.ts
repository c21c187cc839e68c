import { eq, sql } from "drizzle-orm";
import { among, build, guarded, insertMany, type Query, query, type Statement } from "#kernel/db";
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

/** The first is inserted, a later one takes the place of the version that it was made from. */
export function saveOrigin(origin: Origin): Statement<"shipping.origin_stale"> {
  if (origin.version === 1) {
    const constraints = { shipping_origin_pkey: "shipping.origin_stale" } as const;
    return { ...insertMany(shippingOrigin, [origin]), constraints };
  }
  const { sellerId, ...rest } = origin;
  const before = sql`${shippingOrigin.sellerId} = ${sellerId}
    AND ${shippingOrigin.version} = ${origin.version - 1}`;
  return guarded(build.update(shippingOrigin).set(rest).where(before), 1, "shipping.origin_stale");
}
