import { expect, test } from "vitest";
import * as z from "zod";
import { type Consumer, consumeFacts, defineConsumer } from "#kernel/consume";
import { fail } from "#kernel/errors";
import { defineEvent } from "#kernel/facts";
import { harness } from "../support/harness.ts";

const Tried = defineEvent("test.tried", 1, z.object({ n: z.int() }));

/** Four events for a consumer that does as it is told; what it was given, and which events failed. */
async function consume(act: (n: number) => void) {
  const h = harness();
  const ctx = h.ctx();
  const facts = [1, 2, 3, 4].map((n) => Tried.make(ctx, { id: h.ids.next("order"), version: 1 }, { n }));
  const given: number[][] = [];
  const consumer: Consumer = defineConsumer({
    name: `test.${h.ids.next("event")}`,
    on: [Tried],
    handle: async (_, told) => {
      given.push(told.map(({ payload }) => payload.n));
      for (const { payload } of told) act(payload.n);
      return [];
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

test("when an engine is away, the group is tried once and comes again", async () => {
  const away = await consume(() => {
    throw fail("unavailable");
  });
  expect(away.given).toEqual([[1, 2, 3, 4]]);
  expect(away.failed).toEqual([1, 2, 3, 4]);
});
