import { cached, type JsonText } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { type Currency, toMoneyDto } from "#kernel/money";
import { decodeCursor, type Page, toPage } from "#kernel/page";
import { type CategoryNode, categoryTree, idsBelow, TREE_TAG } from "#services/catalog/category/index";
import type { Media } from "../domain/media.ts";
import { shownPrior } from "../domain/offer.ts";
import type { Variant } from "../domain/product.ts";
import { valuesOf } from "../domain/variant.ts";
import { fail } from "../errors.ts";
import {
  type CardRow,
  cardRowsQuery,
  movedQuery,
  type PageOffer,
  pageQueries,
  pagesQueries,
  positionOf,
} from "../repository/pages.ts";
import type { ProductRow } from "../repository/products.ts";
import type { ListQuery } from "../schemas/product.ts";
import { LIST_TAG, SHOPS_TAG } from "./tags.ts";

const FRESH_MS = 60_000;

export const mediaUrl = (key: string) => `/v1/media/${key}`;
const money = (minor: bigint | null, currency: Currency) =>
  minor === null ? null : toMoneyDto({ minor, currency });
const iso = (ms: number | null) => new Date(ms ?? 0).toISOString();

const shopOf = ({ sellerId, name, slug, city }: NonNullable<CardRow["shop"]>) => ({
  id: sellerId,
  name,
  slug,
  city,
});

const toCard = ({ row, shop }: CardRow) => ({
  id: row.id,
  slug: row.slug,
  titles: row.titles,
  brand: row.brand,
  categoryId: row.categoryId,
  priceFrom: toMoneyDto({ minor: row.priceFromMinor ?? 0n, currency: row.currency }),
  priceTo: toMoneyDto({ minor: row.priceToMinor ?? 0n, currency: row.currency }),
  imageUrl: row.coverKey === null ? null : mediaUrl(row.coverKey),
  seller: shop ? shopOf(shop) : null,
  publishedAt: iso(row.publishedAt),
});
export type ProductCard = ReturnType<typeof toCard>;

export function listProducts(ctx: Ctx, wanted: ListQuery): Promise<JsonText<Page<ProductCard>>> {
  const { limit, cursor, sort, category, seller, minPriceMinor, maxPriceMinor } = wanted;
  const filters = [sort, category, seller, minPriceMinor, maxPriceMinor].join(" ");
  const scope = `products ${filters}`;
  const after = decodeCursor(ctx, scope, cursor);
  const reading = {
    key: `${scope} ${limit} ${after?.join(" ") ?? ""}`,
    tags: [LIST_TAG, SHOPS_TAG, TREE_TAG],
    freshMs: FRESH_MS,
  };
  return cached(ctx, reading, async () => {
    const within = category === undefined ? undefined : idsBelow(category);
    const filter = { within, seller, minPriceMinor, maxPriceMinor, sort, after, limit };
    const [rows] = await ctx.db.load(cardRowsQuery(filter));
    return toPage(ctx, scope, limit, rows, (row) => positionOf(sort, row), toCard);
  });
}

export const toMediaDto = ({ id, kind, key, contentType, width, height, alts }: Media) => ({
  id,
  kind,
  url: mediaUrl(key),
  contentType,
  width,
  height,
  alts,
});

type Announced = { readonly now: number; readonly reductionMs: number };

const toPageOffer = ({ offer, shop }: PageOffer, announced: Announced) => ({
  id: offer.id,
  seller: shopOf(shop),
  sku: offer.sku,
  price: toMoneyDto(offer.price),
  priorPrice: money(shownPrior(offer, announced), offer.price.currency),
  minQuantity: offer.minQuantity,
  stepQuantity: offer.stepQuantity,
  maxQuantity: offer.maxQuantity,
});

function categoryOf(nodes: readonly CategoryNode[], id: Id<"category">) {
  const node = nodes.find((one) => one.id === id);
  if (!node) return null;
  const breadcrumbs = nodes
    .filter((one) => node.path.includes(one.id))
    .map(({ id, slug, names }) => ({ id, slug, names }));
  const { slug, returnDays, googleCategoryId } = node;
  return { id, slug, breadcrumbs, returnDays, googleCategoryId };
}

type Parts = {
  readonly row: ProductRow;
  readonly variants: readonly Variant[];
  readonly offers: readonly PageOffer[];
  readonly media: readonly Media[];
  readonly nodes: readonly CategoryNode[];
};

function toProductPage({ row, variants, offers, media, nodes }: Parts, announced: Announced) {
  const byVariant = Map.groupBy(offers, ({ offer }) => offer.variantId);
  return {
    id: row.id,
    slug: row.slug,
    titles: row.titles,
    descriptions: row.descriptions,
    brand: row.brand,
    mpn: row.mpn,
    category: categoryOf(nodes, row.categoryId),
    attributes: row.attributes,
    options: row.options,
    variants: variants.map(({ id, key, label, gtin, mpn, weightGrams, measures }) => ({
      id,
      values: valuesOf(row.options, key),
      label,
      gtin,
      mpn,
      weightGrams,
      measures,
      offers: (byVariant.get(id) ?? []).map((one) => toPageOffer(one, announced)),
    })),
    media: media.map(toMediaDto),
    priceFrom: money(row.priceFromMinor, row.currency),
    priceTo: money(row.priceToMinor, row.currency),
    publishedAt: iso(row.publishedAt),
  };
}
export type ProductPage = ReturnType<typeof toProductPage>;

/** Pages of the next products on sale by id, in two round trips at most. */
export async function nextPages(ctx: Ctx, after: string, limit: number): Promise<readonly ProductPage[]> {
  const [nodes, [rows, variants, offers, media]] = await Promise.all([
    categoryTree(ctx),
    ctx.db.load(...pagesQueries(after, limit)),
  ]);
  const announced = { now: ctx.clock.now(), reductionMs: ctx.market.catalogue.reductionMs };
  const variantsOf = Map.groupBy(variants, ({ productId }) => productId);
  const offersOf = Map.groupBy(offers, ({ offer }) => offer.productId);
  const mediaOf = Map.groupBy(media, ({ productId }) => productId);
  return rows.map((row) => {
    const [own, sold, files] = [variantsOf.get(row.id), offersOf.get(row.id), mediaOf.get(row.id)];
    const parts = { row, variants: own ?? [], offers: sold ?? [], media: files ?? [], nodes };
    return toProductPage(parts, announced);
  });
}

/** Null when nothing on sale has this id or slug now. */
function findProduct(ctx: Ctx, idOrSlug: string): Promise<JsonText<ProductPage | null>> {
  const reading = {
    key: `product:${idOrSlug}`,
    tags: [`product:${idOrSlug}`, SHOPS_TAG, TREE_TAG],
    freshMs: FRESH_MS,
    ahead: () => categoryTree(ctx),
  };
  return cached(ctx, reading, async (tree) => {
    const [nodes, [row, variants, offers, media]] = await Promise.all([
      tree,
      ctx.db.load(...pageQueries(idOrSlug)),
    ]);
    const announced = { now: ctx.clock.now(), reductionMs: ctx.market.catalogue.reductionMs };
    return row ? toProductPage({ row, variants, offers, media, nodes }, announced) : null;
  });
}

/** The page, or the slug that an old one leads to. */
export async function showProduct(
  ctx: Ctx,
  idOrSlug: string,
): Promise<{ readonly page: JsonText<ProductPage> } | { readonly movedTo: string }> {
  const found = await findProduct(ctx, idOrSlug);
  if (found.text !== "null") return { page: found as JsonText<ProductPage> };
  const [movedTo] = await ctx.db.load(movedQuery(idOrSlug));
  if (movedTo === undefined || movedTo === idOrSlug) throw fail("product.not_found");
  return { movedTo };
}
