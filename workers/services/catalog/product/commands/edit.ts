import { actorKey } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { slugFor } from "#kernel/slug";
import { type CategoryNode, treeQuery } from "#services/catalog/category/index";
import { sellersQuery } from "#services/catalog/seller/index";
import { autoConfirmed, type Difference, differencesOf } from "../domain/change.ts";
import { decideEdit, type Edit, type Master, type ProductDraft, type Terms } from "../domain/edit.ts";
import type { Product } from "../domain/product.ts";
import { fail } from "../errors.ts";
import { actingShop } from "../queries/acting.ts";
import { purgeTouched } from "../queries/tags.ts";
import * as changes from "../repository/changes.ts";
import * as products from "../repository/products.ts";
import type { CreateProduct, UpdateProduct } from "../schemas/product.ts";
import { forgetPictures } from "./close-change.ts";
import { needsReview, openCategory, termsOf } from "./terms.ts";
import { commitWrites } from "./write.ts";

/** A product that nothing is known of yet; the first edit brings it to version 1. */
export function blankProduct(
  { ids, now, sellerId, taxClass }: Terms,
  { categoryId, externalRef }: { readonly categoryId: Id<"category">; readonly externalRef: string | null },
): Product {
  return {
    id: ids.next("product"),
    sellerId,
    categoryId,
    state: "draft",
    slug: "",
    titles: { en: "" },
    descriptions: null,
    brand: null,
    mpn: null,
    attributes: {},
    options: [],
    taxClass,
    reason: null,
    externalRef,
    coverKey: null,
    createdAt: now,
    publishedAt: null,
    deletedAt: null,
    mergedInto: null,
    version: 0,
  };
}

export function editOrThrow(master: Master, draft: ProductDraft, terms: Terms): Edit {
  const edited = decideEdit(master, draft, terms);
  if (!edited.ok) throw fail("product.invalid", { errors: edited.errors });
  return edited.value;
}

export async function createProduct(
  ctx: Ctx,
  { categoryId, externalRef, slug, ...draft }: CreateProduct,
): Promise<Id<"product">> {
  const sellerId = actingShop(ctx, "product:write");
  const [nodes, [shop]] = await ctx.db.load(treeQuery(), sellersQuery([sellerId]));
  const node = openCategory(nodes, categoryId);
  if (!shop || shop.state === "terminated") throw fail("product.shop_not_open");
  const terms = termsOf(ctx, node, sellerId);
  const product = blankProduct(terms, { categoryId, externalRef: externalRef ?? null });
  const claimed = slug ?? slugFor(draft.titles.en, product.id);
  const edit = editOrThrow({ product, variants: [], offers: [] }, { ...draft, slug: claimed }, terms);
  orThrow(await commitWrites(ctx, [{ before: undefined, edit }], { shop }), fail);
  return edit.product.id;
}

export type Loaded = { readonly master: Master; readonly nodes: readonly CategoryNode[] };

/** The product with all that an edit of it looks at, in one read. */
export async function loadMaster(ctx: Ctx, productId: Id<"product">): Promise<Loaded> {
  const [row, variants, offers, nodes] = await ctx.db.load(
    products.rowQuery(productId),
    products.variantsQuery(productId),
    products.offersOfQuery(productId),
    treeQuery(),
  );
  if (!row || row.deletedAt !== null) throw fail("product.not_found");
  return { master: { product: products.toProduct(row), variants, offers }, nodes };
}

/** Another shop's id answers like one that is not there. */
export async function loadOwn(ctx: Ctx, productId: Id<"product">): Promise<Loaded> {
  const loaded = await loadMaster(ctx, productId);
  const { sellerId } = loaded.master.product;
  if (actingShop(ctx, "product:write", sellerId) !== sellerId) throw fail("product.not_found");
  return loaded;
}

type Update = UpdateProduct & { readonly productId: Id<"product">; readonly ifMatch: number };

/** What is on sale changes after an operator's word, where the market asks for that; the rest at once. */
export async function updateProduct(
  ctx: Ctx,
  { productId, ifMatch, ...draft }: Update,
): Promise<"applied" | "pending"> {
  const { master, nodes } = await loadOwn(ctx, productId);
  const { product: before } = master;
  if (before.version !== ifMatch) throw fail("product.stale");
  const node = openCategory(nodes, draft.categoryId ?? before.categoryId);
  const edit = editOrThrow(master, draft, termsOf(ctx, node, before.sellerId));
  const patch = toPatch(draft);
  const differences = differencesOf(master, edit);
  const mustWait = before.state === "published" && edit.isProductChanged && needsReview(ctx, node, before);
  const isOpen = !node.restricted && before.reason === null;
  const { autoConfirm } = ctx.market.catalogue;
  const rule = mustWait && isOpen ? autoConfirmed(autoConfirm, before.sellerId, differences) : undefined;
  if (mustWait && !rule) {
    await askForReview(ctx, before, { patch, differences });
    return "pending";
  }
  orThrow(await commitWrites(ctx, [{ before, edit, patch, differences, rule }]), fail);
  return "applied";
}

/** As it came over the wire, so that it can be parsed again when an operator has agreed. */
export const toPatch = (draft: object): { readonly [field: string]: unknown } =>
  JSON.parse(
    JSON.stringify(draft, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value)),
  );

type Asked = {
  readonly patch: { readonly [field: string]: unknown };
  readonly differences: readonly Difference[];
};

/** One change of a shop waits at a time: a later one takes its place. */
async function askForReview(ctx: Ctx, product: Product, { patch, differences }: Asked): Promise<void> {
  const { id: productId, sellerId, slug, version: baseVersion } = product;
  const at = ctx.clock.now();
  const actor = actorKey(ctx.actor);
  const [waiting] = await ctx.db.load(changes.pendingQuery(productId, sellerId));
  const asked = {
    productId,
    sellerId,
    state: "pending",
    patch,
    differences,
    actor,
    at,
    baseVersion,
  } as const;
  await ctx.db.commit([
    products.lockProducts([productId]),
    changes.closePending({ productId, sellerId, state: "superseded", by: actor, at }),
    changes.insertChanges([asked]),
  ]);
  if (waiting) forgetPictures(ctx, [waiting]);
  purgeTouched(ctx, { products: [{ id: productId, slugs: [slug] }] });
}
