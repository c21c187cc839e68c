import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import type { Ctx } from "#kernel/ctx";
import { open } from "#kernel/policy";

/** The reference page runs our own script and none from elsewhere. */
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; " +
  "frame-ancestors 'none'; base-uri 'none'";
const zAsset = z.unknown().describe("A file of the API reference");

/** The reference and what it needs are our own assets: no page of ours loads a script from elsewhere. */
async function asset({ env }: Ctx, path: string): Promise<Reply<unknown>> {
  const response = await env.ASSETS.fetch(`https://assets.local${path}`);
  const headers: Record<string, string> = {
    "cache-control": "public, max-age=300",
    "content-security-policy": PAGE_POLICY,
  };
  const type = response.headers.get("content-type");
  if (type !== null) headers["content-type"] = type;
  return new Reply(response.body, { status: response.status, headers });
}

export const app = newApp("/docs")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "The API reference as a page.",
      policy: open,
      request: {},
      responses: { 200: zAsset },
      example: {},
    }),
    async (ctx) => asset(ctx, "/docs/index.html"),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{file}",
      summary: "A script, style or picture of the API reference.",
      policy: open,
      request: { params: z.object({ file: z.string().regex(/^[\w.-]{1,80}$/) }) },
      responses: { 200: zAsset },
      example: { file: "swagger-ui.css" },
    }),
    async (ctx, { file }) => asset(ctx, `/docs/${file}`),
  );
