import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { MemberJoined } from "#services/catalog/seller/facts";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { person, tell } from "../social/postbox.ts";
import { ifMatch, newCategory, openedShop, price, published, shirt } from "./shelf.ts";

/** A header of 3 by 2 pixels; what follows makes each file another. */
const png = (mark: number) =>
  new Uint8Array([...Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAMAAAAC", "base64"), mark]);

/** A product that one shop made and another sells too, and a third that does not. */
async function setUp(h: Harness) {
  const { owner: maker, sellerId: makerId } = await openedShop(h);
  const { owner: other, sellerId } = await openedShop(h);
  const { owner: third } = await openedShop(h);
  const { body } = await published(maker, shirt(h, await newCategory(h)));
  const [m, l] = body.variants as { id: string; offer: { id: string } }[];
  const tail = h.ids.next("event").slice(-10);
  const offer = { variantId: m?.id, sku: `OTHER-${tail}`, price: price("18900000") };
  expect((await other.post("/v1/offers", offer)).status).toBe(201);
  const path = `/v1/products/${body.id as Id<"product">}`;
  return {
    maker,
    makerId,
    other,
    sellerId,
    third,
    path,
    titles: body.titles,
    m,
    l,
    operator: await h.operator(),
  };
}

const picture = (by: Client, path: string, mark: number) =>
  by.post(`${path}/proposals/pictures`, png(mark), { headers: { "content-type": "image/png" } });
const words = { titles: { en: "Batik shirt, hand-drawn" }, brand: "Keris" };

test("a shop proposes what another's product is; an operator decides, and no offer moves", async () => {
  const h = harness({ settings: { catalogue: { autoPublish: true } } });
  const { maker, makerId, other, sellerId, third, path, operator, m } = await setUp(h);
  const offersOf = async () =>
    (await h.anonymous.get(path)).body.variants.map((v: { offers: object }) => v.offers);
  const before = await offersOf();
  expect((await third.post(`${path}/proposals`, words)).body.code).toBe("product.not_offered");
  expect((await other.patch(path, words, ifMatch(2))).body.code).toBe("product.not_found");
  expect((await other.post(`${path}/proposals`, { brand: null })).body.code).toBe("product.change_empty");
  const offer = { sku: "X", price: price("100") };
  const meddling = { variants: [{ values: { size: "l" }, offer }] };
  expect((await other.post(`${path}/proposals`, meddling)).status).toBe(400);
  const gtin = { values: { size: "m" }, gtin: "4006381333931" };
  const asked = await other.post(`${path}/proposals`, { ...words, variants: [gtin] });
  expect(asked.status).toBe(202);
  expect(asked.body).toMatchObject({ sellerId, isMaker: false, state: "pending" });
  expect(asked.body.differences.map((one: { path: string }) => one.path)).toEqual([
    "brand",
    "titles.en",
    "titles.id",
    "variants.m.gtin",
  ]);
  // Nothing has changed yet, and the maker's own changes go on beside it.
  expect((await h.anonymous.get(path)).body.brand).toBeNull();
  expect((await maker.patch(path, { mpn: "BK-1" }, ifMatch(2))).body).toMatchObject({ mpn: "BK-1" });
  const seen = (await maker.get(`${path}/changes`)).body.items;
  expect(seen.map((one: { sellerId: string }) => one.sellerId).slice(0, 2)).toEqual([makerId, sellerId]);
  expect((await third.get(`${path}/changes`)).status).toBe(404);
  const queue = await operator.get(`/v1/products/review/changes?sellerId=${sellerId}`);
  expect(queue.body.items).toMatchObject([{ number: asked.body.number, isMaker: false }]);
  expect(queue.body.items[0].shopName).toMatch(/^Shop /);
  const approved = await operator.post(`${path}/changes/${asked.body.number}/approve`);
  expect(approved.body).toMatchObject({ ...words, mpn: "BK-1" });
  expect((await h.anonymous.get(path)).body.variants[0]).toMatchObject({ id: m?.id, gtin: gtin.gtin });
  expect(await offersOf()).toEqual(before);
  const log = (await other.get("/v1/products/changes")).body.items;
  expect(log).toMatchObject([{ state: "approved", decidedBy: expect.stringContaining("usr_") }]);
});

test("pictures wait with their request, are shown with its approval, and go with its refusal", async () => {
  const h = harness();
  const { maker, other, path, operator } = await setUp(h);
  const one = await picture(other, path, 1);
  expect(one.status).toBe(202);
  await other.post(`${path}/proposals`, words);
  const both = await Promise.all([picture(other, path, 2), picture(other, path, 3)]);
  expect(both.map(({ status }) => status)).toEqual([202, 202]);
  const waiting = (await other.get("/v1/products/changes?state=pending")).body.items;
  expect(waiting).toHaveLength(1);
  const urls = (waiting[0].differences as { path: string; after: string }[])
    .filter(({ path }) => path.startsWith("pictures."))
    .map(({ after }) => after);
  expect(urls).toHaveLength(3);
  expect((await h.anonymous.get(path)).body.media).toEqual([]);
  expect((await operator.post(`${path}/changes/${waiting[0].number}/approve`)).body.brand).toBe("Keris");
  const shown = (await h.anonymous.get(path)).body;
  expect(shown.media.map(({ url }: { url: string }) => url)).toEqual(urls);
  const alone = await picture(other, path, 4);
  const [{ after: kept }] = alone.body.differences;
  expect((await h.anonymous.get(kept)).status).toBe(200);
  const refuse = `${path}/changes/${alone.body.number}/reject`;
  expect((await operator.post(refuse, { reason: "Not this thing." })).status).toBe(200);
  await h.settle();
  expect((await h.anonymous.get(kept)).status).toBe(404);
  const last = await picture(other, path, 5);
  expect((await maker.post(`${path}/changes/${last.body.number}/withdraw`)).body.code).toBe(
    "product.change_missing",
  );
  const version = (await maker.get(`${path}/draft`)).body.version;
  expect((await operator.post(`${path}/changes/${last.body.number}/approve`)).body.media).toHaveLength(4);
  expect((await maker.get(`${path}/draft`)).body.version).toBe(version + 1);
});

test("who asked is told what became of it, with the reason, in the language of its member", async () => {
  const h = harness();
  const { other, sellerId, path, operator } = await setUp(h);
  const clerk = await person(h);
  const membership = { sellerId, userId: clerk.userId, role: "manager" as const };
  await tell(h, MemberJoined.make(h.ctx(), { id: sellerId, version: 9 }, membership));
  const inbox = async () => {
    await h.drain();
    const { items } = (await clerk.get("/v1/notifications")).body;
    return items.map(({ title, body }: { title: string; body: string }) => [title.split(":")[0], body]);
  };
  const asked = await other.post(`${path}/proposals`, words);
  expect((await operator.post(`${path}/changes/${asked.body.number}/approve`)).status).toBe(200);
  const accepted = ["Perubahan Anda diterima", expect.stringContaining("halaman produk")];
  expect(await inbox()).toEqual([accepted]);
  const again = await other.post(`${path}/proposals`, { brand: "Lontar" });
  const refuse = `${path}/changes/${again.body.number}/reject`;
  expect((await operator.post(refuse, { reason: "It is no Lontar." })).status).toBe(200);
  const refused = ["Perubahan Anda ditolak", expect.stringContaining("Alasannya: It is no Lontar.")];
  // Both were told at one moment of this test's clock.
  const told = await inbox();
  expect(told).toHaveLength(2);
  expect(told).toEqual(expect.arrayContaining([refused, accepted]));
});
