import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { contentHash, type LogEntry, verifyLog } from "#services/catalog/review/domain/log";
import { wilsonLowerBound } from "#services/catalog/review/domain/rating";
import { UserErased } from "#services/social/user/facts";
import { createProfile } from "#services/social/user/index";
import { OrderDelivered } from "#services/transaction/order/facts";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { openShop } from "../../support/shop.ts";
import { toldOrder } from "../social/told-orders.ts";

type Bought = {
  readonly buyer: Client;
  readonly userId: Id<"user">;
  readonly lineId: Id<"line">;
  readonly sent: { readonly headers: { readonly "user-agent": string } };
};

/** Somebody to whom one line of this product was delivered, on a device of his own. */
async function bought(
  h: Harness,
  productId: Id<"product">,
  sellerId = h.ids.next("seller"),
): Promise<Bought> {
  const userId = h.ids.next("user");
  const told = toldOrder(h.ids, { buyerId: userId, email: "ani@example.com", sellerId });
  const [first] = told.lines;
  if (!first) throw new Error("an order has lines");
  const lines = [{ ...first, productId }];
  await h.deliver([OrderDelivered.make(h.ctx(), { id: told.orderId, version: 5 }, { ...told, lines })]);
  const sent = { headers: { "user-agent": `phone of ${userId}` } };
  return { buyer: await h.buyer(userId), userId, lineId: first.lineId, sent };
}

const words = (product: number, text = "As it was shown.", more: object = {}) => ({
  stars: { product, seller: 4 },
  text,
  ...more,
});
let keys = 0;
const once = () => {
  keys += 1;
  return { key: `review-${keys}-${crypto.randomUUID()}` };
};
const write = ({ buyer, lineId, sent }: Bought, body: object) =>
  buyer.post("/v1/reviews", { lineId, ...body }, { ...sent, ...once() });

const summary = async (h: Harness, of: string) => (await h.anonymous.get(`/v1/reviews/summary?${of}`)).body;
const list = async (h: Harness, query: string) => (await h.anonymous.get(`/v1/reviews?${query}`)).body.items;
async function readLog(h: Harness, productId: string): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = await h.anonymous.get(`/v1/reviews/log?productId=${productId}&after=${after}&limit=3`);
    entries.push(...page.body.items);
    after = page.body.nextAfter;
  }
  return entries;
}

describe("a review", () => {
  test("is of a line that was delivered to its author, once", async () => {
    const h = harness();
    const productId = h.ids.next("product");
    const mine = await bought(h, productId);
    const rights = await mine.buyer.get("/v1/reviews/rights");
    expect(rights.body.items).toMatchObject([{ lineId: mine.lineId, productId }]);
    const stranger = await bought(h, h.ids.next("product"));
    expect((await write({ ...stranger, lineId: mine.lineId }, words(1))).body.code).toBe(
      "review.line_not_found",
    );
    const answers = await Promise.all([1, 2, 3].map(() => write(mine, words(5))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect((await mine.buyer.get("/v1/reviews/rights")).body.items).toEqual([]);
    expect(await summary(h, `productId=${productId}`)).toMatchObject({ count: 1, sum: 5, mean: 5 });
    const late = await bought(h, productId);
    h.clock.advance(h.market.review.writeWithinMs + 1);
    const again = await h.buyer(late.userId);
    expect((await write({ ...late, buyer: again }, words(3))).body.code).toBe("review.too_late");
  });

  test("may be changed in its window, by who read the last version", async () => {
    const h = harness();
    const productId = h.ids.next("product");
    const mine = await bought(h, productId);
    const { body } = await write(mine, words(2));
    const path = `/v1/reviews/${body.id}`;
    const stale = { headers: { "if-match": '"7"', ...mine.sent.headers } };
    expect((await mine.buyer.patch(path, words(4), stale)).status).toBe(412);
    const fresh = { headers: { "if-match": '"1"', ...mine.sent.headers } };
    const edited = await mine.buyer.patch(path, words(4, "Better than I thought."), fresh);
    expect(edited.body).toMatchObject({ version: 2, state: "published", stars: { product: 4 } });
    expect(await summary(h, `productId=${productId}`)).toMatchObject({ count: 1, sum: 4 });
    const stranger = await h.buyer();
    expect((await stranger.patch(path, words(1), fresh)).status).toBe(404);
    expect((await mine.buyer.delete(path)).status).toBe(204);
    expect(await summary(h, `productId=${productId}`)).toMatchObject({ count: 0, mean: null });
    expect((await h.anonymous.get(path)).status).toBe(404);
    const actions = (await readLog(h, productId)).map(({ action }) => action);
    expect(actions).toEqual(["published", "edited", "withdrawn"]);
  });

  test("is listed by stars, pictures and helpfulness, under a masked name", async () => {
    const h = harness();
    const productId = h.ids.next("product");
    const [first, second] = [await bought(h, productId), await bought(h, productId)];
    const now = h.clock.now();
    const profile = { userId: first.userId, name: "Ayu Lestari", email: `${first.userId}@x.example` };
    await h.ctx().db.commit([createProfile({ ...profile, locale: "id", now })]);
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 1]);
    const image = { headers: { "content-type": "image/png" } };
    const file = await first.buyer.post("/v1/reviews/media", png, image);
    expect(file.status, JSON.stringify(file.body)).toBe(201);
    const foreign = await write(second, words(3, "x", { media: [file.body.key] }));
    expect(foreign.body.code).toBe("review.media_not_found");
    await write(first, words(5, "Warm.", { media: [file.body.key], anonymous: true }));
    h.clock.advance(1);
    const other = (await write(second, words(3))).body;
    expect((await h.anonymous.get(file.body.url)).bytes).toEqual(png);
    const of = `productId=${productId}`;
    expect((await list(h, of)).map(({ id }: { id: string }) => id)[0]).toBe(other.id);
    expect(await list(h, `${of}&media=true`)).toMatchObject([
      { author: "A***i", media: [{ key: file.body.key }] },
    ]);
    expect(await list(h, `${of}&stars=3`)).toMatchObject([{ id: other.id, author: null }]);
    const [best] = await list(h, `${of}&media=true`);
    const voters = await Promise.all(Array.from({ length: 6 }, () => h.buyer()));
    await Promise.all(
      voters.flatMap((voter) =>
        [1, 2].map(() => voter.put(`/v1/reviews/${best.id}/vote`, { helpful: true })),
      ),
    );
    const turned = await voters[0]?.put(`/v1/reviews/${best.id}/vote`, { helpful: false });
    expect(turned?.body).toEqual({ helpful: 5, unhelpful: 1 });
    expect((await voters[1]?.delete(`/v1/reviews/${best.id}/vote`))?.body).toEqual({
      helpful: 4,
      unhelpful: 1,
    });
    expect((await first.buyer.put(`/v1/reviews/${best.id}/vote`, {})).body.code).toBe("review.own");
    expect((await list(h, `${of}&sort=helpful`))[0].id).toBe(best.id);
    const { rows } = await h
      .ctx()
      .db.read.execute<{ score: number }>(
        sql`SELECT helpful_score AS score FROM review WHERE id = ${best.id}`,
      );
    expect(rows[0]?.score).toBe(Math.round(1_000_000 * wilsonLowerBound(4, 5)));
    const page = await h.anonymous.get(`/v1/reviews?${of}&sort=helpful&limit=1`);
    const next = await h.anonymous.get(
      `/v1/reviews?${of}&sort=helpful&limit=1&cursor=${page.body.nextCursor}`,
    );
    expect(next.body.items).toMatchObject([{ id: other.id }]);
  });
});

describe("moderation", () => {
  test("holds and refuses; an operator decides, with his reason; a report hides nothing", async () => {
    const h = harness();
    const productId = h.ids.next("product");
    const writers = await Promise.all([1, 2, 3].map(() => bought(h, productId)));
    const [rude, leaky, fine] = writers as [Bought, Bought, Bought];
    const held = (await write(rude, words(1, "what a shitty bag"))).body;
    expect(held).toMatchObject({ state: "pending", findings: ["profanity"] });
    const refused = (await write(leaky, words(1, "call me on +62 812 3456 7890"))).body;
    expect(refused).toMatchObject({ state: "rejected", findings: ["personal_data"] });
    h.clock.advance(1);
    const shown = (await write(fine, words(4))).body;
    expect(await summary(h, `productId=${productId}`)).toMatchObject({ count: 1, sum: 4 });
    const angry = await h.buyer();
    const report = { reason: "fake", note: "he works there" };
    for (const _ of [1, 2]) await angry.post(`/v1/reviews/${shown.id}/reports`, report);
    expect(await list(h, `productId=${productId}`)).toHaveLength(1);
    const operator = await h.operator("support");
    const queued = (await operator.get("/v1/reviews/queue?limit=100")).body.items;
    const mine = queued.filter((one: { productId: string }) => one.productId === productId);
    expect(mine).toMatchObject([
      { id: held.id, state: "pending" },
      { id: shown.id, openReports: 1, reports: [{ reason: "fake", note: "he works there" }] },
    ]);
    const decide = (id: string, publish: boolean) =>
      operator.post(`/v1/reviews/${id}/decide`, { publish, reason: "Looked at." });
    expect((await decide(held.id, true)).body).toMatchObject({ state: "published" });
    expect((await decide(shown.id, false)).body).toMatchObject({
      state: "rejected",
      decisionReason: "Looked at.",
    });
    await h.drain();
    expect(await summary(h, `productId=${productId}`)).toMatchObject({ count: 1, sum: 1 });
    const left = (await operator.get("/v1/reviews/queue?limit=100")).body.items;
    expect(left.some((one: { productId: string }) => one.productId === productId)).toBe(false);
  });

  test("sees accounts on one device, also when they write in the same moment", async () => {
    const h = harness();
    const productId = h.ids.next("product");
    const writers = await Promise.all([1, 2, 3].map(() => bought(h, productId)));
    const sent = { headers: { "user-agent": "one phone", "cf-connecting-ip": "198.51.100.7" } };
    await Promise.all(writers.map((one) => write({ ...one, sent }, words(5))));
    await h.drain();
    await h.drain();
    expect(await list(h, `productId=${productId}`)).toEqual([]);
    const own = await writers[0]?.buyer.get("/v1/reviews/mine");
    expect(own?.body.items).toMatchObject([{ state: "pending", findings: ["device_ring"] }]);
    expect(await summary(h, `productId=${productId}`)).toMatchObject({ count: 0 });
  });
});

test("ratings and log are whole with many writers at once, and anybody can check the log", async () => {
  const h = harness();
  const productId = h.ids.next("product");
  const sellerId = h.ids.next("seller");
  const writers = await Promise.all(Array.from({ length: 12 }, () => bought(h, productId, sellerId)));
  const written = await Promise.all(writers.map((one, i) => write(one, words(1 + (i % 5)))));
  const operator = await h.operator();
  await Promise.all(
    writers.map(async ({ buyer, sent }, i) => {
      const id = written[i]?.body.id;
      const match = { headers: { "if-match": '"1"', ...sent.headers } };
      if (i % 3 === 0) return buyer.patch(`/v1/reviews/${id}`, words(5, "On second thought."), match);
      if (i % 3 === 1) return buyer.delete(`/v1/reviews/${id}`);
      return operator.post(`/v1/reviews/${id}/decide`, { publish: i % 2 === 0, reason: "Looked at." });
    }),
  );
  for (const [kind, id] of [
    ["product", productId],
    ["seller", sellerId],
  ] as const) {
    const { rows } = await h.ctx().db.read.execute<{ count: string; sum: string }>(
      kind === "product"
        ? sql`SELECT count(*), coalesce(sum(product_stars), 0) AS sum FROM review
            WHERE product_id = ${id} AND state = 'published'`
        : sql`SELECT count(seller_stars), coalesce(sum(seller_stars), 0) AS sum FROM review
            WHERE seller_id = ${id} AND state = 'published'`,
    );
    const { count, sum } = await summary(h, `${kind}Id=${id}`);
    expect([kind, count, sum]).toEqual([kind, Number(rows[0]?.count), Number(rows[0]?.sum)]);
    expect(count).toBe(6);
  }
  const log = await readLog(h, productId);
  const shown = (await list(h, `productId=${productId}&limit=100`)) as { id: string; contentHash: string }[];
  expect(
    verifyLog(
      log,
      shown.map(({ id: reviewId, contentHash: hash }) => ({ reviewId, contentHash: hash })),
    ),
  ).toEqual([]);
  const [first] = await list(h, `productId=${productId}`);
  const { product, seller, courier } = first.stars;
  const said = { productStars: product, sellerStars: seller, courierStars: courier };
  const { salt, title, text } = first;
  expect(contentHash(salt, { ...said, title, text, mediaKeys: [] })).toBe(first.contentHash);
  const tamper = h.ctx().db.read.execute(sql`DELETE FROM review_log WHERE product_id = ${productId}`);
  await expect(tamper).rejects.toThrow();
  expect(verifyLog(log, [])).toHaveLength(shown.length);
});

test("a shop replies once; what it said before stays to be read", async () => {
  const h = harness();
  const productId = h.ids.next("product");
  const sellerId = h.ids.next("seller");
  const { id } = (await write(await bought(h, productId, sellerId), words(2))).body;
  const path = `/v1/reviews/${id}/reply`;
  const [owner, stranger] = [await h.member(sellerId, "staff"), await h.member(h.ids.next("seller"))];
  expect((await stranger.put(path, { text: "Not ours." })).status).toBe(404);
  expect((await owner.put(path, { text: "Write to www.shop.example" })).body.code).toBe("review.reply_unfit");
  await owner.put(path, { text: "We are sorry." });
  await Promise.all(
    ["We have changed the box.", "We have changed the lid."].map((text) => owner.put(path, { text })),
  );
  const { items } = (await h.anonymous.get(`/v1/reviews/${id}/replies`)).body;
  expect(items.map(({ version }: { version: number }) => version)).toEqual([3, 2, 1]);
  expect(items[2].text).toBe("We are sorry.");
  const [review] = await list(h, `productId=${productId}`);
  expect(review.reply).toMatchObject({ text: items[0].text, version: 3 });
});

test("an erased person leaves stars of nobody and a log that holds", async () => {
  const h = harness();
  const productId = h.ids.next("product");
  const mine = await bought(h, productId);
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 2]);
  const image = { headers: { "content-type": "image/png" } };
  const { key } = (await mine.buyer.post("/v1/reviews/media", png, image)).body;
  const { id } = (await write(mine, words(4, "My name is Ani.", { media: [key] }))).body;
  const headers = { accept: "image/webp,*/*" };
  const small = () => h.anonymous.get(`/v1/media/${key}?width=160`, { headers });
  await env.MEDIA.put(`${key}/160.webp`, png);
  expect((await small()).status).toBe(200);
  const erased = { userId: mine.userId, addressHash: "none" };
  await h.deliver([UserErased.make(h.ctx(), { id: mine.userId, version: 2 }, erased)]);
  const [left] = await list(h, `productId=${productId}`);
  expect(left).toMatchObject({ id, author: null, text: "", media: [], stars: { product: 4 } });
  expect(await env.MEDIA.get(key)).toBeNull();
  expect((await small()).status).toBe(404);
  expect(await summary(h, `productId=${productId}`)).toMatchObject({ count: 1, sum: 4 });
  const log = await readLog(h, productId);
  expect(log.map(({ action }) => action)).toEqual(["published", "erased"]);
  expect(verifyLog(log, [{ reviewId: id, contentHash: left.contentHash }])).toEqual([]);
  const { rows } = await h.ctx().db.read.execute(sql`SELECT * FROM review WHERE id = ${id}`);
  expect(JSON.stringify(rows)).not.toMatch(new RegExp(`Ani|${mine.userId}`));
});

test("questions are answered by shops that sell it and by people who have it", async () => {
  const h = harness();
  const { sellerId, offers } = await openShop(h, [{}]);
  const productId = offers[0]?.productId as Id<"product">;
  const asker = await h.buyer();
  const asked = await asker.post("/v1/questions", { productId, text: "Does it fit a laptop?" }, once());
  expect(asked.body).toMatchObject({ state: "published", answers: [] });
  const rude = await asker.post("/v1/questions", { productId, text: "Who sells such shit?" }, once());
  expect(rude.body.state).toBe("pending");
  const path = `/v1/questions/${asked.body.id}/answers`;
  const answers = { text: "It does." };
  expect((await (await h.buyer()).post(path, answers)).body.code).toBe("question.not_yours_to_answer");
  expect((await (await h.member(h.ids.next("seller"))).post(path, answers)).status).toBe(403);
  const shop = await h.member(sellerId, "staff");
  expect((await shop.post(path, answers)).body).toMatchObject({ sellerId, state: "published" });
  h.clock.advance(1);
  const owner = await bought(h, productId);
  expect((await owner.buyer.post(path, { text: "Just." })).body).toMatchObject({ sellerId: null });
  expect((await owner.buyer.post(path, { text: "Again." })).body.code).toBe("answer.exists");
  const { items } = (await h.anonymous.get(`/v1/questions?productId=${productId}`)).body;
  expect(items).toMatchObject([{ id: asked.body.id, answers: [{ text: "It does." }, { text: "Just." }] }]);
  const operator = await h.operator("support");
  const waiting = (await operator.get("/v1/questions/queue?limit=100")).body.questions;
  expect(waiting.map((one: { id: string }) => one.id)).toContain(rude.body.id);
  await operator.post(`/v1/questions/${rude.body.id}/decide`, { publish: false, reason: "Rude." });
  expect((await h.anonymous.get(`/v1/questions?productId=${productId}`)).body.items).toHaveLength(1);
});
