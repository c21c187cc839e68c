import { cached } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { LISTING_TAG, type Listed, listedQuery } from "#services/catalog/search/index";
import { compose, type ListKind, type NeighbourKind, type Reason } from "../domain/compose.ts";
import { fail } from "../errors.ts";
import { listQuery, neighboursQuery } from "../repository/model.ts";
import type { AskItem, AskList, Item } from "../schemas.ts";
import { toAnswer, toItems } from "./show.ts";

/** What people did changes slowly; what is in stock purges the copy. */
const FRESH_MS = 60_000;

export const shelfOf = (listed: readonly Listed[]): ReadonlyMap<string, Listed> =>
  new Map(listed.map((one) => [one.productId, one]));

export const isInStock = (listed: Listed | undefined): boolean =>
  listed !== undefined && listed.available > 0;

const KINDS = {
  similar: { neighbours: "liked", reason: "similar" },
  "bought-together": { neighbours: "together", reason: "bought_together" },
  "also-viewed": { neighbours: "viewed", reason: "also_viewed" },
} as const satisfies { readonly [path: string]: { neighbours: NeighbourKind; reason: Reason } };
export type ItemKind = keyof typeof KINDS;

/** What goes with a product. Where nobody has shown it yet, what is popular in its category stands in. */
export async function recommendForItem(ctx: Ctx, kind: ItemKind, { productId, slot, limit }: AskItem) {
  const key = `recommend:${kind}:${productId}:${ctx.locale}:${limit}`;
  const copy = await cached(ctx, { key, tags: [LISTING_TAG], freshMs: FRESH_MS }, () =>
    goWith(ctx, kind, { productId, limit }),
  );
  const items = copy.parse();
  if (!items) throw fail("recommendation.product_not_found");
  return toAnswer(ctx, { slot, personalised: false, exploration: null, items });
}

type Wanted = { readonly productId: Id<"product">; readonly limit: number };

async function goWith(ctx: Ctx, kind: ItemKind, { productId, limit }: Wanted): Promise<Item[] | null> {
  const { neighbours: source, reason } = KINDS[kind];
  const [[own], neighbours] = await ctx.db.load(
    listedQuery([productId]),
    neighboursQuery(source, [productId]),
  );
  if (!own) return null;
  const near = neighbours.get(productId) ?? [];
  // Only what was really bought together is said to be: an empty list is an honest one.
  const [popular] = await ctx.db.load(listQuery("popular", own.categoryId));
  const fallback = kind === "similar" ? popular : [];
  const ids = [...near, ...fallback].map(({ itemId }) => itemId);
  const [listed] = await ctx.db.load(listedQuery([...new Set(ids)]));
  const shelf = shelfOf([...listed, own]);
  const isFit = (itemId: string) => itemId !== productId && isInStock(shelf.get(itemId));
  const choices = compose(
    [
      { reason, items: near },
      { reason: "popular", items: fallback },
    ],
    { limit, isFit },
  );
  const named = choices.map((one) => (one.reason === reason ? { ...one, because: productId } : one));
  return toItems(ctx, named, shelf);
}

/** The same for everybody: what many buy, or what more and more do. */
export async function recommendList(ctx: Ctx, kind: ListKind, { category, slot, limit }: AskList) {
  const key = `recommend:${kind}:${category ?? ""}:${ctx.locale}:${limit}`;
  const copy = await cached(ctx, { key, tags: [LISTING_TAG], freshMs: FRESH_MS }, async () => {
    const [items] = await ctx.db.load(listQuery(kind, category ?? ""));
    const [listed] = await ctx.db.load(listedQuery(items.map(({ itemId }) => itemId)));
    const shelf = shelfOf(listed);
    const choices = compose([{ reason: kind, items }], { limit, isFit: (id) => isInStock(shelf.get(id)) });
    return toItems(ctx, choices, shelf);
  });
  return toAnswer(ctx, { slot, personalised: false, exploration: null, items: copy.parse() });
}
