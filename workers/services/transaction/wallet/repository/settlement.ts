import { sql } from "drizzle-orm";
import { among, guarded, type Query, query, recordset, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { walletOwner, walletSettlement } from "#schema/transaction/wallet";
import type { Settlement } from "../domain/settlement.ts";

export const settlementsQuery = (
  orderIds: readonly Id<"order">[],
): Query<ReadonlyMap<Id<"order">, Settlement>> =>
  query(
    (read) => read.select().from(walletSettlement).where(among(walletSettlement.orderId, orderIds)),
    (rows) => new Map(rows.map((row) => [row.orderId, row])),
  );

/** Each goes up by one version, whatever was decided on it; refused when another commit came between. */
export function saveSettlements(settlements: readonly Settlement[]): Statement<"wallet.stale"> {
  const { from, names } = recordset(walletSettlement, settlements);
  const changing = [
    "escrow_minor",
    "commission_minor",
    "commission_tax_minor",
    "turnover_minor",
    "withheld_minor",
    "credit_minor",
    "paid_minor",
    "funded_at",
    "delivered_at",
    "completed_at",
    "released_at",
    "cancelled_at",
    "refunds",
    "version",
  ];
  const set = sql.raw(changing.map((name) => `${name} = excluded.${name}`).join(", "));
  const write = sql`INSERT INTO ${walletSettlement} AS s (${names}) SELECT ${names} FROM ${from}
    WHERE true ORDER BY order_id
    ON CONFLICT (order_id) DO UPDATE SET ${set} WHERE s.version = excluded.version - 1`;
  return guarded(write, settlements.length, "wallet.stale");
}

/** The shops among these that the law's withholding does not meet. */
export const exemptQuery = (owners: readonly string[]): Query<ReadonlySet<string>> =>
  query(
    (read) =>
      read
        .select({ owner: walletOwner.owner })
        .from(walletOwner)
        .where(sql`${among(walletOwner.owner, owners)} AND ${walletOwner.exemption} IS NOT NULL`),
    (rows) => new Set(rows.map(({ owner }) => owner)),
  );
