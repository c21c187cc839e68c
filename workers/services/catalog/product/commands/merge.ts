import { actorKey, requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { err, ok, orThrow, type Result } from "#kernel/result";
import { chooseMaster } from "../domain/duplicate.ts";
import type { Edit } from "../domain/edit.ts";
import { decideMerge, decideUndo, type Merged, skuKey, type Whole } from "../domain/merge.ts";
import type { Product } from "../domain/product.ts";
import { fail } from "../errors.ts";
import * as changes from "../repository/changes.ts";
import * as duplicates from "../repository/duplicates.ts";
import { offersByIdQuery } from "../repository/offers.ts";
import * as products from "../repository/products.ts";
import { forgetPictures, tellDecided } from "./close-change.ts";
import { pairOf } from "./duplicate.ts";
import { commitWrites, moved, type Write, type WriteRefusal } from "./write.ts";

async function loadWhole(ctx: Ctx, id: Id<"product">): Promise<Whole> {
  const [row, variants, offers] = await ctx.db.load(
    products.rowQuery(id),
    products.variantsQuery(id),
    products.offersOfQuery(id),
  );
  if (!row) throw fail("product.not_found");
  return { product: products.toProduct(row), variants, offers };
}

type Sides = { readonly master: Product; readonly duplicate: Product };

/** Both products in one commit, the offers with the one that stays. */
function writesOf(
  before: Sides,
  { master, duplicate, variants, offers }: Merged,
  patch: Write["patch"],
): Write[] {
  const taking: Edit = { ...moved(master), changedVariants: variants, changedOffers: offers };
  return [
    { before: before.duplicate, edit: moved(duplicate), patch },
    { before: before.master, edit: taking, patch },
  ];
}

type MergePair = { readonly duplicateId: Id<"duplicate">; readonly keep?: Id<"product"> | undefined };

/** Makes one product of two; the answer names what takes it back. */
export async function mergeDuplicate(ctx: Ctx, { duplicateId, keep }: MergePair): Promise<Id<"merge">> {
  requireOperator(ctx, "product:review");
  const outcome = await untilFresh("product.stale", async () => {
    const [pair] = await ctx.db.load(duplicates.pairQuery(duplicateId));
    if (!pair) throw fail("duplicate.not_found");
    if (pair.state !== "open") return err("duplicate.decided");
    const wholes = await Promise.all([loadWhole(ctx, pair.firstId), loadWhole(ctx, pair.secondId)]);
    return commitMerge(ctx, { duplicateId, keep, wholes });
  });
  return answer(outcome);
}

type Refusal = WriteRefusal | "duplicate.decided" | "duplicate.same" | "duplicate.not_mergeable";
type Merging = MergePair & { readonly wholes: readonly [Whole, Whole] };

async function commitMerge(
  ctx: Ctx,
  { duplicateId, keep, wholes }: Merging,
): Promise<Result<Id<"merge">, Refusal>> {
  const [a, b] = wholes;
  const [chosen] = chooseMaster(a.product, b.product);
  const keptId = keep ?? chosen.id;
  if (keptId !== a.product.id && keptId !== b.product.id) throw fail("product.not_found");
  const [master, duplicate] = keptId === a.product.id ? [a, b] : [b, a];
  const now = ctx.clock.now();
  const decided = decideMerge(master, duplicate, now);
  if (!decided.ok) {
    if (decided.code === "duplicate.unlike") throw fail(decided.code, { errors: decided.errors ?? [] });
    return err(decided.code);
  }
  const by = actorKey(ctx.actor);
  const id = ctx.ids.next("merge");
  const { merge } = decided.value;
  const sides = { master: master.product, duplicate: duplicate.product };
  const productId = duplicate.product.id;
  // What shops have asked for is about a product that nobody is led to any more.
  const [asked] = await ctx.db.load(changes.waitingQuery(productId));
  const numbers = asked.map(({ number }) => number);
  const committed = await commitWrites(ctx, writesOf(sides, decided.value, { merge: id }), {
    extra: [
      changes.closeAll({ productId, state: "superseded", by, at: now, numbers }),
      tellDecided(ctx, asked, { decision: "superseded" }),
      duplicates.insertMerge({
        id,
        masterId: merge.masterId,
        productId: merge.productId,
        merge,
        by,
        at: now,
      }),
      duplicates.decidePair({ id: duplicateId, from: "open", to: "merged", by, at: now }),
    ],
  });
  if (!committed.ok) return committed;
  forgetPictures(ctx, asked);
  return ok(id);
}

/** Makes two of one again, for as long as the market lets it be. */
export async function undoMerge(ctx: Ctx, { mergeId }: { readonly mergeId: Id<"merge"> }): Promise<null> {
  requireOperator(ctx, "product:review");
  const outcome = await untilFresh("product.stale", () => commitUndo(ctx, mergeId));
  return answer(outcome);
}

async function commitUndo(
  ctx: Ctx,
  mergeId: Id<"merge">,
): Promise<
  Result<null, WriteRefusal | "duplicate.decided" | "duplicate.too_late" | "duplicate.not_undoable">
> {
  const [row] = await ctx.db.load(duplicates.mergeQuery(mergeId));
  if (!row) throw fail("duplicate.not_found");
  if (row.undoneAt !== null) return ok(null);
  const { merge } = row;
  const offerIds = merge.moves.map(({ offerId }) => offerId);
  const [into, from, offers, taken] = await ctx.db.load(
    products.rowQuery(merge.masterId),
    products.rowQuery(merge.productId),
    offersByIdQuery(offerIds),
    duplicates.skusTakenQuery(offerIds),
  );
  if (!into || !from) throw fail("product.not_found");
  const [isRefTaken, variants, isLatest] = await ctx.db.load(
    duplicates.refTakenQuery(from.sellerId, merge.before.externalRef),
    products.variantsQuery(merge.masterId),
    duplicates.isLatestQuery(row),
  );
  const now = ctx.clock.now();
  const sides = { master: products.toProduct(into), duplicate: products.toProduct(from) };
  const decided = decideUndo(merge, {
    ...sides,
    variants,
    offers,
    isLatest,
    takenSkus: new Set(taken.map(skuKey)),
    isRefTaken,
    isLate: row.at + ctx.market.catalogue.mergeUndoMs < now,
  });
  if (!decided.ok) return err(decided.code);
  const by = actorKey(ctx.actor);
  const committed = await commitWrites(ctx, writesOf(sides, decided.value, { unmerge: mergeId }), {
    extra: [
      duplicates.markUndone(mergeId, by, now),
      duplicates.dismissPairOf(pairOf(merge.masterId, merge.productId), { by, at: now, reason: "undone" }),
    ],
  });
  return committed.ok ? ok(null) : committed;
}

/** No version was given, so none can be stale for whoever asks. */
function answer<T, C extends Parameters<typeof fail>[0]>(outcome: Result<T, C>): T {
  if (!outcome.ok && outcome.code === "product.stale") throw fail("product.busy");
  return orThrow(outcome, fail);
}
