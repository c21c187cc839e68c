import { insertMany } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import { category } from "#schema/catalog/category";
import { offer, priceLog, product, productShop, productSlug, variant } from "#schema/catalog/product";
import { seller } from "#schema/catalog/seller";
import type { Measures } from "#services/catalog/product/domain/product";
import { setLevels } from "#services/logistics/inventory/repository/stock";
import type { Harness } from "./harness.ts";

export type Ware = {
  readonly title?: string;
  readonly priceMinor?: bigint;
  /** Null: never counted. */
  readonly stock?: number | null;
  /** 0 says nothing of it: a bundle weighs what it is made of. */
  readonly weightGrams?: number;
  readonly measures?: Measures;
  readonly minQuantity?: number;
  readonly stepQuantity?: number;
  readonly maxQuantity?: number | null;
};
export type Sold = {
  readonly offerId: Id<"offer">;
  readonly productId: Id<"product">;
  readonly sellerId: Id<"seller">;
};
type Shelf = Sold & {
  readonly variantId: Id<"variant">;
  readonly categoryId: Id<"category">;
  readonly ware: Ware;
  readonly priceMinor: bigint;
  readonly currency: Currency;
  readonly now: number;
};

/** An open shop with published products on its shelves, written as its services' tables have them. */
export async function openShop(
  h: Harness,
  wares: readonly Ware[],
): Promise<{ readonly sellerId: Id<"seller">; readonly offers: readonly Sold[] }> {
  const ctx = h.ctx();
  const now = h.clock.now();
  const sellerId = h.ids.next("seller");
  const categoryId = h.ids.next("category");
  const shelves = wares.map((ware) => ({
    productId: h.ids.next("product"),
    variantId: h.ids.next("variant"),
    offerId: h.ids.next("offer"),
    sellerId,
    categoryId,
    ware,
    now,
    priceMinor: ware.priceMinor ?? 100_000n,
    currency: h.market.currency,
  }));
  const locationId = h.ids.next("location");
  const counts = shelves.flatMap(({ offerId, ware: { stock = 10 } }) =>
    stock === null ? [] : [{ offerId, sellerId, locationId, isFirst: true, onHand: stock }],
  );
  const committed = await ctx.db.commit<string>([
    insertMany(category, [categoryRow(categoryId, now)]),
    insertMany(seller, [sellerRow(sellerId, now)]),
    insertMany(productShop, [
      { sellerId, name: "Test shop", slug: `s-${sellerId}`, city: "Bandung", trading: true, version: 1 },
    ]),
    insertMany(product, shelves.map(productRow)),
    insertMany(productSlug, shelves.map(slugRow)),
    insertMany(variant, shelves.map(variantRow)),
    insertMany(offer, shelves.map(offerRow)),
    insertMany(priceLog, shelves.map(priceRow)),
    ...(counts.length > 0 ? [setLevels(ctx, "test", counts)] : []),
  ]);
  if (!committed.ok) throw new Error(`the shop was refused: ${committed.code}`);
  return { sellerId, offers: shelves.map(({ offerId, productId }) => ({ offerId, productId, sellerId })) };
}

/** The offers alone, for tests of what sells them. */
export const sellOffers = async (h: Harness, wares: readonly Ware[]): Promise<readonly Sold[]> =>
  (await openShop(h, wares)).offers;

const categoryRow = (id: Id<"category">, createdAt: number): typeof category.$inferInsert => ({
  id,
  parentId: null,
  path: id,
  depth: 0,
  position: 0,
  state: "active",
  slug: `c-${id}`,
  names: { en: "Test goods" },
  attributes: [],
  taxClass: "standard",
  commissionBasisPoints: null,
  returnDays: null,
  restricted: false,
  createdAt,
  version: 1,
});

const sellerRow = (id: Id<"seller">, at: number): typeof seller.$inferInsert => ({
  id,
  state: "active",
  slug: `s-${id}`,
  name: "Test shop",
  city: "Bandung",
  legalName: "CV Test",
  email: "test-shop@example.com",
  createdAt: at,
  activatedAt: at,
  version: 1,
});

const productRow = (shelf: Shelf): typeof product.$inferInsert => ({
  id: shelf.productId,
  sellerId: shelf.sellerId,
  categoryId: shelf.categoryId,
  state: "published",
  slug: `p-${shelf.productId}`,
  titles: { en: shelf.ware.title ?? `Article ${shelf.productId.slice(-4)}` },
  attributes: {},
  options: [],
  taxClass: "standard",
  currency: shelf.currency,
  priceFromMinor: shelf.priceMinor,
  priceToMinor: shelf.priceMinor,
  createdAt: shelf.now,
  publishedAt: shelf.now,
  version: 1,
});

const slugRow = ({ productId, now }: Shelf): typeof productSlug.$inferInsert => ({
  slug: `p-${productId}`,
  productId,
  since: now,
});

const variantRow = ({ productId, variantId, ware }: Shelf): typeof variant.$inferInsert => ({
  id: variantId,
  productId,
  position: 0,
  key: "",
  label: "",
  weightGrams: ware.weightGrams ?? 100,
  measures: ware.measures ?? null,
  archived: false,
});

const offerRow = ({ ware, ...shelf }: Shelf): typeof offer.$inferInsert => ({
  id: shelf.offerId,
  productId: shelf.productId,
  variantId: shelf.variantId,
  sellerId: shelf.sellerId,
  sku: shelf.offerId,
  state: "active",
  priceMinor: shelf.priceMinor,
  currency: shelf.currency,
  minQuantity: ware.minQuantity ?? 1,
  stepQuantity: ware.stepQuantity ?? 1,
  maxQuantity: ware.maxQuantity ?? null,
  createdAt: shelf.now,
  version: 1,
});

const priceRow = ({ offerId, priceMinor, currency, now }: Shelf): typeof priceLog.$inferInsert => ({
  offerId,
  version: 1,
  priceMinor,
  currency,
  at: now,
  actor: "test",
});

/** A parcel's destination in the market `id`. */
export const ADDRESS = {
  recipient: "Ani Wijaya",
  phone: "+6281234567890",
  country: "ID",
  region: "DKI Jakarta",
  city: "Jakarta Pusat",
  district: "Gambir",
  postalCode: "10110",
  line1: "Jl. Merdeka 1",
};
