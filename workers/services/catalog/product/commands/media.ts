import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { pictureSize } from "#kernel/sniff";
import { decideUpload, type Media, mediaKey } from "../domain/media.ts";
import type { Product } from "../domain/product.ts";
import { fail } from "../errors.ts";
import { ProductChanged } from "../facts.ts";
import { actingShop } from "../queries/acting.ts";
import { purgeTouched } from "../queries/tags.ts";
import * as files from "../repository/media.ts";
import * as products from "../repository/products.ts";
import type { ArrangeMedia } from "../schemas/media.ts";

type Raw = { readonly bytes: Uint8Array<ArrayBuffer>; readonly contentType: string };

async function loadOwn(ctx: Ctx, productId: Id<"product">) {
  const [row, media] = await ctx.db.load(products.rowQuery(productId), products.mediaQuery(productId));
  if (!row || row.deletedAt !== null) throw fail("product.not_found");
  if (actingShop(ctx, "product:write", row.sellerId) !== row.sellerId) throw fail("product.not_found");
  return { product: products.toProduct(row), media };
}

/** New files do not wait for a version: each upload is one more, in the order in which they are committed. */
const tell = (ctx: Ctx, { id, sellerId, state, version }: Product) =>
  state === "published"
    ? [append(ProductChanged.make(ctx, { id, version: version + 1 }, { productId: id, sellerId }))]
    : [];

const purgePage = (ctx: Ctx, { id, slug }: Product) =>
  purgeTouched(ctx, { products: [{ id, slugs: [slug] }] });

export const hashOf = async (bytes: Uint8Array<ArrayBuffer>) =>
  Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");

type Upload = { readonly productId: Id<"product">; readonly raw: Raw };

/** The bytes go first: a row without bytes would be a lie, bytes without a row are only forgotten. */
export async function uploadMedia(ctx: Ctx, { productId, raw }: Upload): Promise<Media> {
  const { product, media } = await loadOwn(ctx, productId);
  const { kind, type } = orThrow(decideUpload(raw.bytes, raw.contentType), fail);
  const id = ctx.ids.next("media");
  const size = kind === "picture" ? pictureSize(raw.bytes, type) : undefined;
  const row: Media = {
    id,
    productId,
    kind,
    key: mediaKey(ctx.cell, id, type),
    contentType: type,
    bytes: raw.bytes.byteLength,
    width: size?.width ?? null,
    height: size?.height ?? null,
    hash: kind === "picture" ? await hashOf(raw.bytes) : null,
    alts: null,
    position: 1 + Math.max(-1, ...media.map(({ position }) => position)),
    createdAt: ctx.clock.now(),
  };
  await ctx.buckets.MEDIA.put(row.key, raw.bytes, { httpMetadata: { contentType: type } });
  const outcome = await ctx.db.commit([
    products.lockProducts([productId]),
    ...files.insertMedia(row),
    files.refreshCover(productId),
    ...tell(ctx, product),
  ]);
  if (!outcome.ok) ctx.defer(ctx.buckets.MEDIA.delete(row.key));
  orThrow(outcome, fail);
  purgePage(ctx, product);
  return row;
}

type Arrange = ArrangeMedia & { readonly productId: Id<"product"> };

/** Names each file once, in its new order. */
export async function arrangeMedia(ctx: Ctx, { productId, items }: Arrange): Promise<readonly Media[]> {
  const { product, media } = await loadOwn(ctx, productId);
  const byId = new Map(media.map((one) => [one.id, one]));
  const rows = items.flatMap(({ id, alts }, position): Media[] => {
    const known = byId.get(id);
    byId.delete(id);
    return known ? [{ ...known, position, alts: alts === undefined ? known.alts : alts }] : [];
  });
  if (byId.size > 0 || rows.length !== items.length) throw fail("media.order_incomplete");
  const outcome = await ctx.db.commit([
    products.lockProducts([productId]),
    files.arrangeMedia(rows),
    files.refreshCover(productId),
    ...tell(ctx, product),
  ]);
  orThrow(outcome, fail);
  purgePage(ctx, product);
  return rows;
}

type Remove = { readonly productId: Id<"product">; readonly mediaId: Id<"media"> };

export async function removeMedia(ctx: Ctx, { productId, mediaId }: Remove): Promise<null> {
  const { product } = await loadOwn(ctx, productId);
  const outcome = await ctx.db.commit([
    products.lockProducts([productId]),
    files.removeMedia(productId, mediaId),
    files.refreshCover(productId),
    ...tell(ctx, product),
  ]);
  orThrow(outcome, fail);
  purgePage(ctx, product);
  return null;
}
