import { and, asc, eq, gt, isNull, or, type SQL } from "drizzle-orm";
import { among, type Query, query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { offer, product, productSlug, variant } from "#schema/catalog/product";
import type { Offer } from "../domain/offer.ts";
import type { Product, Variant } from "../domain/product.ts";
import { toOffer, toProduct } from "./products.ts";

/** Products with their variants and the shop's own live offers, in three reads of one batch. */
function masterQueries(sellerId: Id<"seller">, which: SQL | undefined) {
  const ofOwner = and(eq(product.sellerId, sellerId), isNull(product.deletedAt), which);
  return [
    query(
      (read) => read.select().from(product).where(ofOwner).orderBy(asc(product.id)),
      (rows): readonly Product[] => rows.map(toProduct),
    ),
    query(
      (read) =>
        read
          .select({ row: variant })
          .from(variant)
          .innerJoin(product, eq(product.id, variant.productId))
          .where(ofOwner)
          .orderBy(variant.position),
      (rows): readonly Variant[] => rows.map(({ row }) => row),
    ),
    query(
      (read) =>
        read
          .select({ row: offer })
          .from(offer)
          .innerJoin(product, eq(product.id, offer.productId))
          .where(and(ofOwner, eq(offer.sellerId, sellerId))),
      (rows): readonly Offer[] => rows.map(({ row }) => toOffer(row)),
    ),
  ] as const;
}

/** An export names a product that has no reference by its id. */
export const mastersByRefQueries = (sellerId: Id<"seller">, refs: readonly string[]) =>
  masterQueries(sellerId, or(among(product.externalRef, refs), among(product.id, refs)));

/** The next products of a shop by id, for an export that walks through all of them. */
export const pageIdsQuery = (
  sellerId: Id<"seller">,
  after: Id<"product"> | undefined,
  limit: number,
): Query<readonly Id<"product">[]> =>
  query(
    (read) =>
      read
        .select({ id: product.id })
        .from(product)
        .where(
          and(
            eq(product.sellerId, sellerId),
            isNull(product.deletedAt),
            after === undefined ? undefined : gt(product.id, after),
          ),
        )
        .orderBy(asc(product.id))
        .limit(limit),
    (rows) => rows.map(({ id }) => id),
  );

export const mastersByIdQueries = (sellerId: Id<"seller">, ids: readonly Id<"product">[]) =>
  masterQueries(sellerId, among(product.id, ids));

export const slugOwnersQuery = (slugs: readonly string[]): Query<ReadonlyMap<string, Id<"product">>> =>
  query(
    (read) => read.select().from(productSlug).where(among(productSlug.slug, slugs)),
    (rows) => new Map(rows.map(({ slug, productId }) => [slug, productId])),
  );
