import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { insertMany } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { offer, product } from "#schema/catalog/product";
import { reviewRating } from "#schema/catalog/review";
import { ProductArchived } from "#services/catalog/product/facts";
import { ReviewPublished } from "#services/catalog/review/facts";
import { type Harness, harness } from "../../support/harness.ts";
import { find, ownWord, stocked, titles } from "./shelf.ts";

const mugs = (word: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    title: `${word} mug number${String.fromCharCode(97 + i)}`,
    priceMinor: BigInt(100_000 + i * 100),
    stock: 5,
  }));

test("a pin keeps its place among what is sorted by price, and every hit is seen once", async () => {
  const h = harness();
  const word = ownWord();
  const { offers } = await stocked(h, mugs(word, 9));
  const operator = await h.operator("catalogue");
  const ids = offers.map(({ productId }) => productId);
  const pin = { kind: "pin", query: word, productId: ids[8], position: 2 };
  expect((await operator.post("/v1/search/rules", pin)).status).toBe(201);
  const seen: string[] = [];
  let cursor = "";
  do {
    const page = await find(h, `q=${word}&limit=4&sort=price_asc${cursor}`);
    expect(page.total).toBe(9);
    seen.push(...page.items.map((item: { productId: string }) => item.productId));
    cursor = page.nextCursor === null ? "" : `&cursor=${encodeURIComponent(page.nextCursor)}`;
  } while (cursor !== "");
  expect(seen).toEqual([ids[0], ids[8], ...ids.slice(1, 8)]);
});

test("a pin obeys the searcher's filters, and what is archived or hidden is never shown", async () => {
  const h = harness();
  const word = ownWord();
  const { offers, sellerId } = await stocked(h, mugs(word, 3));
  const [first, second] = offers.map(({ productId }) => productId) as [Id<"product">, Id<"product">];
  const operator = await h.operator("catalogue");
  for (const [productId, position] of [
    [first, 1],
    [second, 2],
  ]) {
    await operator.post("/v1/search/rules", { kind: "pin", query: word, productId, position });
  }
  expect(titles(await find(h, `q=${word}&priceMin=100200`))).toEqual([`${word} mug numberc`]);
  await operator.post("/v1/search/rules", { kind: "hide", query: word, productId: second });
  expect((await find(h, `q=${word}`)).items[0].productId).toBe(first);
  expect((await find(h, `q=${word}`)).total).toBe(2);
  await h.ctx().db.read.update(product).set({ state: "archived", version: 2 }).where(eq(product.id, first));
  await h.deliver([ProductArchived.make(h.ctx(), { id: first, version: 2 }, { productId: first, sellerId })]);
  expect(titles(await find(h, `q=${word}`))).toEqual([`${word} mug numberc`]);
});

test("what is hidden for a query is not among what is shown where nothing was found either", async () => {
  const h = harness();
  const [word, nothing] = [ownWord(), ownWord()];
  const { offers, sellerId } = await stocked(h, mugs(word, 2));
  const operator = await h.operator("catalogue");
  const fallback = async () => await find(h, `q=${nothing}&seller=${sellerId}`);
  expect([(await fallback()).fallback, (await fallback()).items.length]).toEqual([true, 2]);
  const rule = { kind: "hide", query: nothing, productId: offers[0]?.productId };
  expect((await operator.post("/v1/search/rules", rule)).status).toBe(201);
  expect(titles(await fallback())).toEqual([`${word} mug numberb`]);
});

test("a rule holds in its time and where all that it names is asked for, and its log says who", async () => {
  const h = harness();
  const word = ownWord();
  const { offers, sellerId } = await stocked(h, mugs(word, 2));
  const operator = await h.operator("catalogue");
  const at = (ms: number) => new Date(h.clock.now() + ms).toISOString();
  const made = await operator.post("/v1/search/rules", {
    kind: "hide",
    query: word,
    sellerId,
    productId: offers[0]?.productId,
    startsAt: at(60_000),
    endsAt: at(120_000),
    note: "Recall",
  });
  expect(made.status).toBe(201);
  const count = async (query = `q=${word}&seller=${sellerId}`) => (await find(h, query)).total;
  expect(await count()).toBe(2);
  h.clock.advance(60_000);
  expect(await count()).toBe(1);
  expect(await count(`q=${word}`)).toBe(2);
  h.clock.advance(60_000);
  expect(await count()).toBe(2);
  const path = `/v1/search/rules/${made.body.id}`;
  const change = { endsAt: null };
  expect((await operator.patch(path, change, { headers: { "if-match": '"7"' } })).status).toBe(412);
  const changed = await operator.patch(path, change, { headers: { "if-match": '"1"' } });
  expect([changed.status, changed.body.version, changed.body.endsAt]).toEqual([200, 2, null]);
  expect(await count()).toBe(1);
  // Rows of the log stand in the order of their time.
  h.clock.advance(1);
  expect((await operator.delete(path)).status).toBe(204);
  expect(await count()).toBe(2);
  const log = await operator.get(`/v1/search/rules/log?ruleId=${made.body.id}`);
  expect(log.body.items.map((row: { action: string }) => row.action)).toEqual([
    "deleted",
    "changed",
    "created",
  ]);
  expect(log.body.items[0].actor).toBe((operator.actor as { userId: string }).userId);
  const unscoped = { kind: "hide", productId: offers[0]?.productId };
  expect((await operator.post("/v1/search/rules", unscoped)).status).toBe(400);
  expect((await (await h.member(sellerId)).get("/v1/search/rules")).status).toBe(403);
});

test("stars are shown, filtered and sorted by, and explain adds up", async () => {
  const h = harness();
  const word = ownWord();
  const { offers, sellerId } = await stocked(h, mugs(word, 3));
  const rate = async (n: number, stars: Pick<typeof reviewRating.$inferInsert, "s2" | "s5">) => {
    const productId = offers[n]?.productId ?? h.ids.next("product");
    const row = { kind: "product" as const, subjectId: productId, s1: 0, s3: 0, s4: 0, ...stars };
    await h.ctx().db.commit([insertMany(reviewRating, [row])]);
    const reviewId = h.ids.next("review");
    const orderId = h.ids.next("order");
    const told = { reviewId, productId, sellerId, orderId, productStars: 5, sellerStars: null };
    await h.deliver([ReviewPublished.make(h.ctx(), { id: reviewId, version: 1 }, told)]);
  };
  await rate(1, { s2: 0, s5: 40 });
  await rate(2, { s2: 30, s5: 10 });
  const sorted = await find(h, `q=${word}&sort=rating`);
  expect(sorted.items.map(({ rating }: { rating: object }) => rating)).toEqual([
    { average: 5, count: 40 },
    { average: 2.75, count: 40 },
    { average: null, count: 0 },
  ]);
  expect(titles(await find(h, `q=${word}&ratingMin=4`))).toEqual([`${word} mug numberb`]);
  const [best] = (await find(h, `q=${word}&explain=true`)).items;
  expect(best.productId).toBe(offers[1]?.productId);
  const { total, ...parts } = best.score as { [part: string]: number };
  expect(Object.keys(parts).sort()).toEqual(
    ["text", "behaviour", "ratings", "freshness", "stock", "rule", "diversity"].sort(),
  );
  expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(total ?? 0, 6);
  expect(best.score.ratings).toBeGreaterThan(0.05);
  expect(best.score.freshness).toBeGreaterThan(0.05);
});

async function shopAt(h: Harness, word: string, [latitude, longitude]: readonly [number, number]) {
  const shop = await stocked(h, [{ title: `${word} stove`, priceMinor: 100n, stock: 1 }]);
  await move(h, shop.sellerId, { latitude, longitude });
  return shop;
}

async function move(h: Harness, sellerId: Id<"seller">, place: object) {
  const about = {
    name: "Toko",
    phone: "+6281234567890",
    city: "Bandung",
    postalCode: "40111",
    line1: "Jl. 1",
  };
  const address = { ...about, country: "ID", ...place };
  const answer = await (await h.member(sellerId)).put("/v1/shipping/origin", { address });
  expect(answer.status).toBe(200);
  await h.drain();
}

test("a radius finds what shops within it sell, the nearest first, over the date line too", async () => {
  const h = harness();
  const word = ownWord();
  const bandung = await shopAt(h, word, [-6.9175, 107.6191]);
  const jakarta = await shopAt(h, word, [-6.2, 106.8166]);
  await shopAt(h, word, [-7.2575, 112.7521]);
  const from = `q=${word}&near=-6.2088,106.8456`;
  const hits = async (query: string) =>
    (await find(h, query)).items.map(
      ({ seller, distanceKm }: { seller: { id: string }; distanceKm: number }) => [seller.id, distanceKm],
    );
  expect(await hits(`${from}&radiusKm=10`)).toEqual([[jakarta.sellerId, 3]]);
  expect(await hits(`${from}&radiusKm=200&sort=nearest`)).toEqual([
    [jakarta.sellerId, 3],
    [bandung.sellerId, 116],
  ]);
  expect((await h.anonymous.get(`/v1/search?q=${word}&sort=nearest`)).body.code).toBe(
    "search.nearest_without_place",
  );
  await move(h, jakarta.sellerId, { latitude: -16.5, longitude: 179.99 });
  expect(await hits(`${from}&radiusKm=10`)).toEqual([]);
  expect(await hits(`q=${word}&near=-16.5,-179.99&radiusKm=10`)).toEqual([[jakarta.sellerId, 2]]);
  await h
    .ctx()
    .db.read.update(offer)
    .set({ state: "paused", version: 2 })
    .where(eq(offer.sellerId, jakarta.sellerId));
  await move(h, jakarta.sellerId, {});
  expect(await hits(`q=${word}&near=-16.5,-179.99&radiusKm=10`)).toEqual([]);
});

test("a copy that was served a moment ago tells of a change as soon as its event was handled", async () => {
  const h = harness();
  const word = ownWord();
  const { sellerId, offers } = await stocked(h, [
    { title: `${word} kettle`, priceMinor: 100_000n, stock: 2 },
  ]);
  const read = async () => (await h.anonymous.get(`/v1/search?q=${word}`)).body.items[0]?.priceFrom?.minor;
  expect(await read()).toBe("100000");
  const member = await h.member(sellerId);
  const path = `/v1/offers/${offers[0]?.offerId}`;
  const price = { minor: "90000", currency: "IDR" };
  const committedAt = performance.now();
  const changed = await member.patch(path, { price }, { headers: { "if-match": '"1"' } });
  expect(changed.status, JSON.stringify(changed.body)).toBe(200);
  await h.drain();
  expect(await read()).toBe("90000");
  expect(performance.now() - committedAt).toBeLessThan(5_000);
});

test("a word found as it was typed stays so, and what was perhaps meant is offered", async () => {
  const h = harness();
  const word = ownWord();
  await stocked(h, [{ title: `${word} goode`, priceMinor: 100n, stock: 1 }]);
  // The category's name has it, and no title.
  const body = await find(h, `q=${word}+goods`);
  expect([body.total, body.correctedTo]).toEqual([1, null]);
  expect(body.didYouMean).toBe(`${word} goode`);
  expect((await find(h, `q=${word}`)).didYouMean).toBeNull();
});
