import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { decodeCursor, type PageQuery, toPage } from "#kernel/page";
import * as questions from "../repository/questions.ts";
import { toAnswerDto, toQuestionDto } from "./dto.ts";
import { familyOf } from "./families.ts";

type List = PageQuery & { readonly productId: Id<"product"> };

/** A product's questions with their answers, the newest first. */
export async function listQuestions(ctx: Ctx, { productId, limit, cursor }: List) {
  const scope = `questions ${productId}`;
  const before = decodeCursor(ctx, scope, cursor)?.[0]?.toString();
  const where = questions.publishedOf(await familyOf(ctx, productId), before);
  const [rows] = await ctx.db.load(questions.questionsQuery(where, questions.newestFirst, limit + 1));
  const [answers] = await ctx.db.load(questions.answersQuery(rows.map(({ id }) => id)));
  return toPage(
    ctx,
    scope,
    limit,
    rows,
    ({ id }) => [id],
    (row) => toQuestionDto(row, answers),
  );
}

/** What an operator has to look at, the oldest first. */
export async function listWaiting(ctx: Ctx, { limit }: { readonly limit: number }) {
  requireOperator(ctx, "review:moderate");
  const { waitingQuestions, oldestFirst } = questions;
  const [asked, given] = await ctx.db.load(
    questions.questionsQuery(waitingQuestions, oldestFirst, limit),
    questions.waitingAnswersQuery(limit),
  );
  return {
    questions: asked.map((row) => ({ ...toQuestionDto(row, []), findings: [...row.findings] })),
    answers: given.map((row) => ({ ...toAnswerDto(row), findings: [...row.findings] })),
  };
}
