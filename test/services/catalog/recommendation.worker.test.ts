import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { DAY_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import { ProductPublished } from "#services/catalog/product/facts";
import { trainModel } from "#services/catalog/recommendation/index";
import { insertEvents, insertSales } from "#services/intelligence/analytics/repository";
import { InventoryChanged } from "#services/logistics/inventory/facts";
import { reserve } from "#services/logistics/inventory/index";
import { UserErased } from "#services/social/user/facts";
import { OrderPaid } from "#services/transaction/order/facts";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { openShop } from "../../support/shop.ts";
import { toldOrder } from "../social/told-orders.ts";

type Item = {
  readonly productId: Id<"product">;
  readonly reason: { code: string; text: string };
  explored: boolean;
};
const idsOf = (items: readonly Item[]) => items.map(({ productId }) => productId);

/** A shop whose shelves Search knows of, its products named by letters. */
async function shelves(h: Harness, titles: readonly string[]) {
  const { offers, sellerId } = await openShop(
    h,
    titles.map((title) => ({ title })),
  );
  const facts = offers.map(({ productId }) =>
    ProductPublished.make(h.ctx(), { id: productId, version: 1 }, { productId, sellerId }),
  );
  await h.deliver(facts);
  return { sellerId, offers, products: offers.map(({ productId }) => productId) };
}

/** Baskets as ClickHouse has them: one a person. */
async function sold(h: Harness, baskets: readonly (readonly Id<"product">[])[]): Promise<void> {
  const lines = baskets.flatMap((basket) => {
    const orderId = h.ids.next("order");
    const buyerId = h.ids.next("user");
    return basket.map((productId, lineNumber) => ({
      orderId,
      lineNumber,
      orderGroupId: `group of ${orderId}`,
      sellerId: "",
      buyerId,
      productId,
      offerId: "",
      sku: "",
      title: "",
      quantity: 1,
      currency: "IDR",
      netMinor: "1",
      taxMinor: "0",
      soldAt: h.clock.now() - DAY_MS,
      version: 1,
    }));
  });
  await insertSales(h.ctx().clickhouse, lines);
}

async function looked(
  h: Harness,
  visits: readonly (readonly Id<"product">[])[],
  visitorId = "",
): Promise<void> {
  const rows = visits.flatMap((visit) => {
    const sessionId = crypto.randomUUID();
    return visit.map((productId) => ({
      eventId: `${sessionId}:${productId}`,
      type: "product.viewed",
      source: "client" as const,
      at: h.clock.now() - 60_000,
      receivedAt: h.clock.now(),
      subject: sessionId,
      seq: 0,
      visitorId,
      sessionId,
      sellerId: "",
      productId,
      currency: "IDR",
      properties: "{}",
    }));
  });
  await insertEvents(h.ctx().clickhouse, rows);
}

async function train(h: Harness): Promise<void> {
  const committed = await h.ctx().db.commit([...(await trainModel(h.ctx()))]);
  expect(committed.ok).toBe(true);
}

const forYou = (client: Client, body: object) =>
  client.post("/v1/recommendations/for-you", { seed: "s", ...body });

/** Each test lives a year after the one before, so that none learns from another's baskets. */
let year = 0;
function inItsOwnYear(): Harness {
  year += 1;
  return harness({ at: Date.now() + year * 365 * DAY_MS });
}

test("what goes with a product is what people did, in stock and on sale", async () => {
  const h = inItsOwnYear();
  const { products, offers, sellerId } = await shelves(h, ["Teapot", "Cup", "Sugar bowl", "Hammer"]);
  const [teapot, cup, bowl, hammer] = products as [
    Id<"product">,
    Id<"product">,
    Id<"product">,
    Id<"product">,
  ];
  await sold(h, [[teapot, cup], [teapot, cup], [teapot, bowl], [hammer]]);
  await looked(h, [
    [teapot, hammer],
    [teapot, hammer],
  ]);
  await train(h);
  const read = async (kind: string) => {
    const { body, status } = await h.anonymous.get(`/v1/recommendations/${kind}/${teapot}?slot=product.test`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body;
  };
  const together = await read("bought-together");
  expect(together).toMatchObject({ slot: "product.test", impressionId: expect.stringMatching(/^rec_/) });
  expect(idsOf(together.items)).toEqual([cup, bowl]);
  expect(together.items[0].reason).toMatchObject({
    code: "bought_together",
    text: "Bought together with Teapot",
  });
  expect((await read("bought-together")).impressionId).not.toBe(together.impressionId);
  expect(idsOf((await read("also-viewed")).items)).toEqual([hammer]);
  expect(idsOf((await read("similar")).items).sort()).toEqual([cup, bowl, hammer].sort());
  const cupOffer = offers[1]?.offerId as Id<"offer">;
  const reservation = {
    reservationId: h.ids.next("reservation"),
    owner: "test",
    lines: [{ offerId: cupOffer, quantity: 10 }],
  };
  await h.ctx().db.commit<string>([reserve(h.ctx(), { ...reservation, expiresAt: h.clock.now() + DAY_MS })]);
  const told = InventoryChanged.make(
    h.ctx(),
    { id: cupOffer, version: 2 },
    { sellerId, offerIds: [cupOffer] },
  );
  await h.deliver([told]);
  expect(idsOf((await read("bought-together")).items)).toEqual([bowl]);
  expect((await h.anonymous.get(`/v1/recommendations/similar/${h.ids.next("product")}`)).status).toBe(404);
});

test("an act of the session changes the next answer, and says why", async () => {
  const h = inItsOwnYear();
  const { products } = await shelves(h, ["Tent", "Stove", "Lamp", "Skates", "Helmet"]);
  const [tent, stove, lamp, skates, helmet] = products as Id<"product">[] as [
    Id<"product">,
    Id<"product">,
    Id<"product">,
    Id<"product">,
    Id<"product">,
  ];
  await sold(h, [
    [tent, stove],
    [tent, stove],
    [tent, lamp],
    [skates, helmet],
    [skates, helmet],
  ]);
  await train(h);
  const visitor = h.anonymous;
  const viewed = await forYou(visitor, { session: [{ type: "view", productId: tent }], limit: 5 });
  const [first] = viewed.body.items;
  expect([first.productId, first.reason.code, first.reason.text]).toEqual([
    stove,
    "because_viewed",
    "Because you viewed Tent",
  ]);
  const turned = [
    { type: "view", productId: tent },
    { type: "cart", productId: skates },
  ];
  const { items } = (await forYou(visitor, { session: turned, limit: 5 })).body;
  expect([items[0].productId, items[0].reason.code]).toEqual([helmet, "because_carted"]);
  expect(idsOf(items)).not.toContain(skates);
  const hidden = [...turned, { type: "hide", productId: helmet }];
  expect(idsOf((await forYou(visitor, { session: hidden, limit: 5 })).body.items)).not.toContain(helmet);
  const off = await forYou(visitor, { session: turned, personalised: false, limit: 5 });
  expect(off.body.personalised).toBe(false);
  expect(off.body.items.every((one: Item) => !one.reason.code.startsWith("because"))).toBe(true);
  expect((await forYou(visitor, { session: turned, limit: 5 })).body.items).toEqual(items);
});

test("a person's purchases choose for him and are shown no more; a no forgets them", async () => {
  const h = inItsOwnYear();
  const { products } = await shelves(h, ["Guitar", "Strings", "Drum"]);
  const [guitar, strings] = products as [Id<"product">, Id<"product">];
  await sold(h, [
    [guitar, strings],
    [guitar, strings],
  ]);
  await train(h);
  const buy = async (userId: Id<"user">) => {
    const told = toldOrder(h.ids, { buyerId: userId, email: "ani@example.com" });
    const lines = told.lines.slice(0, 1).map((line) => ({ ...line, productId: guitar }));
    await h.deliver([OrderPaid.make(h.ctx(), { id: told.orderId, version: 2 }, { ...told, lines })]);
  };
  const [first, second] = [h.ids.next("user"), h.ids.next("user")];
  await Promise.all([buy(first), buy(second)]);
  const [ani, budi] = [await h.buyer(first), await h.buyer(second)];
  const { items } = (await forYou(ani, { limit: 3 })).body;
  expect(items[0]).toMatchObject({
    productId: strings,
    reason: { code: "because_bought", productId: guitar },
  });
  expect(idsOf(items)).not.toContain(guitar);
  expect((await ani.put("/v1/recommendations/preference", { personalised: false })).status).toBe(200);
  expect((await ani.get("/v1/recommendations/preference")).body).toEqual({ personalised: false });
  const after = (await forYou(ani, { limit: 3, session: [{ type: "view", productId: guitar }] })).body;
  expect(after.personalised).toBe(false);
  expect(after.items.some((one: Item) => one.reason.code.startsWith("because"))).toBe(false);
  await ani.put("/v1/recommendations/preference", { personalised: true });
  expect(
    (await forYou(ani, { limit: 3 })).body.items.some((one: Item) => one.reason.code.startsWith("because")),
  ).toBe(false);
  expect((await forYou(budi, { limit: 3 })).body.items[0].reason.code).toBe("because_bought");
  const erased = { userId: second, addressHash: "none" };
  await h.deliver([UserErased.make(h.ctx(), { id: second, version: 2 }, erased)]);
  const { rows } = await h
    .ctx()
    .db.read.execute(sql`SELECT 1 FROM recommendation_trace WHERE person_id IN (${first}, ${second})`);
  expect(rows).toEqual([]);
});

test("a share of places goes to what nobody has seen, by a seed that draws it again", async () => {
  const h = inItsOwnYear();
  const { products } = await shelves(h, ["Old one", "Old two", "Old three", "Fresh one", "Fresh two"]);
  const [one, two, three, ...fresh] = products as [
    Id<"product">,
    Id<"product">,
    Id<"product">,
    ...Id<"product">[],
  ];
  await sold(h, [
    [one, two],
    [one, two, three],
  ]);
  await train(h);
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => forYou(h.anonymous, { limit: 10, seed: `seed ${i}` })),
  );
  const again = await forYou(h.anonymous, { limit: 10, seed: "seed 0" });
  expect(again.body.items).toEqual(answers[0]?.body.items);
  expect(answers[0]?.body.exploration).toEqual({
    basisPoints: h.market.recommendation.explorationBasisPoints,
    seed: "seed 0",
  });
  const explored = answers.flatMap(({ body }) => body.items.filter((item: Item) => item.explored)) as Item[];
  expect(explored).toHaveLength(12);
  for (const known of [one, two, three]) expect(idsOf(explored)).not.toContain(known);
  const trending = await h.anonymous.get("/v1/recommendations/trending?limit=50");
  expect(idsOf(trending.body.items)).toEqual(expect.arrayContaining([one, two, three]));
  expect(idsOf(trending.body.items).some((id) => fresh.includes(id))).toBe(false);
});

test("clicks are counted by slot, against lists that were in sight", async () => {
  const h = inItsOwnYear();
  const { products } = await shelves(h, ["Only one"]);
  const slot = `slot-${crypto.randomUUID().slice(0, 8)}`;
  const send = async (impressionId: string, ...types: readonly string[]) => {
    const events = types.map((type) => ({
      id: crypto.randomUUID(),
      type,
      at: new Date(h.clock.now()).toISOString(),
      sessionId: "session-of-a-test",
      properties: {
        impressionId,
        slot,
        ...(type.endsWith("clicked") ? { productId: products[0], position: 1 } : {}),
      },
    }));
    const sent = await h.anonymous.post(
      "/v1/analytics/events",
      { events },
      { headers: { "user-agent": "Mozilla" } },
    );
    expect(sent.body).toMatchObject({ accepted: types.length });
  };
  const [shown, clicked] = ["recommendation.shown", "recommendation.clicked"];
  await send(h.ids.next("recommendation"), shown, shown, clicked, clicked);
  for (let i = 0; i < 3; i += 1) await send(h.ids.next("recommendation"), shown);
  await send(h.ids.next("recommendation"), clicked);
  await h.drain();
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: h.market.timeZone, dateStyle: "short" }).format(
    h.clock.now(),
  );
  const operator = await h.operator();
  const { body } = await operator.get(`/v1/recommendations/performance?from=${day}&to=${day}`);
  expect(body.slots.find((one: { slot: string }) => one.slot === slot)).toEqual({
    slot,
    impressions: 4,
    clicks: 1,
    clickThroughRate: 0.25,
    meanReciprocalRank: 0.5,
  });
});
