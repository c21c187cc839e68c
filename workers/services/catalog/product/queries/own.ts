import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { decodeCursor, toPage } from "#kernel/page";
import type { ChangeState } from "../domain/change.ts";
import type { Offer, OfferState } from "../domain/offer.ts";
import type { Product, ProductState, Variant } from "../domain/product.ts";
import { valuesOf } from "../domain/variant.ts";
import { fail } from "../errors.ts";
import * as changes from "../repository/changes.ts";
import { listQuery, logQuery, offersByIdQuery } from "../repository/offers.ts";
import * as products from "../repository/products.ts";
import { actingShop, isReviewer } from "./acting.ts";
import { mediaUrl, toMediaDto } from "./pages.ts";

type Paging = { readonly limit: number; readonly cursor?: string | undefined };
const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

const beforeOf = (ctx: Ctx, scope: string, cursor: string | undefined) =>
  decodeCursor(ctx, scope, cursor)?.[0]?.toString();

export const toOfferDto = (offer: Offer) => ({
  id: offer.id,
  productId: offer.productId,
  variantId: offer.variantId,
  sellerId: offer.sellerId,
  sku: offer.sku,
  state: offer.state,
  price: toMoneyDto(offer.price),
  priorPrice:
    offer.priorMinor === null
      ? null
      : toMoneyDto({ minor: offer.priorMinor, currency: offer.price.currency }),
  minQuantity: offer.minQuantity,
  stepQuantity: offer.stepQuantity,
  maxQuantity: offer.maxQuantity,
  version: offer.version,
});

const toRow = (row: products.ProductRow) => ({
  id: row.id,
  sellerId: row.sellerId,
  categoryId: row.categoryId,
  state: row.state,
  slug: row.slug,
  titles: row.titles,
  imageUrl: row.coverKey === null ? null : mediaUrl(row.coverKey),
  priceFrom:
    row.priceFromMinor === null ? null : toMoneyDto({ minor: row.priceFromMinor, currency: row.currency }),
  reason: row.reason,
  createdAt: iso(row.createdAt),
  version: row.version,
});

/** A shop's own products, in every state. */
export async function listMine(
  ctx: Ctx,
  { state, limit, cursor }: Paging & { state?: ProductState | undefined },
) {
  const sellerId = actingShop(ctx, "product:write");
  const scope = `products of ${sellerId} ${state ?? ""}`;
  const before = beforeOf(ctx, scope, cursor);
  const [rows] = await ctx.db.load(products.rowsQuery({ sellerId, state, before, limit }));
  return toPage(ctx, scope, limit, rows, ({ id }) => [id], toRow);
}

/** What waits for an operator's word. */
export async function listProposed(ctx: Ctx, { limit, cursor }: Paging) {
  requireOperator(ctx, "product:review");
  const scope = "products proposed";
  const before = beforeOf(ctx, scope, cursor);
  const [rows] = await ctx.db.load(products.rowsQuery({ state: "proposed", before, limit }));
  return toPage(ctx, scope, limit, rows, ({ id }) => [id], toRow);
}

/** All of a product for its maker, who can edit it by its version, and for operators. */
export async function getOwn(ctx: Ctx, productId: Id<"product">) {
  const [row, variants, offers, media, pending] = await ctx.db.load(
    products.rowQuery(productId),
    products.variantsQuery(productId),
    products.offersOfQuery(productId),
    products.mediaQuery(productId),
    changes.pendingOfMakerQuery(productId),
  );
  if (!row || row.deletedAt !== null) throw fail("product.not_found");
  if (!isReviewer(ctx) && actingShop(ctx, "product:write", row.sellerId) !== row.sellerId) {
    throw fail("product.not_found");
  }
  const product = products.toProduct(row);
  return {
    ...toProductDto(product, variants, offers),
    media: media.map(toMediaDto),
    pendingChange: pending?.number ?? null,
  };
}

function toProductDto(product: Product, variants: readonly Variant[], offers: readonly Offer[]) {
  const { taxClass: _tax, coverKey: _cover, deletedAt: _deleted, ...shown } = product;
  const own = offers.filter(({ sellerId, state }) => sellerId === product.sellerId && state !== "archived");
  const byVariant = new Map(own.map((offer) => [offer.variantId, offer]));
  return {
    ...shown,
    createdAt: iso(product.createdAt),
    publishedAt: isoOrNull(product.publishedAt),
    variants: variants.map(({ id, key, label, gtin, mpn, weightGrams, measures, archived }) => {
      const offer = byVariant.get(id);
      const values = valuesOf(product.options, key);
      const about = { id, values, label, gtin, mpn, weightGrams, measures, archived };
      return { ...about, offer: offer ? toOfferDto(offer) : null };
    }),
  };
}

export const toChangeDto = ({ baseVersion: _, makerId, at, decidedAt, ...change }: changes.ShownChange) => ({
  ...change,
  isMaker: change.sellerId === makerId,
  at: iso(at),
  decidedAt: isoOrNull(decidedAt),
});

/** The audit trail of a product, the latest change first. */
export async function listChanges(ctx: Ctx, productId: Id<"product">) {
  const [row, log] = await ctx.db.load(products.rowQuery(productId), changes.changesQuery(productId));
  const isMaker = row !== undefined && (isReviewer(ctx) || isOwner(ctx, row.sellerId));
  if (!isMaker) throw fail("product.not_found");
  return { items: log.map(toChangeDto) };
}

const isOwner = (ctx: Ctx, sellerId: Id<"seller">) => actingShop(ctx, "product:write", sellerId) === sellerId;

type Queue = Paging & {
  readonly state?: ChangeState | undefined;
  readonly sellerId?: Id<"seller"> | undefined;
};

/** For operators: what waits, or what became of it, of all shops or of one. */
export async function listWaiting(ctx: Ctx, wanted: Queue) {
  requireOperator(ctx, "product:review");
  return pageOfChanges(ctx, wanted);
}

/** For a shop: what it asked for. */
export const listAsked = (ctx: Ctx, { sellerId, ...wanted }: Queue) =>
  pageOfChanges(ctx, { ...wanted, sellerId: actingShop(ctx, "product:write", sellerId) });

async function pageOfChanges(ctx: Ctx, { state, sellerId, limit, cursor }: Queue) {
  const scope = `product changes ${sellerId ?? ""} ${state ?? ""}`;
  const after = decodeCursor(ctx, scope, cursor);
  const [rows] = await ctx.db.load(changes.queueQuery({ state, sellerId, after, limit }));
  return toPage(ctx, scope, limit, rows, ({ at, productId, number }) => [at, productId, number], toChangeDto);
}

type Offers = Paging & {
  readonly sellerId?: Id<"seller"> | undefined;
  readonly productId?: Id<"product"> | undefined;
  readonly state?: OfferState | undefined;
  readonly offerIds?: readonly Id<"offer">[] | undefined;
};

export async function listOffers(ctx: Ctx, { limit, cursor, ...filter }: Offers) {
  const sellerId = actingShop(ctx, "offer:write", filter.sellerId);
  const { productId = "", state = "", offerIds = [] } = filter;
  const scope = `offers of ${sellerId} ${productId} ${state} ${offerIds}`;
  const before = beforeOf(ctx, scope, cursor);
  const [rows] = await ctx.db.load(listQuery({ ...filter, sellerId, before, limit }));
  return toPage(ctx, scope, limit, rows, ({ id }) => [id], toOfferDto);
}

/** Another shop's offer answers like one that is not there. */
export async function getOffer(ctx: Ctx, offerId: Id<"offer">): Promise<Offer> {
  const [[offer]] = await ctx.db.load(offersByIdQuery([offerId]));
  if (!offer || actingShop(ctx, "offer:write", offer.sellerId) !== offer.sellerId) {
    throw fail("offer.not_found");
  }
  return offer;
}

/** Every price that the offer had, the latest first. */
export async function listPrices(ctx: Ctx, offerId: Id<"offer">) {
  const [[offer], log] = await ctx.db.load(offersByIdQuery([offerId]), logQuery(offerId));
  const isAllowed =
    offer && (isReviewer(ctx) || actingShop(ctx, "offer:write", offer.sellerId) === offer.sellerId);
  if (!isAllowed) throw fail("offer.not_found");
  const items = log.map(({ priceMinor, fromMinor, currency, at, actor, version }) => ({
    price: toMoneyDto({ minor: priceMinor, currency }),
    from: fromMinor === null ? null : toMoneyDto({ minor: fromMinor, currency }),
    at: iso(at),
    actor,
    version,
  }));
  return { items };
}
