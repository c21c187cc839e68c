import { and, eq, sql } from "drizzle-orm";
import { build, guarded, insertMany, recordset, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { media, product } from "#schema/catalog/product";
import { type Media, PICTURES_MAX, VIDEOS_MAX } from "../domain/media.ts";

/** The product is locked by the same commit, so two uploads cannot both be the last. */
export const insertMedia = (row: Media): readonly Statement<"media.too_many">[] => [
  insertMany(media, [row]),
  {
    sql: sql`SELECT assert_that(
      count(*) FILTER (WHERE kind = 'picture') <= ${PICTURES_MAX}
      AND count(*) FILTER (WHERE kind = 'video') <= ${VIDEOS_MAX}, 'media.too_many')
      FROM ${media} WHERE product_id = ${row.productId}`,
  },
];

/** Orders show the cover of what they sold, so the bytes stay in the bucket. */
export const removeMedia = (productId: Id<"product">, mediaId: Id<"media">): Statement<"media.not_found"> =>
  guarded(
    build.delete(media).where(and(eq(media.id, mediaId), eq(media.productId, productId))),
    1,
    "media.not_found",
  );

export function arrangeMedia(rows: readonly Media[]): Statement<"media.order_incomplete"> {
  const { from } = recordset(media, rows, ["id", "position", "alts"]);
  return {
    sql: sql`WITH done AS (UPDATE ${media} AS m SET position = w.position, alts = w.alts
        FROM ${from} WHERE m.id = w.id RETURNING 1)
      SELECT assert_that((SELECT count(*) FROM done) = ${rows.length}, 'media.order_incomplete')`,
  };
}

/** The first picture is the cover; a change of the files is a change of the product. */
export const refreshCover = (productId: Id<"product">): Statement => ({
  sql: sql`UPDATE ${product} SET version = version + 1, cover_key = (SELECT key FROM ${media}
      WHERE product_id = ${productId} AND kind = 'picture' ORDER BY position, id LIMIT 1)
    WHERE id = ${productId}`,
});
