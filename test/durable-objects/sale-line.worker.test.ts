import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Audit } from "#services/marketing/flash-sale/domain/audit";
import { Book } from "#services/marketing/flash-sale/domain/book";
import { type BuyerId, fromBody } from "#services/marketing/flash-sale/domain/entry";
import { HOLD_MS } from "#services/marketing/flash-sale/domain/sale";
import { codeOf, ids, newBuyer, openSale, START } from "./dealt-sale.ts";

type Sale = Awaited<ReturnType<typeof openSale>>;

const wait = ({ home }: Sale, buyerId: BuyerId, key = "key-wait", quantity = 1) =>
  home(buyerId).wait({ holdId: ids.next("hold"), buyerId, key, quantity });

/** A buyer who lives in this shard. */
function buyerOf({ home, shards }: Sale, shard: number): BuyerId {
  for (;;) {
    const buyerId = newBuyer();
    if (home(buyerId) === shards[shard]) return buyerId;
  }
}

const holdsOf = async ({ home }: Sale, buyerId: BuyerId) =>
  (await home(buyerId).list(buyerId)).filter(({ state }) => state === "held");

/** What a third party finds in the logs of all shards. */
async function violationsOf({ shards, terms }: Sale): Promise<readonly string[]> {
  const audit = new Audit({ terms, commitment: null, seed: null });
  for (const [n, shard] of shards.entries()) {
    for (const group of await shard.export(0, 1_000)) audit.take(n, group);
  }
  return audit.findings().violations;
}

test("who stands in line gets what is released, before anybody else", async () => {
  const { claim, home, shards, setClock, coordinator } = await openSale({ quota: 1, shards: 3 });
  const [ani, budi, citra] = [newBuyer(), newBuyer(), newBuyer()];
  const first = await claim(ani);
  const waits = (buyerId: BuyerId) =>
    home(buyerId).wait({ holdId: ids.next("hold"), buyerId, key: "key-wait", quantity: 1 });
  const [second, third] = [await waits(budi), await waits(citra)];
  expect([second, third].map(codeOf)).toEqual(["ok", "ok"]);
  if (!first.ok || !second.ok) throw new Error("held and waiting");
  await home(ani).move({ holdId: first.value.id, buyerId: ani }, { move: "release" });
  await expect
    .poll(async () => (await home(budi).find({ holdId: second.value.holdId, buyerId: budi }))?.state)
    .toBe("held");
  expect(codeOf(await claim(newBuyer()))).toBe("flash_sale.sold_out");
  await setClock(START + HOLD_MS);
  await Promise.all(shards.map((shard) => runDurableObjectAlarm(shard)));
  await expect.poll(async () => (await home(citra).list(citra)).length).toBe(1);
  expect(await coordinator.state()).toMatchObject({ held: 1, sold: 0 });
});

test("a hold that runs out goes to the line, though a claim is what notices it", async () => {
  const sale = await openSale({ quota: 1, shards: 2 });
  const [ani, citra] = [buyerOf(sale, 0), buyerOf(sale, 0)];
  const budi = buyerOf(sale, 1);
  expect(codeOf(await sale.claim(ani))).toBe("ok");
  expect(codeOf(await wait(sale, budi))).toBe("ok");
  await sale.setClock(START + HOLD_MS);
  expect(codeOf(await sale.claim(citra))).toBe("flash_sale.sold_out");
  await expect.poll(() => holdsOf(sale, budi)).toHaveLength(1);
});

test("a shard that slept through the line's beginning still gives it what comes back", async () => {
  const sale = await openSale({ quota: 1, shards: 2 });
  const [ani, citra] = [buyerOf(sale, 0), buyerOf(sale, 0)];
  const budi = buyerOf(sale, 1);
  expect(codeOf(await sale.claim(ani))).toBe("ok");
  expect(codeOf(await wait(sale, budi))).toBe("ok");
  await Promise.all([...sale.shards, sale.coordinator].map((stub) => evictDurableObject(stub)));
  await sale.setClock(START + HOLD_MS);
  expect(codeOf(await sale.claim(citra))).toBe("flash_sale.sold_out");
  await expect.poll(() => holdsOf(sale, budi)).toHaveLength(1);
});

test("an alarm that wakes a shard tells the line of what ran out", async () => {
  const sale = await openSale({ quota: 1, shards: 2 });
  const [ani, budi] = [buyerOf(sale, 0), buyerOf(sale, 1)];
  expect(codeOf(await sale.claim(ani))).toBe("ok");
  expect(codeOf(await wait(sale, budi))).toBe("ok");
  await Promise.all([...sale.shards, sale.coordinator].map((stub) => evictDurableObject(stub)));
  await sale.setClock(START + HOLD_MS);
  await runDurableObjectAlarm(sale.home(ani));
  await expect.poll(() => holdsOf(sale, budi)).toHaveLength(1);
});

test("who stands in line though something lies free in another shard has it", async () => {
  const sale = await openSale({ quota: 2, shards: 2 });
  const [ani, budi] = [buyerOf(sale, 0), buyerOf(sale, 0)];
  // One unit was dealt to each shard; the other one's lies there unasked for.
  expect(codeOf(await sale.claim(ani))).toBe("ok");
  expect(codeOf(await wait(sale, budi))).toBe("ok");
  await expect.poll(() => holdsOf(sale, budi)).toHaveLength(1);
});

test("what somebody in line can no longer have goes to the next one", async () => {
  const sale = await openSale({ quota: 3, shards: 3 });
  const [ani, dewi] = [buyerOf(sale, 0), buyerOf(sale, 0)];
  const [budi, citra] = [buyerOf(sale, 1), buyerOf(sale, 2)];
  const [first, second] = [await sale.claim(ani, "key-two", 2), await sale.claim(dewi)];
  if (!first.ok || !second.ok) throw new Error("held");
  expect(codeOf(await wait(sale, budi, "key-wait", 2))).toBe("ok");
  // One unit is too few for his place in the line, so he may claim it, and two more would pass his limit.
  await sale.home(dewi).move({ holdId: second.value.id, buyerId: dewi }, { move: "release" });
  await expect.poll(async () => codeOf(await sale.claim(budi))).toBe("ok");
  expect(codeOf(await wait(sale, citra))).toBe("ok");
  await sale.home(ani).move({ holdId: first.value.id, buyerId: ani }, { move: "release" });
  await expect.poll(() => holdsOf(sale, citra)).toHaveLength(1);
  await expect.poll(() => holdsOf(sale, budi)).toHaveLength(1);
});

test("a great return serves the whole line, past a hundred who want more than there is", async () => {
  const sale = await openSale({ quota: 131, shards: 1, perBuyer: 200 });
  const ani = newBuyer();
  const held = await sale.claim(ani, "key-all", 131);
  if (!held.ok) throw new Error("held");
  const many = Array.from({ length: 105 }, newBuyer);
  for (const buyerId of many) expect(codeOf(await wait(sale, buyerId, "key-much", 150))).toBe("ok");
  const few = Array.from({ length: 130 }, newBuyer);
  for (const buyerId of few) expect(codeOf(await wait(sale, buyerId))).toBe("ok");
  await sale.home(ani).move({ holdId: held.value.id, buyerId: ani }, { move: "release" });
  await expect.poll(async () => (await sale.coordinator.state()).held).toBe(130);
});

test("one key is one place in line and one hold, before and after it is served", async () => {
  const sale = await openSale({ quota: 2, shards: 1 });
  const [ani, budi] = [newBuyer(), newBuyer()];
  const held = await sale.claim(ani, "key-both", 2);
  if (!held.ok) throw new Error("held");
  const first = await wait(sale, budi);
  expect(await wait(sale, budi)).toEqual(first);
  expect(codeOf(await wait(sale, budi, "key-wait", 2))).toBe("flash_sale.key_reused");
  await sale.home(ani).move({ holdId: held.value.id, buyerId: ani }, { move: "release" });
  await expect.poll(() => holdsOf(sale, budi)).toHaveLength(1);
  expect(await wait(sale, budi)).toEqual(first);
  expect(codeOf(await sale.claim(budi, "key-wait"))).toBe("ok");
  expect(await holdsOf(sale, budi)).toHaveLength(1);
  expect(await violationsOf(sale)).toEqual([]);
});

test("a key that was answered long ago is no second hold, and no stain on the log", async () => {
  const sale = await openSale({ quota: 2, shards: 1 });
  const ani = newBuyer();
  for (let n = 0; n < 20; n += 1) {
    const held = await sale.claim(ani, `key-${n}`);
    if (!held.ok) throw new Error(held.code);
    await sale.home(ani).move({ holdId: held.value.id, buyerId: ani }, { move: "release" });
  }
  expect(codeOf(await sale.claim(ani, "key-0"))).toBe("flash_sale.hold_ended");
  expect(codeOf(await sale.claim(ani, "key-0", 2))).toBe("flash_sale.key_reused");
  expect(await violationsOf(sale)).toEqual([]);
});

test("the line is no way round the waiting room", async () => {
  const sale = await openSale({ quota: 8, shards: 1, queue: "fifo", admitPerSecond: 1 });
  const [ani, budi] = [newBuyer(), newBuyer()];
  for (const buyerId of [ani, budi]) await sale.home(buyerId).join(buyerId, `ticket-${buyerId}`);
  expect(codeOf(await wait(sale, newBuyer()))).toBe("flash_sale.not_admitted");
  expect(codeOf(await wait(sale, budi))).toBe("flash_sale.not_admitted");
  expect(codeOf(await wait(sale, ani))).toBe("ok");
});

/** Whom the line still keeps waiting though there are units that he could have. */
async function keptWaiting({ shards, coordinator, terms }: Sale): Promise<readonly string[]> {
  const { pool, free } = await coordinator.state();
  const kept: string[] = [];
  for (const shard of shards) {
    const book = new Book();
    for (const { body } of await shard.export(0, 1_000)) {
      const [at, entries] = fromBody(body);
      for (const entry of entries) book.apply(entry, at);
    }
    for (const { id, buyerId, quantity } of book.line.values()) {
      const mayHave = book.liveOf(buyerId) + quantity <= terms.perBuyer;
      if (mayHave && quantity <= pool + free) kept.push(id);
    }
  }
  return kept;
}

const zWho = { buyer: fc.nat(9), quantity: fc.integer({ min: 1, max: 2 }) };
const zStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("claim" as const), ...zWho }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), ...zWho }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("release" as const), which: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire" as const) }) },
  // The shards ring by themselves, and an object is not put to sleep in the middle of that.
  { weight: 1, arbitrary: fc.record({ do: fc.constant("evict" as const) }) },
);

test(
  "whatever comes, nobody waits for what there is, and the logs keep every rule",
  { timeout: 120_000 },
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(zStep, { minLength: 10, maxLength: 40 }), async (steps) => {
        const sale = await openSale({ quota: 6, shards: 3 });
        const buyers = Array.from({ length: 10 }, newBuyer);
        let now = START;
        for (const [n, step] of steps.entries()) {
          if (step.do === "claim") {
            await sale.claim(buyers[step.buyer] as BuyerId, `claim-${n}`, step.quantity);
          }
          if (step.do === "wait") {
            await wait(sale, buyers[step.buyer] as BuyerId, `wait-${n}`, step.quantity);
          }
          if (step.do === "release") {
            const holds = (await Promise.all(buyers.map((buyerId) => holdsOf(sale, buyerId)))).flat();
            const hold = holds[step.which % Math.max(1, holds.length)];
            if (hold) await sale.home(hold.buyerId).move({ holdId: hold.id }, { move: "release" });
          }
          if (step.do === "evict") await evictDurableObject(sale.coordinator);
          if (step.do === "expire") now += HOLD_MS;
          if (step.do === "evict" || step.do === "expire") await sale.setClock(now);
          if (step.do === "expire")
            await Promise.all(sale.shards.map((shard) => runDurableObjectAlarm(shard)));
          expect((await sale.coordinator.state()).held).toBeLessThanOrEqual(6);
        }
        await expect.poll(() => keptWaiting(sale)).toEqual([]);
        expect(await violationsOf(sale)).toEqual([]);
      }),
      { numRuns: 15 },
    ),
);
