import { actorKey } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { pictureSize } from "#kernel/sniff";
import {
  type ChangePatch,
  type Difference,
  decideMayPropose,
  differencesOf,
  strangersOf,
} from "../domain/change.ts";
import { decideUpload, mediaKey, PICTURES_MAX } from "../domain/media.ts";
import { fail } from "../errors.ts";
import { actingShop } from "../queries/acting.ts";
import { toChangeDto } from "../queries/own.ts";
import { mediaUrl } from "../queries/pages.ts";
import * as changes from "../repository/changes.ts";
import * as products from "../repository/products.ts";
import { zUpdateProduct } from "../schemas/product.ts";
import { type ProposeChange, type ProposedPicture, zProposed } from "../schemas/proposal.ts";
import { editOrThrow, type Loaded, loadMaster, toPatch } from "./edit.ts";
import { hashOf } from "./media.ts";
import { openCategory, termsOf } from "./terms.ts";

type Asked = { readonly fields: ChangePatch; readonly pictures: readonly ProposedPicture[] };
type Which = { readonly productId: Id<"product"> };

/** Words take the place of what the shop asked for before; its pictures that wait stay with them. */
export const proposeChange = (ctx: Ctx, { productId, ...draft }: ProposeChange & Which) =>
  propose(ctx, productId, ({ pictures }) => ({ fields: toPatch(draft), pictures }));

type Upload = Which & {
  readonly raw: { readonly bytes: Uint8Array<ArrayBuffer>; readonly contentType: string };
};

/** A picture joins what the shop has asked for; its bytes lie in the bucket until somebody decides. */
export async function proposePicture(ctx: Ctx, { productId, raw }: Upload) {
  const { kind, type } = orThrow(decideUpload(raw.bytes, raw.contentType), fail);
  if (kind !== "picture") throw fail("media.not_a_picture");
  await requireOffering(ctx, productId);
  const id = ctx.ids.next("media");
  const size = pictureSize(raw.bytes, type);
  const picture: ProposedPicture = {
    id,
    key: mediaKey(ctx.cell, id, type),
    contentType: type,
    bytes: raw.bytes.byteLength,
    width: size?.width ?? null,
    height: size?.height ?? null,
    hash: await hashOf(raw.bytes),
  };
  await ctx.buckets.MEDIA.put(picture.key, raw.bytes, { httpMetadata: { contentType: type } });
  try {
    return await propose(ctx, productId, (was) => ({ ...was, pictures: [...was.pictures, picture] }));
  } catch (error) {
    ctx.defer(ctx.buckets.MEDIA.delete(picture.key));
    throw error;
  }
}

async function requireOffering(
  ctx: Ctx,
  productId: Id<"product">,
): Promise<Loaded & { readonly sellerId: Id<"seller"> }> {
  const sellerId = actingShop(ctx, "product:write");
  const loaded = await loadMaster(ctx, productId);
  // What is not on sale is its maker's alone, and nobody else hears that it is there.
  if (loaded.master.product.state !== "published") throw fail("product.not_found");
  orThrow(decideMayPropose(sellerId, loaded.master.offers), fail);
  return { ...loaded, sellerId };
}

/**
 * Always waits for an operator, whatever the market lets a shop do with its own products. A shop has one
 * request a product: it is written anew, and not over one that came meanwhile.
 */
async function propose(ctx: Ctx, productId: Id<"product">, join: (was: Asked) => Asked) {
  const outcome = await untilFresh("product.change_missing", async () => {
    const loaded = await requireOffering(ctx, productId);
    const { sellerId } = loaded;
    const [waiting] = await ctx.db.load(changes.pendingQuery(productId, sellerId));
    const asked = join(askedBy(waiting));
    const differences = differencesTo(ctx, loaded, asked);
    const patch = { ...asked.fields, ...(asked.pictures.length > 0 ? { pictures: asked.pictures } : {}) };
    const at = ctx.clock.now();
    const actor = actorKey(ctx.actor);
    const { version: baseVersion } = loaded.master.product;
    const row = {
      productId,
      sellerId,
      patch,
      differences,
      actor,
      at,
      baseVersion,
      state: "pending",
    } as const;
    const earlier = { productId, state: "superseded", by: actor, at } as const;
    return ctx.db.commit([
      products.lockProducts([productId]),
      waiting
        ? changes.closeChange({ ...earlier, number: waiting.number })
        : changes.assertNonePending(productId, sellerId),
      changes.insertChanges([row]),
    ]);
  });
  if (!outcome.ok) throw fail("product.busy");
  const [made] = await ctx.db.load(changes.latestQuery(productId, actingShop(ctx, "product:write")));
  if (!made) throw new Error(`the request of ${productId} is gone`);
  return toChangeDto(made);
}

function askedBy(waiting: changes.ChangeRow | undefined): Asked {
  const { pictures: _, ...fields } = waiting?.patch ?? {};
  return { fields, pictures: zProposed.parse(waiting?.patch ?? {}).pictures };
}

/** What it would change now; a variant that is not there, or an offer, is no matter of a proposal. */
function differencesTo(ctx: Ctx, { master, nodes }: Loaded, { fields, pictures }: Asked) {
  const node = openCategory(nodes, master.product.categoryId);
  const edit = editOrThrow(master, zUpdateProduct.parse(fields), termsOf(ctx, node, master.product.sellerId));
  const strangers = strangersOf(edit);
  if (strangers.length > 0) {
    const message = "A proposal names variants that are there.";
    throw fail("product.invalid", {
      errors: strangers.map((one) => ({ path: `variants.${one}`, code: "values", message })),
    });
  }
  if (pictures.length > PICTURES_MAX) throw fail("media.too_many");
  const shown = pictures.map(
    ({ id, key }): Difference => ({ path: `pictures.${id}`, before: null, after: mediaUrl(key) }),
  );
  const differences = [...differencesOf(master, edit), ...shown];
  if (differences.length === 0) throw fail("product.change_empty");
  return differences;
}
