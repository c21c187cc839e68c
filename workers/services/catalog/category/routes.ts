import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import type { JsonText } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import { open, operator } from "#kernel/policy";
import {
  archiveCategory,
  createCategory,
  importTaxonomy,
  moveCategory,
  restoreCategory,
  updateCategory,
} from "./commands.ts";
import { fail } from "./errors.ts";
import {
  type CategoryDetail,
  categoryTree,
  findCategory,
  findMoved,
  listCategories,
  listMappings,
  suggestCodes,
} from "./queries.ts";
import {
  zCategory,
  zCategoryDetail,
  zCategoryRef,
  zCategoryTree,
  zCreateCategory,
  zIdOrSlug,
  zMappings,
  zMoveCategory,
  zSuggestions,
  zTaxonomyImport,
  zTaxonomyRef,
  zTaxonomyVersion,
  zUpdateCategory,
} from "./schemas.ts";

const write = operator("category:write");
const EXAMPLE_ID = "cat_01jd8zt4w8h5vc6q1m9a2r7sxy";
const example = { categoryId: EXAMPLE_ID };
/** Both published lists are below 2 MiB. */
const TAXONOMY_BYTES_MAX = 4 * 1024 * 1024;
const zSuggestionRef = z.object({ ...zCategoryRef.shape, ...zTaxonomyRef.shape });

async function show(ctx: Ctx, idOrSlug: string): Promise<JsonText<CategoryDetail> | Reply<CategoryDetail>> {
  const found = await findCategory(ctx, idOrSlug);
  if (found.text !== "null") return found as JsonText<CategoryDetail>;
  const slug = await findMoved(ctx, idOrSlug);
  if (slug === undefined || slug === idOrSlug) throw fail("category.not_found");
  return new Reply<CategoryDetail>(null, { status: 301, headers: { location: `/v1/categories/${slug}` } });
}

export const app = newApp("/v1/categories")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "The category tree that buyers see.",
      policy: open,
      request: {},
      responses: { 200: zCategoryTree },
      example: {},
    }),
    (ctx) => listCategories(ctx),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/all",
      summary: "The whole tree, archived and hidden categories too.",
      policy: write,
      request: {},
      responses: { 200: zCategoryTree },
      example: {},
    }),
    async (ctx) => ({ items: await categoryTree(ctx) }),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{idOrSlug}",
      summary: "One category with its ancestors and children; an old slug leads to the new one.",
      policy: open,
      request: { params: zIdOrSlug },
      responses: { 200: zCategoryDetail, 301: z.null() },
      example: { idOrSlug: "batik" },
    }),
    (ctx, { idOrSlug }) => show(ctx, idOrSlug),
  )
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Adds a category.",
      policy: write,
      request: { body: zCreateCategory },
      responses: { 201: zCategory },
      example: { parentId: null, names: { en: "Fashion", id: "Busana" } },
    }),
    (ctx, input) => createCategory(ctx, input),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{categoryId}",
      summary: "Changes names, slug, order, terms or template of a category.",
      policy: write,
      request: { params: zCategoryRef, body: zUpdateCategory },
      responses: { 200: zCategory },
      concurrency: "if-match",
      example: { ...example, names: { en: "Fashion" } },
    }),
    (ctx, input) => updateCategory(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{categoryId}/move",
      summary: "Moves a category with everything below it.",
      policy: write,
      request: { params: zCategoryRef, body: zMoveCategory },
      responses: { 200: zCategory },
      concurrency: "if-match",
      example: { ...example, parentId: null, position: 1 },
    }),
    (ctx, input) => moveCategory(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{categoryId}/archive",
      summary: "Takes an empty category out of the tree.",
      policy: write,
      request: { params: zCategoryRef },
      responses: { 200: zCategory },
      concurrency: "if-match",
      example,
    }),
    (ctx, input) => archiveCategory(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{categoryId}/restore",
      summary: "Brings an archived category back.",
      policy: write,
      request: { params: zCategoryRef },
      responses: { 200: zCategory },
      concurrency: "if-match",
      example,
    }),
    (ctx, input) => restoreCategory(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/taxonomies/{taxonomy}/import",
      summary: "Takes in a published taxonomy: the text file that Google or Shopify gives out.",
      policy: write,
      request: {
        params: zTaxonomyRef,
        query: zTaxonomyVersion,
        raw: { contentTypes: ["text/plain"], bytesMax: TAXONOMY_BYTES_MAX },
      },
      responses: { 200: zTaxonomyImport },
      example: { taxonomy: "google", version: "2021-09-21" },
    }),
    (ctx, input) => importTaxonomy(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/taxonomies/{taxonomy}/mappings",
      summary: "Where each category stands in a published taxonomy, and what is wrong with it.",
      policy: write,
      request: { params: zTaxonomyRef },
      responses: { 200: zMappings },
      example: { taxonomy: "google" },
    }),
    (ctx, input) => listMappings(ctx, input.taxonomy),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{categoryId}/suggestions/{taxonomy}",
      summary: "The codes of a taxonomy that are most like a category, with how sure that is.",
      policy: write,
      request: { params: zSuggestionRef },
      responses: { 200: zSuggestions },
      example: { ...example, taxonomy: "google" },
    }),
    (ctx, input) => suggestCodes(ctx, input),
  );
