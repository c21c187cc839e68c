import { sql } from "drizzle-orm";
import { DAY_MS } from "#kernel/clock";
import { type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";

/** An item whose seller is to be told that little is left, or who has to be told anew next time. */
export type Turned = {
  readonly itemId: Id<"stockItem">;
  readonly sellerId: Id<"seller">;
  readonly offerIds: readonly Id<"offer">[];
  readonly available: number;
  readonly isLow: boolean;
};

/** Who was told has a day; what is still low then is told of at its next movement. */
const TOLD_MS = DAY_MS;

type Asked = {
  readonly offerIds: readonly Id<"offer">[];
  /** The market's threshold, for items without one of their own. */
  readonly lowStockAt: number;
  readonly now: number;
};

/** Items behind these offers that crossed their threshold since their seller was last told. */
export const turnedQuery = ({ offerIds, lowStockAt, now }: Asked): Query<readonly Turned[]> =>
  query(
    (read) =>
      read.execute<Turned>(sql`
        SELECT i.id AS "itemId", i.seller_id AS "sellerId", s.available, i.low_since IS NULL AS "isLow",
          ARRAY(SELECT o.offer_id FROM stock_offer o WHERE o.item_id = i.id ORDER BY 1) AS "offerIds"
        FROM stock_item i CROSS JOIN LATERAL (
          SELECT coalesce(sum(on_hand - reserved - allocated - safety), 0)::integer AS available
          FROM stock_level l WHERE l.item_id = i.id) s
        WHERE i.id = ANY (inventory_sold_by(inventory_ids(${JSON.stringify(offerIds)}::jsonb)))
          AND (s.available <= coalesce(i.low_stock_at, ${lowStockAt})) = (i.low_since IS NULL)
          AND (i.low_since IS NOT NULL OR i.low_told_at IS NULL
            OR i.low_told_at <= ${new Date(now - TOLD_MS).toISOString()}::timestamptz)`),
    (result) => result.rows,
  );

/** Refused when a twin was quicker, so that a seller is told once. */
export const markTurned = (turned: readonly Turned[], now: number): Statement<"inventory.told"> => ({
  sql: sql`WITH done AS (
      UPDATE stock_item i
      SET low_since = CASE WHEN w.is_low THEN t.now END,
        low_told_at = CASE WHEN w.is_low THEN t.now ELSE i.low_told_at END
      FROM jsonb_to_recordset(${JSON.stringify(
        turned.map(({ itemId, isLow }) => ({ id: itemId, is_low: isLow })),
      )}::jsonb) AS w (id text, is_low boolean),
        (SELECT ${new Date(now).toISOString()}::timestamptz AS now) t
      WHERE i.id = w.id AND (i.low_since IS NULL) = w.is_low RETURNING 1)
    SELECT assert_that((SELECT count(*) FROM done) = ${turned.length}, 'inventory.told')`,
});
