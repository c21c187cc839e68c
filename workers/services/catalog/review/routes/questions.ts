import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { buyer, open, operator } from "#kernel/policy";
import { ask, decideAnswer, decideQuestion, giveAnswer } from "../commands/question.ts";
import { toAnswerDto, toQuestionDto } from "../queries/dto.ts";
import { listQuestions, listWaiting } from "../queries/questions.ts";
import * as s from "../schemas.ts";

const QUESTION_ID = "qst_01jd8zt4w8h5vc6q1m9a2r7sxy";
const ANSWER_ID = "ans_01jd8zt4w8h5vc6q1m9a2r7sxy";
const PRODUCT_ID = "prd_01jd8zt4w8h5vc6q1m9a2r7sxy";
const moderator = operator("review:moderate");
const decision = { publish: true, reason: "Nothing speaks against it." };

export const app = newApp("/v1/questions")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Questions about a product with their answers, the newest first.",
      policy: open,
      request: { query: s.zQuestionList },
      responses: { 200: s.zQuestions },
      example: { productId: PRODUCT_ID },
    }),
    (ctx, input) => listQuestions(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Ask about a product.",
      policy: buyer,
      request: { body: s.zAsk },
      responses: { 201: s.zQuestion },
      idempotency: "required",
      example: { productId: PRODUCT_ID, text: "Does it fit a 14 inch laptop?" },
    }),
    async (ctx, input) => toQuestionDto(await ask(ctx, input), []),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/queue",
      summary: "Questions and answers that wait for an operator, the oldest first.",
      policy: moderator,
      request: { query: s.zPaging },
      responses: { 200: s.zWaiting },
      example: { limit: 20 },
    }),
    (ctx, input) => listWaiting(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{questionId}/answers",
      summary: "Answer as a shop that sells the product, or as somebody to whom it was delivered.",
      policy: buyer,
      request: { params: s.zQuestionRef, body: s.zGiveAnswer },
      responses: { 201: s.zAnswer },
      example: { questionId: QUESTION_ID, text: "It does, with its sleeve." },
    }),
    async (ctx, input) => toAnswerDto(await giveAnswer(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{questionId}/decide",
      summary: "Publish or reject a question, and say why.",
      policy: moderator,
      request: { params: s.zQuestionRef, body: s.zDecide },
      responses: { 204: z.null() },
      example: { questionId: QUESTION_ID, ...decision },
    }),
    (ctx, input) => decideQuestion(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/answers/{answerId}/decide",
      summary: "Publish or reject an answer, and say why.",
      policy: moderator,
      request: { params: s.zAnswerRef, body: s.zDecide },
      responses: { 204: z.null() },
      example: { answerId: ANSWER_ID, ...decision },
    }),
    (ctx, input) => decideAnswer(ctx, input),
  );
