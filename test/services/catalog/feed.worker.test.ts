import { expect, test } from "vitest";
import type * as z from "zod";
import { pagesQueries } from "#services/catalog/product/repository/pages";
import { type Harness, harness } from "../../support/harness.ts";
import { zFeedRow } from "./published-feed.ts";
import { ifMatch, newCategory, openedShop, price, published, shirt } from "./shelf.ts";

/** The ids of the offers in the feed that are of these products. */
async function listed(h: Harness, productIds: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let path = "/v1/feeds/products?limit=100"; ; ) {
    const slice = await h.anonymous.get(path);
    const lines = (slice.body as string).split("\n").filter((line) => line !== "");
    const rows = lines.map((line) => zFeedRow.parse(JSON.parse(line)));
    ids.push(...rows.filter((row) => productIds.includes(row.group_id)).map((row) => row.item_id));
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(slice.headers.get("link") ?? "") ?? [];
    if (next === undefined) return ids;
    path = next;
  }
}

test("what is not on sale here is not in the feed, and no cursor but its own leads on", async () => {
  const h = harness();
  const { owner, sellerId } = await openedShop(h);
  const categoryId = await newCategory(h);
  const [sold, away] = [
    await published(owner, shirt(h, categoryId)),
    await published(owner, shirt(h, categoryId)),
  ];
  const draft = await owner.post("/v1/products", shirt(h, categoryId));
  const [paused, active] = sold.body.variants.map(({ offer }: { offer: { id: string } }) => offer.id);
  await owner.patch(`/v1/offers/${paused}`, { state: "paused" }, ifMatch(1));
  await owner.post(`/v1/products/${away.body.id}/archive`);
  const products = [sold, away, draft].map(({ body }) => body.id);
  expect(await listed(h, products)).toEqual([active]);
  expect(await listed(harness({ market: "sg" }), products)).toEqual([]);
  await (await h.operator()).post(`/v1/sellers/${sellerId}/suspend`, { reason: "Late parcels." });
  await h.drain();
  expect(await listed(h, products)).toEqual([]);
  const foreign = (await owner.get("/v1/products/mine?limit=1")).body.nextCursor;
  for (const cursor of [foreign, "x", ""]) {
    expect((await h.anonymous.get(`/v1/feeds/products?cursor=${cursor}`)).status).toBe(400);
  }
});

test("a slice ends with the product that brings it to its bound", async () => {
  const h = harness();
  const { owner } = await openedShop(h);
  const categoryId = await newCategory(h);
  const ids: string[] = [];
  for (let i = 0; i < 3; i += 1) ids.push((await published(owner, shirt(h, categoryId))).body.id);
  ids.sort();
  const before = `${ids[0]?.slice(0, -1)}`;
  const taken = async (offersMax: number) => {
    const [rows] = await h.ctx().db.load(...pagesQueries(before, 3, offersMax));
    return rows.map(({ id }) => ids.indexOf(id));
  };
  expect([await taken(1), await taken(2), await taken(3), await taken(5)]).toEqual([
    [0],
    [0],
    [0, 1],
    [0, 1, 2],
  ]);
});

test("each offer on sale is in the feed once, as the specification says; 304 when unchanged", async () => {
  const h = harness();
  const { owner } = await openedShop(h);
  const categoryId = await newCategory(h, { returnDays: 7 });
  const { body } = await published(owner, shirt(h, categoryId, { brand: "Parang" }));
  await published(owner, shirt(h, categoryId));
  const [{ offer }] = body.variants;
  h.clock.advance(1_000);
  await owner.patch(`/v1/offers/${offer.id}`, { price: price("15000000") }, ifMatch(1));
  const rows: z.output<typeof zFeedRow>[] = [];
  let path = "/v1/feeds/products?limit=100";
  for (;;) {
    const slice = await h.anonymous.get(path);
    expect(slice.status).toBe(200);
    const lines = (slice.body as string).split("\n").filter((line) => line !== "");
    rows.push(...lines.map((line) => zFeedRow.parse(JSON.parse(line))));
    const again = await h.anonymous.get(path, {
      headers: { "if-none-match": slice.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(slice.headers.get("link") ?? "") ?? [];
    if (next === undefined) break;
    path = next;
  }
  expect(new Set(rows.map(({ item_id }) => item_id)).size).toBe(rows.length);
  const own = rows.filter(({ group_id }) => group_id === body.id);
  expect(own).toHaveLength(2);
  expect(own.find(({ item_id }) => item_id === offer.id)).toMatchObject({
    price: "199000.00 IDR",
    sale_price: "150000.00 IDR",
    brand: "Parang",
    return_deadline_in_days: 7,
    availability: "out_of_stock",
  });
});
