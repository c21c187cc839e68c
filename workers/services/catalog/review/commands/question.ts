import { requireOperator, requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { shopRoleGrants } from "#kernel/permission";
import { orThrow } from "#kernel/result";
import { cardOffersQuery, cardsQuery } from "#services/catalog/product/index";
import { profileQuery } from "#services/social/user/index";
import { moderate, NO_SIGNALS } from "../domain/moderation.ts";
import { fail } from "../errors.ts";
import * as questions from "../repository/questions.ts";
import { boughtQuery } from "../repository/reviews.ts";

type Ask = { readonly productId: Id<"product">; readonly text: string; readonly anonymous: boolean };

export async function ask(ctx: Ctx, { productId, text, anonymous }: Ask): Promise<questions.QuestionRow> {
  const authorId = requireUser(ctx);
  const [[card], profile] = await ctx.db.load(cardsQuery([productId]), profileQuery(authorId));
  if (card?.state !== "published") throw fail("question.product_not_found");
  const { state, findings } = moderate(text, NO_SIGNALS, ctx.market.review);
  const row = {
    id: ctx.ids.next("question"),
    productId,
    authorId,
    authorName: profile?.name ?? null,
    anonymous,
    text,
    state,
    findings,
    decisionReason: null,
    createdAt: ctx.clock.now(),
    version: 1,
  };
  orThrow(await ctx.db.commit([questions.insertQuestion(row)]), fail);
  return row;
}

type Answer = { readonly questionId: Id<"question">; readonly text: string };

/** The shop of the request, when it may speak for it. */
function shopOf({ actor }: Ctx): Id<"seller"> | undefined {
  if (actor.kind !== "user" || !actor.shop) return undefined;
  return shopRoleGrants(actor.shop.role, "review:write") ? actor.shop.sellerId : undefined;
}

/** Shops that sell the product answer, and people to whom it was delivered. */
export async function giveAnswer(ctx: Ctx, { questionId, text }: Answer): Promise<questions.AnswerRow> {
  const authorId = requireUser(ctx);
  const [asked] = await ctx.db.load(questions.questionQuery(questionId));
  if (asked?.state !== "published") throw fail("question.not_found");
  const [offers, hasBought, profile] = await ctx.db.load(
    cardOffersQuery([asked.productId]),
    boughtQuery(asked.productId, authorId),
    profileQuery(authorId),
  );
  const shop = shopOf(ctx);
  const sells = shop !== undefined && offers.some(({ sellerId }) => sellerId === shop);
  if (!sells && !hasBought) throw fail("question.not_yours_to_answer");
  const { state, findings } = moderate(text, NO_SIGNALS, ctx.market.review);
  const row = {
    id: ctx.ids.next("answer"),
    questionId,
    authorId,
    authorName: profile?.name ?? null,
    sellerId: sells ? shop : null,
    text,
    state,
    findings,
    decisionReason: null,
    createdAt: ctx.clock.now(),
    version: 1,
  };
  orThrow(await ctx.db.commit([questions.insertAnswer(row)]), fail);
  return row;
}

type Decision = { readonly publish: boolean; readonly reason: string };
const stateOf = ({ publish, reason }: Decision) =>
  ({ state: publish ? "published" : "rejected", decisionReason: reason }) as const;

export async function decideQuestion(
  ctx: Ctx,
  { questionId, ...decision }: Decision & { readonly questionId: Id<"question"> },
): Promise<null> {
  requireOperator(ctx, "review:moderate");
  orThrow(await ctx.db.commit([questions.decideQuestion(questionId, stateOf(decision))]), fail);
  return null;
}

export async function decideAnswer(
  ctx: Ctx,
  { answerId, ...decision }: Decision & { readonly answerId: Id<"answer"> },
): Promise<null> {
  requireOperator(ctx, "review:moderate");
  orThrow(await ctx.db.commit([questions.decideAnswer(answerId, stateOf(decision))]), fail);
  return null;
}
