import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { anyOf, operator, service } from "#kernel/policy";
import { listDead, redrive } from "./commands.ts";

const zDead = z.object({
  letters: z.array(z.object({ id: z.string(), queue: z.string(), at: z.iso.datetime() })),
  jobs: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      subject: z.string(),
      attempts: z.int(),
      lastError: z.string().nullable(),
      deadAt: z.iso.datetime(),
    }),
  ),
});

export const app = newApp("/v1/dead-letters")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Messages and jobs that were given up, the oldest first, at most 100 of each.",
      policy: anyOf(operator("platform:read"), service("platform")),
      request: {},
      responses: { 200: zDead },
      example: {},
    }),
    async (ctx) => listDead(ctx),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/redrive",
      summary: "Sends them again and gives dead jobs their tries back.",
      policy: anyOf(operator("platform:write"), service("platform")),
      request: {},
      responses: { 200: z.object({ letters: z.int(), jobs: z.int() }) },
      example: {},
    }),
    async (ctx) => redrive(ctx),
  );
