import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { decodeCursor, toPage } from "#kernel/page";
import { daysOf } from "../domain/outcome.ts";
import {
  decideCampaign,
  MEASURES,
  type Metric,
  type Span,
  scoresOf,
  windowOf,
} from "../domain/performance.ts";
import type { AppealState } from "../domain/standing.ts";
import { fail } from "../errors.ts";
import { movedQuery, tallyQuery } from "../repository/outcomes.ts";
import { logQuery } from "../repository/profiles.ts";
import * as standing from "../repository/standing.ts";
import { toAppealDto, toMovedDto, toPenaltyDto, toPerformanceDto } from "../schemas/performance.ts";
import { requireSight } from "./shops.ts";

type Timed = Pick<Ctx, "clock" | "market">;
type Paging = { readonly limit: number; readonly cursor?: string | undefined };

const windowNow = ({ clock, market }: Timed): Span =>
  windowOf(daysOf(market.timeZone)(clock.now()), market.seller.windowMs);

/** Where shops stand now; what only shops in good standing may do asks this and `decideCampaign`. */
export const sellerStanding = (
  ctx: Timed,
  sellerIds: readonly Id<"seller">[],
): Query<readonly standing.SellerStanding[]> =>
  standing.standingQuery(sellerIds, windowNow(ctx), ctx.clock.now());

export async function showPerformance(ctx: Ctx, sellerId: Id<"seller">) {
  requireSight(ctx, sellerId);
  const span = windowNow(ctx);
  const [counts, [stands]] = await ctx.db.load(tallyQuery(sellerId, span), sellerStanding(ctx, [sellerId]));
  if (!stands) throw fail("seller.not_found");
  const allowed = decideCampaign(stands, ctx.market.seller);
  return toPerformanceDto({
    span,
    scores: scoresOf(counts, ctx.market.seller),
    points: stands.points,
    campaignRefusal: allowed.ok ? null : allowed.code,
  });
}

/** Of these a number is the mean or the share that went well: what it was made of is all of them. */
const SHOWN_WHOLE: readonly Metric[] = ["preparation", "chat_response", "rating"];

type Moved = Paging & {
  readonly sellerId: Id<"seller">;
  readonly metric: Metric;
  readonly all: "true" | "false";
};

export async function listMoved(ctx: Ctx, { sellerId, metric, all, limit, cursor }: Moved) {
  requireSight(ctx, sellerId);
  const { of, per } = MEASURES[metric];
  const moved = all === "true" || SHOWN_WHOLE.includes(metric) ? per : of;
  const scope = `outcomes ${sellerId} ${moved}`;
  const position = decodeCursor(ctx, scope, cursor);
  const after = position && ([Number(position[0]), String(position[1])] as const);
  const dayOf = daysOf(ctx.market.timeZone);
  const [rows] = await ctx.db.load(movedQuery(sellerId, { span: windowNow(ctx), moved, after, limit }));
  const keys = ({ countsAt, subject }: (typeof rows)[number]) => [dayOf(countsAt ?? 0), subject];
  return toPage(ctx, scope, limit, rows, keys, toMovedDto);
}

type OfShop = Paging & { readonly sellerId: Id<"seller"> };
const beforeOf = (ctx: Ctx, scope: string, cursor: string | undefined) =>
  decodeCursor(ctx, scope, cursor)?.[0]?.toString();

export async function listPenalties(ctx: Ctx, { sellerId, limit, cursor }: OfShop) {
  requireSight(ctx, sellerId);
  const scope = `penalties ${sellerId}`;
  const before = beforeOf(ctx, scope, cursor);
  const [rows] = await ctx.db.load(standing.pointsQuery(sellerId, { before, limit }));
  return toPage(ctx, scope, limit, rows, ({ id }) => [id], toPenaltyDto);
}

export async function listAppealsOf(ctx: Ctx, { sellerId, limit, cursor }: OfShop) {
  requireSight(ctx, sellerId);
  const scope = `appeals ${sellerId}`;
  const before = beforeOf(ctx, scope, cursor);
  const [rows] = await ctx.db.load(standing.appealsOfQuery(sellerId, { before, limit }));
  return toPage(ctx, scope, limit, rows, ({ id }) => [id], toAppealDto);
}

/** What operators have to answer, the oldest first. */
export async function listAppeals(
  ctx: Ctx,
  { state, limit, cursor }: Paging & { readonly state: AppealState },
) {
  requireOperator(ctx, "seller:review");
  const scope = `appeals ${state}`;
  const after = beforeOf(ctx, scope, cursor);
  const [rows] = await ctx.db.load(standing.appealsQuery(state, { after, limit }));
  return toPage(ctx, scope, limit, rows, ({ id }) => [id], toAppealDto);
}

export async function listLog(ctx: Ctx, { sellerId, limit, cursor }: OfShop) {
  requireSight(ctx, sellerId);
  const scope = `log ${sellerId}`;
  const before = beforeOf(ctx, scope, cursor);
  const [rows] = await ctx.db.load(logQuery(sellerId, { before, limit }));
  const toItem = ({ at, action, subject, reason }: (typeof rows)[number]) => {
    return { at: new Date(at).toISOString(), action, subject, reason };
  };
  return toPage(ctx, scope, limit, rows, ({ id }) => [id], toItem);
}
