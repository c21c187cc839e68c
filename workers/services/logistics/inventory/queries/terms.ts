import { sql } from "drizzle-orm";
import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { fail } from "../errors.ts";
import type { Terms } from "../schemas.ts";

type Row = Pick<Terms, "itemId" | "lowStockAt" | "safety"> & {
  readonly kind: "preorder" | "backorder" | null;
  readonly units: number;
  readonly sold: number;
  readonly promisedMs: number | null;
};

/** The shop's own words about an offer's item; a bundle has none of its own. */
export async function getTerms(ctx: Ctx, { offerId }: { readonly offerId: Id<"offer"> }): Promise<Terms> {
  const sellerId = requireShop(ctx, "inventory:read");
  const [row] = await ctx.db.load(
    query(
      (read) =>
        read.execute<Row>(sql`
          SELECT i.id AS "itemId", i.low_stock_at AS "lowStockAt", i.ahead_kind AS kind,
            extract(epoch FROM i.promised_at)::float8 * 1000 AS "promisedMs", s.*
          FROM stock_offer o JOIN stock_item i ON i.id = o.item_id CROSS JOIN LATERAL (
            SELECT sum(safety)::integer AS safety, sum(backorder_max)::integer AS units,
              sum(greatest(0, reserved + allocated - on_hand))::integer AS sold
            FROM stock_level l WHERE l.item_id = i.id) s
          WHERE o.offer_id = ${offerId} AND o.seller_id = ${sellerId}`),
      ({ rows: [one] }) => one,
    ),
  );
  if (!row) throw fail("inventory.offer_not_found");
  const { itemId, lowStockAt, safety, kind, units, sold, promisedMs } = row;
  const promisedAt = promisedMs === null ? null : new Date(promisedMs).toISOString();
  const ahead = units === 0 ? null : { kind: kind ?? ("backorder" as const), units, sold, promisedAt };
  return { offerId, itemId, lowStockAt, safety, ahead };
}
