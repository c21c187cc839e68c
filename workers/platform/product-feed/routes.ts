import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import { etagOf, JsonText } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import { type PageQuery, zPageQuery } from "#kernel/page";
import { open } from "#kernel/policy";
import { feedSlice } from "./queries.ts";

async function answer(ctx: Ctx, slice: PageQuery): Promise<Reply<string>> {
  const { text, nextCursor } = await feedSlice(ctx, slice);
  const next = `</v1/feeds/products?limit=${slice.limit}&cursor=${nextCursor}>; rel="next"`;
  const headers = {
    "content-type": "application/x-ndjson; charset=utf-8",
    ...(nextCursor === null ? {} : { link: next }),
  };
  return new Reply<string>(new JsonText(text, etagOf(text)), { headers });
}

export const app = newApp("/v1/feeds").route(
  defineRoute({
    method: "get",
    path: "/products",
    summary: "Products on sale for agents, a line of JSON an offer; the Link header leads to the next slice.",
    policy: open,
    request: { query: zPageQuery },
    responses: { 200: z.string() },
    example: { limit: 20 },
  }),
  (ctx, input) => answer(ctx, input),
);
