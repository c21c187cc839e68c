import { and, desc, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import { among, build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { product, productDuplicate, productMerge } from "#schema/catalog/product";
import type { DuplicateState, Marks, Reason } from "../domain/duplicate.ts";

/** Found by one sign at once; a product that has more likenesses than this is a generic name. */
const LIKE_MAX = 10;
/** Of three-letter pieces in common, as Postgres counts them; the score looks closer. */
const SIMILARITY_MIN = 0.7;

type Pair = { readonly firstId: Id<"product">; readonly secondId: Id<"product"> };
const isLive = sql.raw("deleted_at IS NULL AND state IN ('published', 'proposed')");
const plain = (column: string) => sql.raw(`lower(regexp_replace(${column}, '[^a-zA-Z0-9]', '', 'g'))`);

/** Pairs of these with others that share a GTIN, a maker's number, a picture or nearly a title. */
export const candidatesQuery = (ids: readonly Id<"product">[]): Query<readonly Pair[]> =>
  query(
    (read) =>
      read.execute<Pair>(sql`
        SELECT DISTINCT least(p.id, q.id) AS "firstId", greatest(p.id, q.id) AS "secondId"
        FROM (SELECT * FROM product WHERE ${among(sql`id`, ids)} AND ${isLive}) AS p
          CROSS JOIN LATERAL (
            (SELECT o.product_id AS id FROM variant AS v JOIN variant AS o
                ON lpad(o.gtin, 14, '0') = lpad(v.gtin, 14, '0') AND o.gtin IS NOT NULL
              WHERE v.product_id = p.id AND v.gtin IS NOT NULL LIMIT ${LIKE_MAX})
            UNION (SELECT o.product_id FROM variant AS v JOIN variant AS o
                ON ${plain("o.mpn")} = ${plain("v.mpn")} AND o.mpn IS NOT NULL
              WHERE v.product_id = p.id AND v.mpn IS NOT NULL LIMIT ${LIKE_MAX})
            UNION (SELECT o.id FROM product AS o
              WHERE ${plain("o.mpn")} = ${plain("p.mpn")} AND o.mpn IS NOT NULL LIMIT ${LIKE_MAX})
            UNION (SELECT o.product_id FROM media AS m JOIN media AS o ON o.hash = m.hash
              WHERE m.product_id = p.id LIMIT ${LIKE_MAX})
            UNION (SELECT o.id FROM product AS o
              WHERE lower(o.titles ->> 'en') % lower(p.titles ->> 'en')
                AND similarity(lower(o.titles ->> 'en'), lower(p.titles ->> 'en')) >= ${SIMILARITY_MIN}
              LIMIT ${LIKE_MAX})
          ) AS c JOIN (SELECT * FROM product WHERE ${isLive}) AS q ON q.id = c.id
        WHERE q.id <> p.id`),
    ({ rows }) => rows,
  );

export const marksQuery = (ids: readonly Id<"product">[]): Query<ReadonlyMap<Id<"product">, Marks>> =>
  query(
    (read) =>
      read.execute<Marks & { readonly id: Id<"product"> }>(sql`
        SELECT p.id, p.brand, p.titles ->> 'en' AS title,
          ARRAY(SELECT gtin FROM variant
            WHERE product_id = p.id AND gtin IS NOT NULL AND NOT archived) AS gtins,
          ARRAY(SELECT mpn FROM variant WHERE product_id = p.id AND mpn IS NOT NULL
            UNION SELECT p.mpn WHERE p.mpn IS NOT NULL) AS mpns,
          ARRAY(SELECT hash FROM media WHERE product_id = p.id AND hash IS NOT NULL) AS pictures
        FROM product AS p WHERE ${among(sql`p.id`, ids)}`),
    ({ rows }) => new Map(rows.map(({ id, ...marks }) => [id, marks])),
  );

export type DuplicateRow = typeof productDuplicate.$inferSelect;

/** A pair that is known and open gets its newest reasons; one that was decided on stays as it was. */
export const savePairs = (
  pairs: readonly (Pair & {
    readonly id: Id<"duplicate">;
    readonly reasons: readonly Reason[];
    readonly score: number;
  })[],
  foundAt: number,
): Statement => {
  const rows = pairs.map((pair) => ({ ...pair, state: "open" as const, foundAt }));
  const { sql: insert } = insertMany(productDuplicate, rows);
  return {
    sql: sql`${insert} ON CONFLICT (first_id, second_id) DO UPDATE
      SET reasons = excluded.reasons, score = excluded.score WHERE product_duplicate.state = 'open'`,
  };
};

export const pairQuery = (id: Id<"duplicate">): Query<DuplicateRow | undefined> =>
  query(
    (read) => read.select().from(productDuplicate).where(eq(productDuplicate.id, id)),
    ([row]) => row,
  );

export const pairOfQuery = ({ firstId, secondId }: Pair): Query<DuplicateRow | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(productDuplicate)
        .where(and(eq(productDuplicate.firstId, firstId), eq(productDuplicate.secondId, secondId))),
    ([row]) => row,
  );

type Listing = {
  readonly state: DuplicateState;
  /** Score and id of the last row seen. */
  readonly after: readonly (string | number)[] | undefined;
  readonly limit: number;
};

/** The surest first; of what is open only pairs of products that are both still there. */
export const pairsQuery = ({ state, after, limit }: Listing): Query<readonly DuplicateRow[]> => {
  const [score = 0, id = ""] = after ?? [];
  const { score: of, id: itself } = productDuplicate;
  const both = sql`(SELECT count(*) FROM ${product} AS p
    WHERE p.id IN (${productDuplicate.firstId}, ${productDuplicate.secondId}) AND p.deleted_at IS NULL) = 2`;
  return query(
    (read) =>
      read
        .select()
        .from(productDuplicate)
        .where(
          and(
            eq(productDuplicate.state, state),
            state === "open" ? both : undefined,
            after && sql`(-${of}, ${itself}) > (-${Number(score)}::integer, ${String(id)}::text)`,
          ),
        )
        .orderBy(desc(of), itself)
        .limit(limit + 1),
    (rows) => rows,
  );
};

type Decided = {
  readonly id: Id<"duplicate">;
  readonly from: DuplicateState;
  readonly to: DuplicateState;
  readonly by: string;
  readonly at: number;
  readonly reason?: string | undefined;
};

/** Refused when somebody was quicker. */
export const decidePair = ({ id, from, to, by, at, reason }: Decided): Statement<"duplicate.decided"> =>
  guarded(
    build
      .update(productDuplicate)
      .set({ state: to, decidedBy: by, decidedAt: at, reason: reason ?? null })
      .where(and(eq(productDuplicate.id, id), eq(productDuplicate.state, from))),
    1,
    "duplicate.decided",
  );

/** What was found to be two things after all is not asked about again. */
export const dismissPairOf = (
  { firstId, secondId }: Pair,
  { by, at, reason }: Pick<Decided, "by" | "at" | "reason">,
): Statement =>
  statement(
    build
      .update(productDuplicate)
      .set({ state: "dismissed", decidedBy: by, decidedAt: at, reason: reason ?? null })
      .where(and(eq(productDuplicate.firstId, firstId), eq(productDuplicate.secondId, secondId))),
  );

export type MergeRow = typeof productMerge.$inferSelect;
export const insertMerge = (row: Omit<MergeRow, "undoneAt" | "undoneBy">): Statement =>
  insertMany(productMerge, [row]);

export const mergeQuery = (id: Id<"merge">): Query<MergeRow | undefined> =>
  query(
    (read) => read.select().from(productMerge).where(eq(productMerge.id, id)),
    ([row]) => row,
  );

/** The latest first. */
export const mergesQuery = (
  after: readonly (string | number)[] | undefined,
  limit: number,
): Query<readonly MergeRow[]> => {
  const [at = 0, id = ""] = after ?? [];
  const same = and(eq(productMerge.at, Number(at)), lt(productMerge.id, String(id) as Id<"merge">));
  return query(
    (read) =>
      read
        .select()
        .from(productMerge)
        .where(after && or(lt(productMerge.at, Number(at)), same))
        .orderBy(desc(productMerge.at), desc(productMerge.id))
        .limit(limit + 1),
    (rows) => rows,
  );
};

export const markUndone = (id: Id<"merge">, by: string, at: number): Statement<"duplicate.decided"> =>
  guarded(
    build
      .update(productMerge)
      .set({ undoneBy: by, undoneAt: at })
      .where(and(eq(productMerge.id, id), isNull(productMerge.undoneAt))),
    1,
    "duplicate.decided",
  );

/** Products with all that became part of them, themselves first among them. */
export const familiesQuery = (
  ids: readonly Id<"product">[],
): Query<ReadonlyMap<Id<"product">, readonly Id<"product">[]>> =>
  query(
    (read) =>
      read.execute<{ root: Id<"product">; id: Id<"product"> }>(sql`WITH RECURSIVE family AS (
          SELECT w.id AS root, w.id COLLATE "C" AS id
          FROM jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) AS w (id)
          UNION SELECT f.root, p.id FROM family AS f JOIN ${product} AS p ON p.merged_into = f.id)
        SELECT root, id FROM family`),
    ({ rows }) => {
      const byRoot = Map.groupBy(rows, ({ root }) => root);
      return new Map(ids.map((id) => [id, (byRoot.get(id) ?? []).map((one) => one.id)]));
    },
  );

/** Whether another product of its shop has this reference by now. */
export const refTakenQuery = (sellerId: Id<"seller">, ref: string | null): Query<boolean> =>
  query(
    (read) =>
      read
        .select({ id: product.id })
        .from(product)
        .where(and(eq(product.sellerId, sellerId), sql`${product.externalRef} = ${ref}`)),
    (rows) => rows.length > 0,
  );

/** Codes of these offers that other live offers of the same shops have by now. */
export const skusTakenQuery = (
  offerIds: readonly Id<"offer">[],
): Query<readonly { readonly sellerId: Id<"seller">; readonly sku: string }[]> =>
  query(
    (read) =>
      read.execute<{ sellerId: Id<"seller">; sku: string }>(sql`SELECT o.seller_id AS "sellerId", o.sku
        FROM offer AS o JOIN offer AS n ON n.seller_id = o.seller_id AND n.sku = o.sku AND n.id <> o.id
          AND n.state <> 'archived'
        WHERE ${among(sql`o.id`, offerIds)}`),
    ({ rows }) => rows,
  );

/** Whether nothing became part of the same product later and still is. */
export const isLatestQuery = ({ id, masterId, at }: MergeRow): Query<boolean> =>
  query(
    (read) =>
      read
        .select({ id: productMerge.id })
        .from(productMerge)
        .where(
          and(
            eq(productMerge.masterId, masterId),
            isNull(productMerge.undoneAt),
            or(gt(productMerge.at, at), and(eq(productMerge.at, at), gt(productMerge.id, id))),
          ),
        )
        .limit(1),
    (rows) => rows.length === 0,
  );
