import { sql } from "drizzle-orm";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { payment } from "#schema/transaction/payment";

export type TopUpRefusal = "payment.top_up_limit";

type Sql = Statement["sql"];

type Wanted = {
  readonly userId: Id<"user">;
  readonly minor: bigint;
  /** The wallet's own limits, beside what is coming (amounts by their payment's id). */
  readonly limitsOf: (coming: Sql) => { readonly room: Sql; readonly dailyMax: Sql };
};

/** What was asked for longer ago is in the ledger, or will never come. */
const COMING_FOR_MS = 7 * DAY_MS;

/**
 * One at a time of a person: what is under way or not booked yet, and what came in this day of the market,
 * counts. The lock is a statement of its own, so that the next one sees what was committed while it waited.
 */
export function checkTopUps(
  ctx: Pick<Ctx, "clock" | "market">,
  { userId, minor, limitsOf }: Wanted,
): readonly Statement<TopUpRefusal>[] {
  const zone = ctx.market.timeZone;
  const now = new Date(ctx.clock.now()).toISOString();
  const since = sql`${new Date(ctx.clock.now() - COMING_FOR_MS).toISOString()}::timestamptz`;
  const day = sql`date_trunc('day', ${now}::timestamptz AT TIME ZONE ${zone}) AT TIME ZONE ${zone}`;
  const alive = sql`FROM ${payment} WHERE buyer_id = ${userId} AND purpose = 'top_up'
    AND state NOT IN ('denied', 'expired', 'cancelled')`;
  const coming = sql`(SELECT jsonb_object_agg(id, amount_minor) ${alive} AND created_at >= ${since})`;
  const today = sql`(SELECT coalesce(sum(amount_minor), 0) ${alive} AND created_at >= ${day})`;
  const { room, dailyMax } = limitsOf(coming);
  return [
    { sql: sql`SELECT pg_advisory_xact_lock(hashtextextended(${userId}, 9110))` },
    {
      sql: sql`SELECT assert_that(${minor.toString()}::bigint <= ${room}
        AND ${today} + ${minor.toString()}::bigint <= ${dailyMax}, 'payment.top_up_limit')`,
    },
  ];
}
