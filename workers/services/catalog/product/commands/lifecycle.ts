import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import type { CategoryNode } from "#services/catalog/category/index";
import { sellersQuery } from "#services/catalog/seller/index";
import { checkComplete } from "../domain/attribute.ts";
import { decideMove, type Product, type ProductMove } from "../domain/product.ts";
import { fail } from "../errors.ts";
import { type Loaded, loadMaster, loadOwn } from "./edit.ts";
import { needsReview, openCategory, requireSelling } from "./terms.ts";
import { commitWrites, moved, type Write } from "./write.ts";

type Which = { readonly productId: Id<"product"> };

/** Decides again when another writer came between; no version was given, so none can be stale. */
async function move(
  ctx: Ctx,
  load: () => Promise<Loaded>,
  choose: (loaded: Loaded) => Promise<{ readonly move: ProductMove; readonly reason?: string }>,
): Promise<Id<"product">> {
  const outcome = await untilFresh("product.stale", async () => {
    const loaded = await load();
    const { master } = loaded;
    const { move, reason } = await choose(loaded);
    const about = reason === undefined ? { now: ctx.clock.now() } : { now: ctx.clock.now(), reason };
    const decision = decideMove(master.product, move, about);
    if (!decision.ok || decision.value === master.product) return decision;
    const write: Write = { before: master.product, edit: moved(decision.value), patch: { move, reason } };
    const committed = await commitWrites(ctx, [write]);
    return committed.ok ? decision : committed;
  });
  if (!outcome.ok && outcome.code === "product.stale") throw fail("product.busy");
  return orThrow(outcome, fail).id;
}

async function requireComplete(ctx: Ctx, { master, nodes }: Loaded): Promise<CategoryNode> {
  const { product, variants } = master;
  const node = openCategory(nodes, product.categoryId);
  const errors = [...checkComplete(node.attributes, product.attributes, product.options)];
  if (variants.every(({ archived }) => archived)) {
    errors.push({ path: "variants", code: "required", message: "There is no variant." });
  }
  if (errors.length > 0) throw fail("product.incomplete", { errors });
  const [[shop]] = await ctx.db.load(sellersQuery([product.sellerId]));
  requireSelling(shop);
  return node;
}

/** Asks for the product to go on sale: at once where the market says so, else after an operator's word. */
export const proposeProduct = (ctx: Ctx, { productId }: Which): Promise<Id<"product">> =>
  move(
    ctx,
    () => loadOwn(ctx, productId),
    async (loaded) => {
      const node = await requireComplete(ctx, loaded);
      return { move: needsReview(ctx, node, loaded.master.product) ? "propose" : "publish" };
    },
  );

export function approveProduct(ctx: Ctx, { productId }: Which): Promise<Id<"product">> {
  requireOperator(ctx, "product:review");
  return move(
    ctx,
    () => loadMaster(ctx, productId),
    async (loaded) => {
      if (loaded.master.product.state !== "published") await requireComplete(ctx, loaded);
      return { move: "publish" };
    },
  );
}

/** Turns a proposal down, or takes a product off sale. */
export function rejectProduct(
  ctx: Ctx,
  { productId, reason }: Which & { readonly reason: string },
): Promise<Id<"product">> {
  requireOperator(ctx, "product:review");
  return move(
    ctx,
    () => loadMaster(ctx, productId),
    async () => ({ move: "reject", reason }),
  );
}

export const archiveProduct = (ctx: Ctx, { productId }: Which): Promise<Id<"product">> =>
  move(
    ctx,
    () => loadOwn(ctx, productId),
    async () => ({ move: "archive" }),
  );

export const restoreProduct = (ctx: Ctx, { productId }: Which): Promise<Id<"product">> =>
  move(
    ctx,
    () => loadOwn(ctx, productId),
    async () => ({ move: "restore" }),
  );

/** Orders point at it, so the row stays; its SKUs and its reference are free again, its slugs are not. */
export async function removeProduct(
  ctx: Ctx,
  { productId, ifMatch }: Which & { readonly ifMatch: number },
): Promise<null> {
  const { master } = await loadOwn(ctx, productId);
  const { product: before, offers } = master;
  if (before.version !== ifMatch) throw fail("product.stale");
  const product: Product = {
    ...before,
    state: "archived",
    externalRef: null,
    deletedAt: ctx.clock.now(),
    version: before.version + 1,
  };
  const changedOffers = offers
    .filter(({ state }) => state !== "archived")
    .map((offer) => ({ ...offer, state: "archived" as const, version: offer.version + 1 }));
  const edit = { ...moved(product), changedOffers };
  orThrow(await commitWrites(ctx, [{ before, edit, patch: { removed: true } }]), fail);
  return null;
}
