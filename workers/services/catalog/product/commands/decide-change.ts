import { actorKey } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { conflictsOf, differencesOf } from "../domain/change.ts";
import type { Media } from "../domain/media.ts";
import type { Product } from "../domain/product.ts";
import { fail } from "../errors.ts";
import { ProductChanged } from "../facts.ts";
import { actingShop } from "../queries/acting.ts";
import { purgeTouched } from "../queries/tags.ts";
import * as changes from "../repository/changes.ts";
import * as files from "../repository/media.ts";
import * as products from "../repository/products.ts";
import { zUpdateProduct } from "../schemas/product.ts";
import { zProposed } from "../schemas/proposal.ts";
import { forgetPictures, tellDecided } from "./close-change.ts";
import { editOrThrow, loadMaster } from "./edit.ts";
import { openCategory, termsOf } from "./terms.ts";
import { commitWrites } from "./write.ts";

type Decision = { readonly productId: Id<"product">; readonly number: number };

async function loadAsked(ctx: Ctx, { productId, number }: Decision): Promise<changes.ShownChange> {
  const [asked] = await ctx.db.load(changes.changeQuery(productId, number));
  if (!asked) throw fail("product.change_missing");
  return asked;
}

/**
 * Applies the change to the product as it is now, if that does exactly what was asked for: a value that the
 * shop had not seen is never overwritten, and the answer names it.
 */
export async function approveChange(ctx: Ctx, { productId, number }: Decision): Promise<void> {
  const [{ master, nodes }, asked] = await Promise.all([
    loadMaster(ctx, productId),
    loadAsked(ctx, { productId, number }),
  ]);
  const { product: before } = master;
  if (asked.state !== "pending") throw fail("product.change_missing");
  const draft = zUpdateProduct.parse(asked.patch);
  const node = openCategory(nodes, draft.categoryId ?? before.categoryId);
  const edit = editOrThrow(master, draft, termsOf(ctx, node, before.sellerId));
  const conflicts = conflictsOf(asked.differences, differencesOf(master, edit));
  if (conflicts.length > 0) {
    const errors = conflicts.map(({ path, before: now }) => ({
      path,
      code: "changed",
      message: `It is ${JSON.stringify(now)} now, which the shop had not seen.`,
    }));
    throw fail("product.change_outdated", { errors });
  }
  const by = actorKey(ctx.actor);
  const closing = { productId, number, state: "approved", by, at: ctx.clock.now() } as const;
  const pictures = await pictureStatements(ctx, asked);
  const told = tellDecided(ctx, [asked], { decision: "approved" });
  const extra = [changes.closeChange(closing), ...pictures, told];
  const isEmpty = !edit.isProductChanged && edit.addedOffers.length + edit.changedOffers.length === 0;
  const outcome = isEmpty
    ? await ctx.db.commit([
        products.lockProducts([productId]),
        ...extra,
        ...tell(ctx, before, pictures.length > 0),
      ])
    : await commitWrites(ctx, [{ before, edit }], { extra });
  orThrow(outcome, fail);
  if (isEmpty) purgeTouched(ctx, { products: [{ id: productId, slugs: [before.slug] }] });
}

/** Proposed pictures stand behind those that are there; the bytes have been in the bucket all along. */
async function pictureStatements(ctx: Ctx, { productId, patch }: changes.ChangeRow) {
  const { pictures } = zProposed.parse(patch);
  if (pictures.length === 0) return [];
  const [known] = await ctx.db.load(products.mediaQuery(productId));
  const last = Math.max(-1, ...known.map(({ position }) => position));
  const rows = pictures.map((picture, i): Media => {
    const position = last + 1 + i;
    return { ...picture, productId, kind: "picture", alts: null, position, createdAt: ctx.clock.now() };
  });
  return [...rows.flatMap((row) => files.insertMedia(row)), files.refreshCover(productId)];
}

/** New pictures alone are a change of the product too. */
const tell = (ctx: Ctx, { id, sellerId, state, version }: Product, hasPictures: boolean) =>
  hasPictures && state === "published"
    ? [append(ProductChanged.make(ctx, { id, version: version + 1 }, { productId: id, sellerId }))]
    : [];

export async function rejectChange(
  ctx: Ctx,
  { productId, number, reason }: Decision & { readonly reason: string },
): Promise<void> {
  const asked = await loadAsked(ctx, { productId, number });
  const by = actorKey(ctx.actor);
  const closing = { productId, number, state: "rejected", by, at: ctx.clock.now(), reason } as const;
  const told = tellDecided(ctx, [asked], { decision: "rejected", reason });
  orThrow(await ctx.db.commit([changes.closeChange(closing), told]), fail);
  forgetPictures(ctx, [asked]);
}

/** Who asked takes it back; what was decided stays decided. */
export async function withdrawChange(ctx: Ctx, { productId, number }: Decision): Promise<void> {
  const asked = await loadAsked(ctx, { productId, number });
  if (actingShop(ctx, "product:write", asked.sellerId) !== asked.sellerId) {
    throw fail("product.change_missing");
  }
  const by = actorKey(ctx.actor);
  const closing = { productId, number, state: "withdrawn", by, at: ctx.clock.now() } as const;
  orThrow(await ctx.db.commit([changes.closeChange(closing)]), fail);
  forgetPictures(ctx, [asked]);
}
