import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { forgetMemory } from "#kernel/cache";
import type { Id } from "#kernel/ids";
import { offer, priceLog, product } from "#schema/catalog/product";
import { logPromotion, offersQuery, quoteOffers } from "#services/catalog/product/index";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { ifMatch, newCategory, openedShop, price, published, shirt } from "./shelf.ts";

async function onSale(h: Harness, owner: Client, categoryId: string) {
  const { body } = await published(owner, shirt(h, categoryId));
  const ids = body.variants.map((one: { offer: { id: string } }) => one.offer.id) as Id<"offer">[];
  return { body, ids };
}

const setUp = async (h: Harness) => {
  const shop = await openedShop(h);
  const categoryId = await newCategory(h);
  return { ...shop, categoryId, ...(await onSale(h, shop.owner, categoryId)) };
};

test("a price change is in the log, in the range of the product, in an event and on the page", async () => {
  const h = harness();
  const { owner, ids, body } = await setUp(h);
  const [first = ""] = ids;
  const path = `/v1/offers/${first}`;
  await h.anonymous.get(`/v1/products/${body.id}`);
  h.clock.advance(1_000);
  const changed = await owner.patch(path, { price: price("15000000") }, ifMatch(1));
  expect(changed.body).toMatchObject({ version: 2, price: price("15000000"), priorPrice: price("19900000") });
  expect((await owner.patch(path, { price: price("1") }, ifMatch(1))).status).toBe(412);
  expect((await owner.patch(path, { price: price("1") }, ifMatch(2))).body.code).toBe("offer.price_off_step");
  const log = await owner.get(`${path}/prices`);
  expect(log.body.items).toMatchObject([
    { price: price("15000000"), from: price("19900000"), version: 2 },
    { price: price("19900000"), from: null, version: 1 },
  ]);
  expect(log.body.items[0].actor).toBe(owner.actor.kind === "user" ? owner.actor.userId : "");
  forgetMemory(h.env);
  const page = await h.anonymous.get(`/v1/products/${body.id}`);
  expect(page.body).toMatchObject({ priceFrom: price("15000000"), priceTo: price("19900000") });
  const told = h.waiting().filter(({ subject, type }) => subject === first && type === "offer.changed");
  expect(told.at(-1)).toMatchObject({ seq: 2, payload: { price: price("15000000"), status: "active" } });
});

test("the log refuses to be rewritten", async () => {
  const h = harness();
  const { ids } = await setUp(h);
  const write = (query: ReturnType<typeof sql>) => h.ctx().db.commit([{ sql: query }]);
  const mine = sql`offer_id = ${ids[0]}`;
  const refused = { ok: false, code: "price_log.append_only" };
  expect(await write(sql`UPDATE ${priceLog} SET price_minor = 1 WHERE ${mine}`)).toEqual(refused);
  expect(await write(sql`DELETE FROM ${priceLog} WHERE ${mine}`)).toEqual(refused);
});

const DAY = 86_400_000;
type Applied = { readonly from: number; readonly until: number; readonly minor: bigint };
type History = {
  prior: bigint | null;
  since: number;
  readonly applied: Applied[];
  minor: bigint;
  from: number;
};

/** A product of two hundred variants, each on sale at the same price. */
async function manyOffers(h: Harness) {
  const { owner, sellerId } = await openedShop(h);
  const categoryId = await newCategory(h);
  const codes = [...Array(200).keys()].map((i) => `v${i}`);
  const values = codes.map((code) => ({ code, names: { en: code } }));
  const variants = codes.map((code) => ({
    values: { size: code },
    offer: { sku: `${code}-${categoryId}`, price: price("500000") },
  }));
  const options = [{ code: "size", names: { en: "Size" }, values }];
  const { body } = await published(owner, shirt(h, categoryId, { options, variants }));
  const ids = body.variants.map((one: { offer: { id: string } }) => one.offer.id) as Id<"offer">[];
  return { ids, productId: body.id as Id<"product">, sellerId };
}

/** By the letter of article 6a: the lowest of all prices that held at some time of the 30 days before. */
function recount(history: History, next: bigint, at: number): void {
  if (next === history.minor) return;
  history.applied.push({ from: history.from, until: at, minor: history.minor });
  const seen = history.applied.filter(({ from, until }) => from < at && until > at - 30 * DAY);
  const [lowest = 0n] = seen.map(({ minor }) => minor).sort((a, b) => Number(a - b));
  const runs = next < history.minor && history.prior !== null && history.since > at - 30 * DAY;
  if (!runs) {
    history.prior = next < history.minor && lowest > next ? lowest : null;
    history.since = at;
  }
  history.minor = next;
  history.from = at;
}

test("prior prices are those of a recount of prices and promotions, in two hundred histories", async () => {
  const h = harness();
  const { ids, productId, sellerId } = await manyOffers(h);
  const start = h.clock.now();
  const fresh = () => ({ prior: null, since: 0, applied: [], minor: 500_000n, from: start });
  const histories = new Map(ids.map((id): [string, History] => [id, fresh()]));
  const levels = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 200, maxLength: 200 });
  const steps = fc.sample(fc.tuple(fc.integer({ min: 1, max: 25 }), levels), { numRuns: 20, seed: 7 });
  for (const [step, [days, wanted]] of steps.entries()) {
    h.clock.advance(days * DAY);
    const at = h.clock.now();
    const promoted = ids.filter((_, i) => (i + step) % 7 === 0);
    const window = { startsAt: at - DAY / 2, endsAt: at - DAY / 4 };
    const low = { minor: 150_000n, currency: "IDR" as const };
    await h
      .ctx()
      .db.commit(
        promoted.map((offerId) => logPromotion({ offerId, ref: `s${step}`, price: low, ...window })),
      );
    for (const id of promoted) {
      histories.get(id)?.applied.push({ from: window.startsAt, until: window.endsAt, minor: low.minor });
    }
    const prices = ids.map((offerId, i) => ({ offerId, price: price(`${(wanted[i] ?? 1) * 100_000}`) }));
    // A key outlives the months of this test, a person's token does not.
    const keyed = await h.service(["catalogue:write"], sellerId);
    expect((await keyed.post("/v1/offers/prices", { prices })).status).toBe(200);
    for (const [i, id] of ids.entries()) {
      const history = histories.get(id);
      if (history) recount(history, BigInt((wanted[i] ?? 1) * 100_000), at);
    }
    const rows = await h.ctx().db.read.select().from(offer).where(eq(offer.productId, productId));
    const stored = rows.map(({ id, priorMinor }) => [id, priorMinor]);
    expect(stored).toEqual(rows.map(({ id }) => [id, histories.get(id)?.prior]));
  }
  const priors = [...histories.values()].filter(({ prior }) => prior !== null);
  expect(priors.length).toBeGreaterThan(20);
});

test("hundreds of prices change in two round trips, all or none", async () => {
  const h = harness();
  const { owner, ids, categoryId } = await setUp(h);
  const more = await onSale(h, owner, categoryId);
  const all = [...ids, ...more.ids];
  const set = (minor: string, which: readonly string[]) =>
    owner.post("/v1/offers/prices", { prices: which.map((offerId) => ({ offerId, price: price(minor) })) });
  const answer = await set("12000000", all);
  expect(answer.body).toEqual({ changed: 4, unchanged: 0 });
  expect(answer.headers.get("server-timing")).toMatch(/dur=[23]$/);
  expect((await set("12000000", all)).body).toEqual({ changed: 0, unchanged: 4 });
  expect((await set("13000000", [...all, h.ids.next("offer")])).body.code).toBe("offer.not_found");
  expect((await set("13000000", [...all, all[0] ?? ""])).status).toBe(400);
  const [quotes] = await h.ctx().db.load(offersQuery(all));
  expect(quotes.map(({ price: { minor } }) => minor)).toEqual(all.map(() => 12_000_000n));
  const staff = await h.member((await openedShop(h)).sellerId, "staff");
  expect((await staff.post("/v1/offers/prices", { prices: [] })).status).toBe(403);
});

test("a price that many change at once ends as one of theirs, all logged; the range follows", async () => {
  const h = harness();
  const { owner, ids, body } = await setUp(h);
  const set = (offerId: string | undefined, minor: number) =>
    owner.post("/v1/offers/prices", { prices: [{ offerId, price: price(`${minor}00`) }] });
  const wanted = [...Array(8).keys()].map((i) => set(ids[i % 2], 1_000 + i));
  const answers = await Promise.all(wanted);
  for (const { status } of answers) expect([200, 409]).toContain(status);
  const rows = await h.ctx().db.read.select().from(offer).where(eq(offer.productId, body.id));
  for (const row of rows) {
    const log = await h
      .ctx()
      .db.read.select()
      .from(priceLog)
      .where(eq(priceLog.offerId, row.id))
      .orderBy(priceLog.version);
    expect(log.map(({ version }) => version)).toEqual([...Array(row.version).keys()].map((i) => i + 1));
    for (const [i, entry] of log.entries()) expect(entry.fromMinor).toBe(log[i - 1]?.priceMinor ?? null);
  }
  const minors = rows.map(({ priceMinor }) => priceMinor).sort((a, b) => Number(a - b));
  const [master] = await h.ctx().db.read.select().from(product).where(eq(product.id, body.id));
  expect([master?.priceFromMinor, master?.priceToMinor]).toEqual([minors[0], minors.at(-1)]);
});

test("another shop offers the same variant, once, under its own SKU; the cheapest comes first", async () => {
  const h = harness();
  const { body } = await setUp(h);
  const { owner: rival, sellerId } = await openedShop(h);
  const [{ id: variantId }] = body.variants;
  const terms = { variantId, sku: "RIVAL-1", price: price("18000000") };
  const made = await rival.post("/v1/offers", terms);
  expect(made.body).toMatchObject({ sellerId, version: 1 });
  expect((await rival.post("/v1/offers", { ...terms, sku: "RIVAL-2" })).body.code).toBe("offer.exists");
  const [, { id: otherVariant }] = body.variants;
  expect((await rival.post("/v1/offers", { ...terms, variantId: otherVariant })).body.code).toBe(
    "offer.sku_taken",
  );
  forgetMemory(h.env);
  const page = await h.anonymous.get(`/v1/products/${body.id}`);
  const offers = page.body.variants[0].offers as { seller: { id: string } }[];
  expect(offers.map(({ seller }) => seller.id)).toEqual([sellerId, body.sellerId]);
  expect((await rival.get("/v1/offers")).body.items).toMatchObject([{ id: made.body.id }]);
  const found = await h.anonymous.get(`/v1/products?seller=${sellerId}`);
  expect(found.body.items).toMatchObject([{ id: body.id, priceFrom: price("18000000") }]);
});

test("a quote says what can be bought, from the cache and from the database alike", async () => {
  const h = harness();
  const { owner, ids, body } = await setUp(h);
  const ctx = h.ctx();
  const before = ctx.db.trips();
  const quotes = await quoteOffers(ctx, ids);
  expect(ctx.db.trips() - before).toBe(1);
  expect(quotes).toEqual(
    (await ctx.db.load(offersQuery(ids)))[0].toSorted(
      (a, b) => ids.indexOf(a.offerId) - ids.indexOf(b.offerId),
    ),
  );
  expect(quotes[0]).toMatchObject({
    status: "active",
    productStatus: "published",
    variantLabel: { en: "M", id: "M" },
    slug: body.slug,
  });
  await owner.patch(`/v1/offers/${ids[0]}`, { state: "paused" }, ifMatch(1));
  forgetMemory(h.env);
  expect((await quoteOffers(h.ctx(), ids)).map(({ status }) => status)).toEqual(["paused", "active"]);
  await h.settle();
  expect(await quoteOffers(h.ctx(), [h.ids.next("offer")])).toEqual([]);
  expect(await quoteOffers(h.ctx(), [])).toEqual([]);
});
