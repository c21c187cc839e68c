import type { BuyerId } from "#kernel/actor";
import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";
import { contentHash, type LogAction } from "./log.ts";
import type { Finding, Moderated, Rules } from "./moderation.ts";
import type { RatingChange, Stars } from "./rating.ts";

export const REVIEW_STATES = ["pending", "published", "rejected", "withdrawn"] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

export const MEDIA_MAX = 6;
export type MediaFile = { readonly key: string; readonly contentType: string };

/** A delivered line that its buyer may review. */
export type Right = {
  readonly lineId: Id<"line">;
  readonly orderId: Id<"order">;
  readonly buyerId: BuyerId;
  readonly sellerId: Id<"seller">;
  readonly productId: Id<"product">;
  readonly offerId: Id<"offer">;
  readonly title: string;
  readonly deliveredAt: number;
};

/** What its author says. */
export type Words = {
  readonly productStars: Stars;
  readonly sellerStars: Stars | null;
  readonly courierStars: Stars | null;
  readonly title: string;
  readonly text: string;
  readonly media: readonly MediaFile[];
  readonly anonymous: boolean;
};

export type Review = Words & {
  readonly id: Id<"review">;
  readonly lineId: Id<"line">;
  readonly orderId: Id<"order">;
  readonly productId: Id<"product">;
  readonly sellerId: Id<"seller">;
  readonly variantId: Id<"variant"> | null;
  readonly variantLabel: string;
  readonly authorId: BuyerId | null;
  readonly authorName: string | null;
  readonly state: ReviewState;
  readonly findings: readonly Finding[];
  readonly decisionReason: string | null;
  readonly decidedBy: string | null;
  readonly deviceHash: string | null;
  readonly addressHash: string | null;
  readonly salt: string;
  readonly contentHash: string;
  readonly createdAt: number;
  readonly publishedAt: number | null;
  readonly editedAt: number | null;
  readonly version: number;
};

export const hashOf = (salt: string, { media, ...words }: Omit<Words, "anonymous">): string =>
  contentHash(salt, { ...words, mediaKeys: media.map(({ key }) => key) });

/** Everything of a review that a reader sees is looked at as one text. */
export const textOf = ({ title, text }: Pick<Words, "title" | "text">): string => `${title}\n${text}`;

export type Draft = Words &
  Pick<Review, "id" | "variantId" | "variantLabel" | "authorId" | "authorName" | "salt"> &
  Pick<Review, "deviceHash" | "addressHash">;

/** A new review of a line whose time has not run out. */
export function decideWrite(
  right: Right,
  draft: Draft,
  { state, findings }: Moderated,
  { rules, now }: { readonly rules: Pick<Rules, "writeWithinMs">; readonly now: number },
): Result<Review, "review.too_late"> {
  if (now > right.deliveredAt + rules.writeWithinMs) return err("review.too_late");
  const { lineId, orderId, productId, sellerId } = right;
  return ok({
    ...draft,
    lineId,
    orderId,
    productId,
    sellerId,
    state,
    findings,
    decisionReason: null,
    decidedBy: null,
    contentHash: hashOf(draft.salt, draft),
    createdAt: now,
    publishedAt: state === "published" ? now : null,
    editedAt: null,
    version: 1,
  });
}

type Edit = { readonly words: Words; readonly moderated: Moderated; readonly salt: string };

/** Changed words are looked at anew; what an operator has rejected is looked at by one again. */
export function decideEdit(
  review: Review,
  { words, moderated, salt }: Edit,
  { rules, now }: { readonly rules: Pick<Rules, "editWithinMs">; readonly now: number },
): Result<Review, "review.too_late" | "review.withdrawn"> {
  if (review.state === "withdrawn") return err("review.withdrawn");
  if (now > review.createdAt + rules.editWithinMs) return err("review.too_late");
  const wasRefused = review.state === "rejected" && review.decidedBy !== null;
  const state = wasRefused && moderated.state === "published" ? "pending" : moderated.state;
  return ok({
    ...review,
    ...words,
    state,
    findings: moderated.findings,
    decidedBy: state === review.state ? review.decidedBy : null,
    decisionReason: null,
    salt,
    contentHash: hashOf(salt, words),
    publishedAt: state === "published" ? (review.publishedAt ?? now) : review.publishedAt,
    editedAt: now,
    version: review.version + 1,
  });
}

type Decision = { readonly publish: boolean; readonly reason: string; readonly by: string };

/** An operator has the last word, in whatever state it was; his word again changes nothing. */
export function decideModeration(
  review: Review,
  { publish, reason, by }: Decision,
  now: number,
): Result<Review, "review.withdrawn"> {
  if (review.state === "withdrawn") return err("review.withdrawn");
  const state = publish ? "published" : "rejected";
  if (state === review.state && review.decidedBy !== null) return ok(review);
  return ok({
    ...review,
    state,
    decisionReason: reason,
    decidedBy: by,
    publishedAt: publish ? (review.publishedAt ?? now) : review.publishedAt,
    version: review.version + 1,
  });
}

/** What was only seen once it was public (a burst, a ring) waits for an operator; his word stays. */
export function decideHold(review: Review, findings: readonly Finding[]): Review {
  if (review.state !== "published" || review.decidedBy !== null || findings.length === 0) return review;
  const all = [...new Set([...review.findings, ...findings])];
  return { ...review, state: "pending", findings: all, version: review.version + 1 };
}

export function decideWithdraw(review: Review): Review {
  if (review.state === "withdrawn") return review;
  return { ...review, ...EMPTY, state: "withdrawn", version: review.version + 1 };
}

const EMPTY = { title: "", text: "", media: [] as readonly MediaFile[], salt: "", contentHash: "" };

/** Nothing says any more who wrote it or what was said; the stars stay, as a rating of nobody. */
export function decideErase(review: Review, salt: string): Review {
  if (review.authorId === null) return review;
  const words = { ...EMPTY, salt: review.state === "withdrawn" ? "" : salt };
  return {
    ...review,
    ...words,
    contentHash: review.state === "withdrawn" ? "" : hashOf(salt, { ...review, ...EMPTY }),
    authorId: null,
    authorName: null,
    anonymous: true,
    deviceHash: null,
    addressHash: null,
    version: review.version + 1,
  };
}

type Public = Pick<
  Review,
  "productId" | "sellerId" | "productStars" | "sellerStars" | "state" | "contentHash" | "authorId"
>;
const isShown = ({ state }: Pick<Review, "state">): boolean => state === "published";

function ratingsOf(review: Public | undefined): readonly Omit<RatingChange, "by">[] {
  if (!review || !isShown(review)) return [];
  const { productId, sellerId, productStars, sellerStars } = review;
  const product = { kind: "product", subjectId: productId, stars: productStars } as const;
  return sellerStars === null
    ? [product]
    : [product, { kind: "seller", subjectId: sellerId, stars: sellerStars } as const];
}

const sameRating = (a: Omit<RatingChange, "by">, b: Omit<RatingChange, "by">): boolean =>
  a.kind === b.kind && a.subjectId === b.subjectId && a.stars === b.stars;

/** What a change of a review does to the ratings: what it counted before goes, what it counts now comes. */
export function ratingChanges(before: Public | undefined, after: Public): readonly RatingChange[] {
  const [gone, come] = [ratingsOf(before), ratingsOf(after)];
  return [
    ...gone
      .filter((one) => !come.some((other) => sameRating(one, other)))
      .map((one) => ({ ...one, by: -1 }) as const),
    ...come
      .filter((one) => !gone.some((other) => sameRating(one, other)))
      .map((one) => ({ ...one, by: 1 }) as const),
  ];
}

/** What the public log says of a change; undefined when the public saw nothing of it. */
export function logAction(before: Public | undefined, after: Public): LogAction | undefined {
  if (!before || !isShown(before)) return isShown(after) ? "published" : undefined;
  if (!isShown(after)) return after.state === "withdrawn" ? "withdrawn" : "hidden";
  if (before.contentHash === after.contentHash) return undefined;
  return after.authorId === null ? "erased" : "edited";
}

/** "Ayu Lestari" is shown as "A***i": whoever knows her may guess, nobody else learns. */
export function maskName(name: string): string {
  const letters = [...name.replace(/[^\p{L}\p{N}]/gu, "")];
  const [first, last] = [letters.at(0), letters.at(-1)];
  return letters.length < 3 || first === undefined ? "***" : `${first}***${last}`;
}

/** What stands beside a review: null where nobody has a name. */
export const shownName = ({
  authorName,
  anonymous,
}: Pick<Review, "authorName" | "anonymous">): string | null =>
  authorName === null ? null : anonymous ? maskName(authorName) : authorName;
