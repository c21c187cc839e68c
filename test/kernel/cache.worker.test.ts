import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { cached, forgetMemory, purge } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import { openSystemCtx } from "#kernel/open-ctx";
import { harness } from "../support/harness.ts";

/** Longer than an isolate trusts what it keeps without having heard of purges. */
const LONGER_MS = 2_100;
const FRESH_MS = 60_000;

/** What an isolate keeps hangs on its `env`, so a copy of it is another isolate on the same Redis. */
function openIsolates(count: number): readonly Ctx[] {
  const { env, cell } = harness();
  const defer = (work: Promise<unknown>) => void work;
  return Array.from({ length: count }, () => openSystemCtx({ ...env }, cell, { defer }));
}

/** A cached value with a name of its own that says how often it was made. */
function value(tags: (name: string) => readonly string[]) {
  const name = crypto.randomUUID();
  let made = 0;
  const read = (ctx: Ctx) =>
    cached(ctx, { key: name, tags: tags(name), freshMs: FRESH_MS }, async () => {
      made += 1;
      return made;
    }).then((text) => text.parse());
  return { name, read };
}

const own = (name: string) => [`own:${name}`];

test("a copy is answered from the isolate's memory while it is fresh and nothing purged it", async () => {
  const [one] = openIsolates(1) as [Ctx];
  const { name, read } = value(own);
  await purge(one, ["something:else"]);
  expect(await read(one)).toBe(1);
  await sleep(LONGER_MS);
  // The first look after a pause hears the log for the first time and forgets; the next ones are kept by it.
  await read(one);
  await one.redis.del(`${one.cell}:cache:${name}`);
  await sleep(LONGER_MS);
  const kept = await read(one);
  await sleep(LONGER_MS);
  expect(await read(one)).toBe(kept);
});

test("a copy that has grown old is made anew by one request, and the others answer with it", async () => {
  const [one] = openIsolates(1) as [Ctx];
  const key = crypto.randomUUID();
  let made = 0;
  const read = () =>
    cached(one, { key, tags: own(key), freshMs: 100 }, async () => {
      await sleep(50);
      made += 1;
      return made;
    }).then((text) => text.parse());
  const readAll = () => Promise.all(Array.from({ length: 5 }, read));
  await readAll();
  await sleep(150);
  // An isolate that hears the log for the first time forgets.
  await readAll();
  await sleep(150);
  const old = made;
  expect((await readAll()).sort()).toEqual([old, old, old, old, old + 1]);
  // On a busy machine the new copy may have grown old by now as well, and be made anew by this very request.
  expect(await read()).toBeGreaterThan(old);
});

test("a purge is felt at once where it was made and within two seconds elsewhere", async () => {
  const [here, there] = openIsolates(2) as [Ctx, Ctx];
  const touched = value(own);
  const other = value(own);
  await Promise.all([touched, other].flatMap(({ read }) => [read(here), read(there)]));
  await sleep(LONGER_MS);
  const [old, untouched] = await Promise.all([touched.read(there), other.read(there)]);
  const before = await touched.read(here);
  await purge(here, own(touched.name));
  // Both isolates may have made it at first, so the next one is not always the second.
  const after = await touched.read(here);
  expect(after).toBeGreaterThan(before);
  const deadline = Date.now() + LONGER_MS;
  let seen = old;
  while (Date.now() < deadline && seen === old) {
    seen = await touched.read(there);
    await sleep(50);
  }
  expect(seen).toBeGreaterThanOrEqual(after);
  expect(await other.read(there)).toBe(untouched);
});

test("a log that was lost makes an isolate forget, since nobody knows what it said", async () => {
  const [one] = openIsolates(1) as [Ctx];
  const { name, read } = value(own);
  await purge(one, ["something:else"]);
  await read(one);
  await sleep(LONGER_MS);
  const kept = await read(one);
  await one.redis.del(`${one.cell}:purges`, `${one.cell}:cache:${name}`);
  await sleep(LONGER_MS);
  expect(await read(one)).toBe(kept + 1);
});

test("what was made while its tag was purged is not kept beyond two seconds", async () => {
  const [one] = openIsolates(1) as [Ctx];
  const name = crypto.randomUUID();
  let price = "old";
  const read = (pause?: () => Promise<void>) =>
    cached(one, { key: name, tags: own(name), freshMs: FRESH_MS }, async () => {
      const found = price;
      await pause?.();
      return found;
    }).then((text) => text.parse());
  await read(async () => {
    price = "new";
    await purge(one, own(name));
  });
  await sleep(LONGER_MS);
  expect(await read()).toBe("new");
});

test("an isolate begins from nothing when it is told to", async () => {
  const [one] = openIsolates(1) as [Ctx];
  const { name, read } = value(own);
  expect(await read(one)).toBe(1);
  await one.redis.del(`${one.cell}:cache:${name}`);
  expect(await read(one)).toBe(1);
  forgetMemory(one.env);
  expect(await read(one)).toBe(2);
});
