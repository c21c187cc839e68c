import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { offer, product } from "#schema/catalog/product";
import { OfferChanged, ProductArchived, ProductPublished } from "#services/catalog/product/facts";
import { harness } from "../../support/harness.ts";
import { find, ownWord, stocked, titles } from "./shelf.ts";

test("finds by word, beginning, typing error and in the other language's endings", async () => {
  const h = harness();
  const word = ownWord();
  await stocked(h, [{ title: `${word} running shoes`, priceMinor: 100_000n, stock: 3 }]);
  for (const q of [word, word.slice(0, 8), `${word.slice(0, 5)}${word.slice(6)}`, `${word}+shoe`]) {
    const body = await find(h, `q=${q}`);
    expect(titles(body), q).toEqual([`${word} running shoes`]);
  }
  const typo = await find(h, `q=${word.slice(0, 5)}${word.slice(6)}`);
  expect(typo.correctedTo).toBe(word);
});

test("what nobody sells any more is gone with the event, in any order", async () => {
  const h = harness();
  const word = ownWord();
  const shop = await stocked(h, [{ title: `${word} lamp`, priceMinor: 100_000n, stock: 1 }]);
  const [{ productId }] = shop.offers as [(typeof shop.offers)[number]];
  const { sellerId } = shop;
  await h
    .ctx()
    .db.read.update(product)
    .set({ state: "archived", version: 2 })
    .where(eq(product.id, productId));
  const archived = ProductArchived.make(h.ctx(), { id: productId, version: 2 }, { productId, sellerId });
  const late = ProductPublished.make(h.ctx(), { id: productId, version: 1 }, { productId, sellerId });
  await h.deliver([archived]);
  await h.deliver([late]);
  const body = await find(h, `q=${word}`);
  expect(body.total).toBe(0);
  expect(body.fallback).toBe(true);
});

test("filters, facets without their own filter, sorts, and pages that show each hit once", async () => {
  const h = harness();
  const word = ownWord();
  const wares = Array.from({ length: 25 }, (_, i) => ({
    title: `${word} mug number${String.fromCharCode(97 + i)}`,
    priceMinor: BigInt(1_000_00 + i * 100),
    stock: i % 5,
  }));
  const { sellerId } = await stocked(h, wares);
  const other = await stocked(h, [{ title: `${word} mug of another shop`, priceMinor: 500_000n, stock: 1 }]);
  const seen: string[] = [];
  let cursor = "";
  do {
    const page = await find(h, `q=${word}&limit=7&sort=price_asc${cursor}`);
    expect(page.total).toBe(26);
    seen.push(...page.items.map((item: { productId: string }) => item.productId));
    cursor = page.nextCursor === null ? "" : `&cursor=${encodeURIComponent(page.nextCursor)}`;
  } while (cursor !== "");
  expect(new Set(seen).size).toBe(26);
  expect(seen).toHaveLength(26);
  const mine = await find(h, `q=${word}&seller=${sellerId}&limit=100`);
  expect(mine.total).toBe(25);
  const sellers = mine.facets.sellers.map((bucket: { value: string }) => bucket.value);
  expect(sellers).toContain(other.sellerId);
  expect((await find(h, `q=${word}&inStock=true&limit=100`)).total).toBe(21);
  expect((await find(h, `q=${word}&priceMax=100200&limit=100`)).total).toBe(3);
});

test("a cursor of another query is refused", async () => {
  const h = harness();
  const word = ownWord();
  await stocked(h, [
    { title: `${word} one`, priceMinor: 100n, stock: 1 },
    { title: `${word} two`, priceMinor: 100n, stock: 1 },
  ]);
  const { nextCursor } = await find(h, `q=${word}&limit=1`);
  const answer = await h.anonymous.get(`/v1/search?q=other&limit=1&cursor=${encodeURIComponent(nextCursor)}`);
  expect([answer.status, answer.body.errors[0].path]).toEqual([400, "query.cursor"]);
});

test("a new price is found with its event, and an older reading never wins", async () => {
  const h = harness();
  const word = ownWord();
  const { sellerId, offers } = await stocked(h, [
    { title: `${word} kettle`, priceMinor: 100_000n, stock: 2 },
  ]);
  const [{ offerId, productId }] = offers as [(typeof offers)[number]];
  h.clock.advance(1_000);
  await h.ctx().db.read.update(offer).set({ priceMinor: 90_000n, version: 2 }).where(eq(offer.id, offerId));
  const price = { minor: "90000", currency: "IDR" as const };
  const payload = { offerId, productId, sellerId, status: "active" as const, price };
  await h.deliver([OfferChanged.make(h.ctx(), { id: offerId, version: 2 }, payload)]);
  expect((await find(h, `q=${word}`)).items[0].priceFrom).toEqual(price);
});

test("rules hide, boost and pin; explain shows the parts of the score", async () => {
  const h = harness();
  const word = ownWord();
  const { offers } = await stocked(h, [
    { title: `${word} alpha tray`, priceMinor: 100n, stock: 1 },
    { title: `${word} beta bowl`, priceMinor: 200n, stock: 1 },
    { title: `${word} gamma jar`, priceMinor: 300n, stock: 0 },
  ]);
  const operator = await h.operator("catalogue");
  const ids = offers.map(({ productId }) => productId);
  const rule = (kind: string, productId: string | undefined, position?: number) =>
    operator.post("/v1/search/rules", { kind, query: word, productId, position });
  expect((await rule("pin", ids[2], 1)).status).toBe(201);
  expect((await rule("hide", ids[0])).status).toBe(201);
  const body = await find(h, `q=${word}&explain=true`);
  expect(titles(body)).toEqual([`${word} gamma jar`, `${word} beta bowl`]);
  expect(body.items[0].pinned).toBe(true);
  expect(body.items[1].score.total).toBeGreaterThan(body.items[1].score.text);
  expect((await (await h.buyer()).post("/v1/search/rules", {})).status).toBe(403);
  const { body: buried } = await rule("bury", ids[2]);
  expect((await operator.delete(`/v1/search/rules/${buried.id}`)).status).toBe(204);
  const gone = await operator.delete(`/v1/search/rules/${buried.id}`);
  expect([gone.status, gone.body.code]).toEqual([404, "search.rule_not_found"]);
});

test("near-identical wares of one shop do not fill the page", async () => {
  const h = harness();
  const word = ownWord();
  await stocked(
    h,
    Array.from({ length: 6 }, (_, i) => ({ title: `${word} case ${i}`, priceMinor: 100n, stock: 9 })),
  );
  await stocked(h, [{ title: `${word} case`, priceMinor: 100n, stock: 0 }]);
  const body = await find(h, `q=${word}&limit=3`);
  expect(titles(body).filter((title) => title === `${word} case`)).toHaveLength(1);
});

test("synonyms are searched for too", async () => {
  const h = harness();
  const [word, meaning] = [ownWord(), ownWord()];
  await stocked(h, [{ title: `${meaning} phone`, priceMinor: 100n, stock: 1 }]);
  const operator = await h.operator("admin");
  expect((await operator.put("/v1/search/synonyms", { term: word, meanings: [meaning] })).status).toBe(204);
  expect((await find(h, `q=${word}`)).total).toBe(1);
});

test("suggests titles that begin like this and queries that found something", async () => {
  const h = harness();
  const word = ownWord();
  await stocked(h, [{ title: `${word} basket`, priceMinor: 100n, stock: 1 }]);
  await find(h, `q=${word}`);
  const answer = await h.anonymous.get(`/v1/search/suggestions?q=${word.slice(0, 9)}`);
  expect(answer.body.products.map((one: { title: string }) => one.title)).toEqual([`${word} basket`]);
  expect(answer.body.queries).toContain(word);
});

test("an offer is shown as its product is listed, and not at all once nobody can buy it", async () => {
  const h = harness();
  const word = ownWord();
  const shop = await stocked(h, [
    { title: `${word} lamp`, priceMinor: 100_000n, stock: 1 },
    { title: `${word} shade`, priceMinor: 100_000n, stock: 1 },
  ]);
  const [lamp, shade] = shop.offers as [(typeof shop.offers)[number], (typeof shop.offers)[number]];
  const unknown = h.ctx().ids.next("offer");
  const path = `/v1/search/offers?ids=${[lamp.offerId, shade.offerId, unknown].join(",")}`;
  const shown = async () => {
    await find(h, `q=${word}`);
    const { items } = (await h.anonymous.get(path)).body;
    return items.toSorted((a: { title: string }, b: { title: string }) => (a.title < b.title ? -1 : 1));
  };
  expect(await shown()).toEqual([
    expect.objectContaining({ offerId: lamp.offerId, productId: lamp.productId, title: `${word} lamp` }),
    expect.objectContaining({ offerId: shade.offerId, productId: shade.productId, title: `${word} shade` }),
  ]);
  const { productId } = lamp;
  const archived = ProductArchived.make(
    h.ctx(),
    { id: productId, version: 2 },
    { productId, sellerId: shop.sellerId },
  );
  const gone = { state: "archived", version: 2 } as const;
  await h.ctx().db.read.update(product).set(gone).where(eq(product.id, productId));
  await h.deliver([archived]);
  expect(await shown()).toEqual([expect.objectContaining({ offerId: shade.offerId })]);
});
