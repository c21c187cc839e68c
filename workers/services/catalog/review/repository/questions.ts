import { and, asc, eq, ne, type SQL, sql } from "drizzle-orm";
import { among, build, guarded, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { answer, question } from "#schema/catalog/review";

export type QuestionRow = typeof question.$inferSelect;
export type AnswerRow = typeof answer.$inferSelect;

export const insertQuestion = (row: QuestionRow): Statement => statement(build.insert(question).values(row));

export const insertAnswer = (row: AnswerRow): Statement<"answer.exists"> => ({
  ...statement(build.insert(answer).values(row)),
  constraints: { answer_once: "answer.exists" },
});

export const questionQuery = (id: Id<"question">): Query<QuestionRow | undefined> =>
  query(
    (read) => read.select().from(question).where(eq(question.id, id)),
    ([row]) => row,
  );

export const questionsQuery = (where: SQL | undefined, order: SQL, limit: number) =>
  query(
    (read) => read.select().from(question).where(where).orderBy(order).limit(limit),
    (rows) => rows,
  );
export const newestFirst = sql`${question.id} DESC`;
export const oldestFirst = asc(question.id);
export const publishedOf = (
  productIds: readonly Id<"product">[],
  before: string | undefined,
): SQL | undefined =>
  and(
    among(question.productId, productIds),
    eq(question.state, "published"),
    before === undefined ? undefined : sql`${question.id} < ${before}`,
  );
export const waitingQuestions: SQL = eq(question.state, "pending");

export const answersQuery = (questionIds: readonly string[]): Query<readonly AnswerRow[]> =>
  query(
    (read) =>
      read
        .select()
        .from(answer)
        .where(and(among(answer.questionId, questionIds), eq(answer.state, "published")))
        .orderBy(asc(answer.id)),
    (rows) => rows,
  );

export const waitingAnswersQuery = (limit: number): Query<readonly AnswerRow[]> =>
  query(
    (read) =>
      read.select().from(answer).where(eq(answer.state, "pending")).orderBy(asc(answer.id)).limit(limit),
    (rows) => rows,
  );

type Decided = Pick<QuestionRow, "state" | "decisionReason">;
export const decideQuestion = (id: Id<"question">, set: Decided): Statement<"question.not_found"> =>
  guarded(
    build
      .update(question)
      .set({ ...set, version: sql`version + 1` })
      .where(and(eq(question.id, id), ne(question.state, "withdrawn"))),
    1,
    "question.not_found",
  );
export const decideAnswer = (id: Id<"answer">, set: Decided): Statement<"answer.not_found"> =>
  guarded(
    build
      .update(answer)
      .set({ ...set, version: sql`version + 1` })
      .where(and(eq(answer.id, id), ne(answer.state, "withdrawn"))),
    1,
    "answer.not_found",
  );

/** Others' answers to a question that lost its words stay where they were. */
export const forgetAuthor = (userId: Id<"user">): readonly Statement[] => {
  const gone = { authorId: null, authorName: null, text: "" };
  return [
    statement(
      build
        .update(question)
        .set({ ...gone, anonymous: true })
        .where(eq(question.authorId, userId)),
    ),
    statement(
      build
        .update(answer)
        .set({ ...gone, state: "withdrawn" })
        .where(eq(answer.authorId, userId)),
    ),
  ];
};
