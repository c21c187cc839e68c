import { createHash } from "node:crypto";
import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import { zPageQuery } from "#kernel/page";
import { open } from "#kernel/policy";
import { feedSlice } from "./queries.ts";

type Asked = z.output<typeof zPageQuery> & {
  readonly headers: { readonly "if-none-match"?: string | undefined };
};

async function answer(
  ctx: Ctx,
  { headers: { "if-none-match": known }, ...slice }: Asked,
): Promise<Reply<string>> {
  const { text, nextCursor } = await feedSlice(ctx, slice);
  const etag = `"${createHash("sha1").update(text).digest("base64url").slice(0, 20)}"`;
  const next = `</v1/feeds/products?limit=${slice.limit}&cursor=${nextCursor}>; rel="next"`;
  const headers = {
    etag,
    "content-type": "application/x-ndjson; charset=utf-8",
    ...(nextCursor === null ? {} : { link: next }),
  };
  if (known === etag) return new Reply<string>(null, { status: 304, headers });
  return new Reply<string>(new Response(text).body, { headers });
}

export const app = newApp("/v1/feeds").route(
  defineRoute({
    method: "get",
    path: "/products",
    summary: "Products on sale for agents, a line of JSON an offer; the Link header leads to the next slice.",
    policy: open,
    request: {
      query: zPageQuery,
      headers: z.object({ "if-none-match": z.string().max(200).optional() }),
    },
    responses: { 200: z.string() },
    example: { limit: 20 },
  }),
  (ctx, input) => answer(ctx, input),
);
