import { index, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { ListKind, NeighbourKind, TraceKind } from "#services/catalog/recommendation/domain/compose";
import type { Scored } from "#services/catalog/recommendation/domain/model";

/** The nearest items of each, by what people did with both; written anew by each training. */
export const recommendationNeighbour = pgTable(
  "recommendation_neighbour",
  {
    kind: text().$type<NeighbourKind>().notNull(),
    itemId: id("product").notNull(),
    neighbours: jsonb().$type<readonly Scored[]>().notNull(),
    trainedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.kind, t.itemId] }),
    index("recommendation_neighbour_by_age").on(t.kind, t.trainedAt),
  ],
);

/** What is popular and what is on the rise: in a category and all below it, and "" in the whole market. */
export const recommendationList = pgTable(
  "recommendation_list",
  {
    kind: text().$type<ListKind>().notNull(),
    categoryId: text().notNull(),
    items: jsonb().$type<readonly Scored[]>().notNull(),
    trainedAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.categoryId] })],
);

/** What a person had to do with, a row an item and act: what is shown to him is chosen by it. */
export const recommendationTrace = pgTable(
  "recommendation_trace",
  {
    personId: text().notNull(),
    itemId: id("product").notNull(),
    kind: text().$type<TraceKind>().notNull(),
    at: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.personId, t.itemId, t.kind] }),
    index("recommendation_trace_latest").on(t.personId, t.at.desc()),
  ],
);
