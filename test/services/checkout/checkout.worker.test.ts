import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { MINUTE_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { offer } from "#schema/catalog/product";
import { commissionRules } from "#services/catalog/seller/index";
import { availabilityQuery, oversoldUnits, reservationDrift } from "#services/logistics/inventory/index";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { ADDRESS, openShop } from "../../support/shop.ts";
import { sandbox } from "../transaction/shopping.ts";

const PRICE = 5_000_000n;
const DIGITS = expect.stringMatching(/^\d+$/);

async function fillCart(
  client: Client,
  lines: readonly { offerId: string; quantity: number }[],
): Promise<string> {
  const { body } = await client.post("/v1/carts");
  const answer = await client.post(`/v1/carts/${body.cart.id}/lines`, { lines });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return body.cart.id;
}

async function readyCheckout(client: Client, method = "cod"): Promise<{ readonly id: string }> {
  const body = { email: "ani@example.com", address: ADDRESS, paymentMethod: method };
  const answer = await client.post("/v1/checkouts", body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  expect(answer.body.state).toBe("ready_for_complete");
  return { id: answer.body.id };
}

const complete = (client: Client, id: string, key: string = crypto.randomUUID()) =>
  client.post(`/v1/checkouts/${id}/complete`, {}, { key });

async function stockOf(h: Harness, offerId: Id<"offer">): Promise<number> {
  const ctx = h.ctx();
  const [available] = await ctx.db.load(availabilityQuery(ctx, [offerId]));
  return available.get(offerId) ?? 0;
}

test("two sellers, one checkout: an order each, stock taken, cart emptied, three round trips", async () => {
  const h = harness();
  const [one, two] = [
    await openShop(h, [{ title: "Kopi Gayo", priceMinor: PRICE, stock: 10 }]),
    await openShop(h, [{ title: "Cangkir", priceMinor: 2n * PRICE, stock: 5 }]),
  ];
  const client = await h.buyer();
  const [first, second] = [one.offers[0], two.offers[0]];
  if (!first || !second) throw new Error("both shops sell something");
  const cartId = await fillCart(client, [
    { offerId: first.offerId, quantity: 2 },
    { offerId: second.offerId, quantity: 1 },
  ]);
  const { id } = await readyCheckout(client);
  // Every isolate keeps a copy of these; the first of all to ask reads them.
  await commissionRules(h.ctx(client.actor));
  const answer = await complete(client, id);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect(answer.body.state).toBe("completed");
  expect(answer.body.orders).toHaveLength(2);
  expect(answer.body.totals.goods).toEqual({ minor: (4n * PRICE).toString(), currency: "IDR" });
  expect(answer.body.payment.action).toEqual({ kind: "cash" });
  expect(Number(/dur=(\d+)/.exec(answer.headers.get("server-timing") ?? "")?.[1])).toBeLessThanOrEqual(4);
  expect(await stockOf(h, first.offerId)).toBe(8);
  expect(await stockOf(h, second.offerId)).toBe(4);
  await h.drain();
  expect((await client.get(`/v1/carts/${cartId}`)).body.groups ?? []).toEqual([]);
  const orders = await client.get("/v1/orders");
  expect(orders.body.items).toHaveLength(2);
});

test("each method has its own time to pay, and stock is held as long", async () => {
  const h = harness();
  const { offers } = await openShop(h, [{ title: "Teh", priceMinor: PRICE, stock: 5 }]);
  const offerId = offers[0]?.offerId as Id<"offer">;
  const opened = h.clock.now();
  const times = ["qris", "shopeepay", "virtual_account", "convenience_store"].map(async (method) => {
    const client = await h.buyer();
    await fillCart(client, [{ offerId, quantity: 1 }]);
    const { body } = await complete(client, (await readyCheckout(client, method)).id);
    const payment = (await client.get(`/v1/payments/${body.payment.id}`)).body;
    return Date.parse(payment.payBefore) - opened;
  });
  expect(await Promise.all(times)).toEqual([15, 15, 60, 24 * 60].map((minutes) => minutes * MINUTE_MS));
  h.clock.advance(30 * MINUTE_MS);
  expect(await stockOf(h, offerId)).toBe(3);
  h.clock.advance(33 * MINUTE_MS);
  expect(await stockOf(h, offerId)).toBe(4);
  h.clock.advance(24 * 60 * MINUTE_MS);
  expect(await stockOf(h, offerId)).toBe(5);
});

test.each([
  ["shopeepay", {}, { kind: "deeplink", url: expect.stringContaining("/pay/"), qrString: null }],
  ["convenience_store", { store: "alfamart" }, { kind: "payment_code", store: "alfamart", code: DIGITS }],
] as const)("a checkout by %s shows how to pay, and is paid for", async (method, where, action) => {
  const h = harness();
  const { offers } = await openShop(h, [{ title: "Teh", priceMinor: PRICE, stock: 3 }]);
  const client = await h.buyer();
  await fillCart(client, [{ offerId: offers[0]?.offerId ?? "", quantity: 1 }]);
  const { id } = await readyCheckout(client, method);
  const { body } = await client.post(`/v1/checkouts/${id}/complete`, where, { key: crypto.randomUUID() });
  expect(body.payment.action).toEqual(action);
  const payment = async () => (await client.get(`/v1/payments/${body.payment.id}`)).body;
  expect(await payment()).toMatchObject({ method, state: "pending", action });
  const provider = sandbox(h);
  await provider.act(body.payment.id, "pay");
  const settled = (await provider.notifications(body.payment.id)).at(-1) ?? "";
  expect((await provider.post(provider.signed(settled, {}, "not-the-key"))).status).toBe(403);
  expect(await payment()).toMatchObject({ state: "pending" });
  await provider.notify(body.payment.id);
  expect(await payment()).toMatchObject({ state: "settled", action: { kind: "none" } });
  const order = await client.get(`/v1/orders/${body.orders[0].id}`);
  expect(order.body).toMatchObject({ state: "paid", paymentMethod: method });
});

test("the same key again has the first answer; another key has the same orders", async () => {
  const h = harness();
  const { offers } = await openShop(h, [{ title: "Teh", priceMinor: PRICE, stock: 3 }]);
  const client = await h.buyer();
  await fillCart(client, [{ offerId: offers[0]?.offerId ?? "", quantity: 1 }]);
  const { id } = await readyCheckout(client);
  const first = await complete(client, id, "k-1");
  const again = await complete(client, id, "k-1");
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(again.body).toEqual(first.body);
  const other = await complete(client, id, "k-2");
  expect(other.body.orders).toEqual(first.body.orders);
  const reused = await client.post(`/v1/checkouts/${id}/complete`, { cardToken: "x" }, { key: "k-1" });
  expect(reused.status).toBe(422);
  expect(await stockOf(h, offers[0]?.offerId as Id<"offer">)).toBe(2);
});

test("sixty buyers, thirty at once, on twenty units: twenty orders", async () => {
  const h = harness();
  const { offers } = await openShop(h, [{ title: "Langka", priceMinor: PRICE, stock: 20 }]);
  const [hot] = offers;
  if (!hot) throw new Error("the shop sells something");
  const buyers = await Promise.all(Array.from({ length: 60 }, () => h.buyer()));
  const checkouts: [Client, string][] = [];
  for (const client of buyers) {
    await fillCart(client, [{ offerId: hot.offerId, quantity: 1 }]);
    checkouts.push([client, (await readyCheckout(client)).id]);
  }
  const statuses: number[] = [];
  const codes = new Set<string>();
  const queue = [...checkouts];
  await Promise.all(
    Array.from({ length: 30 }, async () => {
      for (let next = queue.pop(); next; next = queue.pop()) {
        const { status, body } = await complete(...next);
        statuses.push(status);
        if (status !== 200) codes.add(body.code);
      }
    }),
  );
  expect(statuses.filter((status) => status === 200)).toHaveLength(20);
  expect([...codes]).toEqual(["inventory.insufficient"]);
  expect(await stockOf(h, hot.offerId)).toBe(0);
  expect(await oversoldUnits(h.ctx())).toBe(0);
  expect(await reservationDrift(h.ctx())).toBe(0);
});

test("a price changed after the quote, or a closed offer, is a typed refusal and takes nothing", async () => {
  const h = harness();
  const { offers } = await openShop(h, [{ title: "Gula", priceMinor: PRICE, stock: 3 }]);
  const offerId = offers[0]?.offerId as Id<"offer">;
  const client = await h.buyer();
  await fillCart(client, [{ offerId, quantity: 1 }]);
  const { id } = await readyCheckout(client);
  await h
    .ctx()
    .db.read.update(offer)
    .set({ priceMinor: PRICE + 100n, version: 2 })
    .where(eq(offer.id, offerId));
  const changed = await complete(client, id);
  expect([changed.status, changed.body.code]).toEqual([409, "checkout.price_changed"]);
  await h
    .ctx()
    .db.read.update(offer)
    .set({ priceMinor: PRICE, state: "paused" })
    .where(eq(offer.id, offerId));
  expect((await complete(client, id)).body.code).toBe("checkout.price_changed");
  expect(await stockOf(h, offerId)).toBe(3);
});

test("quotes end by their time, wherever they are read", async () => {
  const h = harness();
  const { offers } = await openShop(h, [{ title: "Garam", priceMinor: PRICE, stock: 3 }]);
  const userId = h.ids.next("user");
  const client = await h.buyer(userId);
  await fillCart(client, [{ offerId: offers[0]?.offerId ?? "", quantity: 1 }]);
  const { id } = await readyCheckout(client);
  h.clock.advance(h.market.checkout.validForMs + MINUTE_MS);
  const later = await h.buyer(userId);
  expect((await complete(later, id)).body.code).toBe("checkout.expired");
});

test("another buyer's checkout is not found, and a guest buys with a cart token alone", async () => {
  const h = harness();
  const { offers } = await openShop(h, [{ title: "Sirup", priceMinor: PRICE, stock: 3 }]);
  const opened = await h.anonymous.post("/v1/carts");
  const guest = h.withToken(opened.body.token);
  const lines = { offerId: offers[0]?.offerId ?? "", quantity: 1 };
  expect((await guest.post(`/v1/carts/${opened.body.cart.id}/lines`, lines)).status).toBe(201);
  const { id } = await readyCheckout(guest);
  const stranger = await h.buyer();
  for (const path of [`/v1/checkouts/${id}`]) expect((await stranger.get(path)).status).toBe(404);
  expect((await complete(stranger, id)).status).toBe(404);
  expect((await stranger.post(`/v1/checkouts/${id}/cancel`)).status).toBe(404);
  const done = await complete(guest, id);
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  const order = (await guest.get(`/v1/orders/${done.body.orders[0].id}`)).body;
  expect(order.delivery.arrivesUntil).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(order.lines).toMatchObject([{ promisedOn: order.delivery.arrivesUntil }]);
});

test("killed at any step of complete, there is an order or nothing, and no stock is stranded", async () => {
  const h = harness();
  const { offers } = await openShop(h, [{ title: "Beras", priceMinor: PRICE, stock: 50 }]);
  const offerId = offers[0]?.offerId as Id<"offer">;
  const userId = h.ids.next("user");
  let placed = 0;
  for (let step = 0; step < 6; step += 1) {
    const client = await h.buyer(userId);
    await fillCart(client, [{ offerId, quantity: 1 }]);
    const { id } = await readyCheckout(client);
    const key = `killed-${step}`;
    const outcome = await killedAfter(step, () => complete(client, id, key));
    // The lease of the dead request runs out; the buyer tries again with the same key.
    h.clock.advance(MINUTE_MS);
    const retry = await complete(await h.buyer(userId), id, key);
    expect(retry.status, `step ${step}, ${outcome}: ${JSON.stringify(retry.body)}`).toBe(200);
    placed += 1;
    expect(await stockOf(h, offerId), `step ${step}`).toBe(50 - placed);
  }
  const ctx = h.ctx();
  const counted = await ctx.db.read.execute<{ orders: string }>(
    sql`SELECT count(*) AS orders FROM "order" WHERE buyer_id = ${userId}`,
  );
  expect(Number(counted.rows[0]?.orders)).toBe(placed);
  expect(await reservationDrift(ctx)).toBe(0);
});

/** The isolate dies: after `calls` round trips to Postgres none goes out any more. */
async function killedAfter(calls: number, work: () => Promise<{ status: number }>): Promise<string> {
  const real = globalThis.fetch;
  let made = 0;
  globalThis.fetch = (input, init) => {
    made += 1;
    return made > calls ? Promise.reject(new TypeError("Network connection lost.")) : real(input, init);
  };
  try {
    return String((await work()).status);
  } finally {
    globalThis.fetch = real;
  }
}

test("a variant is called as its reader calls it, in the cart and in the checkout", async () => {
  const h = harness();
  const { offers } = await openShop(h, [{ title: "Kemeja", stock: 3 }]);
  const [offer] = offers;
  const values = [{ code: "red", names: { en: "Red", id: "Merah" } }];
  const options = JSON.stringify([{ code: "colour", names: { en: "Colour", id: "Warna" }, values }]);
  await h.ctx().db.read.execute(sql`UPDATE product SET options = ${options}::jsonb
    WHERE id = ${offer?.productId}`);
  await h.ctx().db.read.execute(sql`UPDATE variant SET key = 'red', label = 'Merah'
    WHERE product_id = ${offer?.productId}`);
  const client = await h.buyer();
  const cartId = await fillCart(client, [{ offerId: offer?.offerId ?? "", quantity: 1 }]);
  for (const [locale, called] of Object.entries({ en: "Red", id: "Merah" })) {
    const headers = { "accept-language": locale };
    const { body: cart } = await client.get(`/v1/carts/${cartId}`, { headers });
    expect(cart.groups[0].lines[0].variantLabel).toBe(called);
    const wanted = { email: "ani@example.com", address: ADDRESS, paymentMethod: "cod" };
    const { body: checkout } = await client.post("/v1/checkouts", wanted, { headers });
    expect(checkout.parcels[0].lines[0].variantLabel).toBe(called);
  }
});
