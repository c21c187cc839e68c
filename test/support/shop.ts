import { insertMany, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { category } from "#schema/catalog/category";
import { offer, priceLog, product, productShop, productSlug, variant } from "#schema/catalog/product";
import { insertLocation, setLevels } from "#services/logistics/inventory/repository/stock";
import type { Harness } from "./harness.ts";

export type Ware = { readonly title: string; readonly priceMinor: bigint; readonly stock: number };
export type Sold = { readonly offerId: Id<"offer">; readonly productId: Id<"product"> };

/** An open shop with published products on its shelves, written as its services' tables have them. */
export async function openShop(
  h: Harness,
  wares: readonly Ware[],
): Promise<{ readonly sellerId: Id<"seller">; readonly offers: readonly Sold[] }> {
  const ctx = h.ctx();
  const now = h.clock.now();
  const sellerId = h.ids.next("seller");
  const categoryId = h.ids.next("category");
  const locationId = h.ids.next("location");
  const ids = wares.map(() => ({
    productId: h.ids.next("product"),
    variantId: h.ids.next("variant"),
    offerId: h.ids.next("offer"),
  }));
  const row = <T>(make: (ware: Ware, id: (typeof ids)[number]) => T) =>
    wares.map((ware, i) => make(ware, ids[i] as (typeof ids)[number]));
  const { currency } = h.market;
  const statements: Statement<string>[] = [
    insertMany(category, [
      {
        id: categoryId,
        parentId: null,
        path: categoryId,
        depth: 0,
        position: 0,
        state: "active",
        slug: `c-${categoryId}`,
        names: { en: "Test goods" },
        attributes: [],
        taxClass: "standard",
        commissionBasisPoints: null,
        returnDays: null,
        restricted: false,
        createdAt: now,
        version: 1,
      },
    ]),
    insertMany(productShop, [
      { sellerId, name: "Test shop", slug: `s-${sellerId}`, city: "Bandung", trading: true, version: 1 },
    ]),
    insertMany(
      product,
      row(({ title, priceMinor }, { productId }) => ({
        id: productId,
        sellerId,
        categoryId,
        state: "published" as const,
        slug: `p-${productId}`,
        titles: { en: title },
        attributes: {},
        options: [],
        taxClass: "standard" as const,
        currency,
        priceFromMinor: priceMinor,
        priceToMinor: priceMinor,
        createdAt: now,
        publishedAt: now,
        version: 1,
      })),
    ),
    insertMany(
      productSlug,
      row((_, { productId }) => ({ slug: `p-${productId}`, productId, since: now })),
    ),
    insertMany(
      variant,
      row((_, { productId, variantId }) => {
        return {
          id: variantId,
          productId,
          position: 0,
          key: "",
          label: "",
          weightGrams: 100,
          archived: false,
        };
      }),
    ),
    insertMany(
      offer,
      row(({ priceMinor }, { productId, variantId, offerId }) => ({
        id: offerId,
        productId,
        variantId,
        sellerId,
        sku: `SKU-${offerId.slice(-6)}`,
        state: "active" as const,
        priceMinor,
        currency,
        minQuantity: 1,
        stepQuantity: 1,
        createdAt: now,
        version: 1,
      })),
    ),
    insertMany(
      priceLog,
      row(({ priceMinor }, { offerId }) => ({
        offerId,
        version: 1,
        priceMinor,
        currency,
        at: now,
        actor: "test",
      })),
    ),
    insertLocation({
      id: locationId,
      sellerId,
      name: "Main",
      priority: 0,
      version: 1,
      createdAt: now,
      closedAt: null,
    }),
    setLevels(
      ctx,
      "test",
      row(({ stock }, { offerId }) => ({
        offerId,
        sellerId,
        locationId,
        isFirst: false,
        onHand: stock,
        safety: 0,
        incoming: 0,
        backorderMax: 0,
      })),
    ),
  ];
  const committed = await ctx.db.commit(statements);
  if (!committed.ok) throw new Error(`the shop was refused: ${committed.code}`);
  return { sellerId, offers: ids.map(({ offerId, productId }) => ({ offerId, productId })) };
}

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
