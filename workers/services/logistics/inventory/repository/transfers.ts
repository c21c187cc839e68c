import { sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import { type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Transfer as Shown, TransferList } from "../schemas.ts";
import { linesOf, type StockLine } from "./reservations.ts";
import { PROMISED, type Refused } from "./stock.ts";

type Transfer = {
  /** Names the command: under one name goods leave once. */
  readonly operation: string;
  readonly sellerId: Id<"seller">;
  readonly fromLocationId: Id<"location">;
  readonly toLocationId: Id<"location">;
  readonly lines: readonly StockLine[];
  readonly actor: string;
};

/** Goods leave one location for another, where they are expected until they are counted in as received. */
export const send = (
  { clock }: Pick<Ctx, "clock">,
  { operation, sellerId, fromLocationId, toLocationId, lines, actor }: Transfer,
): Statement<Refused> => ({
  sql: sql`SELECT inventory_send(${operation}, ${sellerId}, ${fromLocationId}, ${toLocationId},
    ${JSON.stringify(linesOf(lines))}::jsonb, ${actor}, ${new Date(clock.now()).toISOString()}::timestamptz)`,
  constraints: PROMISED,
});

type Sent = Transfer & { readonly id: Id<"stockTransfer">; readonly note: string | null };

/** Kept with the goods that left; what left under this name before is kept already. */
export const insertTransfer = ({ clock }: Pick<Ctx, "clock">, sent: Sent): Statement => ({
  sql: sql`WITH made AS (
      INSERT INTO stock_transfer
        (id, seller_id, operation, from_location_id, to_location_id, state, note, sent_by, sent_at)
      VALUES (${sent.id}, ${sent.sellerId}, ${sent.operation}, ${sent.fromLocationId}, ${sent.toLocationId},
        'sent', ${sent.note}, ${sent.actor}, ${at(clock.now())}::timestamptz)
      ON CONFLICT (operation) DO NOTHING RETURNING id)
    INSERT INTO stock_transfer_line (transfer_id, offer_id, quantity)
    SELECT made.id, l.offer_id, l.quantity FROM made
      CROSS JOIN jsonb_to_recordset(${JSON.stringify(linesOf(sent.lines))}::jsonb)
        AS l (offer_id text, quantity integer)`,
});

export type Ending = {
  readonly id: Id<"stockTransfer">;
  readonly sellerId: Id<"seller">;
  readonly state: "received" | "cancelled";
  /** What was counted; null is all of it. */
  readonly counts: readonly StockLine[] | null;
  readonly actor: string;
};

/** Ended the same way before, nothing happens. */
export const endTransfer = (
  { clock }: Pick<Ctx, "clock">,
  { id, sellerId, state, counts, actor }: Ending,
): Statement<
  | "inventory.transfer_not_found"
  | "inventory.transfer_ended"
  | "inventory.transfer_unlike"
  | "inventory.location_not_found"
> => ({
  sql: sql`SELECT inventory_end_transfer(${id}, ${sellerId}, ${state},
    ${counts && JSON.stringify(linesOf(counts))}::jsonb, ${actor}, ${at(clock.now())}::timestamptz)`,
});

const at = (ms: number) => new Date(ms).toISOString();
const instant = (column: string) =>
  sql.raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
const SHOWN = sql`t.id, t.from_location_id AS "fromLocationId", t.to_location_id AS "toLocationId", t.state,
  t.note, t.sent_by AS "sentBy", ${instant("t.sent_at")} AS "sentAt", t.ended_by AS "endedBy",
  ${instant("t.ended_at")} AS "endedAt", ARRAY(
    SELECT jsonb_build_object('offerId', l.offer_id, 'quantity', l.quantity, 'arrived', l.arrived)
    FROM stock_transfer_line l WHERE l.transfer_id = t.id ORDER BY l.offer_id) AS lines`;

type Named = { readonly id: Id<"stockTransfer"> } | { readonly operation: string };

export const transferQuery = (sellerId: Id<"seller">, named: Named): Query<Shown | undefined> =>
  query(
    (read) =>
      read.execute<Shown>(sql`SELECT ${SHOWN} FROM stock_transfer t WHERE t.seller_id = ${sellerId}
        AND ${"id" in named ? sql`t.id = ${named.id}` : sql`t.operation = ${named.operation}`}`),
    ({ rows: [row] }) => row,
  );

type Wanted = Pick<TransferList, "limit" | "state"> & {
  readonly sellerId: Id<"seller">;
  readonly before: string | null;
};

/** The latest first, one more than asked for. */
export const transfersQuery = ({ sellerId, state, before, limit }: Wanted): Query<readonly Shown[]> =>
  query(
    (read) =>
      read.execute<Shown>(sql`SELECT ${SHOWN} FROM stock_transfer t WHERE t.seller_id = ${sellerId}
        AND (${state ?? null}::text IS NULL OR t.state = ${state ?? null})
        AND (${before}::text IS NULL OR t.id < ${before}) ORDER BY t.id DESC LIMIT ${limit + 1}`),
    ({ rows }) => rows,
  );
