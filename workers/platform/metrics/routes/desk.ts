import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { operator } from "#kernel/policy";
import { INVARIANTS, summarise } from "../queries.ts";

const zMs = z.number().nullable();
const zRoute = z.object({
  route: z.string(),
  requests: z.int(),
  refused: z.int(),
  failed: z.int(),
  p50Ms: zMs,
  p95Ms: zMs,
});
/** `null` where the market's database could not be asked. */
const zInvariant = z.object({
  name: z.enum(INVARIANTS),
  value: z.number().nullable(),
  holds: z.boolean().nullable(),
});

export const app = newApp("/v1/metrics").route(
  defineRoute({
    method: "get",
    path: "/summary",
    summary: "Rate, errors and duration by route since the counters began, and what must hold now.",
    policy: operator("platform:read"),
    request: {},
    responses: {
      200: z.object({ at: z.iso.datetime(), routes: z.array(zRoute), invariants: z.array(zInvariant) }),
    },
    example: {},
  }),
  async (ctx) => summarise(ctx),
);
