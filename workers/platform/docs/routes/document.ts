import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import { open } from "#kernel/policy";

export const app = newApp("/openapi.json").route(
  defineRoute({
    method: "get",
    path: "",
    summary: "This API as OpenAPI 3.1, generated from the schemas that check it.",
    policy: open,
    request: {},
    responses: { 200: z.unknown().describe("OpenAPI 3.1 document") },
    example: {},
  }),
  async ({ env }) => {
    const response = await env.ASSETS.fetch("https://assets.local/openapi.json");
    const headers = { "content-type": "application/json", "cache-control": "public, max-age=300" };
    return new Reply(response.body, { status: response.status, headers });
  },
);
