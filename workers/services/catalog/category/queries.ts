import { requireOperator } from "#kernel/actor";
import { cached, type JsonText } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import { type Id, zId } from "#kernel/ids";
import { type CategoryNode, mappingsOf, type Taxonomy, toNodes, visibleNodes } from "./domain.ts";
import { fail } from "./errors.ts";
import * as categories from "./repository.ts";
import { toMappingDto } from "./schemas.ts";

/** Purged at every change of the tree; counts have a tag of their own, since they change more often. */
export const TREE_TAG = "categories";
export const COUNT_TAG = "category-counts";
/** A visibility window opens and closes at most this late. */
const FRESH_MS = 30_000;

/** The tree as it is now, for what must not be worked out from a copy. */
export const readTree = async (ctx: Ctx): Promise<readonly CategoryNode[]> =>
  toNodes(...(await ctx.db.load(categories.rowsQuery(), categories.countsQuery())));

/** Every category with what it inherits, the archived and the hidden ones too. */
export async function categoryTree(ctx: Ctx): Promise<readonly CategoryNode[]> {
  const reading = { key: "category:nodes", tags: [TREE_TAG, COUNT_TAG], freshMs: FRESH_MS };
  return (await cached(ctx, reading, () => readTree(ctx))).parse();
}

/** What buyers see. */
export function listCategories(ctx: Ctx): Promise<JsonText<{ readonly items: readonly CategoryNode[] }>> {
  const reading = { key: "category:tree", tags: [TREE_TAG, COUNT_TAG], freshMs: FRESH_MS };
  return cached(ctx, reading, async () => ({
    items: visibleNodes(await readTree(ctx), ctx.clock.now()),
  }));
}

export type CategoryDetail = CategoryNode & {
  readonly breadcrumbs: readonly Pick<CategoryNode, "id" | "slug" | "names">[];
  readonly children: readonly CategoryNode[];
};

/** Null when no open category has this id or slug now. */
export function findCategory(ctx: Ctx, idOrSlug: string): Promise<JsonText<CategoryDetail | null>> {
  const reading = { key: `category:${idOrSlug}`, tags: [TREE_TAG, COUNT_TAG], freshMs: FRESH_MS };
  return cached(ctx, reading, async () => {
    const nodes = visibleNodes(await readTree(ctx), ctx.clock.now());
    const node = nodes.find(({ id, slug }) => id === idOrSlug || slug === idOrSlug);
    return node ? detail(nodes, node) : null;
  });
}

function detail(nodes: readonly CategoryNode[], node: CategoryNode): CategoryDetail {
  const breadcrumbs = nodes
    .filter(({ id }) => node.path.includes(id))
    .map(({ id, slug, names }) => ({ id, slug, names }));
  return { ...node, breadcrumbs, children: nodes.filter(({ parentId }) => parentId === node.id) };
}

/** Where an old slug leads now. */
export async function findMoved(ctx: Ctx, slug: string): Promise<string | undefined> {
  if (zId("category").safeParse(slug).success) return undefined;
  const [[id], nodes] = await Promise.all([ctx.db.load(categories.slugOwnerQuery(slug)), categoryTree(ctx)]);
  return visibleNodes(nodes, ctx.clock.now()).find((node) => node.id === id)?.slug;
}

/** One category as the tree has it; refuses what is not there. */
export async function getNode(ctx: Ctx, categoryId: Id<"category">): Promise<CategoryNode> {
  const node = (await readTree(ctx)).find(({ id }) => id === categoryId);
  if (!node) throw fail("category.not_found");
  return node;
}

/** What stands where in a published tree, for the operator who keeps the feeds right. */
export async function listMappings(ctx: Ctx, taxonomy: Taxonomy) {
  requireOperator(ctx, "category:write");
  const [nodes, codes] = await ctx.db.load(categories.treeQuery(), categories.taxonomyQuery(taxonomy));
  return { items: mappingsOf(nodes, taxonomy, codes).map(toMappingDto) };
}

const SUGGESTIONS_MAX = 5;

/** The codes whose names are most like the category's, with how alike they are; an operator decides. */
export async function suggestCodes(
  ctx: Ctx,
  { categoryId, taxonomy }: { readonly categoryId: Id<"category">; readonly taxonomy: Taxonomy },
) {
  requireOperator(ctx, "category:write");
  const nodes = await readTree(ctx);
  const node = nodes.find(({ id }) => id === categoryId);
  if (!node) throw fail("category.not_found");
  const names = node.path.map((id) => nodes.find((one) => one.id === id)?.names.en ?? "");
  const about = { name: node.names.en, path: names.join(" > ") };
  const [items] = await ctx.db.load(categories.suggestionsQuery(taxonomy, about, SUGGESTIONS_MAX));
  return { items };
}
