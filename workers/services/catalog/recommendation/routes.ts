import { defineRoute, newApp } from "#kernel/app";
import { buyer, open, operator } from "#kernel/policy";
import { getPreference, setPreference } from "./commands/prefer.ts";
import { recommendForYou } from "./queries/for-you.ts";
import { recommendForItem, recommendList } from "./queries/items.ts";
import { getPerformance } from "./queries/performance.ts";
import * as s from "./schemas.ts";

const productId = "prd_01jd8zt4w8h5vc6q1m9a2r7sxy";
const forItem = { params: s.zProductRef, query: s.zItemQuery };
const answers = { 200: s.zRecommendations };

export const app = newApp("/v1/recommendations")
  .route(
    defineRoute({
      method: "get",
      path: "/similar/{productId}",
      summary: "What people who like a product like as well; before anybody does, what its category sells.",
      policy: open,
      request: forItem,
      responses: answers,
      example: { productId, slot: "product.similar" },
    }),
    (ctx, input) => recommendForItem(ctx, "similar", input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/bought-together/{productId}",
      summary: "What is bought in one basket with a product.",
      policy: open,
      request: forItem,
      responses: answers,
      example: { productId, slot: "product.together" },
    }),
    (ctx, input) => recommendForItem(ctx, "bought-together", input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/also-viewed/{productId}",
      summary: "What people who view a product view as well.",
      policy: open,
      request: forItem,
      responses: answers,
      example: { productId, slot: "product.viewed" },
    }),
    (ctx, input) => recommendForItem(ctx, "also-viewed", input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/trending",
      summary: "What is on the rise, in the market or a category.",
      policy: open,
      request: { query: s.zListQuery },
      responses: answers,
      example: { slot: "home.trending" },
    }),
    (ctx, input) => recommendList(ctx, "trending", input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/popular",
      summary: "What most people buy, in the market or a category.",
      policy: open,
      request: { query: s.zListQuery },
      responses: answers,
      example: { slot: "home.popular" },
    }),
    (ctx, input) => recommendList(ctx, "popular", input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/for-you",
      summary: "Chosen by what the person did before and in this session, with the reason for each.",
      policy: open,
      request: { body: s.zForYou },
      responses: answers,
      example: { slot: "home.for_you", limit: 12, session: [{ type: "view", productId }] },
    }),
    (ctx, input) => recommendForYou(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/preference",
      summary: "Whether what you did is used to choose for you.",
      policy: buyer,
      request: {},
      responses: { 200: s.zPreference },
      example: {},
    }),
    (ctx) => getPreference(ctx),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/preference",
      summary: "Have lists chosen for you, or not; a no also forgets what was known.",
      policy: buyer,
      request: { body: s.zPreference },
      responses: { 200: s.zPreference },
      example: { personalised: false },
    }),
    (ctx, input) => setPreference(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/performance",
      summary: "Impressions, clicks and click-through rate of each slot.",
      policy: operator("analytics:read"),
      request: { query: s.zRange },
      responses: { 200: s.zPerformance },
      example: { from: "2026-11-01", to: "2026-11-30" },
    }),
    (ctx, input) => getPerformance(ctx, input),
  );
