import * as z from "zod";
import { zId } from "#kernel/ids";
import { zSlug } from "#kernel/slug";
import { PRODUCT_FIELDS, zProductSlug } from "./product.ts";

/** Products of one request: read, decided and written in two round trips. */
export const IMPORT_ROWS_MAX = 500;
export const IMPORT_BYTES_MAX = 4 * 1024 * 1024;
export const IMPORT_TYPES = ["application/x-ndjson", "text/csv"] as const;

/** One product with its variants and the shop's offers: a line of JSON, or the CSV lines of one `ref`. */
export const zImportRow = z.object({
  /** What the shop's own system calls it; the same `ref` again changes the product that it made before. */
  ref: z.string().trim().min(1).max(100),
  /** Id or slug. */
  category: z.union([zId("category"), zSlug]),
  slug: zProductSlug.optional(),
  titles: PRODUCT_FIELDS.titles,
  descriptions: PRODUCT_FIELDS.descriptions.optional(),
  brand: PRODUCT_FIELDS.brand.optional(),
  mpn: PRODUCT_FIELDS.mpn.optional(),
  attributes: PRODUCT_FIELDS.attributes.optional(),
  options: PRODUCT_FIELDS.options.optional(),
  variants: PRODUCT_FIELDS.variants,
});
export const zImportQuery = z.object({
  /** For a key of the platform: the shop whose products these are. */
  sellerId: zId("seller").optional(),
  /** "draft" leaves new products unpublished. */
  state: z.enum(["published", "draft"]).default("published"),
});
export const zImportReport = z.object({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  failed: z.int(),
  rows: z.array(
    z.object({
      /** The line of the file, from 1; of CSV the first line of the product. */
      row: z.int(),
      ref: z.string().nullable(),
      status: z.enum(["created", "updated", "unchanged", "failed"]),
      productId: zId("product").nullable(),
      offers: z.array(z.object({ sku: z.string(), offerId: zId("offer") })),
      errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
    }),
  ),
});
export const zExportQuery = z.object({
  format: z.enum(["jsonl", "csv"]).default("jsonl"),
  sellerId: zId("seller").optional(),
});

export type ImportRow = z.output<typeof zImportRow>;
export type ImportReport = z.output<typeof zImportReport>;
