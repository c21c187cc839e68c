import { expect, test } from "vitest";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { ADDRESS, openShop } from "../../support/shop.ts";
import { key } from "../transaction/shopping.ts";

/** So many rupiah of goods in a buyer's cart; carriage is Rp 15.000 besides. */
async function withCart(h: Harness, client: Client, rupiah: number): Promise<void> {
  const { offers } = await openShop(h, [{ title: "Emas", priceMinor: BigInt(rupiah) * 100n, stock: 5 }]);
  const { body } = await client.post("/v1/carts");
  const lines = [{ offerId: offers[0]?.offerId, quantity: 1 }];
  expect((await client.post(`/v1/carts/${body.cart.id}/lines`, { lines })).status).toBe(201);
}

const start = (client: Client, paymentMethod?: string) =>
  client.post("/v1/checkouts", { email: "ani@example.com", address: ADDRESS, paymentMethod });

test.each([
  ["convenience_store", 5_000_000],
  ["qris", 10_000_000],
  ["gopay", 20_000_000],
  ["shopeepay", 20_000_000],
])("%s is offered up to its limit, and one rupiah more is refused", async (method, most) => {
  const h = harness();
  const [fits, over] = [await h.guest(), await h.guest()];
  await withCart(h, fits, most - 15_000);
  await withCart(h, over, most - 14_999);
  const taken = await start(fits, method);
  expect(taken.body).toMatchObject({ totals: { total: { minor: `${most}00` } }, paymentMethod: method });
  const max = { minor: `${most}00`, currency: "IDR" };
  expect(taken.body.paymentLimits).toContainEqual(expect.objectContaining({ method, max }));
  const refused = await start(over, method);
  const errors = [{ path: "body.paymentMethod", code: "too_much" }];
  expect(refused.body).toMatchObject({ status: 409, code: "checkout.amount_outside_method", errors });
  const { id } = (await start(over)).body;
  const changed = await over.patch(`/v1/checkouts/${id}`, { paymentMethod: method });
  expect(changed.body).toMatchObject({ code: "checkout.amount_outside_method", errors });
  expect((await over.patch(`/v1/checkouts/${id}`, { paymentMethod: "card" })).status).toBe(200);
});

test("too little for a till is refused as well", async () => {
  const h = harness({ settings: { shipping: { flatMinor: "0" } } });
  const client = await h.buyer();
  await withCart(h, client, 9_999);
  const errors = [{ code: "too_little" }];
  const code = "checkout.amount_outside_method";
  expect((await start(client, "convenience_store")).body).toMatchObject({ status: 409, code, errors });
  expect((await start(client, "qris")).status).toBe(201);
});

test("what the wallet could pay a part of is refused at the end when it does not", async () => {
  const h = harness();
  const client = await h.buyer();
  await withCart(h, client, 6_000_000);
  const { id } = (await start(client, "convenience_store")).body;
  const complete = (body: object) => client.post(`/v1/checkouts/${id}/complete`, body, key());
  expect((await complete({})).body).toMatchObject({ status: 409, code: "checkout.amount_outside_method" });
  // What is left for the till would be right: it is the wallet that has nothing.
  const wallet = { minor: "200000000", currency: "IDR" };
  expect((await complete({ wallet })).body.code).toBe("wallet.insufficient");
  expect((await client.get("/v1/orders")).body.items).toEqual([]);
  expect((await client.get(`/v1/checkouts/${id}`)).body.state).toBe("ready_for_complete");
});

test("another try and a top-up keep to the same limits", async () => {
  const h = harness();
  const client = await h.buyer();
  await withCart(h, client, 6_000_000);
  const { id } = (await start(client, "qris")).body;
  const { orderGroupId } = (await client.post(`/v1/checkouts/${id}/complete`, {}, key())).body;
  const again = { orderGroupId, method: "convenience_store" };
  const refused = (await client.post("/v1/payments", again, key())).body;
  expect(refused).toMatchObject({ status: 409, code: "payment.amount_outside_method" });
  expect((await client.post("/v1/payments", { orderGroupId, method: "card" }, key())).status).toBe(201);
  const topUp = { amountMinor: "500000100", method: "convenience_store" };
  const more = (await client.post("/v1/payments/top-ups", topUp, key())).body;
  expect(more.code).toBe("payment.amount_outside_method");
  const { limits } = (await client.get("/v1/payments/methods")).body;
  expect(limits).toContainEqual({
    method: "convenience_store",
    min: { minor: "1000000", currency: "IDR" },
    max: { minor: "500000000", currency: "IDR" },
  });
});
