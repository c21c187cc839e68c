import { defineRoute, newApp } from "#kernel/app";
import { anyOf, open, operator, seller } from "#kernel/policy";
import { collectEvents } from "./commands.ts";
import { getFunnel, getSales, listTopProducts } from "./queries.ts";
import {
  zCollect,
  zCollected,
  zCollectHeaders,
  zFunnel,
  zRange,
  zSales,
  zTopProducts,
  zTopRange,
} from "./schemas.ts";

const reader = anyOf(operator("analytics:read"), seller("analytics:read"));
const range = { from: "2026-11-01", to: "2026-11-30" };

export const app = newApp("/v1/analytics")
  .route(
    defineRoute({
      method: "post",
      path: "/events",
      summary: "Takes a batch of storefront events; says which were refused and why.",
      policy: open,
      request: { body: zCollect, headers: zCollectHeaders },
      responses: { 202: zCollected },
      example: {
        consent: true,
        events: [
          {
            id: "01jd8zt4w8h5vc6q",
            type: "page.viewed",
            at: "2026-11-22T10:00:00.000Z",
            sessionId: "s-01jd8zt4w8h5",
            properties: { path: "/" },
          },
        ],
      },
    }),
    async (ctx, input) => collectEvents(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/sales",
      summary: "GMV, orders, units and average order by day, of the market or of the seller's own shop.",
      policy: reader,
      request: { query: zRange },
      responses: { 200: zSales },
      example: range,
    }),
    async (ctx, input) => getSales(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/funnel",
      summary: "How many visitors viewed, added, checked out, ordered and paid.",
      policy: reader,
      request: { query: zRange },
      responses: { 200: zFunnel },
      example: range,
    }),
    async (ctx, input) => getFunnel(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/top-products",
      summary: "The products that sold for the most.",
      policy: reader,
      request: { query: zTopRange },
      responses: { 200: zTopProducts },
      example: range,
    }),
    async (ctx, input) => listTopProducts(ctx, input),
  );
