import { sql } from "drizzle-orm";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { payment } from "#schema/transaction/payment";

export type TopUpRefusal = "payment.top_up_limit";

type Wanted = {
  readonly userId: Id<"user">;
  readonly minor: bigint;
  /** What the wallet has room for now. */
  readonly roomMinor: bigint;
  readonly dailyMaxMinor: bigint;
};

/** One at a time of a person: what is under way, and what came in this day of the market, counts. */
export function checkTopUps(
  { clock, market }: Pick<Ctx, "clock" | "market">,
  wanted: Wanted,
): Statement<TopUpRefusal> {
  const { userId, minor, roomMinor, dailyMaxMinor } = wanted;
  const now = sql`${new Date(clock.now()).toISOString()}::timestamptz`;
  const zone = market.timeZone;
  const day = sql`date_trunc('day', ${now} AT TIME ZONE ${zone}) AT TIME ZONE ${zone}`;
  const sum = (which: ReturnType<typeof sql>) => sql`(SELECT coalesce(sum(amount_minor), 0) FROM ${payment}
    WHERE buyer_id = ${userId} AND purpose = 'top_up' AND ${which})`;
  const open = sum(sql`state IN ('created', 'pending', 'authorised')`);
  const today = sum(sql`created_at >= ${day} AND state NOT IN ('denied', 'expired', 'cancelled')`);
  return {
    sql: sql`WITH own AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended(${userId}, 9110)))
      SELECT assert_that(${open} + ${minor.toString()}::bigint <= ${roomMinor.toString()}::bigint
        AND ${today} + ${minor.toString()}::bigint <= ${dailyMaxMinor.toString()}::bigint,
        'payment.top_up_limit') FROM own`,
  };
}
