import { and, desc, eq, gt, isNull, lt, or } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { commissionRule } from "#schema/catalog/seller/commission";
import type { CommissionRule } from "../domain/commission.ts";

export const insertRule = (rule: CommissionRule): Statement => insertMany(commissionRule, [rule]);

/** The only change that a rule knows; a trigger holds the rest of it fast. */
export function endRule(rule: CommissionRule): Statement<"commission.ended"> {
  const { id, endsAt, endedBy, endedAt, endReason } = rule;
  const open = and(eq(commissionRule.id, id), isNull(commissionRule.endedAt));
  const end = build.update(commissionRule).set({ endsAt, endedBy, endedAt, endReason }).where(open);
  return guarded(end, 1, "commission.ended");
}

export const ruleQuery = (id: Id<"commission">): Query<CommissionRule | undefined> =>
  query(
    (read) => read.select().from(commissionRule).where(eq(commissionRule.id, id)),
    ([row]) => row,
  );

/** Rules that hold now or will. */
export const openRulesQuery = (now: number): Query<readonly CommissionRule[]> =>
  query(
    (read) =>
      read
        .select()
        .from(commissionRule)
        .where(or(isNull(commissionRule.endsAt), gt(commissionRule.endsAt, now))),
    (rows) => rows,
  );

type Listing = { readonly before: string | undefined; readonly limit: number };

/** The newest first, the ended ones too; takes one row more than asked for. */
export const rulesQuery = ({ before, limit }: Listing): Query<readonly CommissionRule[]> =>
  query(
    (read) =>
      read
        .select()
        .from(commissionRule)
        .where(before === undefined ? undefined : lt(commissionRule.id, before as Id<"commission">))
        .orderBy(desc(commissionRule.id))
        .limit(limit + 1),
    (rows) => rows,
  );
