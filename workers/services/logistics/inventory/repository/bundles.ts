import { sql } from "drizzle-orm";
import { among, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { stockComponent } from "#schema/logistics/inventory";
import { linesOf, type StockLine } from "./reservations.ts";

type Bundle = {
  readonly sellerId: Id<"seller">;
  /** An offer of this shop, as Product says. */
  readonly offerId: Id<"offer">;
  readonly components: readonly StockLine[];
};

/** What the offer is made of from now on; what was reserved keeps what it was made of then. */
export function defineBundle({
  sellerId,
  offerId,
  components,
}: Bundle): Statement<"inventory.item_exists" | "inventory.offer_not_found" | "inventory.bundle_nested"> {
  const rows = JSON.stringify(linesOf(components));
  return { sql: sql`SELECT inventory_define_bundle(${offerId}, ${sellerId}, ${rows}::jsonb)` };
}

/** What these bundles are made of today; an offer that is no bundle is absent. */
export const componentsQuery = (
  offerIds: readonly Id<"offer">[],
): Query<ReadonlyMap<Id<"offer">, readonly StockLine[]>> =>
  query(
    (read) => read.select().from(stockComponent).where(among(stockComponent.bundleId, offerIds)),
    (rows) => Map.groupBy(rows, ({ bundleId }) => bundleId),
  );

/** The offer is sold as itself again, once it is counted. */
export const removeBundle = (
  sellerId: Id<"seller">,
  offerId: Id<"offer">,
): Statement<"inventory.bundle_not_found"> => ({
  sql: sql`SELECT inventory_remove_bundle(${offerId}, ${sellerId})`,
});

/** Ids of a shop's bundles after this one. */
export const bundleIdsQuery = (
  sellerId: Id<"seller">,
  after: string,
  limit: number,
): Query<readonly Id<"offer">[]> =>
  query(
    (read) =>
      read.execute<{ offerId: Id<"offer"> }>(sql`SELECT offer_id AS "offerId" FROM stock_offer
        WHERE seller_id = ${sellerId} AND item_id IS NULL AND offer_id > ${after}
        ORDER BY offer_id LIMIT ${limit}`),
    (result) => result.rows.map(({ offerId }) => offerId),
  );

export const isBundleQuery = (sellerId: Id<"seller">, offerId: Id<"offer">): Query<boolean> =>
  query(
    (read) =>
      read.execute(sql`SELECT 1 FROM stock_offer
        WHERE offer_id = ${offerId} AND seller_id = ${sellerId} AND item_id IS NULL`),
    ({ rows }) => rows.length > 0,
  );
