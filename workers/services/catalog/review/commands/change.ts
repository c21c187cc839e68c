import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { randomBytes } from "#kernel/random";
import { logAction, type Review, ratingChanges } from "../domain/review.ts";
import { ReviewChanged, ReviewHidden, ReviewPublished } from "../facts.ts";
import { appendLog, insertReview, rate, saveReview } from "../repository/reviews.ts";

const SALT_BYTES = 16;
export const newSalt = (): string => Buffer.from(randomBytes(SALT_BYTES)).toString("hex");

type Change = { readonly before: Review | undefined; readonly after: Review };
type By = "operator" | "author" | "platform";

/** A review as it is now, with all that follows from it in the same commit: log, ratings, fact. */
export function keep(
  ctx: Ctx,
  { before, after }: Change,
  by: By,
): readonly Statement<"review.busy" | "review.exists">[] {
  const action = logAction(before, after);
  const changes = ratingChanges(before, after);
  return [
    before ? saveReview(before, after) : insertReview(after),
    ...(action ? [appendLog(action, loggedOf({ before, after }), ctx.clock.now())] : []),
    ...(changes.length > 0 ? [rate(changes)] : []),
    ...tell(ctx, { before, after }, by),
  ];
}

/** What goes is logged by the content that was public. */
const loggedOf = ({ before, after }: Change) => ({
  ...after,
  contentHash: after.state === "published" ? after.contentHash : (before?.contentHash ?? after.contentHash),
});

export const toldOf = ({
  id: reviewId,
  productId,
  sellerId,
  orderId,
  productStars,
  sellerStars,
}: Review) => ({
  reviewId,
  productId,
  sellerId,
  orderId,
  productStars,
  sellerStars,
});

function tell(ctx: Ctx, { before, after }: Change, by: By): readonly Statement[] {
  const [was, is] = [before?.state === "published", after.state === "published"];
  if (is && !was) return [append(ReviewPublished.make(ctx, after, toldOf(after)))];
  if (was && !is) return [append(ReviewHidden.make(ctx, after, { ...toldOf(after), by }))];
  return is ? [append(ReviewChanged.make(ctx, after, toldOf(after)))] : [];
}

type Origin = { readonly deviceHash: string; readonly addressHash: string };

/**
 * Where a review came from, told apart and not told: the key is the cell's, the words cannot be read back.
 */
export function originOf({ keys, address }: Ctx, productId: Id<"product">, userAgent: string): Origin {
  // The product is in it, so that nobody can follow a person from one product to another by these.
  const sign = (text: string) => keys.sign("address", `review\n${productId}\n${text}`);
  return { deviceHash: sign(`${address}\n${userAgent}`), addressHash: sign(address) };
}
