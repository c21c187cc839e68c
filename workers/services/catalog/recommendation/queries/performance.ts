import { requireOperator } from "#kernel/actor";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { fail } from "../errors.ts";
import { slotsBetween } from "../repository/events.ts";
import type { Range } from "../schemas.ts";

const DAYS_MAX = 400;

/** How often what was shown in each slot was clicked: what an experiment is judged by. */
export async function getPerformance(ctx: Ctx, { from, to }: Range) {
  requireOperator(ctx, "analytics:read");
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days < 0 || days > DAYS_MAX) throw fail("recommendation.range_invalid");
  const rows = await slotsBetween(ctx.clickhouse, { from, to, timeZone: ctx.market.timeZone });
  return {
    slots: rows.map(({ slot, impressions, clicks, clicked, reciprocal }) => ({
      slot,
      impressions: Number(impressions),
      clicks: Number(clicks),
      clickThroughRate: Number(clicked) / Number(impressions),
      meanReciprocalRank: Number(clicked) === 0 ? 0 : reciprocal,
    })),
  };
}
