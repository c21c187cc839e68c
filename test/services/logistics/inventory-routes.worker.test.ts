import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { reserve, restock, stockOf } from "#services/logistics/inventory/index";
import { harness } from "../../support/harness.ts";
import { sellOffers } from "../../support/shop.ts";

const levelsOf = "/v1/inventory/levels";

async function openShop(stocks: readonly (number | null)[]) {
  const h = harness();
  const offers = await sellOffers(
    h,
    stocks.map((stock) => ({ stock })),
  );
  const [first] = offers;
  if (!first) throw new Error("a shop sells something");
  const owner = await h.member(first.sellerId);
  const buy = async (offerId: Id<"offer">, quantity: number) => {
    const ctx = h.ctx();
    const reservationId = h.ids.next("reservation");
    const lines = [{ offerId, quantity }];
    return ctx.db.commit([reserve(ctx, { reservationId, owner: "test", expiresAt: null, lines })]);
  };
  return { h, offers, offerId: first.offerId, sellerId: first.sellerId, owner, buy };
}

test("a count is set, moved once a key, and told", async () => {
  const { h, offerId, sellerId, owner } = await openShop([10]);
  const set = await owner.put(`${levelsOf}/${offerId}`, { onHand: 12, safety: 2, incoming: 5 });
  expect(set.body.items).toMatchObject([{ onHand: 12, safety: 2, incoming: 5, available: 10 }]);
  const receive = { kind: "receive", reason: "Purchase 1", rows: [{ offerId, quantity: 8 }] };
  expect((await owner.post("/v1/inventory/adjustments", receive, { key: "a1" })).status).toBe(201);
  const again = await owner.post("/v1/inventory/adjustments", receive, { key: "a1" });
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect((await owner.get(`${levelsOf}/${offerId}`)).body.items).toMatchObject([{ onHand: 20, incoming: 0 }]);
  const { items } = (await owner.get(`/v1/inventory/movements?offerId=${offerId}`)).body;
  expect(items.map((move: { kind: string; onHand: number }) => [move.kind, move.onHand])).toEqual([
    ["receive", 8],
    ["count", 2],
    ["count", 10],
  ]);
  const told = h.waiting().filter((fact) => fact.type === "inventory.changed");
  expect(told.map((fact) => fact.payload)).toEqual(Array(2).fill({ sellerId, offerIds: [offerId] }));
});

test("the effect of an adjustment is once even when its kept answer is lost", async () => {
  const { h, offerId, owner } = await openShop([0]);
  const receive = { kind: "receive", reason: "Purchase 1", rows: [{ offerId, quantity: 8 }] };
  await owner.post("/v1/inventory/adjustments", receive, { key: "a1" });
  await h.ctx().db.read.execute("DELETE FROM idempotency WHERE key = 'a1'");
  expect((await owner.post("/v1/inventory/adjustments", receive, { key: "a1" })).status).toBe(201);
  expect((await owner.get(`${levelsOf}/${offerId}`)).body.items).toMatchObject([{ onHand: 8 }]);
});

test("goods that come back to a shop without an open location have a place, and can be counted", async () => {
  const { h, offerId, sellerId, owner } = await openShop([2]);
  const locations = "/v1/inventory/locations";
  const close = async () => {
    await owner.put(`${levelsOf}/${offerId}`, { onHand: 0 });
    const [{ id }] = (await owner.get(locations)).body.items;
    expect((await owner.delete(`${locations}/${id}`)).status).toBe(204);
    expect((await owner.get(locations)).body.items).toEqual([]);
  };
  const onHand = async () => {
    const { items } = (await owner.get(`${levelsOf}/${offerId}`)).body;
    return items.reduce((sum: number, level: { onHand: number }) => sum + level.onHand, 0);
  };
  await close();
  // Its first location is made by this, where the shop of the test had another.
  expect((await owner.put(`${levelsOf}/${offerId}`, { onHand: 1 })).status).toBe(200);
  await close();
  const back = { sellerId, operation: h.ids.next("refundCase"), reason: "return" };
  const ctx = h.ctx();
  const done = await ctx.db.commit(await restock(ctx, { ...back, lines: [{ offerId, quantity: 1 }] }));
  expect([done, await onHand()]).toEqual([{ ok: true, value: undefined }, 1]);
  await close();
  expect((await owner.put(`${levelsOf}/${offerId}`, { onHand: 7 })).status).toBe(200);
  expect(await onHand()).toBe(7);
});

test("what is promised cannot be counted away", async () => {
  const { offerId, owner, buy } = await openShop([5]);
  expect((await buy(offerId, 4)).ok).toBe(true);
  const refused = await owner.put(`${levelsOf}/${offerId}`, { onHand: 3 });
  expect([refused.status, refused.body.code]).toEqual([409, "inventory.below_promised"]);
  const lost = { kind: "adjust", reason: "Broken", rows: [{ offerId, quantity: -2 }] };
  expect((await owner.post("/v1/inventory/adjustments", lost, { key: "x" })).body.code).toBe(
    "inventory.below_promised",
  );
  expect((await owner.put(`${levelsOf}/${offerId}`, { onHand: 4 })).body.items).toMatchObject([
    { onHand: 4, allocated: 4, available: 0 },
  ]);
  await owner.put(`${levelsOf}/${offerId}`, { backorderMax: 2 });
  expect((await buy(offerId, 3)).ok).toBe(false);
  expect((await buy(offerId, 2)).ok).toBe(true);
});

test("another shop's offer, level and location are not there", async () => {
  const { h, offerId, owner } = await openShop([5]);
  const stranger = await h.member(h.ids.next("seller"));
  const [location] = (await owner.get("/v1/inventory/locations")).body.items;
  expect((await stranger.get(`${levelsOf}/${offerId}`)).status).toBe(404);
  expect((await stranger.put(`${levelsOf}/${offerId}`, { onHand: 1 })).status).toBe(404);
  const mine = await sellOffers(h, [{}]);
  const other = await h.member(mine[0]?.sellerId as Id<"seller">);
  const misplaced = { locationId: location.id, onHand: 1 };
  expect((await other.put(`${levelsOf}/${mine[0]?.offerId}`, misplaced)).body.code).toBe(
    "inventory.location_not_found",
  );
  const staff = await h.member(mine[0]?.sellerId as Id<"seller">, "staff");
  expect((await staff.put(`${levelsOf}/${mine[0]?.offerId}`, { onHand: 1 })).status).toBe(403);
});

test("a service key counts 500 offers of several shops in a few round trips, and again", async () => {
  const { h, offers } = await openShop(Array(250).fill(0));
  const others = await sellOffers(h, Array(250).fill({ stock: 0 }));
  const importer = await h.service(["inventory:write"]);
  const rows = [...offers, ...others].map(({ offerId }, i) => ({ offerId, onHand: i }));
  const first = await importer.post(levelsOf, { rows }, { key: "b1" });
  expect([first.status, first.body]).toEqual([200, { rows: 500 }]);
  expect(Number(/dur=(\d+)/.exec(first.headers.get("server-timing") ?? "")?.[1])).toBeLessThanOrEqual(5);
  expect((await importer.post(levelsOf, { rows }, { key: "b2" })).status).toBe(200);
  const stock = await stockOf(
    h.ctx(),
    rows.map((row) => row.offerId),
  );
  expect(rows.every((row) => stock.get(row.offerId)?.available === row.onHand)).toBe(true);
  const unknown = { rows: [rows[0], { offerId: h.ids.next("offer"), onHand: 1 }] };
  const refused = await importer.post(levelsOf, unknown, { key: "b3" });
  expect(refused.body.errors).toMatchObject([{ path: "body.rows.1.offerId" }]);
});

test("locations are opened, ordered, and closed only when nothing is there", async () => {
  const { offerId, owner } = await openShop([3]);
  const { body: west } = await owner.post(
    "/v1/inventory/locations",
    { name: "West", priority: 0 },
    { key: "l" },
  );
  await owner.put(`${levelsOf}/${offerId}`, { locationId: west.id, onHand: 9 });
  expect((await owner.get(`${levelsOf}/${offerId}`)).body.items).toHaveLength(2);
  const patched = await owner.patch(
    `/v1/inventory/locations/${west.id}`,
    { priority: 7 },
    {
      headers: { "if-match": '"1"' },
    },
  );
  expect(patched.body).toMatchObject({ priority: 7, version: 2 });
  const stale = await owner.patch(
    `/v1/inventory/locations/${west.id}`,
    { priority: 8 },
    {
      headers: { "if-match": '"1"' },
    },
  );
  expect(stale.status).toBe(412);
  const { items } = (await owner.get("/v1/inventory/locations")).body;
  expect(items.map((one: { name: string }) => one.name)).toEqual(["Main", "West"]);
  const used = await owner.delete(`/v1/inventory/locations/${west.id}`);
  expect(used.body.code).toBe("inventory.location_in_use");
  await owner.put(`${levelsOf}/${offerId}`, { locationId: west.id, onHand: 0 });
  expect((await owner.delete(`/v1/inventory/locations/${west.id}`)).status).toBe(204);
  expect((await owner.put(`${levelsOf}/${offerId}`, { locationId: west.id, onHand: 1 })).status).toBe(404);
});

test("two offers that share an item share its stock", async () => {
  const { offers, owner, buy } = await openShop([3, 0, null]);
  const [a, counted, b] = offers;
  if (!a || !counted || !b) throw new Error("three offers are sold");
  const own = await owner.put(`/v1/inventory/offers/${counted.offerId}`, { sharesStockOf: a.offerId });
  expect(own.body.code).toBe("inventory.item_exists");
  const shared = await owner.put(`/v1/inventory/offers/${b.offerId}`, { sharesStockOf: a.offerId });
  expect(shared.body.items).toMatchObject([{ onHand: 3 }]);
  expect((await buy(b.offerId, 2)).ok).toBe(true);
  expect((await buy(a.offerId, 2)).ok).toBe(false);
  expect((await buy(a.offerId, 1)).ok).toBe(true);
});

test("a seller is told once that little is left, and after it was stocked on another day again", async () => {
  const { h, offerId, sellerId, buy } = await openShop([20]);
  let owner = await h.member(sellerId);
  const low = () => h.waiting().filter((fact) => fact.type === "inventory.low");
  const turn = async (onHand: number) => {
    await owner.put(`${levelsOf}/${offerId}`, { onHand });
    const [changed] = h
      .waiting()
      .filter((fact) => fact.type === "inventory.changed")
      .slice(-1);
    if (changed) await h.deliver([changed]);
  };
  await turn(8);
  expect(low()).toEqual([]);
  await buy(offerId, 4);
  await turn(8);
  await turn(7);
  expect(low().map((fact) => fact.payload)).toMatchObject([
    { sellerId, offerIds: [offerId], available: 4, sku: offerId },
  ]);
  expect((await owner.get("/v1/inventory/low-stock")).body.items).toMatchObject([
    { available: 3, lowStockAt: 5 },
  ]);
  await turn(40);
  await turn(5);
  expect(low()).toHaveLength(1);
  h.clock.advance(DAY_MS);
  owner = await h.member(sellerId);
  await turn(6);
  expect(low()).toHaveLength(2);
});

test("a walk through the pages of levels meets each once", async () => {
  const { offers, owner } = await openShop([1, 2, 3, 4, 5]);
  const seen: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const { body } = await owner.get(
      `${levelsOf}?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    seen.push(...body.items.map((level: { offerId: string }) => level.offerId));
    cursor = body.nextCursor;
  }
  expect(seen).toEqual(offers.map((one) => one.offerId).toSorted());
});
