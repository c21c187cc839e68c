import { and, asc, eq } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { shippingTable } from "#schema/logistics/shipping";

export type TableRow = typeof shippingTable.$inferSelect;

/** An operator keeps a handful; beyond it a quote would take longer than a buyer waits. */
const TABLES_MAX = 50;

export const tablesQuery = (): Query<readonly TableRow[]> =>
  query(
    (read) => read.select().from(shippingTable).orderBy(asc(shippingTable.id)).limit(TABLES_MAX),
    (rows) => rows,
  );

export const tableQuery = (id: Id<"rateTable">): Query<TableRow | undefined> =>
  query(
    (read) => read.select().from(shippingTable).where(eq(shippingTable.id, id)),
    ([row]) => row,
  );

export const insertTable = (row: TableRow): Statement<"shipping.table_exists"> => ({
  ...insertMany(shippingTable, [row]),
  constraints: { shipping_table_service: "shipping.table_exists" },
});

export function saveTable({
  id,
  ...rest
}: TableRow): Statement<"shipping.table_stale" | "shipping.table_exists"> {
  const before = and(eq(shippingTable.id, id), eq(shippingTable.version, rest.version - 1));
  const write = guarded(build.update(shippingTable).set(rest).where(before), 1, "shipping.table_stale");
  return { ...write, constraints: { shipping_table_service: "shipping.table_exists" } };
}
