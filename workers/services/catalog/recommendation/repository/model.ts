import { and, desc, eq, sql } from "drizzle-orm";
import { among, build, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import {
  recommendationList,
  recommendationNeighbour,
  recommendationTrace,
} from "#schema/catalog/recommendation";
import type { Act, ListKind, NeighbourKind } from "../domain/compose.ts";
import type { Scored } from "../domain/model.ts";

type NeighbourRow = typeof recommendationNeighbour.$inferInsert;

export const saveNeighbours = (rows: readonly NeighbourRow[]): Statement => ({
  sql: sql`${insertMany(recommendationNeighbour, rows).sql}
    ON CONFLICT (kind, item_id) DO UPDATE
    SET neighbours = excluded.neighbours, trained_at = excluded.trained_at
    WHERE recommendation_neighbour.trained_at <= excluded.trained_at`,
});

/** What this training did not see again is gone from the window. */
export const dropNeighbours = (kind: NeighbourKind, before: number): Statement =>
  statement(
    build
      .delete(recommendationNeighbour)
      .where(
        and(
          eq(recommendationNeighbour.kind, kind),
          sql`${recommendationNeighbour.trainedAt} < ${new Date(before).toISOString()}`,
        ),
      ),
  );

type ListRow = typeof recommendationList.$inferInsert;
export const saveLists = (rows: readonly ListRow[]): Statement => ({
  sql: sql`${insertMany(recommendationList, rows).sql}
    ON CONFLICT (kind, category_id) DO UPDATE SET items = excluded.items, trained_at = excluded.trained_at
    WHERE recommendation_list.trained_at <= excluded.trained_at`,
});
export const dropLists = (before: number): Statement => ({
  sql: sql`DELETE FROM ${recommendationList} WHERE trained_at < ${new Date(before).toISOString()}`,
});

export const neighboursQuery = (
  kind: NeighbourKind,
  itemIds: readonly string[],
): Query<ReadonlyMap<string, readonly Scored[]>> =>
  query(
    (read) =>
      read
        .select()
        .from(recommendationNeighbour)
        .where(and(eq(recommendationNeighbour.kind, kind), among(recommendationNeighbour.itemId, itemIds))),
    (rows) => new Map(rows.map(({ itemId, neighbours }) => [itemId, neighbours])),
  );

export const listQuery = (kind: ListKind, categoryId: string): Query<readonly Scored[]> =>
  query(
    (read) =>
      read
        .select({ items: recommendationList.items })
        .from(recommendationList)
        .where(and(eq(recommendationList.kind, kind), eq(recommendationList.categoryId, categoryId))),
    ([row]) => row?.items ?? [],
  );

type TraceRow = Act & { readonly personId: string };

/** The latest time of each act with an item stands, in whatever order they are told. */
export const saveTraces = (rows: readonly TraceRow[]): Statement => ({
  sql: sql`${
    insertMany(
      recommendationTrace,
      latest(rows).map((row) => ({ ...row, itemId: row.itemId as Id<"product"> })),
    ).sql
  }
    ON CONFLICT (person_id, item_id, kind) DO UPDATE SET at = excluded.at
    WHERE recommendation_trace.at < excluded.at`,
});

/** One statement may touch a row once. */
function latest(rows: readonly TraceRow[]): readonly TraceRow[] {
  const kept = new Map<string, TraceRow>();
  for (const { personId, itemId, kind, at } of rows) {
    const key = `${personId} ${itemId} ${kind}`;
    if ((kept.get(key)?.at ?? 0) < at) kept.set(key, { personId, itemId, kind, at });
  }
  return [...kept.values()].sort((a, b) => (a.personId + a.itemId < b.personId + b.itemId ? -1 : 1));
}

export const tracesQuery = (personId: string, limit: number): Query<readonly Act[]> =>
  query(
    (read) =>
      read
        .select({
          itemId: recommendationTrace.itemId,
          kind: recommendationTrace.kind,
          at: recommendationTrace.at,
        })
        .from(recommendationTrace)
        .where(eq(recommendationTrace.personId, personId))
        .orderBy(desc(recommendationTrace.at))
        .limit(limit),
    (rows) => rows,
  );

export const forgetTraces = (personId: string): Statement =>
  statement(build.delete(recommendationTrace).where(eq(recommendationTrace.personId, personId)));

export const forgetOldTraces = (before: number): Statement => ({
  sql: sql`DELETE FROM ${recommendationTrace} 
    WHERE at < ${new Date(before).toISOString()} AND kind <> 'hidden'`,
});
