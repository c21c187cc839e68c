import { requireOperator, requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule, unschedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { dateOf, judge, type Period, spanOf } from "../domain/performance.ts";
import { type Appeal, decideAppeal, decideVerdict, type Point, restoring } from "../domain/standing.ts";
import { fail } from "../errors.ts";
import { APPEAL_DUE, AppealDecided, AppealLate, AppealSubmitted, SellerPenalised } from "../facts.ts";
import { tallyQuery } from "../repository/outcomes.ts";
import { assertDocuments, documentsQuery, lockShop, sellerQuery } from "../repository/shops.ts";
import * as standing from "../repository/standing.ts";
import type { GivePenalty, NewAppeal } from "../schemas/performance.ts";
import { logged } from "./log.ts";
import { requireOwn } from "./shop.ts";

const NOT_JUDGED = {
  period: null,
  firstDay: null,
  lastDay: null,
  value: null,
  target: null,
  of: null,
  per: null,
};

/** A penalty with what tells of it; the log of points is the only place where points are. */
function penalising(ctx: Ctx, point: Point): readonly Statement<"penalty.exists" | "penalty.restored">[] {
  const { id, sellerId, metric, points, reason, expiresAt } = point;
  const told = { sellerId, penaltyId: id, metric, points, reason, expiresAt };
  return [
    standing.insertPoints([point]),
    append(SellerPenalised.make(ctx, { id, version: 1 }, told)),
    logged(ctx, { sellerId, action: "penalty.given", subject: id, reason, by: point.by }),
  ];
}

/** Judges a period once it is over; what was judged before stays as it was. */
export async function evaluate(
  ctx: Ctx,
  { sellerId, period, first }: { sellerId: Id<"seller">; period: Period; first: number },
): Promise<readonly Statement<string>[]> {
  const span = spanOf(period, first);
  const terms = ctx.market.seller;
  const [counts, judged] = await ctx.db.load(
    tallyQuery(sellerId, span),
    standing.judgedQuery(sellerId, period, span.first),
  );
  const now = ctx.clock.now();
  return judge(counts, period, terms)
    .filter(({ score }) => !judged.has(score.metric))
    .flatMap(({ score: { metric, value, target, of, per }, points }) =>
      penalising(ctx, {
        id: ctx.ids.next("penalty"),
        sellerId,
        points,
        metric,
        period,
        firstDay: span.first,
        lastDay: span.last,
        value,
        target,
        of,
        per,
        reason: `${metric} from ${dateOf(span.first)} to ${dateOf(span.last)}`,
        restores: null,
        by: null,
        at: now,
        expiresAt: now + terms.pointsLiveMs,
      }),
    );
}

/** For what no number shows: counterfeits, abuse. */
export async function givePenalty(ctx: Ctx, { sellerId, points, reason }: GivePenalty): Promise<Point> {
  const by = requireOperator(ctx, "seller:review");
  const [shop] = await ctx.db.load(sellerQuery(sellerId));
  if (!shop) throw fail("seller.not_found");
  const now = ctx.clock.now();
  const point: Point = {
    ...NOT_JUDGED,
    id: ctx.ids.next("penalty"),
    sellerId,
    points,
    metric: "conduct",
    reason,
    restores: null,
    by,
    at: now,
    expiresAt: now + ctx.market.seller.pointsLiveMs,
  };
  orThrow(await ctx.db.commit(penalising(ctx, point)), fail);
  return point;
}

/** One appeal a penalty, with papers that the shop has handed in before. */
export async function submitAppeal(ctx: Ctx, input: NewAppeal): Promise<Appeal> {
  const { sellerId, penaltyId, words, evidence } = input;
  requireOwn(ctx, sellerId, "seller:write");
  const now = ctx.clock.now();
  const { appealWithinMs, appealAnswerMs } = ctx.market.seller;
  const [penalty, documents] = await ctx.db.load(
    standing.pointQuery(sellerId, penaltyId),
    documentsQuery(sellerId),
  );
  if (!penalty) throw fail("penalty.not_found");
  const papers = new Set<string>(documents.map(({ id }) => id));
  if (!evidence.every((id) => papers.has(id))) throw fail("document.not_found");
  orThrow(decideAppeal(penalty, { appealWithinMs, now }), fail);
  const appeal: Appeal = {
    id: ctx.ids.next("appeal"),
    sellerId,
    penaltyId,
    words,
    evidence,
    state: "open",
    submittedBy: requireUser(ctx),
    submittedAt: now,
    answerBy: now + appealAnswerMs,
    decidedBy: null,
    decidedAt: null,
    decision: null,
    version: 1,
  };
  const { id: appealId, submittedBy: by, answerBy } = appeal;
  const outcome = await ctx.db.commit([
    // Documents go under the same lock, so what an appeal rests on is there when it is.
    lockShop(sellerId),
    ...assertDocuments(sellerId, evidence),
    standing.insertAppeal(appeal),
    logged(ctx, { sellerId, action: "appeal.submitted", subject: appealId, reason: words, by }),
    schedule(ctx, APPEAL_DUE, { subject: appealId, payload: { appealId }, dueAt: answerBy }),
    append(AppealSubmitted.make(ctx, appeal, { appealId, sellerId, penaltyId, answerBy })),
  ]);
  orThrow(outcome, fail);
  return appeal;
}

type Verdict = {
  readonly appealId: Id<"appeal">;
  readonly state: "granted" | "denied";
  readonly decision: string;
};

/** A granted appeal takes the points back in the commit of the decision. */
export async function decideOnAppeal(ctx: Ctx, { appealId, state, decision }: Verdict): Promise<Appeal> {
  const by = requireOperator(ctx, "seller:review");
  const [before] = await ctx.db.load(standing.appealQuery(appealId));
  if (!before) throw fail("appeal.not_found");
  const now = ctx.clock.now();
  const after = orThrow(decideVerdict(before, { state, decision, by, now }), fail);
  if (after === before) return before;
  const { sellerId, penaltyId } = after;
  const [penalty] = await ctx.db.load(standing.pointQuery(sellerId, penaltyId));
  if (!penalty) throw fail("penalty.not_found");
  const back = { id: ctx.ids.next("penalty"), by, reason: decision, at: now };
  const outcome = await ctx.db.commit([
    standing.saveAppeal(after),
    ...(state === "granted" ? [standing.insertPoints([restoring(penalty, back)])] : []),
    logged(ctx, { sellerId, action: `appeal.${state}`, subject: appealId, reason: decision, by }),
    unschedule(APPEAL_DUE, appealId),
    append(AppealDecided.make(ctx, after, { appealId, sellerId, penaltyId, state, decision })),
  ]);
  orThrow(outcome, fail);
  return after;
}

/** The platform has let its own time run out: it is written down and told, and the appeal stays open. */
export async function tellLate(ctx: Ctx, appealId: Id<"appeal">): Promise<readonly Statement<string>[]> {
  const [appeal] = await ctx.db.load(standing.appealQuery(appealId));
  if (appeal?.state !== "open") return [];
  const { sellerId, penaltyId, answerBy } = appeal;
  const subject = { id: appealId, version: appeal.version };
  return [
    logged(ctx, { sellerId, action: "appeal.late", subject: appealId }),
    append(AppealLate.make(ctx, subject, { appealId, sellerId, penaltyId, answerBy })),
  ];
}
