import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { listing, searchAct, searchAppeal } from "#schema/catalog/search";
import { learnFromFeedback } from "#services/catalog/search/commands/feedback";
import { UserErased } from "#services/social/user/facts";
import { OrderCancelled, OrderPaid } from "#services/transaction/order/facts";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { toldOrder } from "../social/told-orders.ts";
import { find, ownWord, stocked } from "./shelf.ts";

type Act = { readonly kind: "click" | "cart"; readonly productId: string | undefined };
const BROWSER = "Mozilla/5.0 (Android 15; Mobile)";
const tell = (client: Client, searchId: string, acts: readonly Act[] = [], headers: object = {}) =>
  client.post("/v1/search/feedback", { searchId, acts }, { headers: { "user-agent": BROWSER, ...headers } });

/** Two lamps that answer a query alike, the first of which stands first since it has sold before. */
async function lamps(h: Harness) {
  const word = ownWord();
  const { offers, sellerId } = await stocked(h, [
    { title: `${word} lamp round`, priceMinor: 100n, stock: 3 },
    { title: `${word} lamp square`, priceMinor: 100n, stock: 3 },
  ]);
  const [first, second] = offers.map(({ productId }) => productId) as [Id<"product">, Id<"product">];
  await h.ctx().db.read.update(listing).set({ sold: 9 }).where(eq(listing.productId, first));
  const { searchId, items } = await find(h, `q=${word}&explain=true`);
  expect(items.map(({ productId }: { productId: string }) => productId)).toEqual([first, second]);
  return { word, first, second, sellerId, searchId: searchId as Id<"search"> };
}

const learn = (h: Harness) => learnFromFeedback(h.ctx());
async function appealOf(h: Harness, query: string, productId: Id<"product">) {
  await learn(h);
  const rows = await h.ctx().db.read.select().from(searchAppeal).where(eq(searchAppeal.query, query));
  return rows.find((row) => row.productId === productId);
}

test("one click does not win, and many do", async () => {
  const h = harness();
  const { word, first, second, searchId } = await lamps(h);
  const click = async () => {
    const answer = await tell(await h.buyer(), searchId, [{ kind: "click", productId: second }]);
    expect(answer.status, JSON.stringify(answer.body)).toBe(204);
  };
  const order = async () => (await find(h, `q=${word}&explain=true`)).items;
  await click();
  await learn(h);
  expect((await order())[0].productId).toBe(first);
  for (let i = 0; i < 20; i += 1) await click();
  await learn(h);
  const [best, other] = await order();
  expect([best.productId, other.productId]).toEqual([second, first]);
  expect(best.score.behaviour).toBeGreaterThan(0.1);
  // It was seen first by all of them, and by none clicked.
  expect(other.score.behaviour).toBeLessThan(0);
  const settled = await appealOf(h, word, second);
  expect(settled).toMatchObject({ viewers: 21, clicks: 21 });
  expect((await appealOf(h, word, second))?.score).toBe(settled?.score);
});

test("the same click further down counts for more", async () => {
  const h = harness();
  const { word, first, second, searchId } = await lamps(h);
  for (let i = 0; i < 10; i += 1) {
    const productId = i % 2 === 0 ? first : second;
    await tell(await h.buyer(), searchId, [{ kind: "click", productId }]);
  }
  const [top, below] = [await appealOf(h, word, first), await appealOf(h, word, second)];
  expect([top?.clicks, below?.clicks]).toEqual([5, 5]);
  expect(below?.score).toBeGreaterThan(top?.score ?? 0);
});

test("one viewer counts once, and one address for no more than a few", async () => {
  const h = harness();
  const { word, second, searchId } = await lamps(h);
  const acts = [{ kind: "click", productId: second } as const];
  const home = { "cf-connecting-ip": `home-${word}` };
  const buyer = await h.buyer();
  const later = (await find(h, `q=${word}`)).searchId as string;
  for (const page of [searchId, searchId, later, later]) await tell(buyer, page, acts, home);
  for (let i = 0; i < 5; i += 1) await tell(h.anonymous, searchId, acts, home);
  expect(await appealOf(h, word, second)).toMatchObject({ viewers: 2, clicks: 2 });
  for (let i = 0; i < 12; i += 1) await tell(await h.guest(), searchId, acts, home);
  expect(await appealOf(h, word, second)).toMatchObject({ viewers: 3, clicks: 3 });
});

test("one address lifts no product by asking for it in many words", async () => {
  const h = harness();
  const { word, first, second } = await lamps(h);
  const gainOf = async (productId: Id<"product">) => {
    await learn(h);
    const rows = await h.ctx().db.read.select().from(listing).where(eq(listing.productId, productId));
    return rows[0]?.appeal ?? 0;
  };
  const home = { "cf-connecting-ip": `home-${word}` };
  const ask = async (client: Client, words: string, productId: Id<"product">, headers: object = {}) => {
    const { searchId } = await find(h, `q=${encodeURIComponent(words)}`);
    const answer = await tell(client, searchId, [{ kind: "click", productId }], headers);
    expect(answer.status, JSON.stringify(answer.body)).toBe(204);
  };
  for (const words of ["", "round", "lamp", "lamp round", "round lamp"]) {
    for (let i = 0; i < 3; i += 1) await ask(await h.guest(), `${word} ${words}`, first, home);
  }
  for (let i = 0; i < 3; i += 1)
    await ask(await h.guest(), word, second, { "cf-connecting-ip": `b-${word}` });
  const [loud, quiet] = [await gainOf(first), await gainOf(second)];
  expect(loud).toBeLessThanOrEqual(quiet);
});

test("what programs, operators and the shop itself do says nothing", async () => {
  const h = harness();
  const { word, first, second, sellerId, searchId } = await lamps(h);
  const acts = [{ kind: "click", productId: second } as const];
  await tell(await h.operator(), searchId, acts);
  await tell(h.anonymous, searchId, acts, { "user-agent": "Googlebot/2.1" });
  await tell(await h.service(["buy"]), searchId, acts);
  expect(await appealOf(h, word, second)).toBeUndefined();
  await tell(await h.member(sellerId), searchId, acts);
  expect(await appealOf(h, word, second)).toMatchObject({ viewers: 1, clicks: 0 });
  const elsewhere = await tell(h.anonymous, searchId, [
    { kind: "click", productId: h.ids.next("product") },
    { kind: "click", productId: first },
  ]);
  expect([elsewhere.status, elsewhere.body.code]).toEqual([409, "search.not_shown"]);
  const unknown = await tell(h.anonymous, h.ids.next("search"), acts);
  expect([unknown.status, unknown.body.code]).toEqual([404, "search.answer_not_found"]);
  expect((await appealOf(h, word, first))?.clicks).toBe(0);
});

test("a purchase credits the last click, and a cancelled order takes it back in either order", async () => {
  const h = harness();
  const { word, second, sellerId, searchId } = await lamps(h);
  const bought = async (isCancelledFirst: boolean) => {
    const userId = h.ids.next("user");
    await tell(await h.buyer(userId), searchId, [{ kind: "click", productId: second }]);
    h.clock.advance(1_000);
    const told = toldOrder(h.ids, { buyerId: userId, email: "ani@example.com", sellerId });
    const order = { ...told, lines: told.lines.map((line) => ({ ...line, productId: second })) };
    const paid = OrderPaid.make(h.ctx(), { id: told.orderId, version: 2 }, order);
    const cancelled = OrderCancelled.make(
      h.ctx(),
      { id: told.orderId, version: 3 },
      { ...order, reason: "out_of_stock", wasPaid: true },
    );
    if (isCancelledFirst) await h.deliver([cancelled]);
    await h.deliver([paid]);
    return { userId, cancelled };
  };
  const { userId, cancelled } = await bought(false);
  expect(await appealOf(h, word, second)).toMatchObject({ clicks: 1, purchases: 1 });
  await bought(true);
  expect(await appealOf(h, word, second)).toMatchObject({ clicks: 2, purchases: 1 });
  await h.deliver([cancelled]);
  expect(await appealOf(h, word, second)).toMatchObject({ clicks: 2, purchases: 0 });
  const acts = () => h.ctx().db.read.select().from(searchAct).where(eq(searchAct.searchId, searchId));
  const before = (await acts()).length;
  await h.deliver([UserErased.make(h.ctx(), { id: userId, version: 9 }, { userId, addressHash: "none" })]);
  expect(before - (await acts()).length).toBe(3);
});

test("operators read click-through and mean reciprocal rank; nobody else does", async () => {
  const h = harness();
  const { word, first, second, searchId } = await lamps(h);
  await tell(await h.buyer(), searchId, [{ kind: "click", productId: second }]);
  await tell(await h.buyer(), searchId, [
    { kind: "click", productId: first },
    { kind: "cart", productId: first },
  ]);
  await tell(await h.guest(), searchId);
  await tell(h.anonymous, searchId);
  const nothing = ownWord();
  await tell(await h.buyer(), (await find(h, `q=${nothing}`)).searchId);
  await learn(h);
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: h.market.timeZone }).format(h.clock.now());
  const path = `/v1/search/metrics?from=${day}&to=${day}&limit=100`;
  const { status, body } = await (await h.operator("admin")).get(path);
  expect(status).toBe(200);
  const row = body.topQueries.find(({ query }: { query: string }) => query === word);
  expect(row).toMatchObject({ searches: 4, clickThroughRate: 0.5, emptyRate: 0, clicks: 2, carts: 1 });
  expect(row.meanReciprocalRank).toBeCloseTo((1 / 2 + 1) / 4, 5);
  expect(body.emptyQueries.map(({ query }: { query: string }) => query)).toContain(nothing);
  expect(body.total.searches).toBeGreaterThanOrEqual(5);
  for (const other of [await h.operator("support"), await h.buyer(), await h.member(h.ids.next("seller"))]) {
    expect((await other.get(path)).status).toBe(403);
  }
  const backwards = await (await h.operator()).get(`/v1/search/metrics?from=${day}&to=2020-01-01`);
  expect(backwards.body.code).toBe("search.range_invalid");
});
