import { sql } from "drizzle-orm";
import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import { cellsOf } from "#kernel/cell";
import type { Ctx } from "#kernel/ctx";
import { openSystemCtx } from "#kernel/open-ctx";
import { open } from "#kernel/policy";

/** A probe that waits longer than its caller's patience says nothing. */
const PROBE_MS = 2_000;

const zState = z.enum(["up", "down"]);
const zReady = z.object({
  ready: z.boolean(),
  cells: z.record(z.string(), z.object({ postgres: zState, redis: zState, clickhouse: zState })),
});

const probe = (work: Promise<unknown>) =>
  Promise.race([work.then(() => "up" as const), scheduler.wait(PROBE_MS).then(() => "down" as const)]).catch(
    () => "down" as const,
  );

async function probeCell(ctx: Ctx) {
  const [postgres, redis, clickhouse] = await Promise.all([
    probe(ctx.db.read.execute(sql`SELECT 1`)),
    probe(ctx.redis.ping()),
    probe(ctx.clickhouse.query({ query: "SELECT 1" }).then((result) => result.text())),
  ]);
  return { postgres, redis, clickhouse };
}

/** Ready means that every engine of every cell answers; a cache or an engine away is 503 and says which. */
async function readiness({ env, defer }: Ctx): Promise<Reply<z.input<typeof zReady>>> {
  const entries = await Promise.all(
    Object.keys(cellsOf(env)).map(
      async (cell) => [cell, await probeCell(openSystemCtx(env, cell, { defer }))] as const,
    ),
  );
  const ready = entries.every(([, states]) => Object.values(states).every((state) => state === "up"));
  const headers = ready ? {} : { "retry-after": "2" };
  return new Reply({ ready, cells: Object.fromEntries(entries) }, { status: ready ? 200 : 503, headers });
}

export const app = newApp("/readyz").route(
  defineRoute({
    method: "get",
    path: "",
    summary: "Says whether Postgres, Redis and ClickHouse of every market answer.",
    policy: open,
    request: {},
    responses: { 200: zReady },
    example: {},
  }),
  async (ctx) => readiness(ctx),
);
