import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { open } from "#kernel/policy";

export const app = newApp("/healthz").route(
  defineRoute({
    method: "get",
    path: "",
    summary: "Says that the Worker runs; touches no engine.",
    policy: open,
    request: {},
    responses: { 200: z.object({ status: z.literal("ok") }) },
    example: {},
  }),
  async () => ({ status: "ok" as const }),
);
