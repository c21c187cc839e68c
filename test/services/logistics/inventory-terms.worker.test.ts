import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { MemberJoined, SellerChanged } from "#services/catalog/seller/facts";
import { oversoldUnits, reserve, shipAllocated } from "#services/logistics/inventory/index";
import { harness } from "../../support/harness.ts";
import { ADDRESS, openShop, type Ware } from "../../support/shop.ts";
import { mailsTo, person } from "../social/postbox.ts";

const at = "/v1/inventory";

async function stall(wares: readonly Ware[]) {
  const h = harness();
  const { sellerId, offers } = await openShop(h, wares);
  const offerIds = offers.map(({ offerId }) => offerId);
  const owner = await h.member(sellerId);
  const stranger = await h.member((await openShop(h, [{}])).sellerId);
  const staff = await h.member(sellerId, "staff");
  /** What everybody is told of an offer. */
  const seen = async (offerId: Id<"offer">) =>
    (await h.anonymous.get(`${at}/availability?offerIds=${offerId}`)).body.items[0];
  const levels = async (offerId: Id<"offer">) =>
    Object.fromEntries(
      (await owner.get(`${at}/levels/${offerId}`)).body.items.map(
        (level: { locationId: string; onHand: number; incoming: number }) => [
          level.locationId,
          [level.onHand, level.incoming],
        ],
      ),
    );
  const buy = async (offerId: Id<"offer">, quantity: number) => {
    const reservationId = h.ids.next("reservation");
    const wanted = { reservationId, owner: "test", expiresAt: null, lines: [{ offerId, quantity }] };
    const done = await h.ctx().db.commit([reserve(h.ctx(), wanted)]);
    return { reservationId, code: done.ok ? "ok" : done.code };
  };
  return { h, sellerId, offerIds, owner, stranger, staff, seen, levels, buy };
}
/** As long as an isolate shows stock from its own copy. */
const COPY_MS = 2_000;

const checkOut = async ({ h }: Pick<Awaited<ReturnType<typeof stall>>, "h">, line: object) => {
  const client = await h.buyer();
  const { body } = await client.post("/v1/carts");
  await client.post(`/v1/carts/${body.cart.id}/lines`, { lines: [line] });
  const asked = { email: "ani@example.com", address: ADDRESS, paymentMethod: "cod" };
  const answer = await client.post("/v1/checkouts", asked);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return { ...answer.body, client };
};

test("a bundle is the shop's own, weighs what it holds, and what is sold of it stays as it was", async () => {
  const shop = await stall([
    { title: "Beans", stock: 9, weightGrams: 250, measures: { lengthMm: 300, widthMm: 300, heightMm: 200 } },
    { title: "Cup", stock: 4, weightGrams: 300 },
    { stock: null, weightGrams: 0 },
  ]);
  const { h, owner, stranger, staff, buy } = shop;
  const [beans, cup, pack] = shop.offerIds as [Id<"offer">, Id<"offer">, Id<"offer">];
  const parts = [
    { offerId: beans, quantity: 2 },
    { offerId: cup, quantity: 1 },
  ];
  const path = `${at}/bundles/${pack}`;
  expect((await stranger.put(path, { components: parts })).status).toBe(404);
  expect((await staff.put(path, { components: parts })).status).toBe(403);
  const single = { components: [{ offerId: beans, quantity: 1 }] };
  expect((await owner.put(path, single)).body.code).toBe("inventory.bundle_of_one");
  const foreign = { components: [...parts, { offerId: h.ids.next("offer"), quantity: 1 }] };
  expect((await owner.put(path, foreign)).body.errors).toMatchObject([{ path: "body.components.2.offerId" }]);
  for (const _ of [1, 2]) {
    const put = await owner.put(path, { components: parts });
    expect([put.status, put.body.available, put.body.components]).toEqual([200, 4, expect.any(Array)]);
  }
  expect((await owner.get(`${at}/bundles`)).body.items).toMatchObject([{ offerId: pack, available: 4 }]);
  for (const path of [`${at}/bundles`, `${at}/bundles/${pack}`]) {
    expect([404, 200]).toContain((await stranger.get(path)).status);
    expect(JSON.stringify((await stranger.get(path)).body)).not.toContain(pack);
  }
  const shown = await shop.seen(pack);
  expect(shown).toMatchObject({ available: 4, onShelf: 4, ahead: null });
  const contents = shown.contents as { title: { en: string }; quantity: number }[];
  expect(contents.map(({ title, quantity }) => [title.en, quantity]).sort()).toEqual([
    ["Beans", 2],
    ["Cup", 1],
  ]);
  // Four bags of 18 litres: their room costs what 12 kg would, for all that they weigh 1.6 kg.
  const { id } = await checkOut(shop, { offerId: pack, quantity: 2 });
  const { rows } = await h.ctx().db.read.execute(sql`SELECT lines -> 0 -> 'weightGrams' AS grams,
    quote #> '{deliveries,0,rates,0,chargeableGrams}' AS charged FROM checkout WHERE id = ${id}`);
  expect(rows).toEqual([{ grams: 800, charged: 12_000 }]);
  const sold = await buy(pack, 1);
  expect((await stranger.delete(path)).status).toBe(404);
  expect((await owner.delete(path)).status).toBe(204);
  expect((await owner.delete(path)).body.code).toBe("inventory.bundle_not_found");
  await owner.put(`${at}/levels/${pack}`, { onHand: 5 });
  const lines = [{ offerId: pack, quantity: 1 }];
  const { reservationId } = sold;
  expect((await h.ctx().db.commit([shipAllocated(h.ctx(), { reservationId, lines })])).ok).toBe(true);
  const onHand = async (offerId: Id<"offer">) => Object.values(await shop.levels(offerId));
  expect([await onHand(beans), await onHand(cup), await onHand(pack)]).toEqual([
    [[7, 0]],
    [[3, 0]],
    [[5, 0]],
  ]);
});

test("what is sold ahead has a cap that nobody passes, and a day that page and parcel keep to", async () => {
  const shop = await stall([{ stock: 2 }]);
  const { h, owner, stranger, buy } = shop;
  const [offerId] = shop.offerIds as [Id<"offer">];
  const path = `${at}/offers/${offerId}`;
  const promisedAt = new Date(h.clock.now() + 40 * DAY_MS).toISOString();
  const preorder = { kind: "preorder", units: 3, promisedAt };
  expect((await stranger.patch(path, { ahead: preorder })).status).toBe(404);
  expect((await stranger.get(path)).status).toBe(404);
  const passed = { ...preorder, promisedAt: new Date(h.clock.now()).toISOString() };
  expect((await owner.patch(path, { ahead: passed })).body.code).toBe("inventory.promise_not_ahead");
  expect((await owner.patch(path, { ahead: { kind: "preorder", units: 3 } })).status).toBe(400);
  const set = await owner.patch(path, { ahead: preorder });
  expect(set.body.ahead).toEqual({ ...preorder, sold: 0 });
  expect(await shop.seen(offerId)).toMatchObject({
    available: 5,
    onShelf: 2,
    ahead: { units: 3, promisedAt },
  });
  const there = await checkOut(shop, { offerId, quantity: 2 });
  expect(there.parcels[0].lines[0].promisedAt).toBeNull();
  const coming = await checkOut(shop, { offerId, quantity: 4 });
  expect(coming.parcels[0].lines[0].promisedAt).toBe(promisedAt);
  const [soon, later] = [there.parcels[0].rates[0], coming.parcels[0].rates[0]];
  expect(soon.arrivesFrom < promisedAt.slice(0, 10) && later.arrivesFrom >= promisedAt.slice(0, 10)).toBe(
    true,
  );
  const wanted = await Promise.all(Array.from({ length: 8 }, () => buy(offerId, 1)));
  expect(wanted.filter(({ code }) => code === "ok")).toHaveLength(5);
  expect(await oversoldUnits(h.ctx())).toBe(0);
  expect((await owner.get(path)).body.ahead).toMatchObject({ units: 3, sold: 3 });
  const fewer = await owner.patch(path, { ahead: { ...preorder, units: 2 } });
  expect(fewer.body.code).toBe("inventory.below_promised");
  expect((await owner.patch(path, { ahead: null })).body.code).toBe("inventory.below_promised");
  const receive = { kind: "receive", reason: "came", rows: [{ offerId, quantity: 3 }] };
  expect((await owner.post(`${at}/adjustments`, receive, { key: "r" })).status).toBe(201);
  expect((await owner.patch(path, { ahead: null })).body.ahead).toBeNull();
  await scheduler.wait(COPY_MS);
  expect(await shop.seen(offerId)).toMatchObject({ available: 0, onShelf: 0, ahead: null });
});

test("an order of what is sold ahead is not late before the day that was promised", async () => {
  const shop = await stall([{ stock: 1 }]);
  const { h, owner } = shop;
  const [offerId] = shop.offerIds as [Id<"offer">];
  const promisedAt = h.clock.now() + 40 * DAY_MS;
  const ahead = { kind: "preorder", units: 3, promisedAt: new Date(promisedAt).toISOString() };
  expect((await owner.patch(`${at}/offers/${offerId}`, { ahead })).status).toBe(200);
  const order = async () => {
    const { client, ...checkout } = await checkOut(shop, { offerId, quantity: 2 });
    const path = `/v1/checkouts/${checkout.id}/complete`;
    const { status, body } = await client.post(path, {}, { key: h.ids.next("request") });
    expect(status, JSON.stringify(body)).toBe(200);
    return { client, orderId: body.orders[0].id, group: body.orderGroupId };
  };
  const { client, orderId, group } = await order();
  await h.drain();
  const userId = client.actor.kind === "user" ? client.actor.userId : undefined;
  const seen = async () => (await (await h.buyer(userId)).get(`/v1/orders/${orderId}`)).body;
  const shipBy = promisedAt + h.market.order.shipWithinMs;
  expect(await seen()).toMatchObject({ state: "placed", shipBefore: new Date(shipBy).toISOString() });
  const {
    rows: [saw],
  } = await h.ctx().db.read.execute<{ dueAt: string; from: string }>(sql`
    SELECT seen -> 'ready' ->> 'from' AS "from", seen -> 'ready' ->> 'dueAt' AS "dueAt"
    FROM seller_order_outcome WHERE subject = ${orderId}`);
  const target = h.market.seller.targets.preparationMs;
  expect([Number(saw?.from), Number(saw?.dueAt)]).toEqual([promisedAt, promisedAt + target]);
  h.clock.advance(41 * DAY_MS);
  await h.runDue(group);
  expect((await seen()).state).toBe("placed");
  h.clock.advance(2 * DAY_MS + 1_000);
  await h.runDue(group);
  expect(await seen()).toMatchObject({ state: "cancelled", cancelReason: "not_shipped" });
});

test("what is sent is somewhere: on its way, counted in, or back, once and in one place", async () => {
  const shop = await stall([{ stock: 10 }, { stock: 1 }]);
  const { owner, stranger, staff, buy } = shop;
  const [offerId] = shop.offerIds as [Id<"offer">];
  const [from] = (await owner.get(`${at}/locations`)).body.items;
  const cost = { name: "West", parcelCost: { minor: "500000", currency: "IDR" } };
  const { body: to } = await owner.post(`${at}/locations`, cost, { key: "l" });
  expect(to.parcelCost).toEqual(cost.parcelCost);
  const foreign = { ...cost, parcelCost: { minor: "1", currency: "SGD" } };
  expect((await owner.post(`${at}/locations`, foreign, { key: "m" })).body.code).toBe(
    "inventory.wrong_currency",
  );
  const sending = (quantity: number) => ({
    fromLocationId: from.id,
    toLocationId: to.id,
    lines: [{ offerId, quantity }],
  });
  expect((await stranger.post(`${at}/transfers`, sending(1), { key: "a" })).status).toBe(404);
  expect((await staff.post(`${at}/transfers`, sending(1), { key: "a" })).status).toBe(403);
  await buy(offerId, 1);
  const tooMany = await owner.post(`${at}/transfers`, sending(10), { key: "a0" });
  expect(tooMany.body.code).toBe("inventory.below_promised");
  const { body: sent } = await owner.post(`${at}/transfers`, sending(4), { key: "a" });
  await shop.h.ctx().db.read.execute("DELETE FROM idempotency WHERE key = 'a'");
  expect((await owner.post(`${at}/transfers`, sending(4), { key: "a" })).body.id).toBe(sent.id);
  expect(await shop.levels(offerId)).toEqual({ [from.id]: [6, 0], [to.id]: [0, 4] });
  const act = (client: typeof owner, id: string, how: string, body?: object) =>
    client.post(`${at}/transfers/${id}/${how}`, body ?? {}, { key: crypto.randomUUID() });
  expect((await act(stranger, sent.id, "receive")).status).toBe(404);
  expect((await stranger.get(`${at}/transfers/${sent.id}`)).status).toBe(404);
  const more = await act(owner, sent.id, "receive", { lines: [{ offerId, quantity: 5 }] });
  expect(more.body.code).toBe("inventory.transfer_unlike");
  const stray = { offerId: shop.offerIds[1], quantity: 1 };
  const strange = await act(owner, sent.id, "receive", { lines: [{ offerId, quantity: 3 }, stray] });
  expect(strange.body.code).toBe("inventory.transfer_unlike");
  const counted = { lines: [{ offerId, quantity: 3 }] };
  const received = await Promise.all([1, 2].map(() => act(owner, sent.id, "receive", counted)));
  expect(received.map(({ body }) => body.lines)).toEqual(
    Array(2).fill([{ offerId, quantity: 4, arrived: 3 }]),
  );
  expect(await shop.levels(offerId)).toEqual({ [from.id]: [6, 0], [to.id]: [3, 0] });
  expect((await act(owner, sent.id, "cancel")).body.code).toBe("inventory.transfer_ended");
  shop.h.clock.advance(1);
  const { body: second } = await owner.post(`${at}/transfers`, sending(2), { key: "b" });
  const race = await Promise.all(["cancel", "receive"].map((how) => act(owner, second.id, how)));
  expect(race.map(({ status }) => status).sort()).toEqual([200, 409]);
  const after = await shop.levels(offerId);
  const isBack = race[0]?.status === 200;
  expect(after).toEqual({ [from.id]: [isBack ? 6 : 4, 0], [to.id]: [isBack ? 3 : 5, 0] });
  const walked = (await owner.get(`${at}/transfers?limit=1`)).body;
  expect(walked.items).toMatchObject([{ id: second.id }]);
  const rest = (await owner.get(`${at}/transfers?limit=1&cursor=${encodeURIComponent(walked.nextCursor)}`))
    .body;
  expect([rest.items[0].id, rest.nextCursor]).toEqual([sent.id, null]);
  expect((await owner.get(`${at}/transfers?state=sent`)).body.items).toEqual([]);
});

test("an adjustment and a transfer of one key are two, and nothing comes that never left", async () => {
  const shop = await stall([{ stock: 10 }]);
  const { owner } = shop;
  const [offerId] = shop.offerIds as [Id<"offer">];
  const [from] = (await owner.get(`${at}/locations`)).body.items;
  const { body: to } = await owner.post(`${at}/locations`, { name: "West" }, { key: "w" });
  const lines = [{ offerId, quantity: 4 }];
  const lost = { kind: "adjust", reason: "lost", rows: [{ offerId, locationId: from.id, quantity: -1 }] };
  expect((await owner.post(`${at}/adjustments`, lost, { key: "same" })).status).toBe(201);
  const sending = { fromLocationId: from.id, toLocationId: to.id, lines };
  const { body: sent } = await owner.post(`${at}/transfers`, sending, { key: "same" });
  expect(await shop.levels(offerId)).toEqual({ [from.id]: [5, 0], [to.id]: [0, 4] });
  expect((await owner.post(`${at}/transfers/${sent.id}/receive`, {}, { key: "in" })).status).toBe(200);
  expect(await shop.levels(offerId)).toEqual({ [from.id]: [5, 0], [to.id]: [4, 0] });
});

test("a seller hears by mail and on the site that little is left, at the threshold that he set", async () => {
  const shop = await stall([{ title: "Beans", stock: 20 }]);
  const { h, sellerId, owner } = shop;
  const [offerId] = shop.offerIds as [Id<"offer">];
  const keeper = await person(h);
  const about = (version: number) => ({ id: sellerId, version });
  const email = `${sellerId}@shop.example.com`;
  const changed = {
    sellerId,
    name: "Test shop",
    slug: "s",
    city: "Bandung",
    state: "active",
    email,
    locale: "id",
  };
  await h.deliver([
    SellerChanged.make(h.ctx(), about(1), { ...changed, trading: true } as never),
    MemberJoined.make(h.ctx(), about(2), { sellerId, userId: keeper.userId, role: "owner" } as never),
  ]);
  await owner.patch(`${at}/offers/${offerId}`, { lowStockAt: 12 });
  await owner.put(`${at}/levels/${offerId}`, { onHand: 13 });
  await h.drain();
  expect(await mailsTo(email)).toEqual([]);
  await owner.put(`${at}/levels/${offerId}`, { onHand: 12 });
  await h.drain();
  const [mail, ...others] = await mailsTo(email);
  expect(others).toEqual([]);
  expect(JSON.stringify(mail)).toContain("Beans");
  const { items } = (await keeper.get("/v1/notifications")).body;
  expect(items).toMatchObject([{ body: expect.stringContaining("12") }]);
  await owner.put(`${at}/levels/${offerId}`, { onHand: 30 });
  await h.drain();
  await owner.put(`${at}/levels/${offerId}`, { onHand: 1 });
  await h.drain();
  expect(await mailsTo(email)).toHaveLength(1);
});
