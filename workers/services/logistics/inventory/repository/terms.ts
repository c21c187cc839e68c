import { sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { FIRST_LOCATION_NAME, type Place, PROMISED, type Refused, toRow } from "./stock.ts";

type Ahead = {
  readonly kind: "preorder" | "backorder" | null;
  readonly units: number;
  readonly promisedAt: number | null;
};

/** So many units may be sold before they are there, wherever the shop keeps the item. */
export const sellAhead = (
  { clock }: Pick<Ctx, "clock">,
  places: readonly Place[],
  { kind, units, promisedAt }: Ahead,
): Statement<Refused> => ({
  sql: sql`SELECT inventory_sell_ahead(${JSON.stringify(places.map(toRow))}::jsonb, ${FIRST_LOCATION_NAME},
    ${kind}, ${units}, ${promisedAt === null ? null : new Date(promisedAt).toISOString()}::timestamptz,
    ${new Date(clock.now()).toISOString()}::timestamptz)`,
  constraints: PROMISED,
});

/** The item has been made by the same commit. */
export const keepThreshold = (offerId: Id<"offer">, lowStockAt: number | null): Statement => ({
  sql: sql`UPDATE stock_item i SET low_stock_at = ${lowStockAt}::integer FROM stock_offer o
    WHERE o.offer_id = ${offerId} AND i.id = o.item_id`,
});
