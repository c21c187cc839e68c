import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { migrate } from "#objects/migrate";
import type { TokenBucketDO } from "#objects/token-bucket";
import { harness } from "../support/harness.ts";

test("a bucket that slept has as many tokens as before, and fills by the clock alone", async () => {
  const h = harness();
  const bucket = env.TOKEN_BUCKET.getByName(`${h.cell}:bucket:test/${h.ids.next("user")}`);
  const wake = () =>
    runInDurableObject(bucket, (object: TokenBucketDO) => {
      object.clock = h.clock;
    });
  const terms = { capacity: 3, refillMs: 60_000 };
  await wake();
  for (let n = 0; n < 3; n += 1) expect((await bucket.take(terms)).ok).toBe(true);
  await evictDurableObject(bucket);
  await wake();
  expect(await bucket.take(terms)).toEqual({ ok: false, retryAfterSeconds: 60 });
  h.clock.advance(60_000);
  await evictDurableObject(bucket);
  await wake();
  expect([(await bucket.take(terms)).ok, (await bucket.take(terms)).ok]).toEqual([true, false]);
});

test("counters begin at nought after a sleep, as a scrape expects, and go on", async () => {
  const h = harness();
  // Not the platform's own, which other tests count with.
  const metric = env.METRIC.getByName(`all:metric:${h.ids.next("request")}`);
  await metric.add([["requests_total", 2]]);
  await metric.add([["requests_total", 3]]);
  expect(await metric.read()).toEqual([["requests_total", 5]]);
  await evictDurableObject(metric);
  expect(await metric.read()).toEqual([]);
  await metric.add([["requests_total", 1]]);
  expect(await metric.read()).toEqual([["requests_total", 1]]);
});

test("an object of an older version takes the steps it lacks, each once, all or none", async () => {
  const h = harness();
  const object = env.TOKEN_BUCKET.getByName(`${h.cell}:bucket:test/${h.ids.next("user")}`);
  await runInDurableObject(object, (_, { storage }) => {
    // The steps of the object's own class are not these: it begins anew.
    storage.sql.exec("DROP TABLE IF EXISTS schema_version");
    const older = ["CREATE TABLE note (n INTEGER)", "INSERT INTO note VALUES (1)"];
    const newer = [...older, "ALTER TABLE note ADD COLUMN word TEXT", "INSERT INTO note VALUES (2, 'two')"];
    const notes = () => storage.sql.exec("SELECT * FROM note ORDER BY n").toArray();
    migrate(storage, older);
    expect(notes()).toEqual([{ n: 1 }]);
    for (const steps of [newer, newer]) {
      migrate(storage, steps);
      expect(notes()).toEqual([
        { n: 1, word: null },
        { n: 2, word: "two" },
      ]);
    }
    const broken = [...newer, "INSERT INTO note VALUES (3, 'three')", "INSERT INTO nowhere VALUES (1)"];
    expect(() => migrate(storage, broken)).toThrow(/nowhere/);
    expect(notes()).toHaveLength(2);
  });
});
