import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import { open } from "#kernel/policy";
import { scrape } from "../queries.ts";

const zHeaders = z.object({ authorization: z.string().max(500).optional() });

export const app = newApp("/metrics").route(
  defineRoute({
    method: "get",
    path: "",
    summary: "Metrics as Prometheus text; outside local it needs the bearer token METRICS_TOKEN.",
    policy: open,
    request: { headers: zHeaders },
    responses: { 200: z.unknown().describe("Prometheus text format 0.0.4") },
    example: {},
  }),
  async (ctx, { headers }) =>
    new Reply(await scrape(ctx, headers.authorization), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    }),
);
