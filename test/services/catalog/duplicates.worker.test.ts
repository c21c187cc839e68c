import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { addCounts } from "#services/catalog/category/index";
import { ProductChanged } from "#services/catalog/product/facts";
import { movedQuery } from "#services/catalog/product/repository/pages";
import { rate } from "#services/catalog/review/repository/reviews";
import { MemberJoined } from "#services/catalog/seller/facts";
import { type Harness, harness } from "../../support/harness.ts";
import { openShop, type Sold } from "../../support/shop.ts";
import { person, tell } from "../social/postbox.ts";

const at = "/v1/duplicates";

/** Two shops that each listed the same thing; who sells the first also sells the second where asked for. */
async function twins(gtins: readonly [string | null, string | null]) {
  const h = harness();
  const title = `Lamp ${h.ids.next("request").slice(-12)}`;
  const [one, two] = [await openShop(h, [{ title }]), await openShop(h, [{ title }])];
  const [first, second] = [one.offers[0] as Sold, two.offers[0] as Sold];
  const { read } = h.ctx().db;
  for (const [i, { productId }] of [first, second].entries()) {
    const { rows } = await read.execute<{ id: Id<"category"> }>(sql`SELECT category_id AS id FROM product
      WHERE id = ${productId}`);
    await h.ctx().db.commit([...addCounts(new Map(rows.map(({ id }) => [id, 1])))]);
    await read.execute(sql`UPDATE variant SET gtin = ${gtins[i] ?? null} WHERE product_id = ${productId}`);
  }
  const look = async ({ productId, sellerId }: Sold) =>
    h.deliver([ProductChanged.make(h.ctx(), { id: productId, version: 1 }, { productId, sellerId })]);
  await look(second);
  await look(first);
  const operator = await h.operator();
  return { h, first, second, operator, pair: await pairOf(operator, first, second) };
}

type Client = Awaited<ReturnType<Harness["operator"]>>;
type Pair = { id: string; score: number; products: { id: string }[]; reasons: { kind: string }[] };

async function pairOf(operator: Client, ...sold: readonly Sold[]): Promise<Pair | undefined> {
  let cursor: string | null = "";
  while (cursor !== null) {
    const more: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await operator.get(`${at}?limit=100${more}`);
    const found = body.items.find(({ products }: Pair) =>
      sold.every(({ productId }) => products.some(({ id }) => id === productId)),
    );
    if (found) return found;
    cursor = body.nextCursor;
  }
  return undefined;
}

const slugOf = ({ productId }: Sold) => `p-${productId}`;
const offersOn = async (h: Harness, { productId }: Sold): Promise<string[]> => {
  const { body } = await h.anonymous.get(`/v1/products/${productId}`);
  return body.variants.flatMap((one: { offers: { id: string }[] }) => one.offers.map(({ id }) => id)).sort();
};

test("one thing in two listings waits with its reasons, becomes one, and two again", async () => {
  const { h, first, second, operator, pair } = await twins(["4006381333931", "04006381333931"]);
  expect(pair?.reasons.map(({ kind }) => kind)).toEqual(["gtin", "title"]);
  expect(pair?.score).toBeGreaterThan(990);
  const stars = (productId: string, n: number) =>
    rate([{ kind: "product", subjectId: productId, stars: n, by: 1 } as never]);
  await h.ctx().db.commit([stars(first.productId, 5), stars(second.productId, 3)]);
  const stranger = await h.member(first.sellerId);
  expect((await stranger.post(`${at}/${pair?.id}/merge`, {})).status).toBe(403);
  const both = [first.offerId, second.offerId].sort();
  const keep = { keep: first.productId };
  const merges = await Promise.all([1, 2].map(() => operator.post(`${at}/${pair?.id}/merge`, keep)));
  expect(merges.map(({ status }) => status).sort()).toEqual([201, 409]);
  const merge = merges.find(({ status }) => status === 201)?.body;
  expect(merge).toMatchObject({ masterId: first.productId, offersMoved: 1, offersRested: 0 });
  await h.settle();
  expect(await offersOn(h, first)).toEqual(both);
  const moved = await h.anonymous.get(`/v1/products/${second.productId}`);
  expect([moved.status, moved.headers.get("location")]).toEqual([
    301,
    expect.stringContaining(slugOf(first)),
  ]);
  expect(await h.ctx().db.load(movedQuery(slugOf(second)))).toEqual([slugOf(first)]);
  const summary = await h.anonymous.get(`/v1/reviews/summary?productId=${first.productId}`);
  expect(summary.body).toMatchObject({ count: 2, mean: 4 });
  const buyer = await h.buyer();
  const { body } = await buyer.post("/v1/carts");
  const line = { lines: [{ offerId: second.offerId, quantity: 1 }] };
  expect((await buyer.post(`/v1/carts/${body.cart.id}/lines`, line)).status).toBe(201);
  const undone = await Promise.all([1, 2].map(() => operator.post(`${at}/merges/${merge.id}/undo`)));
  expect(undone.map(({ status }) => status)).toContain(200);
  await h.settle();
  expect([await offersOn(h, first), await offersOn(h, second)]).toEqual([[first.offerId], [second.offerId]]);
  expect(await pairOf(operator, first, second)).toBeUndefined();
  expect((await operator.get(`${at}/merges?limit=100`)).body.items).toContainEqual(
    expect.objectContaining({ id: merge.id, undoneAt: expect.any(String) }),
  );
});

test("two GTINs are two things, whoever says otherwise, and a merge is final after its days", async () => {
  const other = await twins(["4006381333931", "96385074"]);
  expect(other.pair).toBeUndefined();
  const productIds = [other.first.productId, other.second.productId];
  const named = await other.operator.post(at, { productIds, note: "They look alike." });
  expect(named.body.reasons).toMatchObject([{ kind: "reported" }]);
  const refused = await other.operator.post(`${at}/${named.body.id}/merge`, {});
  expect([refused.body.code, refused.body.errors[0].code]).toEqual(["duplicate.unlike", "gtin"]);
  const reason = { reason: "Another size." };
  expect((await other.operator.post(`${at}/${named.body.id}/dismiss`, reason)).status).toBe(204);
  expect((await other.operator.post(at, { productIds, note: "Again." })).body.code).toBe("duplicate.decided");
  const { h, first, second, operator, pair } = await twins([null, null]);
  expect(pair?.reasons.map(({ kind }) => kind)).toEqual(["title"]);
  const kept = await operator.post(`${at}/${pair?.id}/merge`, { keep: second.productId });
  expect(kept.body.masterId).toBe(second.productId);
  expect(first.productId).toBe(kept.body.productId as Id<"product">);
  h.clock.advance(15 * DAY_MS);
  const late = await (await h.operator()).post(`${at}/merges/${kept.body.id}/undo`);
  expect(late.body.code).toBe("duplicate.too_late");
});

test("a merge overtakes what a shop has asked for: its pictures go, and the shop is told", async () => {
  const { h, first, second, operator, pair } = await twins(["4006381333931", "4006381333931"]);
  const { sellerId, productId } = second;
  const clerk = await person(h);
  const membership = { sellerId, userId: clerk.userId, role: "owner" as const };
  await tell(h, MemberJoined.make(h.ctx(), { id: sellerId, version: 9 }, membership));
  const png = new Uint8Array([...Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAMAAAAC", "base64"), 7]);
  const shop = await h.member(sellerId);
  const headers = { "content-type": "image/png" };
  const asked = await shop.post(`/v1/products/${productId}/proposals/pictures`, png, { headers });
  const [{ after: picture }] = asked.body.differences;
  expect((await h.anonymous.get(picture)).status).toBe(200);
  const keep = { keep: first.productId };
  expect((await operator.post(`${at}/${pair?.id}/merge`, keep)).status).toBe(201);
  await h.settle();
  expect((await h.anonymous.get(picture)).status).toBe(404);
  const [change] = (await shop.get("/v1/products/changes")).body.items;
  expect(change).toMatchObject({ number: asked.body.number, state: "superseded" });
  await h.drain();
  expect((await clerk.get("/v1/notifications")).body.items).toMatchObject([
    { title: expect.stringMatching(/^Perubahan Anda tidak berlaku lagi: Lamp /), path: "/shop/changes" },
  ]);
});
