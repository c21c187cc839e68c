import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { Texts } from "#kernel/texts";
import type { AttributeDef, CategoryState, Taxonomy } from "#services/catalog/category/domain";
import type { TaxClass } from "#services/catalog/category/facts";

/** Ids from the root down to the node itself, joined by dots; by byte, so that a prefix is a range. */
const idPath = customType<{ data: string; driverData: string }>({ dataType: () => 'text COLLATE "C"' });

export const category = pgTable(
  "category",
  {
    id: id("category").primaryKey(),
    parentId: id("category").references((): AnyPgColumn => category.id),
    path: idPath().notNull(),
    depth: integer().notNull(),
    position: integer().notNull(),
    state: text().$type<CategoryState>().notNull(),
    slug: text().notNull(),
    names: jsonb().$type<Texts>().notNull(),
    attributes: jsonb().$type<readonly AttributeDef[]>().notNull(),
    /** Null takes the value of the nearest category above that has one. */
    taxClass: text().$type<TaxClass>(),
    commissionBasisPoints: integer(),
    returnDays: integer(),
    /** What is sold here is always reviewed by an operator. */
    restricted: boolean().notNull(),
    visibleFrom: instant(),
    visibleUntil: instant(),
    googleCategoryId: integer(),
    shopifyCategoryId: text(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index("category_by_path").on(t.path),
    index("category_by_parent").on(t.parentId, t.position),
    check("category_depth", sql`${t.depth} BETWEEN 0 AND 7`),
    check("category_path_ends_here", sql`right(${t.path}, length(${t.id})) = ${t.id}`),
    check("category_root", sql`(${t.parentId} IS NULL) = (${t.depth} = 0)`),
    check(
      "category_commission",
      sql`${t.commissionBasisPoints} IS NULL OR ${t.commissionBasisPoints} BETWEEN 0 AND 10000`,
    ),
  ],
);

/** Every slug that a category has or had: an old one leads on to the new one and is nobody else's. */
export const categorySlug = pgTable(
  "category_slug",
  {
    slug: text().primaryKey(),
    categoryId: id("category")
      .notNull()
      .references(() => category.id),
    since: instant().notNull(),
  },
  (t) => [index("category_slug_by_category").on(t.categoryId)],
);

/** Published products that hang off the category itself; the tree adds up what lies below. */
export const categoryCount = pgTable(
  "category_count",
  {
    categoryId: id("category")
      .primaryKey()
      .references(() => category.id),
    products: integer().notNull(),
  },
  (t) => [check("category_count_not_negative", sql`${t.products} >= 0`)],
);

/** Published taxonomies as they were imported; what a later version dropped stays, as retired. */
export const taxonomyCode = pgTable(
  "taxonomy_code",
  {
    taxonomy: text().$type<Taxonomy>().notNull(),
    code: text().notNull(),
    path: text().notNull(),
    version: text().notNull(),
    retired: boolean().notNull(),
  },
  (t) => [primaryKey({ columns: [t.taxonomy, t.code] })],
);
