import { expect } from "vitest";
import type { Answer, Client, Harness } from "../../support/harness.ts";
import { buy, key, openShop, type Shop, sandbox } from "./shopping.ts";

export const DAY_MS = 86_400_000;
export const PARCEL = { carrier: "JNE", trackingNumber: "JX3400012345" };
/** A case and its provider are done with each other after two. */
const ROUNDS_MAX = 4;

/** A token does not outlive the jumps of a test's clock: people sign in again. */
export function again(h: Harness, { actor }: Client): Promise<Client> {
  if (actor.kind !== "user") throw new Error("only users come back");
  return actor.shop ? h.member(actor.shop.sellerId) : h.buyer(actor.userId);
}

/** An order in the buyer's hands, and what two sides do with it afterwards. */
export async function delivered(h: Harness, { quantity = 2, stock = 10 } = {}) {
  const shop = await openShop(h, stock);
  const buyer = await h.buyer();
  const bought = await buy(h, { buyer, shops: [shop], method: "qris", quantity });
  const provider = sandbox(h);
  await provider.act(bought.paymentId, "pay");
  await provider.notify(bought.paymentId);
  await handOver(buyer, shop, bought.orderId);
  await h.drain();
  return { shop, buyer, provider, ...bought, ...(await desk(h, { buyer, shop, ...bought })) };
}

export async function handOver(buyer: Client, shop: Shop, orderId: string): Promise<void> {
  const at = `/v1/orders/${orderId}`;
  expect((await shop.member.post(`${at}/confirm`, {}, key())).status).toBe(200);
  expect((await shop.member.post(`${at}/ship`, PARCEL, key())).status).toBe(200);
  expect((await buyer.post(`${at}/deliver`, {}, key())).status).toBe(200);
}

type Bought = {
  readonly buyer: Client;
  readonly shop: Shop;
  readonly orderId: string;
  readonly paymentId: string;
};

export async function desk(h: Harness, { buyer, shop, orderId, paymentId }: Bought) {
  const [line] = (await buyer.get(`/v1/orders/${orderId}`)).body.lines;
  const lineId: string = line.id;
  const ask = (body: object, as = buyer): Promise<Answer> =>
    as.post("/v1/refunds", { orderId, kind: "return", reason: "changed_mind", ...body }, key());
  const units = (quantity: number) => ({ lines: [{ lineId, quantity }] });
  const move =
    (as: Client) =>
    (id: string, name: string, body: object = {}) =>
      as.post(`/v1/refunds/${id}/${name}`, body, key());
  const me = () => (buyer.actor.kind === "guest" ? buyer : again(h, buyer));
  /** The provider sends what it was told to send, and says so. */
  const sendMoney = async () => {
    const payment = await (await me()).get(`/v1/payments/${paymentId}`);
    for (const refund of payment.body.refunds) await h.runDue(refund.id);
    await h.drain();
  };
  /** Runs the case's own work and the provider's until neither has anything to do. */
  const settle = async (id: string) => {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      await h.runDue(id);
      await h.drain();
      const { body } = await (await me()).get(`/v1/refunds/${id}`);
      if (body.step !== "paying") return body;
      await sendMoney();
    }
    throw new Error(`${id} waits for a provider that says nothing`);
  };
  const back = (id: string, grade: object) =>
    move(shop.member)(id, "receive", { lines: [{ lineId, ...grade }] });
  return { lineId, ask, units, settle, sendMoney, back, by: move(buyer), byShop: move(shop.member) };
}

/** Goods went back and were looked at. */
export async function returned(
  order: Awaited<ReturnType<typeof delivered>>,
  quantity: number,
  grade?: object,
) {
  const asked = await order.ask(order.units(quantity));
  expect(asked.status).toBe(201);
  const { id } = asked.body;
  expect((await order.byShop(id, "approve")).body).toMatchObject({ state: "approved" });
  expect((await order.by(id, "send", PARCEL)).body).toMatchObject({ back: PARCEL });
  const received = await order.back(id, grade ?? { resellable: quantity });
  expect(received.body).toMatchObject({ state: "settling" });
  return id as string;
}

/** The shop with somebody who has signed in after the clock has jumped. */
export const reopened = async (h: Harness, shop: Shop): Promise<Shop> => ({
  ...shop,
  member: await h.member(shop.sellerId),
});
