import { env } from "cloudflare:test";
import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import * as z from "zod";
import { SYSTEM } from "#kernel/actor";
import { cellConfig } from "#kernel/cell";
import { systemClock } from "#kernel/clock";
import { query } from "#kernel/db";
import { due, scheduleAll } from "#kernel/due";
import { createIds } from "#kernel/ids";
import { defineJob } from "#kernel/job";
import { openCtx } from "#kernel/open-ctx";
import { newTraceId } from "#kernel/trace";
import { harness } from "../support/harness.ts";

const JOB = defineJob("test.moment", undefined, z.object({}));

function openMarket(market: string) {
  return openCtx({
    env,
    cell: cellConfig(env, market).cell,
    requestId: createIds(systemClock).next("request"),
    traceId: newTraceId(),
    locale: "en",
    actor: SYSTEM,
    address: "192.0.2.1",
    clock: systemClock,
    defer: () => undefined,
  });
}

test.for(["id", "sg", "gb"])("the Worker reaches every engine of the cell %s", async (market) => {
  const { db, redis, clickhouse } = openMarket(market);
  const [row] = (await db.read.execute<{ name: string }>(sql`SELECT current_database() AS name`)).rows;
  expect(row?.name).toBe(`titan_${market}`);
  await redis.set("engines-test", market);
  expect(await redis.get("engines-test")).toBe(market);
  const answer = await clickhouse.query({ query: "SELECT currentDatabase() AS name", format: "JSONEachRow" });
  expect(await answer.json()).toEqual([{ name: `titan_${market}` }]);
});

test("what is loaded together is of one moment, whatever is written meanwhile", async () => {
  const h = harness();
  const { db } = h.ctx();
  const subject = h.ids.next("order");
  const count = query(
    (read) => read.select({ id: due.id }).from(due).where(eq(due.subject, subject)),
    (rows) => rows.length,
  );
  const slowly = query(
    (read) => read.select({ slept: sql`pg_sleep(0.3)::text` }).from(sql`(SELECT 1) AS once`),
    (rows) => rows.length,
  );
  const loaded = db.load(count, slowly, count);
  await scheduler.wait(100);
  expect((await db.commit([scheduleAll(h.ctx(), JOB, [{ subject, payload: {} }])])).ok).toBe(true);
  const [before, , after] = await loaded;
  expect([before, after, (await db.load(count))[0]]).toEqual([0, 0, 1]);
});

test("a guard that fails is refused with its code and undoes the batch", async () => {
  const { db } = openMarket("id");
  const committed = await db.commit([
    { sql: sql`SELECT assert_that(false, 'order.stale')`, refuses: "order.stale" },
  ]);
  expect(committed).toEqual({ ok: false, code: "order.stale" });
});
