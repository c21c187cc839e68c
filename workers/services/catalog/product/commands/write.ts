import { actorKey } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { err, type Result } from "#kernel/result";
import { addCounts, assertOpen, COUNT_TAG } from "#services/catalog/category/index";
import type { SellerCard } from "#services/catalog/seller/index";
import type { Difference } from "../domain/change.ts";
import type { Edit } from "../domain/edit.ts";
import type { Offer } from "../domain/offer.ts";
import type { Product } from "../domain/product.ts";
import * as facts from "../facts.ts";
import { purgeTouched } from "../queries/tags.ts";
import * as changes from "../repository/changes.ts";
import { insertOffers, offerIdsOfQuery, saveOffers } from "../repository/offers.ts";
import * as products from "../repository/products.ts";

/** One product's change, worked out: what it was and what is to be written. */
export type Write = {
  /** Undefined for a new product. */
  readonly before: Product | undefined;
  readonly edit: Edit;
  /** The fields that were asked for, for the audit trail of a product that was there before. */
  readonly patch?: { readonly [field: string]: unknown } | undefined;
  /** What it changes, where that was worked out, and the rule by which nobody had to be asked. */
  readonly differences?: readonly Difference[] | undefined;
  readonly rule?: string | undefined;
};
export type WriteRefusal =
  | "product.stale"
  | "product.slug_taken"
  | "product.ref_taken"
  | "product.unpriced"
  | "product.category_missing"
  | "offer.stale"
  | "offer.exists"
  | "offer.sku_taken";

/** An edit that only moves the product to another state. */
export const moved = (product: Product): Edit => ({
  product,
  isProductChanged: true,
  addedVariants: [],
  changedVariants: [],
  addedOffers: [],
  changedOffers: [],
});

export const offerChanged = (ctx: Ctx, offer: Offer): Fact =>
  facts.OfferChanged.make(ctx, offer, {
    offerId: offer.id,
    productId: offer.productId,
    sellerId: offer.sellerId,
    status: offer.state,
    price: toMoneyDto(offer.price),
  });

/** Going on sale tells of the offers too; afterwards each offer tells of itself. */
function factsOf(ctx: Ctx, { before, edit }: Write): readonly Fact[] {
  const { product, isProductChanged } = edit;
  const about = { productId: product.id, sellerId: product.sellerId };
  const wasOnSale = before?.state === "published";
  const isOnSale = product.state === "published";
  if (isOnSale && !wasOnSale) return [facts.ProductPublished.make(ctx, product, about)];
  const told: Fact[] = [...edit.addedOffers, ...edit.changedOffers].map((offer) => offerChanged(ctx, offer));
  if (!isProductChanged) return told;
  if (wasOnSale && !isOnSale) told.push(facts.ProductArchived.make(ctx, product, about));
  if (isOnSale) told.push(facts.ProductChanged.make(ctx, product, about));
  const hasMoved = before?.state !== product.state;
  if (hasMoved && product.state === "proposed") {
    told.push(facts.ProductProposed.make(ctx, product, about));
  }
  if (hasMoved && product.state === "rejected") {
    told.push(facts.ProductRejected.make(ctx, product, { ...about, reason: product.reason ?? "" }));
  }
  return told;
}

function countsOf(writes: readonly Write[]): ReadonlyMap<Id<"category">, number> {
  const deltas = new Map<Id<"category">, number>();
  const add = (product: Product | undefined, by: number) => {
    if (product?.state !== "published") return;
    deltas.set(product.categoryId, (deltas.get(product.categoryId) ?? 0) + by);
  };
  for (const { before, edit } of writes) {
    add(before, -1);
    add(edit.product, 1);
  }
  return deltas;
}

/** Where something is put: the category of a new product, and one that a product is sold in or moves to. */
const filled = (writes: readonly Write[]): readonly Id<"category">[] =>
  writes.flatMap(({ before, edit: { product } }) => {
    const isThere = before?.categoryId === product.categoryId;
    const goesOnSale = product.state === "published" && before?.state !== "published";
    return isThere && !goesOnSale ? [] : [product.categoryId];
  });

const ifAny = <T, C extends string>(
  items: readonly T[],
  make: (items: readonly T[]) => readonly Statement<C>[],
): readonly Statement<C>[] => (items.length === 0 ? [] : make(items));

/** The rows of all writes, a statement a table: a batch of hundreds costs what one costs. */
function rowStatements(ctx: Ctx, writes: readonly Write[]): readonly Statement<WriteRefusal>[] {
  const now = ctx.clock.now();
  const by = { actor: actorKey(ctx.actor), now };
  const edits = writes.map(({ edit }) => edit);
  const fresh = writes.filter(({ before }) => !before).map(({ edit }) => edit.product);
  const saved = writes.filter(({ before, edit }) => before && edit.isProductChanged);
  const claims = writes
    .filter(({ before, edit }) => before?.slug !== edit.product.slug)
    .map(({ edit }) => ({ slug: edit.product.slug, productId: edit.product.id }));
  const audits = saved.flatMap(({ before, patch, differences = [], rule: reason }) => {
    if (!before || !patch) return [];
    const about = { productId: before.id, sellerId: before.sellerId, baseVersion: before.version };
    return [{ ...about, state: "applied" as const, patch, differences, reason }];
  });
  return [
    ...ifAny(
      writes.flatMap(({ before }) => (before ? [before.id] : [])),
      (ids) => [products.lockProducts(ids)],
    ),
    ...ifAny(fresh, (rows) => [products.insertProducts(rows, ctx.market.currency)]),
    ...ifAny(saved, (rows) => [products.saveProducts(rows.map(({ edit }) => edit.product))]),
    ...ifAny(claims, (rows) => [products.claimSlugs(rows, now)]),
    ...ifAny(
      edits.flatMap((edit) => edit.addedVariants),
      (rows) => [products.insertVariants(rows)],
    ),
    ...ifAny(
      edits.flatMap((edit) => edit.changedVariants),
      (rows) => [products.saveVariants(rows)],
    ),
    ...ifAny(
      edits.flatMap((edit) => edit.addedOffers),
      (rows) => insertOffers(rows, by),
    ),
    ...ifAny(
      edits.flatMap((edit) => edit.changedOffers),
      (rows) => [saveOffers(rows, { ...by, reductionMs: ctx.market.catalogue.reductionMs })],
    ),
    ...ifAny(audits, (rows) => [
      changes.insertChanges(rows.map((row) => ({ ...row, actor: by.actor, at: now }))),
    ]),
  ];
}

/** Writes any number of products in one batch, or none of them, and drops the copies that are out of date. */
export async function commitWrites<C extends string = never>(
  ctx: Ctx,
  writes: readonly Write[],
  { shop, extra = [] }: { readonly shop?: SellerCard; readonly extra?: readonly Statement<C>[] } = {},
): Promise<Result<undefined, WriteRefusal | C>> {
  if (writes.length === 0) return { ok: true, value: undefined };
  const ids = writes.map(({ edit }) => edit.product.id);
  const counts = countsOf(writes);
  const told = writes.flatMap((write) => factsOf(ctx, write));
  const outcome = await ctx.db.commit<WriteRefusal | "category.closed" | C>([
    ...rowStatements(ctx, writes),
    ...ifAny(filled(writes), (wanted) => [assertOpen(wanted)]),
    ...(shop ? [products.saveShops([shop])] : []),
    products.refreshPrices(ids),
    products.assertPriced(ids, ctx.market.currency),
    ...addCounts(counts),
    ...extra,
    ...ifAny(told, (all) => [append(...all)]),
  ]);
  if (!outcome.ok) {
    const { code } = outcome;
    return err(code === "category.closed" ? "product.category_missing" : (code as WriteRefusal | C));
  }
  const resting = await offersOfMoved(ctx, writes);
  purgeTouched(ctx, {
    products: writes.map(({ before, edit }) => ({
      id: edit.product.id,
      slugs: before ? [before.slug, edit.product.slug] : [edit.product.slug],
    })),
    offerIds: [...resting, ...writes.flatMap(({ edit }) => edit.changedOffers.map(({ id }) => id))],
    others: [...counts.values()].some((delta) => delta !== 0) ? [COUNT_TAG] : [],
  });
  return outcome;
}

/** What goes on or off sale takes every shop's offers of it along, which nobody has written. */
async function offersOfMoved(ctx: Ctx, writes: readonly Write[]): Promise<readonly Id<"offer">[]> {
  const moved = writes.filter(({ before, edit }) => before && before.state !== edit.product.state);
  if (moved.length === 0) return [];
  const [ids] = await ctx.db.load(offerIdsOfQuery(moved.map(({ edit }) => edit.product.id)));
  return ids;
}
