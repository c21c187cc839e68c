import { and, eq, type SQL, sql } from "drizzle-orm";
import { requireBuyer, requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { among, query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { decodeCursor, type PageQuery, toPage } from "#kernel/page";
import { review, reviewReport, reviewRight } from "#schema/catalog/review";
import { NO_RATINGS } from "../domain/rating.ts";
import { fail } from "../errors.ts";
import { logQuery, ratingsQuery, repliesQuery, reviewQuery } from "../repository/reviews.ts";
import type { LogQuery, ReviewList, SummaryQuery } from "../schemas.ts";
import { toOwnDto, toReviewDto, toSummaryDto } from "./dto.ts";
import { familyOf, productRatings } from "./families.ts";

const rowsQuery = (where: SQL | undefined, order: SQL, limit: number) =>
  query(
    (read) =>
      read
        .select()
        .from(review)
        .where(where)
        .orderBy(order)
        .limit(limit + 1),
    (rows) => rows,
  );

/** What everybody sees of a product's reviews. */
export async function listReviews(ctx: Ctx, input: ReviewList) {
  const { productId, stars, media, variantId, sort, limit } = input;
  const scope = `reviews ${JSON.stringify([productId, stars, media, variantId, sort])}`;
  const after = decodeCursor(ctx, scope, input.cursor);
  const behind = {
    newest: after && sql`${review.id} < ${String(after[0])}`,
    helpful: after && sql`(helpful_score, ${review.id}) < (${Number(after[0])}, ${String(after[1])})`,
  }[sort];
  const where = and(
    among(review.productId, await familyOf(ctx, productId)),
    eq(review.state, "published"),
    stars === undefined ? undefined : eq(review.productStars, stars),
    media ? sql`jsonb_array_length(${review.media}) > 0` : undefined,
    variantId === undefined ? undefined : eq(review.variantId, variantId),
    behind,
  );
  const order = sort === "newest" ? sql`${review.id} DESC` : sql`helpful_score DESC, ${review.id} DESC`;
  const [rows] = await ctx.db.load(rowsQuery(where, order, limit));
  const position = ({ helpfulScore, id }: (typeof rows)[number]) =>
    sort === "newest" ? [id] : [helpfulScore ?? 0, id];
  return toPage(ctx, scope, limit, rows, position, toReviewDto);
}

/** A review as it is for whoever asks: everybody sees a published one, its author his own. */
export async function getReview(ctx: Ctx, reviewId: Id<"review">) {
  const [row] = await ctx.db.load(reviewQuery(reviewId));
  if (row?.state !== "published") throw fail("review.not_found");
  return toReviewDto(row);
}

export async function getOwnReview(ctx: Ctx, reviewId: Id<"review">) {
  const [row] = await ctx.db.load(reviewQuery(reviewId));
  if (!row) throw fail("review.not_found");
  return toOwnDto(ctx, row);
}

export async function listMine(ctx: Ctx, { limit, cursor }: PageQuery) {
  const authorId = requireBuyer(ctx);
  const before = decodeCursor(ctx, "reviews mine", cursor)?.[0];
  const behind = before === undefined ? undefined : sql`${review.id} < ${String(before)}`;
  const where = and(eq(review.authorId, authorId), behind);
  const [rows] = await ctx.db.load(rowsQuery(where, sql`${review.id} DESC`, limit));
  return toPage(
    ctx,
    "reviews mine",
    limit,
    rows,
    ({ id }) => [id],
    (row) => toOwnDto(ctx, row),
  );
}

/** What an operator has to look at, the oldest first: what waits, and what was reported. */
export async function listQueue(ctx: Ctx, { limit, cursor }: PageQuery) {
  requireOperator(ctx, "review:moderate");
  const after = decodeCursor(ctx, "reviews queue", cursor)?.[0];
  const behind = after === undefined ? undefined : sql`${review.id} > ${String(after)}`;
  const where = and(sql`(state = 'pending' OR open_reports > 0)`, behind);
  const [rows] = await ctx.db.load(rowsQuery(where, sql`${review.id}`, limit));
  const ids = rows.map(({ id }) => id);
  const [reports] = await ctx.db.load(
    query(
      (read) =>
        read
          .select()
          .from(reviewReport)
          .where(and(among(reviewReport.reviewId, ids), sql`${reviewReport.closedAt} IS NULL`))
          .orderBy(reviewReport.at),
      (found) => found,
    ),
  );
  return toPage(
    ctx,
    "reviews queue",
    limit,
    rows,
    ({ id }) => [id],
    (row) => ({
      ...toOwnDto(ctx, row),
      openReports: row.openReports,
      reports: reports
        .filter(({ reviewId }) => reviewId === row.id)
        .map(({ reason, note, at }) => ({ reason, note, at: new Date(at).toISOString() })),
    }),
  );
}

/** Lines that were delivered to whoever asks and not reviewed yet, the newest first. */
export async function listRights(ctx: Ctx, { limit, cursor }: PageQuery) {
  const buyerId = requireBuyer(ctx);
  const { writeWithinMs } = ctx.market.review;
  const before = decodeCursor(ctx, "reviews rights", cursor)?.[0];
  const since = new Date(ctx.clock.now() - writeWithinMs).toISOString();
  const [rows] = await ctx.db.load(
    query(
      (read) =>
        read
          .select()
          .from(reviewRight)
          .where(
            and(
              eq(reviewRight.buyerId, buyerId),
              sql`${reviewRight.deliveredAt} >= ${since}`,
              sql`NOT EXISTS (SELECT 1 FROM ${review} AS r WHERE r.line_id = ${reviewRight}.line_id)`,
              before === undefined ? undefined : sql`${reviewRight.lineId} < ${String(before)}`,
            ),
          )
          .orderBy(sql`${reviewRight.lineId} DESC`)
          .limit(limit + 1),
      (found) => found,
    ),
  );
  return toPage(
    ctx,
    "reviews rights",
    limit,
    rows,
    ({ lineId }) => [lineId],
    ({ buyerId: _, offerId: __, deliveredAt, ...right }) => ({
      ...right,
      deliveredAt: new Date(deliveredAt).toISOString(),
      writableUntil: new Date(deliveredAt + writeWithinMs).toISOString(),
    }),
  );
}

export async function getSummary(ctx: Ctx, { productId, sellerId }: SummaryQuery) {
  const kind = productId === undefined ? "seller" : "product";
  const subjectId = productId ?? sellerId ?? "";
  const stars =
    productId === undefined
      ? (await ctx.db.load(ratingsQuery(kind, [subjectId])))[0].get(subjectId)
      : (await productRatings(ctx, [productId])).get(productId);
  return toSummaryDto(ctx, { kind, subjectId }, stars ?? NO_RATINGS);
}

export async function listReplies(ctx: Ctx, reviewId: Id<"review">) {
  const [row, replies] = await ctx.db.load(reviewQuery(reviewId), repliesQuery(reviewId));
  if (row?.state !== "published") throw fail("review.not_found");
  return {
    items: replies.map(({ text, at, version }) => ({ text, version, at: new Date(at).toISOString() })),
  };
}

/** The public chain, entry by entry, for whoever wants to check it. */
export async function readLog(ctx: Ctx, { productId, after, limit }: LogQuery) {
  const [rows] = await ctx.db.load(logQuery(productId, after, limit + 1));
  const items = rows.slice(0, limit);
  return { items, nextAfter: rows.length > limit ? (items.at(-1)?.seq ?? null) : null };
}
