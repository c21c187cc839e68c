import { expect } from "vitest";
import { HOUR_MS, MINUTE_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { availabilityQuery } from "#services/logistics/inventory/index";
import { type Client, harness } from "../../support/harness.ts";
import { ADDRESS, openShop } from "../../support/shop.ts";

export const PRICE = 5_000_000n;
const LIST = 8_000_000n;

type Wanted = {
  readonly stock?: number;
  readonly quota?: number;
  readonly perBuyer?: number;
  readonly queue?: "none" | "fifo" | "lottery";
  readonly admitPerSecond?: number;
  readonly startsInMs?: number;
};

/** A sale that runs now: it was made an hour ago, since the objects go by the real time. */
export async function openSale(wanted: Wanted = {}) {
  const { stock = 20, quota = 5, queue = "none", admitPerSecond = 1_000 } = wanted;
  const perBuyer = Math.min(wanted.perBuyer ?? 2, quota);
  const now = Date.now();
  const h = harness({ at: now - HOUR_MS });
  const { sellerId, offers } = await openShop(h, [{ title: "Kopi Toraja", priceMinor: LIST, stock }]);
  const offerId = offers[0]?.offerId as Id<"offer">;
  const startsAt = now + (wanted.startsInMs ?? -MINUTE_MS);
  const operator = await h.operator();
  const iso = (ms: number) => new Date(ms).toISOString();
  const slot = await operator.post(
    "/v1/flash-sales/slots",
    {
      name: "12.12",
      startsAt: iso(startsAt),
      endsAt: iso(startsAt + HOUR_MS),
      enterBy: iso(Math.min(startsAt, now - 2 * MINUTE_MS)),
      perBuyerMax: 3,
      queue,
      admitPerSecond,
    },
    { key: crypto.randomUUID() },
  );
  expect(slot.status, JSON.stringify(slot.body)).toBe(201);
  const price = { minor: PRICE.toString(), currency: "IDR" };
  const enter = async (about: object = {}) =>
    (await h.member(sellerId)).post(
      "/v1/flash-sales",
      { slotId: slot.body.id, offerId, price, quota, perBuyer, ...about },
      { key: crypto.randomUUID() },
    );
  const entered = await enter();
  expect(entered.status, JSON.stringify(entered.body)).toBe(201);
  h.clock.set(now);
  const saleId = entered.body.id as Id<"sale">;
  const path = `/v1/flash-sales/${saleId}`;
  const claim = (buyer: Client, { quantity = 1, key = crypto.randomUUID() as string, turn = "" } = {}) =>
    buyer.post(`${path}/claims`, { quantity }, { key, headers: turn === "" ? {} : { "x-sale-turn": turn } });
  const available = async (): Promise<number> => {
    const ctx = h.ctx();
    const [levels] = await ctx.db.load(availabilityQuery(ctx, [offerId]));
    return levels.get(offerId) ?? 0;
  };
  const checkout = async (buyer: Client, holdId: string, method = "cod") => {
    const saleHold = { saleId, holdId };
    const body = { email: "ani@example.com", address: ADDRESS, paymentMethod: method, saleHold };
    return buyer.post("/v1/checkouts", body);
  };
  const complete = (buyer: Client, id: string) =>
    buyer.post(`/v1/checkouts/${id}/complete`, {}, { key: crypto.randomUUID() });
  const holdOf = async (buyer: Client) => (await buyer.get(`${path}/holds`)).body.items[0];
  const state = () => h.env.SALE_COORDINATOR.getByName(`id:sale:${saleId}`).state();
  const around = { h, saleId, path, sellerId, offerId, slotId: slot.body.id as string };
  return { ...around, enter, claim, available, checkout, complete, holdOf, state };
}
