import { requireBuyer } from "#kernel/actor";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import { err, orThrow } from "#kernel/result";
import { decideUpload, forgetFiles, mediaKey } from "#services/catalog/product/index";
import { fail } from "../errors.ts";
import { FORGET_MEDIA } from "../facts.ts";
import * as reviews from "../repository/reviews.ts";

/** Enough for a review that is begun three times; what is not used goes after a day. */
const UNUSED_MAX = 18;
const UNUSED_KEPT_MS = DAY_MS;

const REFUSALS = {
  "media.not_as_said": "review.media_not_as_said",
  "media.too_large": "review.media_too_large",
} as const;

type Raw = { readonly bytes: Uint8Array<ArrayBuffer>; readonly contentType: string };

/** A picture or video for a review that is being written; what it is is read from its bytes. */
export async function uploadReviewMedia(ctx: Ctx, { raw }: { readonly raw: Raw }) {
  const ownerId = requireBuyer(ctx);
  const decided = decideUpload(raw.bytes, raw.contentType);
  const { type } = orThrow(decided.ok ? decided : err(REFUSALS[decided.code]), fail);
  const [unused] = await ctx.db.load(reviews.mediaQuery(reviews.unusedOf(ownerId)));
  if (unused.length >= UNUSED_MAX) throw fail("review.media_too_many");
  const key = mediaKey(ctx.cell, ctx.ids.next("media"), type);
  const createdAt = ctx.clock.now();
  const dueAt = createdAt + UNUSED_KEPT_MS;
  const row = { key, ownerId, contentType: type, bytes: raw.bytes.byteLength, reviewId: null, createdAt };
  await ctx.buckets.MEDIA.put(key, raw.bytes, { httpMetadata: { contentType: type } });
  const committed = await ctx.db.commit([
    reviews.insertMedia(row),
    schedule(ctx, FORGET_MEDIA, { subject: key, payload: { key }, dueAt }),
  ]);
  orThrow(committed, fail);
  return { key, contentType: type, expiresAt: dueAt };
}

/** The bytes go first: what is asked for once more is simply not there. */
export async function forgetUnused(ctx: Ctx, key: string): Promise<readonly Statement[]> {
  const [rows] = await ctx.db.load(reviews.mediaQuery(reviews.unusedKey(key)));
  if (rows.length === 0) return [];
  await forgetFiles(ctx, [key]);
  return [reviews.removeMedia([key])];
}
