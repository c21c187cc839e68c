import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { forgetMemory } from "#kernel/cache";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { cartLines } from "#services/transaction/cart/index";
import { CheckoutCompleted } from "#services/transaction/checkout/facts";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { sellOffers } from "../../support/shop.ts";

const cartOf = (client: Client) => {
  const { actor } = client;
  const id = actor.kind === "user" ? actor.userId : actor.kind === "guest" ? actor.guestId : "";
  return `crt_${id.slice(4)}` as Id<"cart">;
};
const path = (client: Client) => `/v1/carts/${cartOf(client)}`;
const typesOf = (body: { messages: readonly { type: string }[] }) => body.messages.map((one) => one.type);

async function reprice(h: Harness, offerId: Id<"offer">, minor: bigint) {
  await h
    .ctx()
    .db.read.execute(sql`UPDATE offer SET price_minor = ${minor.toString()} WHERE id = ${offerId}`);
  // The catalogue purges its copies by event; here the price moved behind its back.
  forgetMemory(h.env);
  await h.ctx().redis.del(`${h.cell}:cache:offer:${offerId}`);
}

test("a visitor gets a token, fills the cart with it, and nobody else sees it", async () => {
  const h = harness();
  const [offer] = await sellOffers(h, [{ priceMinor: 250_000n }]);
  const opened = await h.anonymous.post("/v1/carts");
  expect(opened.status).toBe(201);
  const visitor = h.withToken(opened.body.token);
  const own = `/v1/carts/${opened.body.cart.id}`;
  const added = await visitor.post(`${own}/lines`, { offerId: offer?.offerId, quantity: 2 });
  expect(added.status).toBe(201);
  expect(added.headers.get("etag")).toBe('"1"');
  expect(added.body).toMatchObject({ version: 1, lines: [{ offerId: offer?.offerId, quantity: 2 }] });
  const read = await visitor.get(own);
  expect(read.body.totals).toEqual({ lines: 1, units: 2, goods: { minor: "500000", currency: "IDR" } });
  expect(read.body.groups[0]).toMatchObject({
    sellerId: offer?.sellerId,
    lines: [{ unitPrice: { minor: "250000" } }],
  });
  const other = await h.buyer();
  expect((await other.get(own)).body.code).toBe("cart.not_found");
  expect((await other.post(`${own}/lines`, { offerId: offer?.offerId, quantity: 1 })).status).toBe(404);
  expect((await h.anonymous.get(own)).status).toBe(401);
});

test("adding a line asks no database once its offer has been seen", async () => {
  const h = harness();
  const [offer] = await sellOffers(h, [{}]);
  const buyer = await h.buyer();
  const lines = `${path(buyer)}/lines`;
  await buyer.post(lines, { offerId: offer?.offerId, quantity: 1 });
  const { headers } = await buyer.post(lines, { offerId: offer?.offerId, quantity: 1 });
  expect(headers.get("server-timing")).toContain("dur=0");
});

test("a repeated key has the first answer, a reused one is 422, a stale version is 412", async () => {
  const h = harness();
  const [offer] = await sellOffers(h, [{}]);
  const buyer = await h.buyer();
  const lines = `${path(buyer)}/lines`;
  const wanted = { offerId: offer?.offerId, quantity: 1 };
  const first = await buyer.post(lines, wanted, { key: "k1" });
  const again = await buyer.post(lines, wanted, { key: "k1" });
  expect(again.body).toEqual(first.body);
  expect((await buyer.post(lines, { ...wanted, quantity: 2 }, { key: "k1" })).status).toBe(422);
  const line = `${lines}/${first.body.lines[0].id}`;
  expect((await buyer.patch(line, { quantity: 3 }, { headers: { "if-match": '"1"' } })).status).toBe(200);
  expect((await buyer.patch(line, { quantity: 4 }, { headers: { "if-match": '"1"' } })).status).toBe(412);
  expect((await buyer.get(path(buyer))).body.totals.units).toBe(3);
});

test("the seller's terms and the catalogue's word are kept", async () => {
  const h = harness();
  const [stepped, gone] = await sellOffers(h, [{ minQuantity: 2, stepQuantity: 2, maxQuantity: 6 }, {}]);
  const buyer = await h.buyer();
  const add = async (offerId: unknown, quantity: number) =>
    (await buyer.post(`${path(buyer)}/lines`, { offerId, quantity })).body.code;
  expect(await add(stepped?.offerId, 1)).toBe("cart.below_minimum");
  expect(await add(stepped?.offerId, 3)).toBe("cart.off_step");
  expect(await add(stepped?.offerId, 8)).toBe("cart.above_maximum");
  expect(await add(stepped?.offerId, 6)).toBeUndefined();
  expect(await add(stepped?.offerId, 2)).toBe("cart.above_maximum");
  expect(await add(h.ids.next("offer"), 1)).toBe("cart.offer_not_found");
  await h.ctx().db.read.execute(sql`UPDATE offer SET state = 'paused' WHERE id = ${gone?.offerId}`);
  expect(await add(gone?.offerId, 1)).toBe("cart.offer_unavailable");
});

test("many lines at once are taken or none, and the bad ones are named", async () => {
  const h = harness();
  const offers = await sellOffers(
    h,
    Array.from({ length: 60 }, () => ({})),
  );
  const buyer = await h.buyer();
  const lines = offers.map(({ offerId }) => ({ offerId, quantity: 1 }));
  const bad = await buyer.post(`${path(buyer)}/lines`, {
    lines: [...lines, { offerId: h.ids.next("offer"), quantity: 1 }],
  });
  expect(bad.status).toBe(404);
  expect(bad.body.errors).toMatchObject([{ path: "body.lines.60.offerId", code: "missing" }]);
  expect((await buyer.post(`${path(buyer)}/lines`, { lines })).status).toBe(201);
  const { body } = await buyer.get(path(buyer));
  expect(body.totals).toMatchObject({ lines: 60, units: 60 });
});

test("reading says what changed: price, stock, status", async () => {
  const h = harness();
  const [dearer, scarce, gone] = await sellOffers(h, [{}, { stock: 2 }, {}]);
  const buyer = await h.buyer();
  const lines = [dearer, scarce, gone].map((one) => ({ offerId: one?.offerId, quantity: 3 }));
  await buyer.post(`${path(buyer)}/lines`, { lines });
  if (!dearer || !gone) throw new Error("three offers are sold");
  await reprice(h, dearer.offerId, 120_000n);
  await h.ctx().db.read.execute(sql`UPDATE offer SET state = 'archived' WHERE id = ${gone.offerId}`);
  await h.ctx().redis.del(`${h.cell}:cache:offer:${gone.offerId}`);
  const { body } = await buyer.get(path(buyer));
  expect(typesOf(body)).toEqual(["price_changed", "quantity_reduced", "unavailable"]);
  expect(body.messages[0]).toMatchObject({ from: { minor: "100000" }, to: { minor: "120000" } });
  expect(body.totals).toEqual({ lines: 2, units: 5, goods: { minor: "560000", currency: "IDR" } });
  const [first] = body.groups[0].lines;
  await buyer.patch(`${path(buyer)}/lines/${first.id}`, { quantity: 2 });
  expect(typesOf((await buyer.get(path(buyer))).body)).toEqual(["quantity_reduced", "unavailable"]);
});

test("lines are selected, saved for later with a note, taken back and removed", async () => {
  const h = harness();
  const offers = await sellOffers(h, [{}, {}]);
  const buyer = await h.buyer();
  const own = path(buyer);
  const added = await buyer.post(`${own}/lines`, {
    lines: offers.map(({ offerId }) => ({ offerId, quantity: 1 })),
  });
  const [a, b] = added.body.lines.map((line: { id: string }) => line.id);
  await buyer.patch(`${own}/lines`, { isSelected: false, lineIds: [a] });
  expect((await buyer.get(own)).body.totals.lines).toBe(1);
  const saved = await buyer.patch(`${own}/lines/${b}`, { isSaved: true, note: "for May" });
  expect(saved.body.lines).toMatchObject([{ isSaved: true, note: "for May" }]);
  const kept = await buyer.delete(`${own}/lines`);
  expect(kept.status).toBe(200);
  const { body } = await buyer.get(own);
  expect([body.groups, body.saved.length]).toEqual([[], 1]);
  await buyer.patch(`${own}/lines/${b}`, { isSaved: false });
  expect((await cartLines(h.ctx(), cartOf(buyer))).map((line) => line.lineId)).toEqual([b]);
  expect((await buyer.delete(`${own}/lines/${b}`)).status).toBe(200);
  expect((await buyer.delete(`${own}/lines/${b}`)).status).toBe(200);
  expect((await buyer.patch(`${own}/lines/${b}`, { quantity: 1 })).body.code).toBe("cart.line_not_found");
});

test("signing in brings over the guest's lines once, the larger quantity, and empties his cart", async () => {
  const h = harness();
  const offers = await sellOffers(h, [{}, {}, {}]);
  const [guest, buyer] = [await h.guest(), await h.buyer()];
  const [x, y, z] = offers.map((one) => one.offerId);
  await guest.post(`${path(guest)}/lines`, {
    lines: [
      { offerId: x, quantity: 5 },
      { offerId: y, quantity: 1 },
    ],
  });
  await buyer.post(`${path(buyer)}/lines`, {
    lines: [
      { offerId: x, quantity: 2 },
      { offerId: z, quantity: 4 },
    ],
  });
  const merge = () => buyer.post(`${path(buyer)}/merge`, { guestToken: guest.token });
  const units = async () => {
    const lines = await cartLines(h.ctx(), cartOf(buyer));
    return new Map(lines.map((line) => [line.offerId, line.quantity]));
  };
  expect((await merge()).status).toBe(200);
  expect((await merge()).status).toBe(200);
  expect(await units()).toEqual(
    new Map([
      [x, 5],
      [z, 4],
      [y, 1],
    ]),
  );
  expect(await cartLines(h.ctx(), cartOf(guest))).toEqual([]);
  const bad = await buyer.post(`${path(buyer)}/merge`, { guestToken: buyer.token });
  expect(bad.body.code).toBe("cart.bad_token");
});

test("a shared link shows lines to anybody and gives no right to anything", async () => {
  const h = harness();
  const [offer] = await sellOffers(h, [{}]);
  const buyer = await h.buyer();
  await buyer.post(`${path(buyer)}/lines`, { offerId: offer?.offerId, quantity: 2, note: "secret" });
  const { token } = (await buyer.post(`${path(buyer)}/share`)).body;
  const shared = await h.anonymous.get(`/v1/carts/shared/${token}`);
  expect(shared.body.lines).toMatchObject([{ offerId: offer?.offerId, quantity: 2 }]);
  expect(JSON.stringify(shared.body)).not.toContain("secret");
  expect(JSON.stringify(shared.body)).not.toContain(cartOf(buyer).slice(4));
  expect((await h.withToken(token).get(path(buyer))).status).toBe(401);
  expect((await h.anonymous.get(`/v1/carts/shared/${token.slice(0, -2)}AA`)).status).toBe(404);
  h.clock.advance(8 * 86_400_000);
  expect((await h.anonymous.get(`/v1/carts/shared/${token}`)).status).toBe(404);
});

test("what was bought leaves the cart, however often it is told", async () => {
  const h = harness();
  const offers = await sellOffers(h, [{}, {}]);
  const buyer = await h.buyer();
  const { body } = await buyer.post(`${path(buyer)}/lines`, {
    lines: offers.map(({ offerId }) => ({ offerId, quantity: 1 })),
  });
  const cartId = cartOf(buyer);
  const lineIds = [body.lines[0].id];
  const about = { cartId, lineIds, orderGroupId: h.ids.next("orderGroup"), currency: "IDR", totalMinor: "1" };
  const fact = CheckoutCompleted.make(h.ctx(), { id: h.ids.next("checkout"), version: 1 }, about);
  await h.ctx().db.commit([append(fact)]);
  await h.deliver([fact]);
  await h.deliver([fact]);
  expect((await cartLines(h.ctx(), cartId)).map((line) => line.lineId)).toEqual([body.lines[1].id]);
});
