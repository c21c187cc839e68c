import { type BuyerId, requireBuyer } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { ok, orThrow } from "#kernel/result";
import { textIn } from "#kernel/texts";
import { forgetFiles, offersQuery } from "#services/catalog/product/index";
import { profileQuery } from "#services/social/user/index";
import { partiesQuery } from "#services/transaction/order/index";
import { moderate } from "../domain/moderation.ts";
import {
  decideEdit,
  decideWithdraw,
  decideWrite,
  type MediaFile,
  type Review,
  textOf,
  type Words,
} from "../domain/review.ts";
import { fail } from "../errors.ts";
import * as reviews from "../repository/reviews.ts";
import type { EditReview, WordsInput, WriteReview } from "../schemas.ts";
import { keep, newSalt, originOf } from "./change.ts";

/** The words with the files that they name; files that are not the author's are found by the commit. */
function toWords(input: WordsInput, files: readonly reviews.MediaRow[]): Words {
  const byKey = new Map(files.map((file) => [file.key, file.contentType]));
  const media = input.media.map((key): MediaFile => {
    const contentType = byKey.get(key);
    if (contentType === undefined) throw fail("review.media_not_found");
    return { key, contentType };
  });
  const { stars, title, text, anonymous } = input;
  return {
    productStars: stars.product,
    sellerStars: stars.seller,
    courierStars: stars.courier,
    title,
    text,
    media,
    anonymous,
  };
}

/** Whoever bought the line says what it was like, once. */
export async function writeReview(ctx: Ctx, input: WriteReview): Promise<Review> {
  const buyerId = requireBuyer(ctx);
  const [right] = await ctx.db.load(reviews.rightQuery(input.lineId));
  if (!right) throw fail("review.line_not_found");
  const { productId, orderId, offerId } = right;
  const origin = originOf(ctx, productId, input.headers["user-agent"]);
  const now = ctx.clock.now();
  const rules = ctx.market.review;
  const [parties, [offer], profile, signals, files] = await ctx.db.load(
    partiesQuery(orderId),
    offersQuery([offerId]),
    profileQuery(buyerId as Id<"user">),
    reviews.signalsQuery({ productId, authorId: buyerId, ...origin }, rules, now),
    reviews.mediaQuery(reviews.mediaOfOwner(buyerId)),
  );
  // A guest's order may have become an account's since it was delivered, so Order has the last word.
  if ((parties?.buyerId ?? right.buyerId) !== buyerId) throw fail("review.line_not_found");
  const words = toWords(input, files);
  const [usual = "en"] = ctx.market.locales;
  const draft = {
    ...words,
    ...origin,
    id: ctx.ids.next("review"),
    variantId: offer?.variantId ?? null,
    variantLabel: offer ? textIn(offer.variantLabel, usual) : "",
    authorId: buyerId,
    authorName: profile?.name ?? null,
    salt: newSalt(),
  };
  const moderated = moderate(textOf(words), signals, rules);
  const after = orThrow(decideWrite(right, draft, moderated, { rules, now }), fail);
  const committed = await ctx.db.commit([
    ...keep(ctx, { before: undefined, after }, "author"),
    ...(words.media.length > 0 ? [reviews.takeMedia(after.id, buyerId, words.media)] : []),
  ]);
  orThrow(committed, fail);
  return after;
}

async function loadOwn(ctx: Ctx, reviewId: Id<"review">, authorId: BuyerId): Promise<Review> {
  const [row] = await ctx.db.load(reviews.reviewQuery(reviewId));
  if (row?.authorId !== authorId) throw fail("review.not_found");
  return row as Review;
}

export async function editReview(ctx: Ctx, input: EditReview): Promise<Review> {
  const authorId = requireBuyer(ctx);
  const before = await loadOwn(ctx, input.reviewId, authorId);
  if (before.version !== input.ifMatch) throw fail("review.stale");
  const { productId, deviceHash, addressHash } = before;
  const now = ctx.clock.now();
  const rules = ctx.market.review;
  const [signals, files] = await ctx.db.load(
    reviews.signalsQuery({ productId, authorId, deviceHash, addressHash }, rules, now, before.id),
    reviews.mediaQuery(reviews.mediaOfOwner(authorId)),
  );
  const words = toWords(input, files);
  const moderated = moderate(textOf(words), signals, rules);
  const edit = { words, moderated, salt: newSalt() };
  const after = orThrow(decideEdit(before, edit, { rules, now }), fail);
  const dropped = before.media.filter(({ key }) => !words.media.some((file) => file.key === key));
  const committed = await ctx.db.commit([
    ...keep(ctx, { before, after }, "author"),
    ...(words.media.length > 0 ? [reviews.takeMedia(after.id, authorId, words.media)] : []),
    ...(dropped.length > 0 ? [reviews.removeMedia(dropped.map(({ key }) => key))] : []),
  ]);
  if (!committed.ok && committed.code === "review.busy") throw fail("review.stale");
  orThrow(committed, fail);
  dropFiles(ctx, dropped);
  return after;
}

/** The author takes it back: words and pictures go, the log says so, and the line is not reviewed again. */
export async function withdrawReview(ctx: Ctx, reviewId: Id<"review">): Promise<null> {
  const authorId = requireBuyer(ctx);
  const outcome = await untilFresh("review.busy", async () => {
    const before = await loadOwn(ctx, reviewId, authorId);
    const after = decideWithdraw(before);
    if (after === before) return ok(before);
    const keys = before.media.map(({ key }) => key);
    const committed = await ctx.db.commit([
      ...keep(ctx, { before, after }, "author"),
      reviews.removeMedia(keys),
    ]);
    return committed.ok ? ok(before) : committed;
  });
  dropFiles(ctx, orThrow(outcome, fail).media);
  return null;
}

/** After the commit: a file without a row is only forgotten, a row without its file would be a lie. */
function dropFiles(ctx: Ctx, files: readonly MediaFile[]): void {
  if (files.length === 0) return;
  const keys = files.map(({ key }) => key);
  ctx.defer(forgetFiles(ctx, keys));
}
