import { requireOperator } from "#kernel/actor";
import { purge } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { slugFor, slugify } from "#kernel/slug";
import { type Category, type CategoryNode, decidePlace, readTaxonomy, type Taxonomy } from "./domain.ts";
import { fail } from "./errors.ts";
import { CategoryChanged } from "./facts.ts";
import { getNode, TREE_TAG } from "./queries.ts";
import * as categories from "./repository.ts";
import type { CreateCategory, MoveCategory, UpdateCategory } from "./schemas.ts";

type Change = "created" | "updated" | "moved" | "archived" | "restored";

const tell = (ctx: Ctx, node: Pick<Category, "id" | "version">, change: Change): Statement =>
  append(CategoryChanged.make(ctx, node, { categoryId: node.id, change }));

/** The answer is read from the database, and the copies that are out of date are dropped. */
async function changed(ctx: Ctx, id: Id<"category">): Promise<CategoryNode> {
  ctx.defer(purge(ctx, [TREE_TAG]).catch((error) => ctx.log.warn("purge.failed", { reason: String(error) })));
  return getNode(ctx, id);
}

const toMs = (instant: string | null) => (instant === null ? null : Date.parse(instant));

export async function createCategory(ctx: Ctx, input: CreateCategory): Promise<CategoryNode> {
  requireOperator(ctx, "category:write");
  const { parentId, slug, visibleFrom, visibleUntil, ...terms } = input;
  const id = ctx.ids.next("category");
  const now = ctx.clock.now();
  const window = { visibleFrom: toMs(visibleFrom), visibleUntil: toMs(visibleUntil) };
  const outcome = await untilFresh("category.moved", async () => {
    const parent = await loadParent(ctx, parentId);
    const place = decidePlace({ id, height: 0 }, parent);
    if (!place.ok) return place;
    const claimed = slug ?? (slugify(terms.names.en) || slugFor(terms.names.en, id));
    const base = { ...terms, ...window, ...place.value, id, parentId, slug: claimed };
    const row: Category = { ...base, state: "active", createdAt: now, version: 1 };
    return ctx.db.commit([
      categories.lockTree(),
      ...(parent ? [categories.assertPlaced(parent)] : []),
      ...assertCodes(row),
      categories.insert(row),
      categories.claimSlug(claimed, id, now),
      tell(ctx, row, "created"),
    ]);
  });
  orThrow(outcome, fail);
  return changed(ctx, id);
}

type Coded = Pick<Category, "googleCategoryId" | "shopifyCategoryId">;

/** Only what is set anew is checked: a code that was retired since must not hold up other changes. */
function assertCodes({ googleCategoryId: google, shopifyCategoryId: shopify }: Coded, before?: Coded) {
  const isNew = {
    google: google !== before?.googleCategoryId,
    shopify: shopify !== before?.shopifyCategoryId,
  };
  return [
    ...(google !== null && isNew.google ? [categories.assertCode("google", google.toString())] : []),
    ...(shopify !== null && isNew.shopify ? [categories.assertCode("shopify", shopify)] : []),
  ];
}

async function loadParent(ctx: Ctx, parentId: Id<"category"> | null): Promise<Category | null> {
  if (parentId === null) return null;
  const [[parent]] = await ctx.db.load(categories.rowsByIdQuery([parentId]));
  if (!parent) throw fail("category.parent_not_found");
  return parent;
}

/** Exactly what the client read, or nothing is changed. */
async function loadFresh(ctx: Ctx, categoryId: Id<"category">, ifMatch: number): Promise<Category> {
  const [[row]] = await ctx.db.load(categories.rowsByIdQuery([categoryId]));
  if (!row) throw fail("category.not_found");
  if (row.version !== ifMatch) throw fail("category.stale");
  return row;
}

type IfMatch = { readonly ifMatch: number };

export async function updateCategory(
  ctx: Ctx,
  { categoryId, ifMatch, visibleFrom, visibleUntil, ...change }: UpdateCategory & IfMatch,
): Promise<CategoryNode> {
  requireOperator(ctx, "category:write");
  const before = await loadFresh(ctx, categoryId, ifMatch);
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const row: Category = {
    ...before,
    ...given,
    visibleFrom: visibleFrom === undefined ? before.visibleFrom : toMs(visibleFrom),
    visibleUntil: visibleUntil === undefined ? before.visibleUntil : toMs(visibleUntil),
    version: before.version + 1,
  };
  const claim = row.slug === before.slug ? [] : [categories.claimSlug(row.slug, row.id, ctx.clock.now())];
  const outcome = await ctx.db.commit([
    ...assertCodes(row, before),
    categories.save(row),
    ...claim,
    tell(ctx, row, "updated"),
  ]);
  orThrow(outcome, fail);
  return changed(ctx, categoryId);
}

/** Takes the whole subtree along, or leaves all of it where it is. */
export async function moveCategory(
  ctx: Ctx,
  { categoryId, parentId, position, ifMatch }: MoveCategory & IfMatch,
): Promise<CategoryNode> {
  requireOperator(ctx, "category:write");
  const outcome = await untilFresh("category.moved", async () => {
    const ids = parentId === null ? [categoryId] : [categoryId, parentId];
    const [rows, deepest] = await ctx.db.load(
      categories.rowsByIdQuery(ids),
      categories.heightQuery(categoryId),
    );
    const node = rows.find(({ id }) => id === categoryId);
    const parent = rows.find(({ id }) => id === parentId) ?? null;
    if (!node) throw fail("category.not_found");
    if (parentId !== null && !parent) throw fail("category.parent_not_found");
    if (node.version !== ifMatch) throw fail("category.stale");
    const place = decidePlace({ ...node, height: deepest - node.depth }, parent);
    if (!place.ok) return place;
    const to = { ...place.value, parentId, position, version: node.version + 1 };
    return ctx.db.commit([
      categories.lockTree(),
      categories.assertPlaced(node),
      ...(parent ? [categories.assertPlaced(parent)] : []),
      ...categories.move({ from: node, to }),
      tell(ctx, { id: node.id, version: to.version }, "moved"),
    ]);
  });
  orThrow(outcome, fail);
  return changed(ctx, categoryId);
}

type Archive = { readonly categoryId: Id<"category"> } & IfMatch;

export async function archiveCategory(ctx: Ctx, { categoryId, ifMatch }: Archive): Promise<CategoryNode> {
  requireOperator(ctx, "category:write");
  const before = await loadFresh(ctx, categoryId, ifMatch);
  const row: Category = { ...before, state: "archived", version: before.version + 1 };
  const outcome = await ctx.db.commit([
    categories.lockTree(),
    categories.save(row),
    categories.assertEmpty(categoryId),
    tell(ctx, row, "archived"),
  ]);
  orThrow(outcome, fail);
  return changed(ctx, categoryId);
}

export async function restoreCategory(ctx: Ctx, { categoryId, ifMatch }: Archive): Promise<CategoryNode> {
  requireOperator(ctx, "category:write");
  const before = await loadFresh(ctx, categoryId, ifMatch);
  const parent = await loadParent(ctx, before.parentId);
  if (parent && parent.state !== "active") throw fail("category.parent_archived");
  const row: Category = { ...before, state: "active", version: before.version + 1 };
  const outcome = await ctx.db.commit([
    categories.lockTree(),
    ...(parent ? [categories.assertPlaced(parent)] : []),
    categories.save(row),
    tell(ctx, row, "restored"),
  ]);
  orThrow(outcome, fail);
  return changed(ctx, categoryId);
}

type Import = {
  readonly taxonomy: Taxonomy;
  readonly version: string;
  readonly raw: { readonly bytes: Uint8Array };
};

/** Takes in the list as its publisher gives it out; importing it again changes nothing. */
export async function importTaxonomy(ctx: Ctx, { taxonomy, version, raw }: Import) {
  requireOperator(ctx, "category:write");
  const codes = orThrow(readTaxonomy(taxonomy, new TextDecoder().decode(raw.bytes)), fail);
  orThrow(await ctx.db.commit(categories.saveTaxonomy({ taxonomy, version }, codes)), fail);
  return { taxonomy, version, codes: codes.length };
}
