import { env, runInDurableObject } from "cloudflare:test";
import { onTestFinished } from "vitest";
import { createIds } from "#kernel/ids";
import type { SaleShardDO } from "#objects/sale-shard";
import type { BuyerId, Terms } from "#services/marketing/flash-sale/domain/entry";
import { HOLD_MS, shardOf } from "#services/marketing/flash-sale/domain/sale";

export const START = Date.now();
export const ids = createIds({ now: () => START });

/** A sale of its own over several shards, and a clock that only the test moves. */
export async function openSale(about: Partial<Terms> = {}) {
  const saleId = ids.next("sale");
  const terms: Terms = {
    saleId,
    quota: 50,
    perBuyer: 2,
    startsAt: START,
    endsAt: START + 100 * HOLD_MS,
    holdMs: HOLD_MS,
    shards: 4,
    queue: "none",
    admitPerSecond: 100,
    ...about,
  };
  const coordinator = env.SALE_COORDINATOR.getByName(`id:sale:${saleId}`);
  const shards = Array.from({ length: terms.shards }, (_, n) =>
    env.SALE_SHARD.getByName(`id:sale-shard:${saleId}.${n}`),
  );
  const setClock = async (at: number) => {
    await Promise.all([
      runInDurableObject(coordinator, (object) => {
        object.clock = { now: () => at };
      }),
      ...shards.map((shard) =>
        runInDurableObject(shard, (object: SaleShardDO) => {
          object.clock = { now: () => at };
        }),
      ),
    ]);
  };
  await setClock(START);
  // A hold's time ends after the file has, and an alarm that rings then finds its modules gone.
  onTestFinished(async () => {
    for (const object of [coordinator, ...shards]) {
      await runInDurableObject(object, (_, { storage }) => storage.deleteAlarm());
    }
  });
  await coordinator.open(terms);
  const home = (buyerId: BuyerId) => shards[shardOf(buyerId, terms.shards)] as DurableObjectStub<SaleShardDO>;
  const claim = (buyerId: BuyerId, key = "key-0001", quantity = 1) =>
    home(buyerId).claim({ holdId: ids.next("hold"), buyerId, key, quantity });
  return { saleId, terms, coordinator, shards, home, claim, setClock };
}
export const newBuyer = (): BuyerId => ids.next("user");
export const codeOf = (answer: { ok: true } | { ok: false; code: string }) =>
  answer.ok ? "ok" : answer.code;
export const count = (codes: readonly string[], code: string) => codes.filter((one) => one === code).length;
