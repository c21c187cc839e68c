import { requireShop, requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import { type Id, zId } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { ok, orThrow } from "#kernel/result";
import { hasLink, hasPersonalData } from "../domain/moderation.ts";
import type { Review } from "../domain/review.ts";
import { fail } from "../errors.ts";
import { ReviewReplied } from "../facts.ts";
import * as reviews from "../repository/reviews.ts";
import { toldOf } from "./change.ts";

const zUserId = zId("user");
type Of = { readonly reviewId: Id<"review"> };

/** Somebody else's review that everybody sees. */
async function loadForeign(ctx: Ctx, reviewId: Id<"review">, userId: Id<"user">): Promise<void> {
  const [row] = await ctx.db.load(reviews.reviewQuery(reviewId));
  if (row?.state !== "published") throw fail("review.not_found");
  if (row.authorId === userId) throw fail("review.own");
}

async function countsOf(ctx: Ctx, reviewId: Id<"review">) {
  const [row] = await ctx.db.load(reviews.reviewQuery(reviewId));
  return { helpful: row?.helpful ?? 0, unhelpful: row?.unhelpful ?? 0 };
}

export async function vote(ctx: Ctx, { reviewId, helpful }: Of & { readonly helpful: boolean }) {
  const userId = requireUser(ctx);
  await loadForeign(ctx, reviewId, userId);
  const saved = reviews.saveVote(reviewId, userId, helpful, ctx.clock.now());
  orThrow(await ctx.db.commit([reviews.lockReview(reviewId), saved]), fail);
  return countsOf(ctx, reviewId);
}

export async function takeVoteBack(ctx: Ctx, { reviewId }: Of) {
  const removed = reviews.removeVotes(reviews.voteOf(reviewId, requireUser(ctx)));
  orThrow(await ctx.db.commit([reviews.lockReview(reviewId), removed]), fail);
  return countsOf(ctx, reviewId);
}

type Report = Of & { readonly reason: string; readonly note: string };

/** A report hides nothing: otherwise a shop could have every bad word about it taken away by asking. */
export async function reportReview(ctx: Ctx, { reviewId, reason, note }: Report): Promise<null> {
  const reporterId = requireUser(ctx);
  await loadForeign(ctx, reviewId, reporterId);
  const saved = reviews.saveReport({ reviewId, reporterId, reason, note, at: ctx.clock.now() });
  orThrow(await ctx.db.commit([saved]), fail);
  return null;
}

/** The shop's one answer; a later one stands in its place and the earlier stays to be read. */
export async function replyTo(ctx: Ctx, { reviewId, text }: Of & { readonly text: string }): Promise<Of> {
  const sellerId = requireShop(ctx, "review:write");
  // A shop says openly who it is, so only what leads away from here is refused.
  if (hasPersonalData(text) || hasLink(text)) throw fail("review.reply_unfit");
  const outcome = await untilFresh("review.busy", async () => {
    const [row] = await ctx.db.load(reviews.reviewQuery(reviewId));
    if (row?.sellerId !== sellerId || row.state !== "published") throw fail("review.not_found");
    if (row.reply === text) return ok(row);
    const version = row.replyVersion + 1;
    const reply = { text, actor: sellerId, at: ctx.clock.now(), version };
    const { data: authorId } = zUserId.safeParse(row.authorId);
    const about = { ...toldOf(row as Review), ...(authorId ? { authorId } : {}) };
    const told = ReviewReplied.make(ctx, { id: row.id, version: row.version }, about);
    const committed = await ctx.db.commit([...reviews.saveReply(reviewId, reply), append(told)]);
    return committed.ok ? ok(row) : committed;
  });
  orThrow(outcome, fail);
  return { reviewId };
}
