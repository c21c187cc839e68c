import { expect, test } from "vitest";
import { harness } from "../../support/harness.ts";
import { ADDRESS, sellOffers } from "../../support/shop.ts";

test("a key that may buy fills a visitor's cart and checks it out, counted by its own limit", async () => {
  const h = harness();
  const [offer] = await sellOffers(h, [{ priceMinor: 250_000n }]);
  const key = await h.service(["buy"]);
  const { body } = await key.post("/v1/carts");
  const cart = `/v1/carts/${body.cart.id}`;
  const headers = { "x-guest": body.token };
  const line = { offerId: offer?.offerId, quantity: 2 };
  const added = await key.post(`${cart}/lines`, line, { headers });
  expect(added.status).toBe(201);
  expect(added.headers.get("ratelimit-policy")).toBe(`"minute";q=${h.env.RATE_LIMIT_KEY};w=60`);
  const start = { email: "sari@example.com", address: ADDRESS, paymentMethod: "cod" };
  const checkout = await key.post("/v1/checkouts", start, { headers });
  const complete = `/v1/checkouts/${checkout.body.id}/complete`;
  const completed = await key.post(complete, {}, { headers, key: "one" });
  expect(completed.body).toMatchObject({ state: "completed", totals: { goods: { minor: "500000" } } });
  const [order] = completed.body.orders;
  expect((await key.get(`/v1/orders/${order.id}`, { headers })).status).toBe(200);
  expect((await h.withToken(body.token).get(`/v1/orders/${order.id}`)).status).toBe(200);
});

test("a key without that scope, a forged token and a person's token buy for nobody", async () => {
  const h = harness();
  const { body } = await h.anonymous.post("/v1/carts");
  const cart = `/v1/carts/${body.cart.id}`;
  const headers = { "x-guest": body.token };
  const narrow = await h.service(["order:read"]);
  expect((await narrow.get(cart, { headers })).body.code).toBe("actor.forbidden");
  const wide = await h.service(["buy"]);
  const forged = { "x-guest": `${body.token.slice(0, -4)}AAAA` };
  expect((await wide.get(cart, { headers: forged })).status).toBe(401);
  const buyer = await h.buyer();
  const person = { "x-guest": buyer.token ?? "" };
  expect((await wide.get(cart, { headers: person })).status).toBe(401);
  // Anybody else's header says nothing about who they are.
  expect((await buyer.get(cart, { headers })).status).toBe(404);
  expect((await h.anonymous.get(cart, { headers })).status).toBe(401);
});
