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
