import { sql } from "drizzle-orm";
import { bigint, check, index, integer, pgTable, text } from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";

const minor = () => bigint({ mode: "bigint" });

/** What a sale costs its shop. Terms are never changed, only ended: a trigger holds the rest fast. */
export const commissionRule = pgTable(
  "commission_rule",
  {
    id: id("commission").primaryKey(),
    sellerId: id("seller"),
    productId: id("product"),
    categoryId: id("category"),
    basisPoints: integer().notNull(),
    fixedMinor: minor().notNull(),
    floorMinor: minor().notNull(),
    capMinor: minor(),
    startsAt: instant().notNull(),
    endsAt: instant(),
    note: text().notNull(),
    createdBy: id("user").notNull(),
    createdAt: instant().notNull(),
    endedBy: id("user"),
    endedAt: instant(),
    endReason: text(),
  },
  (t) => [
    index("commission_rule_by_end").on(t.endsAt),
    check("commission_rule_rate", sql`${t.basisPoints} BETWEEN 0 AND 10000`),
    check("commission_rule_not_negative", sql`${t.fixedMinor} >= 0 AND ${t.floorMinor} >= 0`),
    check("commission_rule_bounds", sql`${t.capMinor} IS NULL OR ${t.capMinor} >= ${t.floorMinor}`),
    check("commission_rule_goods", sql`${t.productId} IS NULL OR ${t.categoryId} IS NULL`),
    check("commission_rule_never_back", sql`${t.startsAt} >= ${t.createdAt}`),
    check(
      "commission_rule_ended_whole",
      sql`num_nulls(${t.endedBy}, ${t.endedAt}, ${t.endReason}) IN (0, 3)`,
    ),
  ],
);
