import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { forgetMemory } from "#kernel/cache";
import type { Id } from "#kernel/ids";
import { category } from "#schema/catalog/category";
import { product } from "#schema/catalog/product";
import { type Harness, harness } from "../../support/harness.ts";
import { ifMatch, newCategory, openedShop, published, shirt } from "./shelf.ts";

type Node = {
  readonly id: string;
  readonly path: readonly string[];
  readonly depth: number;
  version: number;
};

/** A line of categories, each below the one before. */
async function chain(h: Harness, levels: number): Promise<readonly Id<"category">[]> {
  const made: Id<"category">[] = [];
  for (let i = 0; i < levels; i += 1) made.push(await newCategory(h, { parentId: made.at(-1) ?? null }));
  return made;
}

async function nodesOf(h: Harness, ids: readonly string[]): Promise<readonly Node[]> {
  const all = (await (await h.operator()).get("/v1/categories/all")).body.items as Node[];
  return ids.map((id) => all.find((node) => node.id === id) as Node);
}

const move = async (h: Harness, id: string, parentId: string | null, version = 1) =>
  (await h.operator()).post(`/v1/categories/${id}/move`, { parentId, position: 0 }, ifMatch(version));

/** Codes that no published list has. */
const [WORN, SHIRT, MOVED] = [9_000_001, 9_000_002, 9_000_003];

test("a move takes the whole subtree along, and product counts are right directly after it", async () => {
  const h = harness();
  const { owner } = await openedShop(h);
  const line = await chain(h, 6);
  const target = await newCategory(h);
  const [root = "", first = "", , , , last = ""] = line;
  await published(owner, shirt(h, last));
  expect((await move(h, first, target)).status).toBe(200);
  forgetMemory(h.env);
  const [rootNow, lastNow, targetNow] = await nodesOf(h, [root, last, target]);
  expect(lastNow).toMatchObject({ path: [target, ...line.slice(1)], depth: 5 });
  expect([rootNow, targetNow]).toMatchObject([{ products: 0 }, { products: 1 }]);
  const found = await h.anonymous.get(`/v1/products?category=${target}`);
  expect(found.body.items).toHaveLength(1);
  expect((await h.anonymous.get(`/v1/products?category=${root}`)).body.items).toHaveLength(0);
});

test("no cycle, no level too many, no parent that is not there", async () => {
  const h = harness();
  const [top = "", , bottom = ""] = await chain(h, 3);
  const deep = await chain(h, 6);
  expect((await move(h, top, bottom)).body.code).toBe("category.cycle");
  expect((await move(h, top, top)).body.code).toBe("category.cycle");
  expect((await move(h, top, deep.at(-1) ?? "")).body.code).toBe("category.too_deep");
  expect((await move(h, top, h.ids.next("category"))).body.code).toBe("category.parent_not_found");
  expect((await move(h, top, null, 7)).status).toBe(412);
  const [unmoved] = await nodesOf(h, [bottom]);
  expect(unmoved).toMatchObject({ depth: 2 });
});

test("two that would move below each other at once: one does, and there is no cycle", async () => {
  const h = harness();
  for (let round = 0; round < 5; round += 1) {
    const [left, right] = [await newCategory(h), await newCategory(h)];
    const answers = await Promise.all([move(h, left, right), move(h, right, left)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const rows = await h.ctx().db.read.select().from(category).where(sql`id IN (${left}, ${right})`);
    expect(rows.map(({ depth }) => depth).sort()).toEqual([0, 1]);
    for (const { id, path, depth } of rows) {
      expect(path.split(".")).toHaveLength(depth + 1);
      expect(path.endsWith(id)).toBe(true);
    }
  }
});

test("a subtree that grows while it moves is never too deep", async () => {
  const h = harness();
  const deep = await chain(h, 7);
  const leaf = await newCategory(h);
  const [moved, grown] = await Promise.all([
    move(h, leaf, deep.at(-1) ?? ""),
    (await h.operator()).post("/v1/categories", { parentId: leaf, names: { en: `Growth ${leaf}` } }),
  ]);
  const rows = await h
    .ctx()
    .db.read.select()
    .from(category)
    .where(sql`path LIKE ${`%${leaf}%`}`);
  expect(Math.max(...rows.map(({ depth }) => depth))).toBeLessThan(8);
  expect([moved.status === 200, grown.status === 201]).not.toEqual([true, true]);
});

test("an old slug leads to the new one, and nobody else gets it", async () => {
  const h = harness();
  const operator = await h.operator();
  const [id, other] = [await newCategory(h), await newCategory(h)];
  const before = (await h.anonymous.get(`/v1/categories/${id}`)).body.slug as string;
  const renamed = await operator.patch(`/v1/categories/${id}`, { slug: `${before}-new` }, ifMatch(1));
  expect(renamed.body).toMatchObject({ slug: `${before}-new`, version: 2 });
  forgetMemory(h.env);
  const old = await h.anonymous.get(`/v1/categories/${before}`);
  expect([old.status, old.headers.get("location")]).toEqual([301, `/v1/categories/${before}-new`]);
  const thief = await operator.patch(`/v1/categories/${other}`, { slug: before }, ifMatch(1));
  expect(thief.body.code).toBe("category.slug_taken");
  expect((await operator.patch(`/v1/categories/${id}`, { slug: before }, ifMatch(2))).status).toBe(200);
  expect((await operator.patch(`/v1/categories/${id}`, { position: 3 }, ifMatch(2))).status).toBe(412);
  expect((await operator.patch(`/v1/categories/${id}`, { position: 3 })).status).toBe(428);
});

test("only an empty category is archived, and what is archived takes nothing in", async () => {
  const h = harness();
  const operator = await h.operator();
  const { owner } = await openedShop(h);
  const [top = "", bottom = ""] = await chain(h, 2);
  const archive = (id: string, version = 1) =>
    operator.post(`/v1/categories/${id}/archive`, undefined, ifMatch(version));
  expect((await archive(top)).body.code).toBe("category.not_empty");
  const { body } = await published(owner, shirt(h, bottom));
  expect((await archive(bottom)).body.code).toBe("category.not_empty");
  await owner.post(`/v1/products/${body.id}/archive`);
  expect((await archive(bottom)).body).toMatchObject({ state: "archived" });
  const below = await operator.post("/v1/categories", { parentId: bottom, names: { en: "Below" } });
  expect(below.body.code).toBe("category.parent_archived");
  expect((await h.anonymous.get(`/v1/categories/${bottom}`)).status).toBe(404);
  forgetMemory(h.env);
  expect((await owner.post("/v1/products", shirt(h, bottom))).body.code).toBe("product.category_missing");
  const restored = await operator.post(`/v1/categories/${bottom}/restore`, undefined, ifMatch(2));
  expect(restored.body).toMatchObject({ state: "active" });
});

test("a visibility window opens and closes by the clock", async () => {
  const h = harness();
  const id = await newCategory(h, {
    visibleFrom: new Date(h.clock.now() + 60_000).toISOString(),
    visibleUntil: new Date(h.clock.now() + 120_000).toISOString(),
  });
  const seen = async () => {
    forgetMemory(h.env);
    await h.ctx().redis.incr(`${h.cell}:tag:categories`);
    return (await h.anonymous.get(`/v1/categories/${id}`)).status;
  };
  expect(await seen()).toBe(404);
  h.clock.advance(60_000);
  expect(await seen()).toBe(200);
  h.clock.advance(60_000);
  expect(await seen()).toBe(404);
});

test("products take over the tax class of a category that moves", async () => {
  const h = harness();
  const { owner } = await openedShop(h);
  const [id, reduced] = [await newCategory(h), await newCategory(h, { taxClass: "reduced" })];
  const { body } = await published(owner, shirt(h, id));
  await move(h, id, reduced);
  await h.drain();
  const [row] = await h.ctx().db.read.select().from(product).where(eq(product.id, body.id));
  expect(row?.taxClass).toBe("reduced");
});

test("the tree is the operators' own", async () => {
  const h = harness();
  const { owner } = await openedShop(h);
  const body = { parentId: null, names: { en: "Mine" } };
  expect((await h.anonymous.post("/v1/categories", body)).status).toBe(401);
  expect((await owner.post("/v1/categories", body)).status).toBe(403);
  expect((await (await h.operator("support")).post("/v1/categories", body)).status).toBe(403);
  expect(
    (await (await h.operator()).post("/v1/categories", { ...body, attributes: [{ code: "a" }] })).status,
  ).toBe(400);
});

test("a product that goes on sale while its category is closed: one of the two is refused", async () => {
  const h = harness();
  const { owner } = await openedShop(h);
  const operator = await h.operator();
  for (let round = 0; round < 4; round += 1) {
    const id = await newCategory(h);
    const draft = await owner.post("/v1/products", shirt(h, id));
    const [sold, closed] = await Promise.all([
      owner.post(`/v1/products/${draft.body.id}/propose`),
      operator.post(`/v1/categories/${id}/archive`, undefined, ifMatch(1)),
    ]);
    expect([sold.status, closed.status].sort()).toEqual([200, 409]);
  }
});

test("a published taxonomy is imported, suggested from, checked against and replaced", async () => {
  const h = harness({ market: "sg" });
  const operator = await h.operator("catalogue");
  const tail = h.ids.next("event").slice(-8);
  const importing = (version: string, lines: readonly string[]) =>
    operator.post(`/v1/categories/taxonomies/google/import?version=${version}`, lines.join("\n"), {
      headers: { "content-type": "text/plain" },
    });
  const lines = [`${WORN} - Apparel ${tail}`, `${SHIRT} - Apparel ${tail} > Shirts ${tail}`];
  expect((await importing("1", lines)).body).toEqual({ taxonomy: "google", version: "1", codes: 2 });
  expect((await importing("1", ["nonsense"])).body.code).toBe("taxonomy.unreadable");
  const seller = await h.member(h.ids.next("seller"));
  expect((await seller.get("/v1/categories/taxonomies/google/mappings")).status).toBe(403);
  const fields = (googleCategoryId: number | null, parentId: string | null = null) => {
    return {
      parentId,
      names: { en: `Shirts ${tail}` },
      googleCategoryId,
      slug: `s-${googleCategoryId}-${tail}`,
    };
  };
  expect((await operator.post("/v1/categories", fields(4))).body.code).toBe("taxonomy.unknown_code");
  const made = await operator.post("/v1/categories", fields(SHIRT));
  const below = await operator.post("/v1/categories", fields(null, made.body.id));
  const likes = await operator.get(`/v1/categories/${below.body.id}/suggestions/google`);
  expect(likes.body.items[0]).toMatchObject({ code: `${SHIRT}`, confidence: expect.any(Number) });
  expect(likes.body.items[0].confidence).toBeGreaterThan(likes.body.items[1].confidence);
  expect(
    (await importing("2", [`${WORN} - Apparel ${tail}`, `${MOVED} - Apparel ${tail} > Shirts ${tail}`]))
      .status,
  ).toBe(200);
  const shown = (await operator.get("/v1/categories/taxonomies/google/mappings")).body.items;
  const of = (id: string) => shown.find(({ categoryId }: { categoryId: string }) => categoryId === id);
  const retired = { state: "retired", code: `${SHIRT}`, from: made.body.id, replacement: `${MOVED}` };
  expect([of(made.body.id), of(below.body.id)]).toMatchObject([retired, retired]);
});
