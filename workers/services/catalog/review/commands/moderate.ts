import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { ok, orThrow } from "#kernel/result";
import { findingsOf } from "../domain/moderation.ts";
import { decideHold, decideModeration, type Review } from "../domain/review.ts";
import { fail } from "../errors.ts";
import * as reviews from "../repository/reviews.ts";
import { keep } from "./change.ts";

type Decide = { readonly reviewId: Id<"review">; readonly publish: boolean; readonly reason: string };

/** An operator publishes or rejects, and says why; the reports on it are answered by that. */
export async function decideReview(ctx: Ctx, { reviewId, publish, reason }: Decide): Promise<Id<"review">> {
  const by = requireOperator(ctx, "review:moderate");
  const outcome = await untilFresh("review.busy", async () => {
    const [row] = await ctx.db.load(reviews.reviewQuery(reviewId));
    if (!row) throw fail("review.not_found");
    const before = row as Review;
    const decision = decideModeration(before, { publish, reason, by }, ctx.clock.now());
    if (!decision.ok) return decision;
    const after = decision.value;
    const committed = await ctx.db.commit([
      ...(after === before ? [] : keep(ctx, { before, after }, "operator")),
      ...reviews.closeReports(reviewId, ctx.clock.now()),
    ]);
    return committed.ok ? ok(reviewId) : committed;
  });
  return orThrow(outcome, fail);
}

/**
 * Looks again once a review is public: of many that came at the same moment none saw the others when it was
 * written. What is found now waits for an operator.
 */
export async function lookAgain(
  ctx: Ctx,
  reviewIds: readonly Id<"review">[],
): Promise<readonly Statement<"review.busy" | "review.exists">[]> {
  const [rows] = await ctx.db.load(reviews.reviewsQuery([...new Set(reviewIds)]));
  const open = rows.filter((row) => row.state === "published" && row.decidedBy === null && row.authorId);
  if (open.length === 0) return [];
  const rules = ctx.market.review;
  const signals = await ctx.db.load(
    ...open.map((row) => reviews.signalsQuery(row, rules, ctx.clock.now(), row.id)),
  );
  return open.flatMap((row, i) => {
    const before = row as Review;
    const after = decideHold(before, findingsOf("", signals[i] ?? NONE, rules));
    return after === before ? [] : keep(ctx, { before, after }, "platform");
  });
}
const NONE = { recentReviews: 0, deviceAccounts: 0, addressAccounts: 0 };
