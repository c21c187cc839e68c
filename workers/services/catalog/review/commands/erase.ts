import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { forgetFiles } from "#services/catalog/product/index";
import { recordErasure } from "#services/social/user/index";
import { decideErase, type Review } from "../domain/review.ts";
import { forgetAuthor } from "../repository/questions.ts";
import * as reviews from "../repository/reviews.ts";
import { keep, newSalt } from "./change.ts";

const STEPS = [
  ["postgres.review", "anonymised", "The stars stay as a rating of nobody; words, name and files are gone."],
  ["postgres.review_log", "retained", "Hashes of what was public, whose salt is gone: nobody can read them."],
  ["postgres.question", "anonymised", "Questions and answers lose their author and their words."],
  ["r2.review_media", "erased", "Pictures and videos of reviews."],
] as const;

type Refuses = "review.busy" | "review.exists";

/** Nothing of a person is left in reviews, and the public log stays whole: it holds hashes and no words. */
export async function erasePerson(ctx: Ctx, userId: Id<"user">): Promise<readonly Statement<Refuses>[]> {
  const [rows, files] = await ctx.db.load(
    reviews.byAuthorQuery(userId),
    reviews.mediaQuery(reviews.mediaOfOwner(userId)),
  );
  const keys = files.map(({ key }) => key);
  await forgetFiles(ctx, keys);
  const at = ctx.clock.now();
  return [
    ...rows.flatMap((row) => {
      const before = row as Review;
      return keep(ctx, { before, after: decideErase(before, newSalt()) }, "author");
    }),
    reviews.removeVotes(reviews.votesBy(userId)),
    reviews.forgetReporter(userId),
    reviews.removeMedia(keys),
    reviews.forgetRights(userId),
    ...forgetAuthor(userId),
    recordErasure(STEPS.map(([store, action, reason]) => ({ userId, store, action, reason, at }))),
  ];
}
