import { and, desc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { NeonHttpDatabase } from "drizzle-orm/neon-http";
import { type Query, query, recordset, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { product, productChange, productShop } from "#schema/catalog/product";
import type { ChangePatch, ChangeState, Difference } from "../domain/change.ts";
import type { Product } from "../domain/product.ts";

export type ChangeRow = typeof productChange.$inferSelect;
type NewChange = {
  readonly productId: Id<"product">;
  readonly sellerId: Id<"seller">;
  readonly state: ChangeState;
  readonly differences: readonly Difference[];
  readonly patch: ChangePatch;
  readonly actor: string;
  readonly at: number;
  readonly baseVersion: number;
  /** The rule by which nobody had to be asked. */
  readonly reason?: string | undefined;
};

/** Numbers count up per product; the product is locked by the same commit. */
export function insertChanges(changes: readonly NewChange[]): Statement {
  const { from } = recordset(productChange, changes);
  return {
    sql: sql`INSERT INTO ${productChange} (product_id, number, seller_id, state, patch, differences, actor,
        at, base_version, reason)
      SELECT w.product_id, 1 + coalesce((SELECT max(c.number) FROM ${productChange} AS c
        WHERE c.product_id = w.product_id), 0), w.seller_id, w.state, w.patch, w.differences, w.actor, w.at,
        w.base_version, w.reason
      FROM ${from}`,
  };
}

const waits = (productId: Id<"product">, sellerId: Id<"seller"> | SQL) =>
  and(
    eq(productChange.productId, productId),
    eq(productChange.sellerId, sellerId),
    eq(productChange.state, "pending"),
  );

/** What a shop waits for: each has one request a product at most. */
export const pendingQuery = (
  productId: Id<"product">,
  sellerId: Id<"seller">,
): Query<ChangeRow | undefined> =>
  query(
    (read) => read.select().from(productChange).where(waits(productId, sellerId)),
    ([row]) => row,
  );

export const pendingOfMakerQuery = (productId: Id<"product">): Query<ChangeRow | undefined> => {
  const maker = sql`(SELECT p.seller_id FROM ${product} AS p WHERE p.id = ${productId})`;
  return query(
    (read) => read.select().from(productChange).where(waits(productId, maker)),
    ([row]) => row,
  );
};

/** Refused when the shop has come to wait for something; the product is locked by the same commit. */
export const assertNonePending = (
  productId: Id<"product">,
  sellerId: Id<"seller">,
): Statement<"product.change_missing"> => ({
  sql: sql`SELECT assert_that(NOT EXISTS (SELECT 1 FROM ${productChange} WHERE product_id = ${productId}
    AND seller_id = ${sellerId} AND state = 'pending'), 'product.change_missing')`,
});

/** A change with whose it is: the maker's own, or that of another shop which offers the product. */
export type ShownChange = ChangeRow & {
  readonly titles: Product["titles"];
  readonly makerId: Id<"seller">;
  readonly shopName: string | null;
};

const shownChanges = (read: NeonHttpDatabase) =>
  read
    .select({
      ...getTableColumns(productChange),
      titles: product.titles,
      makerId: product.sellerId,
      shopName: productShop.name,
    })
    .from(productChange)
    .innerJoin(product, eq(product.id, productChange.productId))
    .leftJoin(productShop, eq(productShop.sellerId, productChange.sellerId));

export const changeQuery = (productId: Id<"product">, number: number): Query<ShownChange | undefined> =>
  query(
    (read) =>
      shownChanges(read).where(and(eq(productChange.productId, productId), eq(productChange.number, number))),
    ([row]) => row,
  );

/** What any shop waits for here. */
export const waitingQuery = (productId: Id<"product">): Query<readonly ShownChange[]> =>
  query(
    (read) =>
      shownChanges(read)
        .where(and(eq(productChange.productId, productId), eq(productChange.state, "pending")))
        .orderBy(productChange.number),
    (rows) => rows,
  );

/** The latest that a shop asked for. */
export const latestQuery = (
  productId: Id<"product">,
  sellerId: Id<"seller">,
): Query<ShownChange | undefined> =>
  query(
    (read) =>
      shownChanges(read)
        .where(and(eq(productChange.productId, productId), eq(productChange.sellerId, sellerId)))
        .orderBy(desc(productChange.number))
        .limit(1),
    ([row]) => row,
  );

const CHANGES_SHOWN = 100;

export const changesQuery = (productId: Id<"product">): Query<readonly ShownChange[]> =>
  query(
    (read) =>
      shownChanges(read)
        .where(eq(productChange.productId, productId))
        .orderBy(desc(productChange.number))
        .limit(CHANGES_SHOWN),
    (rows) => rows,
  );

type ChangeFilter = {
  readonly state?: ChangeState | undefined;
  readonly sellerId?: Id<"seller"> | undefined;
  /** Time, product and number of the last row seen. */
  readonly after: readonly (string | number)[] | undefined;
  readonly limit: number;
};

/** Changes of all products, the oldest first, since a queue has a head; one more than asked for. */
export const queueQuery = ({
  state,
  sellerId,
  after,
  limit,
}: ChangeFilter): Query<readonly ShownChange[]> => {
  const [at = 0, productId = "", number = 0] = after ?? [];
  const since = new Date(Number(at)).toISOString();
  const seen = sql`(${since}::timestamptz, ${productId}::text, ${number}::integer)`;
  const { at: time, productId: of, number: count } = productChange;
  return query(
    (read) =>
      shownChanges(read)
        .where(
          and(
            state && eq(productChange.state, state),
            sellerId && eq(productChange.sellerId, sellerId),
            after && sql`(${time}, ${of}, ${count}) > ${seen}`,
          ),
        )
        .orderBy(time, of, count)
        .limit(limit + 1),
    (rows) => rows,
  );
};

type Closing = {
  readonly productId: Id<"product">;
  /** Whose request; every shop's where nobody is named. */
  readonly sellerId?: Id<"seller"> | undefined;
  readonly state: Exclude<ChangeState, "pending">;
  readonly by: string;
  readonly at: number;
  readonly reason?: string | undefined;
};

/** Ends the changes that wait, if there are any. */
export const closePending = ({ productId, sellerId, state, by, at, reason }: Closing): Statement => ({
  sql: sql`UPDATE ${productChange} SET state = ${state}, decided_by = ${by},
    decided_at = ${new Date(at).toISOString()}, reason = ${reason ?? null}
    WHERE product_id = ${productId} AND state = 'pending'
      AND (${sellerId ?? null}::text IS NULL OR seller_id = ${sellerId ?? null})`,
});

/** Refused when the change waits no longer. */
export const closeChange = (
  closing: Closing & { readonly number: number },
): Statement<"product.change_missing"> => ({
  sql: sql`WITH done AS (${closePending(closing).sql} AND number = ${closing.number} RETURNING 1)
    SELECT assert_that((SELECT count(*) FROM done) = 1, 'product.change_missing')`,
});

/** Ends all that wait; refused when others wait by now than these, whose shops would not hear of it. */
export const closeAll = ({
  numbers,
  ...closing
}: Closing & { readonly numbers: readonly number[] }): Statement<"product.stale"> => ({
  sql: sql`WITH done AS (${closePending(closing).sql} RETURNING number)
    SELECT assert_that((SELECT coalesce(string_agg(number::text, ',' ORDER BY number), '') FROM done)
      = ${numbers.join(",")}, 'product.stale')`,
});
