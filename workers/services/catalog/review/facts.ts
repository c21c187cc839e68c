import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

const zStars = z.int().min(1).max(5);
const zOf = z.object({
  reviewId: zId("review"),
  productId: zId("product"),
  sellerId: zId("seller"),
  /** The review that the parcel's contents were bought with. */
  orderId: zId("order"),
  productStars: zStars,
  sellerStars: zStars.nullable(),
});

/** Everybody sees it from now on, for the first time or again. */
export const ReviewPublished = defineEvent("review.published", 1, zOf);
/** Nobody sees it any more: an operator, its author, or what was found later took it away. */
export const ReviewHidden = defineEvent(
  "review.hidden",
  1,
  zOf.extend({ by: z.enum(["operator", "author", "platform"]) }),
);
/** Its words or stars changed while everybody saw it. */
export const ReviewChanged = defineEvent("review.changed", 1, zOf);
/** The shop has answered its author. */
export const ReviewReplied = defineEvent(
  "review.replied",
  1,
  zOf.extend({ authorId: zId("user").optional() }),
);

/** A file that no review took in a day goes. */
export const FORGET_MEDIA = defineJob("review.forget_media", undefined, z.object({ key: z.string() }));
