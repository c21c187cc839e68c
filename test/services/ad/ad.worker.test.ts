import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { forgetMemory, purge } from "#kernel/cache";
import { DAY_MS, HOUR_MS } from "#kernel/clock";
import { consumeFacts } from "#kernel/consume";
import { adClick, adPurchase } from "#schema/catalog/ad";
import { product } from "#schema/catalog/product";
import { listing } from "#schema/catalog/search";
import { stockLevel } from "#schema/logistics/inventory";
import { consumers } from "#services/catalog/ad/consumers";
import { marketIndex, sponsored } from "#services/catalog/ad/index";
import { MARKET_TAG } from "#services/catalog/ad/queries/tags";
import { UserErased } from "#services/social/user/facts";
import { OrderCancelled, OrderPaid } from "#services/transaction/order/facts";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { find } from "../search/shelf.ts";
import { toldOrder } from "../social/told-orders.ts";
import {
  type Advertiser,
  advertiser,
  busyShelf,
  click,
  hearBudget,
  idr,
  openMarket,
  payableOf,
  see,
  spentOf,
} from "./ad-desk.ts";

test("advertisements stand beside the hits, the highest worth first, and change nothing else", async () => {
  const h = openMarket();
  const word = await busyShelf(h);
  const one = await advertiser(h, `${word} lamp`, 50_000);
  const two = await advertiser(h, `${word} torch`, 30_000);
  await one.client.post(`${one.path}/pause`);
  await two.client.post(`${two.path}/pause`);
  const before = await find(h, `q=${word}`);
  expect(before.sponsored).toEqual([]);
  await one.client.post(`${one.path}/resume`);
  await two.client.post(`${two.path}/resume`);
  const { items, sponsored: ads } = await find(h, `q=${word}&explain=true`);
  const idsOf = (all: { productId: string }[]) => all.map(({ productId }) => productId);
  expect(idsOf(items)).toEqual(idsOf(before.items));
  expect(idsOf(ads)).toEqual([one.productId, two.productId]);
  expect(ads[0]).toMatchObject({
    ...{ isSponsored: true, position: 1, offerId: one.offerId, slug: `p-${one.productId}` },
    ...{ priceFrom: idr(5_000_000), seller: { id: one.sellerId, name: "Test shop", city: "Bandung" } },
    ...{ available: 5, title: `${word} lamp`, score: { ad: { relevance: 0.7 } } },
  });
  // Neither another page, an order of one's own nor other words have them.
  for (const query of [`q=${word}&sort=price_asc`, `q=${word}&seller=${one.sellerId}`, "q=zzqqxx"]) {
    expect((await find(h, query)).sponsored, query).toEqual([]);
  }
  expect((await find(h, `q=${word}&priceMax=4000000`)).sponsored).toEqual([]);
  const rehearsed = (await two.client.get(`/v1/ads/rehearsal?q=${word}`)).body.items;
  expect(rehearsed).toMatchObject([{ outcome: "won", body: { position: 2, priceMinor: "10000" } }]);
});

test("a click is charged once, at its auction's price; ledger, report and receipt say the same", async () => {
  const h = openMarket();
  const word = await busyShelf(h);
  const one = await advertiser(h, `${word} lamp`, 50_000);
  await advertiser(h, `${word} torch`, 30_000);
  const { sponsored: ads } = await find(h, `q=${word}`);
  const [{ adId }] = ads;
  const buyer = await h.buyer();
  expect(
    (
      await see(
        buyer,
        ads.map((ad: { adId: string }) => ad.adId),
      )
    ).status,
  ).toBe(204);
  const clicks = await Promise.all(Array.from({ length: 8 }, () => click(buyer, adId)));
  expect(clicks.map(({ status }) => status)).toEqual(Array(8).fill(204));
  expect((await click(await h.buyer(), adId)).status).toBe(204);
  expect((await click(one.client, adId)).status).toBe(204);
  expect((await buyer.post("/v1/ads/clicks", { adId }, { headers: { "user-agent": "curl/8" } })).status).toBe(
    204,
  );
  const forged = await click(buyer, `${adId.slice(0, -3)}AAA`);
  expect([forged.status, forged.body.code]).toEqual([400, "ad.card_invalid"]);
  expect(await spentOf(one)).toBe("30000");

  const facts = await hearBudget(h, one.campaignId);
  expect(facts.map(({ type }) => type).sort()).toEqual(["ad.charged", "ad.engaged"]);
  expect(await payableOf(h, one)).toBe(-30_000n);
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Jakarta" }).format(h.clock.now());
  const report = await one.client.get(`${one.path}/report?from=${today}&to=${today}&by=product`);
  expect(report.body.rows).toMatchObject([
    { name: one.productId, impressions: 1, clicks: 1, freeClicks: 10, spendMinor: "30000", roas: 0 },
  ]);
  const listed = (await one.client.get(`${one.path}/clicks`)).body.items;
  expect(listed).toMatchObject([{ verdict: "charged", chargedMinor: "30000", credited: false }]);
  const { body: signed } = await one.client.get(`/v1/ads/receipts/${listed[0].bidId}`);
  const verify = async (receipt: object) =>
    (await h.anonymous.post("/v1/ads/receipts/verify", { ...signed, receipt })).body;
  expect(await verify(signed.receipt)).toEqual({ valid: true, faults: [] });
  expect(await verify({ ...signed.receipt, query: "other" })).toEqual({
    valid: false,
    faults: ["signature"],
  });
  expect(await verify({ ...signed.receipt, priceMinor: "20000" })).toEqual({
    valid: false,
    faults: ["signature", "price"],
  });
  expect((await verify({ ...signed.receipt, stepMinor: "0" })).code).toBe("request.invalid");
  const foreign = await h.member(h.ids.next("seller"));
  expect((await foreign.get(`/v1/ads/receipts/${listed[0].bidId}`)).status).toBe(404);
  const staff = await h.member(one.sellerId, "staff");
  expect((await staff.get(one.path)).status).toBe(403);
});

test("what has run out, is paused, blocked or in debt is not shown, and the shop is told why", async () => {
  const h = openMarket({ creditMinor: "5000" });
  const word = await busyShelf(h);
  const one = await advertiser(h, `${word} lamp`, 50_000);
  const shown = async () => (await find(h, `q=${word}`)).sponsored;
  const why = async () => (await one.client.get(`/v1/ads/rehearsal?q=${word}`)).body.items[0]?.outcome;
  expect(await shown()).toHaveLength(1);
  const [{ adId }] = await shown();
  const operator = await h.operator();
  const block = await operator.post(`/v1/ads/campaigns/${one.campaignId}/block`, { reason: "Not a lamp." });
  expect(block.body).toMatchObject({ state: "active", blockedReason: "Not a lamp." });
  expect(await shown()).toEqual([]);
  expect((await click(await h.buyer(), adId)).status).toBe(204);
  expect(await spentOf(one)).toBe("0");
  expect((await operator.post(`/v1/ads/campaigns/${one.campaignId}/unblock`)).body.blockedReason).toBeNull();
  const [again] = await shown();
  await click(await h.buyer(), again.adId);
  await hearBudget(h, one.campaignId);
  const later = () => purge(h.ctx(), [MARKET_TAG]);
  await later();
  expect([await shown(), await why()]).toEqual([[], "in_debt"]);

  const { read } = h.ctx().db;
  await read
    .update(stockLevel)
    .set({ onHand: 0 })
    .where(sql`item_id IN (SELECT coalesce(item_id, ${`sti_${one.offerId.slice(4)}`}) FROM stock_offer
      WHERE offer_id = ${one.offerId})`);
  await later();
  expect([await shown(), await why()]).toEqual([[], "out_of_stock"]);
});

test("a card in sight costs a thousandth of its price, and a viewer sees so many a day", async () => {
  const h = openMarket();
  const word = await busyShelf(h);
  const terms = { pricing: "cpm", viewerDayMax: 1, dailyBudget: idr(300), totalBudget: null };
  const one = await advertiser(h, `${word} lamp`, 900_000, terms);
  const cardsFor = async (client: Client) => {
    const { status, body } = await client.get(`/v1/search?q=${word}`);
    expect(status).toBe(200);
    return body.sponsored.map((ad: { adId: string }) => ad.adId) as readonly string[];
  };
  const [buyer, other, third] = [await h.buyer(), await h.buyer(), await h.buyer()];
  const [first] = await cardsFor(buyer);
  if (!first) throw new Error("one is shown");
  for (let i = 0; i < 3; i += 1) expect((await see(buyer, [first])).status).toBe(204);
  expect((await click(buyer, first)).status).toBe(204);
  // The reserve of Rp2,000 a thousand is two hundred cents for one; 300 a day are one and a half.
  expect(await spentOf(one)).toBe("200");
  expect(await cardsFor(buyer)).toEqual([]);
  const late = await cardsFor(third);
  await see(other, await cardsFor(other));
  await see(third, late);
  expect(await spentOf(one)).toBe("300");
  await hearBudget(h, one.campaignId);
  expect(await payableOf(h, one)).toBe(-300n);
});

test("a product's page has advertisements of its category and not of itself, with receipts", async () => {
  const h = openMarket();
  const word = await busyShelf(h);
  const { items } = await find(h, `q=${word}`);
  const [{ productId }] = items;
  const one = await advertiser(h, `${word} lamp`, 50_000, { group: { placements: ["product"] } });
  const elsewhere = await advertiser(h, `${word} torch`, 60_000);
  // They stand in one category with the product whose page it is; the third in its own.
  const read = h.ctx().db.read;
  const [{ categoryId }] = (await read.select().from(listing).where(eq(listing.productId, productId))) as [
    Row,
  ];
  await read.update(product).set({ categoryId }).where(eq(product.id, one.productId));
  const beside = async (id: string) => {
    await purge(h.ctx(), [MARKET_TAG]);
    forgetMemory(h.env);
    return (await h.anonymous.get(`/v1/search/beside/${id}`)).body.items;
  };
  const ads = await beside(productId);
  expect(ads).toMatchObject([{ isSponsored: true, productId: one.productId, offerId: one.offerId }]);
  expect(await beside(one.productId)).toEqual([]);
  expect(await beside(h.ids.next("product"))).toEqual([]);
  const searched = (await find(h, `q=${word}`)).sponsored;
  expect(searched.map((ad: Advertiser) => ad.offerId)).toEqual([elsewhere.offerId]);
  expect((await click(await h.buyer(), ads[0].adId)).status).toBe(204);
  await hearBudget(h, one.campaignId);
  const clicks = (await one.client.get(`${one.path}/clicks`)).body.items;
  const signed = (await one.client.get(`/v1/ads/receipts/${clicks[0].bidId}`)).body;
  expect(signed.receipt).toMatchObject({
    placement: "product",
    categoryId,
    query: null,
    priceMinor: "10000",
  });
  expect((await h.anonymous.post("/v1/ads/receipts/verify", signed)).body).toEqual({
    valid: true,
    faults: [],
  });
  expect(await spentOf(one)).toBe("10000");
});
type Row = typeof listing.$inferSelect;

test("an offer that a merge moved to another product is advertised there", async () => {
  const h = openMarket();
  const word = await busyShelf(h);
  const one = await advertiser(h, `${word} lamp`, 50_000);
  const two = await advertiser(h, `${word} torch`, 30_000);
  await two.client.post(`${two.path}/pause`);
  const shown = async () =>
    (await find(h, `q=${word}`)).sponsored.map((ad: Advertiser) => [ad.offerId, ad.productId]);
  expect(await shown()).toEqual([[one.offerId, one.productId]]);
  const { read } = h.ctx().db;
  await read.execute(sql`UPDATE offer SET product_id = ${two.productId}, variant_id =
    (SELECT id FROM variant WHERE product_id = ${two.productId}) WHERE id = ${one.offerId}`);
  await purge(h.ctx(), [MARKET_TAG]);
  expect(await shown()).toEqual([[one.offerId, two.productId]]);
});

test("keywords bring a group to queries and keep it from others; only own goods are shown", async () => {
  const h = openMarket();
  const word = await busyShelf(h);
  const group = { matchesTitles: false };
  const one = await advertiser(h, `${word} lamp`, 50_000, { group });
  const words = [
    { words: word.toUpperCase(), match: "broad", bid: idr(70_000) },
    { words: `${word} bekas`, match: "negative_phrase" },
  ];
  expect((await find(h, `q=${word}`)).sponsored).toEqual([]);
  expect((await one.put("keywords", { keywords: words }, 2)).status).toBe(200);
  const kept = (await one.client.get(`/v1/ad-campaigns/groups/${one.groupId}`)).body;
  expect((await one.put("keywords", { keywords: words }, 3)).status).toBe(200);
  const again = (await one.client.get(`/v1/ad-campaigns/groups/${one.groupId}`)).body;
  expect(again.keywords).toEqual(kept.keywords);
  expect((await one.put("keywords", { keywords: [] }, 3)).body.code).toBe("ad.stale");
  expect((await find(h, `q=${word}`)).sponsored).toHaveLength(1);
  expect((await find(h, `q=${word}+bekas`)).sponsored).toEqual([]);
  const dear = { keywords: [{ words: word, match: "exact", bid: idr(10_000_100) }] };
  expect((await one.put("keywords", dear, 4)).body.errors[0].path).toBe("body.keywords.0.bid");
  const foreign = await advertiser(h, "another's", 50_000);
  const stolen = await one.put("targets", { offerIds: [foreign.offerId] }, 4);
  expect([stolen.status, stolen.body.code]).toEqual([400, "ad.offer_foreign"]);
});

const makerAt = (h: Harness, at: number) => {
  const { ids, cell, traceId } = h.ctx();
  return { ids, cell, traceId, clock: { now: () => at } };
};

test("a purchase is the last click's within the window; a cancelled one, or another's, is not", async () => {
  const h = openMarket();
  const word = await busyShelf(h);
  const one = await advertiser(h, `${word} lamp`, 50_000);
  const { sponsored: ads } = await find(h, `q=${word}`);
  const buyerId = h.ids.next("user");
  await click(await h.buyer(buyerId), ads[0].adId);
  await hearBudget(h, one.campaignId);
  const paid = (about: { buyerId: string; at: number }) => {
    const told = toldOrder(h.ids, { buyerId: about.buyerId, email: "a@example.com", sellerId: one.sellerId });
    const [line, other] = told.lines;
    if (!line || !other) throw new Error("two lines");
    const order = { ...told, lines: [{ ...line, productId: one.productId }, other] };
    return { order, fact: OrderPaid.make(makerAt(h, about.at), { id: told.orderId, version: 2 }, order) };
  };
  const now = h.clock.now() + HOUR_MS;
  const [kept, cancelled, late, foreign] = [
    paid({ buyerId, at: now }),
    paid({ buyerId, at: now }),
    paid({ buyerId, at: now + 10 * DAY_MS }),
    paid({ buyerId: h.ids.next("user"), at: now }),
  ];
  const { order } = cancelled;
  const why = { ...order, reason: "changed_mind", wasPaid: true };
  const gone = OrderCancelled.make(h.ctx(), { id: order.orderId, version: 3 }, why);
  const facts = [gone, kept.fact, cancelled.fact, late.fact, foreign.fact];
  for (const fact of facts) await consumeFacts(h.ctx(), consumers, [fact]);
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const span = `from=${day(now - DAY_MS)}&to=${day(now + DAY_MS)}`;
  const total = async (windowDays: number) =>
    (await one.client.get(`${one.path}/report?${span}&windowDays=${windowDays}`)).body.total;
  expect(await total(7)).toMatchObject({
    ...{ orders: 1, units: 3, salesMinor: "15000000", directSalesMinor: "10000000" },
    ...{ spendMinor: "10000", roas: 1_500 },
  });
  expect(await total(14)).toMatchObject({ orders: 2, units: 6 });

  const erased = UserErased.make(h.ctx(), { id: buyerId, version: 9 }, { userId: buyerId, addressHash: "" });
  await consumeFacts(h.ctx(), consumers, [erased]);
  const { read } = h.ctx().db;
  const left = await read.select().from(adClick).where(eq(adClick.buyerId, buyerId));
  const bought = await read.select().from(adPurchase).where(eq(adPurchase.buyerId, buyerId));
  expect([left.length, bought.length]).toEqual([0, 0]);
});

test("a list is shown without advertisements rather than late", async () => {
  const h = harness({ settings: { ad: { answerWithinMs: 20 } } });
  forgetMemory(h.env);
  const hangs = () => new Promise<never>(() => undefined);
  const ctx = h.ctx();
  const redis = Object.assign(Object.create(ctx.redis), { mget: hangs });
  const slow = Object.defineProperty(Object.create(ctx), "redis", { value: redis });
  const market = marketIndex(slow);
  const about = { placement: "search" as const, query: "x", categoryId: null };
  const asked = { ...about, market, organic: () => [], slots: 3 };
  const started = Date.now();
  expect(await sponsored(slow, { ...asked, viewer: ctx.actor })).toEqual([]);
  await expect(Date.now() - started).toBeLessThan(1_000);
});
