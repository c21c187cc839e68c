import { inArray, type SQL, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import * as z from "zod";
import { type Consumer, consumeFacts, defineConsumer, handleJob, runJobs } from "#kernel/consume";
import type { Ctx } from "#kernel/ctx";
import type { Db, Statement } from "#kernel/db";
import { due, scheduleAll } from "#kernel/due";
import { fail } from "#kernel/errors";
import { defineEvent } from "#kernel/facts";
import { defineJob } from "#kernel/job";
import { harness } from "../support/harness.ts";

const Tried = defineEvent("test.tried", 1, z.object({ n: z.int() }));

type Act = (n: number) => undefined | Statement<string>;

/** Four events for a consumer that does as it is told; what it was given, and which events failed. */
async function consume(act: Act, numbers = [1, 2, 3, 4]) {
  const h = harness();
  const ctx = h.ctx();
  const facts = numbers.map((n) => Tried.make(ctx, { id: h.ids.next("order"), version: 1 }, { n }));
  const given: number[][] = [];
  const consumer: Consumer = defineConsumer({
    name: `test.${h.ids.next("event")}`,
    on: [Tried],
    handle: async (_, told) => {
      given.push(told.map(({ payload }) => payload.n));
      return told.flatMap(({ payload }) => act(payload.n) ?? []);
    },
  });
  const failed = await consumeFacts(ctx, [consumer], facts);
  return { given, failed: facts.filter(({ id }) => failed.has(id)).map(({ payload }) => payload.n) };
}

test("a bad event is found among its neighbours, which are handled", async () => {
  const bad = await consume((n) => {
    if (n === 3) throw new Error("nobody can handle this");
  });
  expect(bad.given).toEqual([[1, 2, 3, 4], [1], [2], [3], [4]]);
  expect(bad.failed).toEqual([3]);
});

test("one that lost against another writer decides anew, once, and comes again after that", async () => {
  const stale = { sql: sql`SELECT assert_that(false, 'test.stale')`, refuses: "test.stale" } as const;
  let losses = 1;
  const lost = await consume(() => (losses-- > 0 ? stale : undefined), [1]);
  expect(lost).toEqual({ given: [[1], [1]], failed: [] });
  expect(await consume(() => stale, [1])).toEqual({ given: [[1], [1]], failed: [1] });
  const threw = await consume(() => {
    throw new Error("nobody can handle this");
  }, [1]);
  expect(threw).toEqual({ given: [[1]], failed: [1] });
});

test("when an engine is away, the group is tried once and comes again", async () => {
  const away = await consume(() => {
    throw fail("unavailable");
  });
  expect(away.given).toEqual([[1, 2, 3, 4]]);
  expect(away.failed).toEqual([1, 2, 3, 4]);
});

const JOB = defineJob("test.job", undefined, z.object({ n: z.int() }));

/** A database whose answers are lost when told so: of reads after, of commits before they are carried out. */
function losing(ctx: Ctx, isLost: () => boolean): Ctx {
  const { db } = ctx;
  const execute = async (statement: SQL) => {
    const result = await db.read.execute(statement);
    if (isLost()) throw fail("unavailable");
    return result;
  };
  const commit: Db["commit"] = (statements) =>
    isLost() ? Promise.reject(fail("unavailable")) : db.commit(statements);
  const lossy = { ...db, read: { execute } as Db["read"], commit };
  return new Proxy(ctx, { get: (of, name) => (name === "db" ? lossy : Reflect.get(of, name, of)) });
}

/** So many jobs in one claim; which ran, and how many a second claim found a moment later. */
async function runThrough(outage: { readonly begins: "claim" | "job" }) {
  const h = harness();
  const ctx = h.ctx();
  const subjects = [1, 2, 3].map(() => h.ids.next("order"));
  const wanted = subjects.map((subject, n) => ({ subject, payload: { n } }));
  expect((await ctx.db.commit([scheduleAll(ctx, JOB, wanted)])).ok).toBe(true);
  const rows = await ctx.db.read.select({ id: due.id }).from(due).where(inArray(due.subject, subjects));
  const ids = rows.map(({ id }) => id);
  let isAway = outage.begins === "claim";
  const comesBack = () => setTimeout(() => (isAway = false), 100);
  if (isAway) comesBack();
  const ran: number[] = [];
  const job = handleJob(JOB, async (_, { n }) => {
    ran.push(n);
    if (ran.length === 2) {
      isAway = true;
      comesBack();
    }
    return [];
  });
  await runJobs(
    losing(ctx, () => isAway),
    [job],
    { ids },
  ).catch(() => undefined);
  const first = ran.splice(0);
  return { first, again: await runJobs(ctx, [job], { ids }) };
}

test("jobs whose database went away in the middle are there again as soon as it is back", async () => {
  const { first, again } = await runThrough({ begins: "job" });
  expect(first).toHaveLength(2);
  expect(again).toBe(2);
});

test("a claim whose answer was lost holds nothing", async () => {
  expect(await runThrough({ begins: "claim" })).toEqual({ first: [], again: 3 });
});
