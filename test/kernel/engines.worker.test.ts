import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { SYSTEM } from "#kernel/actor";
import { cellConfig } from "#kernel/cell";
import { systemClock } from "#kernel/clock";
import { createIds } from "#kernel/ids";
import { newTraceId, openCtx } from "#kernel/open-ctx";

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

test("a guard that fails is refused with its code and undoes the batch", async () => {
  const { db } = openMarket("id");
  const committed = await db.commit([
    { sql: sql`SELECT assert_that(false, 'order.stale')`, refuses: "order.stale" },
  ]);
  expect(committed).toEqual({ ok: false, code: "order.stale" });
});
