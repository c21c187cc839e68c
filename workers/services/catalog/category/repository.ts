import { and, desc, eq, like, max, type SQL, sql } from "drizzle-orm";
import { among, build, guarded, insertMany, type Query, query, recordset, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { category, categoryCount, categorySlug, taxonomyCode } from "#schema/catalog/category";
import {
  type Category,
  type CategoryNode,
  type Placed,
  type Taxonomy,
  type TaxonomyCode,
  toNodes,
} from "./domain.ts";

export const rowsQuery = (): Query<readonly Category[]> =>
  query(
    (read) => read.select().from(category),
    (rows) => rows,
  );

export const rowsByIdQuery = (ids: readonly Id<"category">[]): Query<readonly Category[]> =>
  query(
    (read) => read.select().from(category).where(among(category.id, ids)),
    (rows) => rows,
  );

/** The tree as part of another service's read, for a command that must not decide on a copy; no counts. */
export const treeQuery = (): Query<readonly CategoryNode[]> =>
  query(
    (read) => read.select().from(category),
    (rows) => toNodes(rows, new Map()),
  );

/** For another service's read: a category, by id or slug, and all below it; an unknown one: none. */
export const idsBelow = (idOrSlug: string): SQL =>
  sql`(SELECT c.id FROM ${category} AS root
    JOIN ${category} AS c ON c.path = root.path OR (c.path > root.path || '.' AND c.path < root.path || '/')
    WHERE root.id = ${idOrSlug} OR root.slug = ${idOrSlug})`;

/** Days to return goods of these categories, of the nearest one above that says; null where none does. */
export const returnDaysQuery = (
  ids: readonly Id<"category">[],
): Query<ReadonlyMap<Id<"category">, number | null>> =>
  query(
    (read) =>
      read.execute<{ id: Id<"category">; days: number | null }>(sql`
        SELECT c.id, (
          SELECT p.return_days FROM category p
          WHERE p.id = ANY(string_to_array(c.path, '.')) AND p.return_days IS NOT NULL
          ORDER BY p.depth DESC LIMIT 1) AS days
        FROM category c WHERE ${among(sql`c.id`, ids)}`),
    ({ rows }) => new Map(rows.map(({ id, days }) => [id, days])),
  );

export const countsQuery = (): Query<ReadonlyMap<string, number>> =>
  query(
    (read) => read.select().from(categoryCount),
    (rows) => new Map(rows.map((row) => [row.categoryId, row.products])),
  );

/** Levels below a category: 0 for a leaf. */
export const heightQuery = (id: Id<"category">): Query<number> =>
  query(
    (read) =>
      read
        .select({ deepest: max(category.depth) })
        .from(category)
        .where(like(category.path, `%${id}%`)),
    ([row]) => row?.deepest ?? 0,
  );

export const slugOwnerQuery = (slug: string): Query<Id<"category"> | undefined> =>
  query(
    (read) =>
      read.select({ id: categorySlug.categoryId }).from(categorySlug).where(eq(categorySlug.slug, slug)),
    ([row]) => row?.id,
  );

/** The tree changes its shape once at a time; what follows in the batch sees the shape as it is. */
export const lockTree = (): Statement => ({
  sql: sql`SELECT pg_advisory_xact_lock(hashtextextended('category_tree', 0))`,
});

/** The decision rested on where this category stood, so it must still stand there. */
export const assertPlaced = ({ id, path, state }: Placed): Statement<"category.moved"> => ({
  sql: sql`SELECT assert_that(EXISTS (SELECT 1 FROM ${category}
    WHERE id = ${id} AND path = ${path} AND state = ${state}), 'category.moved')`,
});

export const insert = (row: Category): Statement => insertMany(category, [row]);

/** Saves everything but the place, which only `move` changes. */
export function save(row: Category): Statement<"category.stale"> {
  const { id, version, path: _path, depth: _depth, parentId: _parent, ...rest } = row;
  const before = and(eq(category.id, id), eq(category.version, version - 1));
  return guarded(
    build
      .update(category)
      .set({ ...rest, version })
      .where(before),
    1,
    "category.stale",
  );
}

type Move = {
  readonly from: Category;
  readonly to: Pick<Category, "parentId" | "path" | "depth" | "position" | "version">;
};

/** Re-paths the category and everything below it in one statement. */
export function move({ from, to }: Move): readonly Statement<"category.stale" | "category.too_deep">[] {
  const before = and(eq(category.id, from.id), eq(category.version, to.version - 1));
  const below = sql`path >= ${`${from.path}.`} AND path < ${`${from.path}/`}`;
  return [
    guarded(build.update(category).set(to).where(before), 1, "category.stale"),
    {
      sql: sql`UPDATE ${category} SET path = ${to.path}::text || substr(path, ${from.path.length + 1}),
        depth = depth + ${to.depth - from.depth} WHERE ${below}`,
      constraints: { category_depth: "category.too_deep" },
    },
  ];
}

/** A slug is claimed for good; its category may come back to it, nobody else may have it. */
export function claimSlug(
  slug: string,
  categoryId: Id<"category">,
  now: number,
): Statement<"category.slug_taken"> {
  const claim = sql`INSERT INTO ${categorySlug} (slug, category_id, since)
    VALUES (${slug}, ${categoryId}, ${new Date(now).toISOString()})
    ON CONFLICT (slug) DO UPDATE SET since = excluded.since
    WHERE category_slug.category_id = excluded.category_id`;
  return guarded(claim, 1, "category.slug_taken");
}

/** No active category below it and no published product on it. */
export const assertEmpty = (id: Id<"category">): Statement<"category.not_empty"> => ({
  sql: sql`SELECT assert_that(
    NOT EXISTS (SELECT 1 FROM ${category} WHERE parent_id = ${id} AND state = 'active')
    AND NOT EXISTS (SELECT 1 FROM ${categoryCount} WHERE category_id = ${id} AND products > 0),
    'category.not_empty')`,
});

/** Adds to the number of published products of categories, in the commit that publishes or withdraws them. */
export function addCounts(deltas: ReadonlyMap<Id<"category">, number>): readonly Statement[] {
  const changed = [...deltas].filter(([, products]) => products !== 0);
  if (changed.length === 0) return [];
  const rows = changed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, products]) => ({ id, products }));
  const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS w (id text, products int)`;
  // A row comes first, since a CHECK looks at what is to be inserted before it looks for a conflict.
  return [
    {
      sql: sql`INSERT INTO ${categoryCount} (category_id, products)
        SELECT id, 0 FROM ${given} ON CONFLICT (category_id) DO NOTHING`,
    },
    {
      sql: sql`UPDATE ${categoryCount} SET products = category_count.products + w.products
        FROM ${given} WHERE category_id = w.id`,
    },
  ];
}

/** What is put into these categories finds them open: none is archived before the commit is through. */
export const assertOpen = (ids: readonly Id<"category">[]): Statement<"category.closed"> => {
  const wanted = [...new Set(ids)];
  return {
    sql: sql`SELECT assert_that((SELECT count(*) FROM (SELECT 1 FROM ${category}
      WHERE ${among(category.id, wanted)} AND state = 'active' ORDER BY id FOR SHARE) AS open)
      = ${wanted.length}, 'category.closed')`,
  };
};

type Published = { readonly taxonomy: Taxonomy; readonly version: string };

/** A version replaces the one before: what it no longer has is kept, as retired, since categories name it. */
export function saveTaxonomy(
  { taxonomy, version }: Published,
  codes: readonly Omit<TaxonomyCode, "retired">[],
): readonly Statement[] {
  const rows = codes.map((one) => ({ ...one, taxonomy, version, retired: false }));
  const { from, names } = recordset(taxonomyCode, rows);
  return [
    {
      sql: sql`INSERT INTO ${taxonomyCode} (${names}) SELECT ${names} FROM ${from}
        ON CONFLICT (taxonomy, code) DO UPDATE
        SET path = excluded.path, version = excluded.version, retired = false`,
    },
    {
      sql: sql`UPDATE ${taxonomyCode} SET retired = true
        WHERE taxonomy = ${taxonomy} AND version <> ${version} AND NOT retired`,
    },
  ];
}

export const taxonomyQuery = (taxonomy: Taxonomy): Query<readonly TaxonomyCode[]> =>
  query(
    (read) =>
      read
        .select({ code: taxonomyCode.code, path: taxonomyCode.path, retired: taxonomyCode.retired })
        .from(taxonomyCode)
        .where(eq(taxonomyCode.taxonomy, taxonomy)),
    (rows) => rows,
  );

export type Suggestion = { readonly code: string; readonly path: string; readonly confidence: number };

/** Codes in force whose names are most like a category's, by trigrams of the leaf and of the whole path. */
export const suggestionsQuery = (
  taxonomy: Taxonomy,
  { name, path }: { readonly name: string; readonly path: string },
  limit: number,
): Query<readonly Suggestion[]> => {
  const leaf = sql`regexp_replace(${taxonomyCode.path}, '^.* > ', '')`;
  const confidence = sql<number>`round((0.7 * similarity(${leaf}, ${name})
    + 0.3 * similarity(${taxonomyCode.path}, ${path}))::numeric, 3)::float8`;
  return query(
    (read) =>
      read
        .select({ code: taxonomyCode.code, path: taxonomyCode.path, confidence })
        .from(taxonomyCode)
        .where(and(eq(taxonomyCode.taxonomy, taxonomy), eq(taxonomyCode.retired, false)))
        .orderBy(desc(confidence), taxonomyCode.code)
        .limit(limit),
    (rows) => rows,
  );
};

/** A code must be in force once its taxonomy has been imported; before that nobody can know. */
export const assertCode = (taxonomy: Taxonomy, code: string): Statement<"taxonomy.unknown_code"> => ({
  sql: sql`SELECT assert_that(
    EXISTS (SELECT 1 FROM ${taxonomyCode} WHERE taxonomy = ${taxonomy} AND code = ${code} AND NOT retired)
    OR NOT EXISTS (SELECT 1 FROM ${taxonomyCode} WHERE taxonomy = ${taxonomy}), 'taxonomy.unknown_code')`,
});
