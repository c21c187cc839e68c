import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { forgetMemory } from "#kernel/cache";
import { product } from "#schema/catalog/product";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { ifMatch, newCategory, openedShop, price, published, shirt } from "./shelf.ts";

const setUp = async (h: Harness) => ({ ...(await openedShop(h)), categoryId: await newCategory(h) });

test("a draft goes on sale, is found by slug and by id, and in the list of its category", async () => {
  const h = harness();
  const { owner, sellerId, categoryId } = await setUp(h);
  const onSale = await published(owner, shirt(h, categoryId));
  expect(onSale.body).toMatchObject({ state: "published", version: 2 });
  const page = await h.anonymous.get(`/v1/products/${onSale.body.slug}`);
  expect(page.body.variants.map((one: { label: string }) => one.label)).toEqual(["M", "L"]);
  expect(page.body.variants[0].offers[0]).toMatchObject({
    price: price("19900000"),
    seller: { id: sellerId },
  });
  expect((await h.anonymous.get(`/v1/products/${onSale.body.id}`)).body.slug).toBe(onSale.body.slug);
  const list = await h.anonymous.get(`/v1/products?category=${categoryId}`);
  expect(list.body.items).toMatchObject([{ id: onSale.body.id, priceFrom: price("19900000") }]);
  const tree = (await h.anonymous.get("/v1/categories")).body.items as { id: string; products: number }[];
  expect(tree.find(({ id }) => id === categoryId)?.products).toBe(1);
  expect(h.waiting().map(({ type }) => type)).toContain("product.published");
  const again = await h.anonymous.get(`/v1/products/${onSale.body.slug}`, {
    headers: { "if-none-match": page.headers.get("etag") ?? "" },
  });
  expect(again.status).toBe(304);
});

test("of two edits of one version the first wins, also when they come at once", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  const { body } = await owner.post("/v1/products", shirt(h, categoryId));
  const rename = (en: string, version: number) =>
    owner.patch(`/v1/products/${body.id}`, { titles: { en } }, ifMatch(version));
  expect((await rename("First", 1)).body).toMatchObject({ titles: { en: "First" }, version: 2 });
  expect((await rename("Stale", 1)).body.code).toBe("product.stale");
  const answers = await Promise.all([rename("Left", 2), rename("Right", 2)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  const winner = answers.find(({ status }) => status === 200);
  const now = await owner.get(`/v1/products/${body.id}/draft`);
  expect(now.body).toMatchObject({ titles: winner?.body.titles, version: 3 });
  expect(now.headers.get("etag")).toBe('"3"');
  expect((await owner.patch(`/v1/products/${body.id}`, { brand: "X" })).status).toBe(428);
  const trail = await owner.get(`/v1/products/${body.id}/changes`);
  expect(trail.body.items.map(({ patch }: { patch: object }) => patch)).toEqual([
    { titles: winner?.body.titles },
    { titles: { en: "First" } },
  ]);
});

test("a slug is one product's for good, and an old one leads on", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  const tail = h.ids.next("event").slice(-10);
  const fields = (slug: string) => shirt(h, categoryId, { slug });
  const first = await published(owner, fields(`first-${tail}`));
  const path = `/v1/products/${first.body.id}`;
  expect((await h.anonymous.get(`/v1/products/first-${tail}`)).status).toBe(200);
  expect((await owner.patch(path, { slug: `renamed-${tail}` }, ifMatch(2))).status).toBe(200);
  forgetMemory(h.env);
  const old = await h.anonymous.get(`/v1/products/first-${tail}`);
  expect([old.status, old.headers.get("location")]).toEqual([301, `/v1/products/renamed-${tail}`]);
  expect((await h.anonymous.get(`/v1/products/renamed-${tail}`)).body.id).toBe(first.body.id);
  expect((await owner.post("/v1/products", fields(`first-${tail}`))).body.code).toBe("product.slug_taken");
  expect((await owner.patch(path, { slug: `first-${tail}` }, ifMatch(3))).status).toBe(200);
  const racers = [1, 2, 3].map(() => owner.post("/v1/products", fields(`raced-${tail}`)));
  const statuses = (await Promise.all(racers)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([201, 409, 409]);
  expect((await owner.post("/v1/products", fields("mine"))).status).toBe(400);
});

test("what is on sale has a price, whatever is done to it", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  const bare = { ...shirt(h, categoryId), variants: undefined };
  const draft = await owner.post("/v1/products", bare);
  expect(draft.body.variants).toHaveLength(2);
  expect((await owner.post(`/v1/products/${draft.body.id}/propose`)).body.code).toBe("product.unpriced");
  const { body } = await published(owner, shirt(h, categoryId));
  const { offer } = body.variants[0];
  const archived = await owner.patch(`/v1/offers/${offer.id}`, { state: "archived" }, ifMatch(1));
  expect(archived.body.code).toBe("product.unpriced");
  expect((await owner.patch(`/v1/offers/${offer.id}`, { state: "paused" }, ifMatch(1))).status).toBe(200);
  const extra = { code: "xl", names: { en: "XL" } };
  const options = [{ ...body.options[0], values: [...body.options[0].values, extra] }];
  const patch = (change: object) => owner.patch(`/v1/products/${body.id}`, change, ifMatch(2));
  expect((await patch({ options })).body.code).toBe("product.unpriced");
  const priced = { values: { size: "xl" }, offer: { sku: `XL-${body.id}`, price: price("21000000") } };
  const grown = await patch({ options, variants: [priced] });
  expect(grown.body.variants.map(({ label }: { label: string }) => label)).toEqual(["M", "L", "XL"]);
  const shrunk = await owner.patch(
    `/v1/products/${body.id}`,
    { options: [{ ...options[0], values: [extra] }] },
    ifMatch(3),
  );
  expect(shrunk.body.variants.map(({ archived }: { archived: boolean }) => archived)).toEqual([
    false,
    true,
    true,
  ]);
});

test("every mistake of a product is told at once", async () => {
  const h = harness();
  const { owner } = await openedShop(h);
  const attributes = [
    { code: "material", names: { en: "Material" }, type: "text", required: true },
    { code: "care", names: { en: "Care" }, type: "enum", values: [{ code: "hand", names: { en: "Hand" } }] },
  ];
  const categoryId = await newCategory(h, { attributes });
  const wrong = shirt(h, categoryId, { attributes: { care: "machine", colour: "red" } });
  Object.assign(wrong.variants[0] ?? {}, { gtin: "4006381333932" });
  Object.assign(wrong.variants[1]?.offer ?? {}, { price: price("150", "SGD") });
  const refused = await owner.post("/v1/products", wrong);
  expect(
    refused.body.errors.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`),
  ).toEqual([
    "attributes.care type",
    "attributes.colour unknown",
    "variants.0.gtin gtin",
    "variants.1.offer offer.wrong_currency",
  ]);
  const draft = await owner.post("/v1/products", shirt(h, categoryId, { attributes: { care: "hand" } }));
  const proposed = await owner.post(`/v1/products/${draft.body.id}/propose`);
  expect(proposed.body).toMatchObject({
    code: "product.incomplete",
    errors: [{ path: "attributes.material" }],
  });
});

test("where the market reviews, nothing is sold or changed without an operator's word", async () => {
  const h = harness({ market: "sg" });
  const { owner, categoryId } = await setUp(h);
  const sgd = (fields: ReturnType<typeof shirt>) => {
    for (const { offer } of fields.variants) offer.price = price("1999", "SGD");
    return fields;
  };
  const proposed = await published(owner, sgd(shirt(h, categoryId)));
  const path = `/v1/products/${proposed.body.id}`;
  expect(proposed.body.state).toBe("proposed");
  expect((await h.anonymous.get(path)).status).toBe(404);
  const operator = await h.operator("catalogue");
  const queue = await operator.get("/v1/products/review?limit=100");
  expect(queue.body.items.map(({ id }: { id: string }) => id)).toContain(proposed.body.id);
  expect((await owner.post(`${path}/approve`)).status).toBe(403);
  expect((await operator.post(`${path}/approve`)).body).toMatchObject({ state: "published", version: 3 });
  const ask = (brand: string, version: number) => owner.patch(path, { brand }, ifMatch(version));
  const decide = (number: number, what: string, body?: object) =>
    operator.post(`${path}/changes/${number}/${what}`, body);
  const first = await ask("Genuine", 3);
  expect([first.status, first.body.brand]).toEqual([202, null]);
  const second = (await ask("Honest", 3)).body.pendingChange as number;
  expect(second).toBe(first.body.pendingChange + 1);
  expect((await decide(second - 1, "approve")).body.code).toBe("product.change_missing");
  const applied = await decide(second, "approve");
  expect(applied.body).toMatchObject({ brand: "Honest", pendingChange: null, version: 4 });
  const third = (await ask("Late", 4)).body.pendingChange as number;
  await upload(owner, proposed.body.id);
  const asked = await owner.get("/v1/products/changes?state=pending");
  expect(asked.body.items).toMatchObject([
    { number: third, differences: [{ path: "brand", before: "Honest", after: "Late" }] },
  ]);
  const waiting = await operator.get(`/v1/products/review/changes?sellerId=${asked.body.items[0].sellerId}`);
  expect(waiting.body.items).toEqual(asked.body.items);
  expect((await decide(third, "approve")).body).toMatchObject({ brand: "Late", version: 6 });
  const fourth = (await ask("Fourth", 6)).body.pendingChange as number;
  expect((await decide(fourth, "reject", { reason: "Not yours." })).body.brand).toBe("Late");
  const fifth = (await ask("Fifth", 6)).body.pendingChange as number;
  expect((await owner.post(`${path}/changes/${fifth}/withdraw`)).body.pendingChange).toBeNull();
  expect((await decide(fifth, "approve")).body.code).toBe("product.change_missing");
  const states = (await owner.get(`${path}/changes`)).body.items.map(({ state }: { state: string }) => state);
  expect(states).toEqual([
    "withdrawn",
    "rejected",
    "approved",
    "approved",
    "superseded",
    "applied",
    "applied",
  ]);
});

test("an approval never overwrites what its shop had not seen, and harmless fields need none", async () => {
  const autoConfirm = { fields: ["descriptions"] };
  const h = harness({ settings: { catalogue: { autoPublish: false, autoConfirm } } });
  const { owner, categoryId } = await setUp(h);
  const operator = await h.operator();
  const { body } = await published(owner, shirt(h, categoryId));
  const path = `/v1/products/${body.id}`;
  await operator.post(`${path}/approve`);
  const descriptions = { en: "Hand-drawn." };
  const asked = await owner.patch(path, { brand: "Genuine", descriptions }, ifMatch(3));
  expect(asked.status).toBe(202);
  const plain = await owner.patch(path, { descriptions: { en: "Printed." } }, ifMatch(3));
  expect([plain.status, plain.body.descriptions]).toEqual([200, { en: "Printed." }]);
  const approve = () => operator.post(`${path}/changes/${asked.body.pendingChange}/approve`);
  const refused = await approve();
  expect(refused.body).toMatchObject({
    code: "product.change_outdated",
    errors: [{ path: "descriptions.en", code: "changed" }],
  });
  await owner.patch(path, { descriptions }, ifMatch(4));
  expect((await approve()).body).toMatchObject({ brand: "Genuine", descriptions, version: 6 });
  const trail = (await owner.get(`${path}/changes`)).body.items as { state: string; reason: string | null }[];
  const seen = trail.slice(0, 3).map(({ state, reason }) => [state, reason]);
  expect(seen).toEqual([
    ["applied", "harmless_fields"],
    ["applied", "harmless_fields"],
    ["approved", null],
  ]);
});

test("of two who decide on a change at once one has his way, and its shop alone takes it back", async () => {
  const h = harness({ settings: { catalogue: { autoPublish: false } } });
  const { owner, categoryId } = await setUp(h);
  const { owner: stranger } = await openedShop(h);
  const operator = await h.operator();
  const { body } = await published(owner, shirt(h, categoryId));
  const path = `/v1/products/${body.id}`;
  await operator.post(`${path}/approve`);
  const ask = async (brand: string, version: number) => {
    const asked = await owner.patch(path, { brand }, ifMatch(version));
    return `${path}/changes/${asked.body.pendingChange}`;
  };
  const first = await ask("Genuine", 3);
  expect((await stranger.post(`${first}/withdraw`)).body.code).toBe("product.change_missing");
  expect((await stranger.get("/v1/products/changes")).body.items).toEqual([]);
  const decided = await Promise.all([operator.post(`${first}/approve`), operator.post(`${first}/approve`)]);
  expect(decided.filter(({ status }) => status === 200)).toHaveLength(1);
  expect((await owner.get(`${path}/draft`)).body).toMatchObject({ brand: "Genuine", version: 4 });
  const second = await ask("Late", 4);
  const raced = await Promise.all([operator.post(`${second}/approve`), owner.post(`${second}/withdraw`)]);
  expect(raced.filter(({ status }) => status === 200)).toHaveLength(1);
  const brand = raced[0].status === 200 ? "Late" : "Genuine";
  expect((await owner.get(`${path}/draft`)).body).toMatchObject({ brand, pendingChange: null });
});

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
const upload = (by: Client, productId: string) =>
  by.post(`/v1/products/${productId}/media`, PNG, { headers: { "content-type": "image/png" } });

test("what was rejected, or lies in a restricted category, is reviewed in every market", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  const operator = await h.operator();
  const { body } = await published(owner, shirt(h, categoryId));
  const path = `/v1/products/${body.id}`;
  const taken = await operator.post(`${path}/reject`, { reason: "Counterfeit." });
  expect(taken.body).toMatchObject({ state: "rejected", reason: "Counterfeit." });
  forgetMemory(h.env);
  expect((await h.anonymous.get(path)).status).toBe(404);
  await owner.post(`${path}/archive`);
  await owner.post(`${path}/restore`);
  expect((await owner.post(`${path}/propose`)).body.state).toBe("proposed");
  const restricted = await newCategory(h, { restricted: true });
  expect((await published(owner, shirt(h, restricted))).body.state).toBe("proposed");
});

test("a closed shop sells nothing; what it offers goes from lists and pages, and comes back", async () => {
  const h = harness();
  const { owner, sellerId, categoryId } = await setUp(h);
  const { body } = await published(owner, shirt(h, categoryId));
  const operator = await h.operator();
  await h.drain();
  const shown = async () => {
    forgetMemory(h.env);
    const page = await h.anonymous.get(`/v1/products/${body.id}`);
    const list = await h.anonymous.get(`/v1/products?category=${categoryId}`);
    return [page.body.variants[0].offers.length, list.body.items.length];
  };
  expect(await shown()).toEqual([1, 1]);
  await operator.post(`/v1/sellers/${sellerId}/suspend`, { reason: "Late parcels." });
  await h.drain();
  expect(await shown()).toEqual([0, 0]);
  const next = await owner.post("/v1/products", shirt(h, categoryId));
  const proposed = await owner.post(`/v1/products/${next.body.id}/propose`);
  expect(proposed.body.code).toBe("product.shop_not_open");
  await operator.post(`/v1/sellers/${sellerId}/reinstate`, {});
  await h.drain();
  expect(await shown()).toEqual([1, 1]);
});

test("another shop's product answers like one that is not there", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  const { owner: stranger } = await openedShop(h);
  const { body } = await published(owner, shirt(h, categoryId));
  const path = `/v1/products/${body.id}`;
  const offer = `/v1/offers/${body.variants[0].offer.id}`;
  const answers = await Promise.all([
    stranger.get(`${path}/draft`),
    stranger.get(`${path}/changes`),
    stranger.patch(path, { brand: "Mine" }, ifMatch(2)),
    stranger.post(`${path}/archive`),
    stranger.delete(path, ifMatch(2)),
    stranger.put(`${path}/media`, { items: [] }),
    stranger.get(offer),
    stranger.get(`${offer}/prices`),
    stranger.patch(offer, { sku: "MINE" }, ifMatch(1)),
    stranger.post("/v1/offers/prices", {
      prices: [{ offerId: body.variants[0].offer.id, price: price("100") }],
    }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  expect((await owner.get(offer)).body).toMatchObject({ version: 1, price: price("19900000") });
});

test("what is taken away is gone from sale, and its SKU is free again", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  const fields = shirt(h, categoryId);
  const { body } = await published(owner, fields);
  expect((await owner.post("/v1/products", { ...fields, slug: undefined })).body.code).toBe(
    "offer.sku_taken",
  );
  expect((await owner.delete(`/v1/products/${body.id}`, ifMatch(1))).status).toBe(412);
  expect((await owner.delete(`/v1/products/${body.id}`, ifMatch(2))).status).toBe(204);
  forgetMemory(h.env);
  expect((await h.anonymous.get(`/v1/products/${body.id}`)).status).toBe(404);
  expect((await owner.get(`/v1/products/${body.id}/draft`)).status).toBe(404);
  expect((await owner.get("/v1/products/mine")).body.items).toEqual([]);
  expect((await owner.post("/v1/products", fields)).status).toBe(201);
});

test("a walk through the list sees each product once, in its order, in every sort", async () => {
  const h = harness();
  const { owner, sellerId, categoryId } = await setUp(h);
  for (const minor of ["300000", "100000", "200000", "100000", "300000"]) {
    const fields = shirt(h, categoryId);
    for (const { offer } of fields.variants) offer.price = price(minor);
    await published(owner, fields);
    h.clock.advance(1_000);
  }
  const walk = async (filter: string) => {
    const seen: { id: string; priceFrom: { minor: string } }[] = [];
    let cursor = "";
    do {
      const page = await h.anonymous.get(`/v1/products?limit=2&${filter}${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.body.items);
      cursor = page.body.nextCursor ?? "";
    } while (cursor !== "");
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    return seen.map(({ priceFrom }) => Number(priceFrom.minor) / 100_000);
  };
  expect(await walk(`category=${categoryId}&sort=price_asc`)).toEqual([1, 1, 2, 3, 3]);
  expect(await walk(`category=${categoryId}&sort=price_desc`)).toEqual([3, 3, 2, 1, 1]);
  expect(await walk(`seller=${sellerId}&sort=newest`)).toEqual([3, 1, 2, 1, 3]);
  expect(await walk(`seller=${sellerId}&minPriceMinor=150000&maxPriceMinor=250000`)).toEqual([2]);
  expect(await walk(`category=${h.ids.next("category")}`)).toEqual([]);
  const page = await h.anonymous.get(`/v1/products?limit=2&category=${categoryId}`);
  const other = await h.anonymous.get(
    `/v1/products?limit=2&seller=${sellerId}&cursor=${page.body.nextCursor}`,
  );
  expect(other.status).toBe(400);
});

test("category counts equal a recount after any of the moves above", async () => {
  const h = harness();
  const { rows } = await h.ctx().db.read.execute<{ category_id: string; n: number; counted: number }>(sql`
    SELECT c.category_id, c.products AS n, (SELECT count(*)::int FROM ${product} AS p
      WHERE p.category_id = c.category_id AND p.state = 'published') AS counted
    FROM category_count AS c WHERE EXISTS (SELECT 1 FROM ${product} AS p JOIN product_change AS g
      ON g.product_id = p.id WHERE p.category_id = c.category_id)`);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ n, counted }) => n !== counted)).toEqual([]);
});

test("a page that is asked for first costs one read, and from then on none", async () => {
  const h = harness();
  const { owner, categoryId } = await setUp(h);
  const { body } = await published(owner, shirt(h, categoryId));
  const { body: other } = await published(owner, shirt(h, categoryId));
  // The tree is there from another page.
  await h.anonymous.get(`/v1/products/${other.slug}`);
  const trips = async () => {
    const { headers } = await h.anonymous.get(`/v1/products/${body.slug}`);
    return /dur=(\d+)/.exec(headers.get("server-timing") ?? "")?.[1];
  };
  expect(await trips()).toBe("1");
  expect(await trips()).toBe("0");
  const [row] = await h.ctx().db.read.select().from(product).where(eq(product.id, body.id));
  expect(row?.version).toBe(2);
});
