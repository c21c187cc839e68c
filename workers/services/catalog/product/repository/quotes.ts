import { eq, sql } from "drizzle-orm";
import { among, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Money } from "#kernel/money";
import type { Texts } from "#kernel/texts";
import { offer, product, productShop, variant } from "#schema/catalog/product";
import type { TaxClass } from "#services/catalog/category/facts";
import type { OfferState } from "../domain/offer.ts";
import type { Measures, ProductState } from "../domain/product.ts";
import { namesOf } from "../domain/variant.ts";

/** What a cart, a checkout and a search need to know of an offer to sell it. */
export type OfferQuote = {
  readonly offerId: Id<"offer">;
  readonly variantId: Id<"variant">;
  readonly productId: Id<"product">;
  readonly sellerId: Id<"seller">;
  readonly sku: string;
  readonly title: Texts;
  readonly variantLabel: Texts;
  readonly price: Money;
  /** "paused" too when the shop is closed, "archived" too when the variant is. */
  readonly status: OfferState;
  readonly productStatus: ProductState;
  readonly minQuantity: number;
  readonly stepQuantity: number;
  readonly maxQuantity: number | null;
  readonly weightGrams: number;
  readonly measures: Measures | null;
  readonly taxClass: TaxClass;
  readonly categoryId: Id<"category">;
  readonly slug: string;
  readonly imageKey: string | null;
  readonly version: number;
};

const QUOTED = {
  offerId: offer.id,
  variantId: offer.variantId,
  productId: offer.productId,
  sellerId: offer.sellerId,
  sku: offer.sku,
  title: product.titles,
  options: product.options,
  key: variant.key,
  label: variant.label,
  priceMinor: offer.priceMinor,
  currency: offer.currency,
  state: offer.state,
  productStatus: product.state,
  minQuantity: offer.minQuantity,
  stepQuantity: offer.stepQuantity,
  maxQuantity: offer.maxQuantity,
  weightGrams: variant.weightGrams,
  measures: variant.measures,
  taxClass: product.taxClass,
  categoryId: product.categoryId,
  slug: product.slug,
  imageKey: product.coverKey,
  version: offer.version,
  trading: productShop.trading,
  isRetired: variant.archived,
};

/** Offers as they are now; an id that is not there is left out. */
export const offersQuery = (offerIds: readonly Id<"offer">[]): Query<readonly OfferQuote[]> =>
  query(
    (read) =>
      read
        .select(QUOTED)
        .from(offer)
        .innerJoin(variant, eq(variant.id, offer.variantId))
        .innerJoin(product, eq(product.id, offer.productId))
        .leftJoin(productShop, eq(productShop.sellerId, offer.sellerId))
        .where(among(offer.id, offerIds)),
    (rows) =>
      rows.map(({ priceMinor, currency, state, trading, isRetired, options, key, label, ...rest }) => ({
        ...rest,
        variantLabel: namesOf(options, { key, label }),
        price: { minor: priceMinor, currency },
        status: statusOf(state, trading === true, isRetired),
      })),
  );

function statusOf(state: OfferState, isTrading: boolean, isRetired: boolean): OfferState {
  if (isRetired || state === "archived") return "archived";
  return isTrading ? state : "paused";
}

/** Refuses the commit when one of these offers is no longer sold, or not at this price. */
export const assertQuoted = (
  quoted: readonly { readonly offerId: Id<"offer">; readonly priceMinor: bigint }[],
): Statement<"offer.changed"> => {
  const wanted = quoted.map(({ offerId, priceMinor }) => ({ id: offerId, minor: priceMinor.toString() }));
  return {
    sql: sql`SELECT assert_that((
      SELECT count(*) FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS w (id text, minor bigint)
      JOIN ${offer} o ON o.id = w.id AND o.price_minor = w.minor AND o.state = 'active'
      JOIN ${product} p ON p.id = o.product_id AND p.state = 'published'
      JOIN ${productShop} s ON s.seller_id = o.seller_id AND s.trading
    ) = ${wanted.length}, 'offer.changed')`,
  };
};
