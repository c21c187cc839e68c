import * as z from "zod";
import { defineRoute, newApp, Reply } from "#kernel/app";
import type { JsonText } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import { anyOf, open, operator, seller, service } from "#kernel/policy";
import { approveChange, rejectChange, withdrawChange } from "../commands/decide-change.ts";
import { createProduct, updateProduct } from "../commands/edit.ts";
import { importProducts } from "../commands/import.ts";
import * as lifecycle from "../commands/lifecycle.ts";
import { arrangeMedia, removeMedia, uploadMedia } from "../commands/media.ts";
import { proposeChange, proposePicture } from "../commands/propose.ts";
import { PICTURE_BYTES_MAX, VIDEO_BYTES_MAX } from "../domain/media.ts";
import { exportProducts } from "../queries/export.ts";
import { getOwn, listAsked, listChanges, listMine, listProposed, listWaiting } from "../queries/own.ts";
import { listProducts, type ProductPage, showProduct, toMediaDto } from "../queries/pages.ts";
import * as f from "../schemas/import.ts";
import * as m from "../schemas/media.ts";
import * as s from "../schemas/product.ts";
import { zProposeChange } from "../schemas/proposal.ts";

const write = anyOf(seller("product:write"), service("catalogue:write"));
const review = operator("product:review");
const sight = anyOf(seller("product:write"), service("catalogue:write"), review);
/** A product with its two thousand variants. */
const PRODUCT_BYTES_MAX = 1024 * 1024;
const productId = "prd_01jd8zt4w8h5vc6q1m9a2r7sxy";
const mediaId = "med_01jd8zt4w8h5vc6q1m9a2r7sxy";

async function show(ctx: Ctx, idOrSlug: string): Promise<JsonText<ProductPage> | Reply<ProductPage>> {
  const shown = await showProduct(ctx, idOrSlug);
  if ("page" in shown) return shown.page;
  return new Reply<ProductPage>(null, {
    status: 301,
    headers: { location: `/v1/products/${shown.movedTo}` },
  });
}

/** A move of a product's state: the same shape for each, so that none differs by accident. */
const moveRoute = <const P extends string>(path: P, summary: string, policy = write) =>
  defineRoute({
    method: "post",
    path: `/{productId}/${path}`,
    summary,
    policy,
    request: { params: s.zProductRef },
    responses: { 200: s.zProduct },
    example: { productId },
  });

export const app = newApp("/v1/products")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Products on sale, filtered by category, shop and price.",
      policy: open,
      request: { query: s.zListQuery },
      responses: { 200: s.zProductCards },
      example: { sort: "newest", limit: 20 },
    }),
    (ctx, input) => listProducts(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/mine",
      summary: "The shop's own products, in every state.",
      policy: write,
      request: { query: s.zMineQuery },
      responses: { 200: s.zProductRows },
      example: { state: "draft" },
    }),
    (ctx, input) => listMine(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/review",
      summary: "Products that wait for an operator.",
      policy: review,
      request: { query: s.zReviewQuery },
      responses: { 200: s.zProductRows },
      example: { limit: 20 },
    }),
    (ctx, input) => listProposed(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/review/changes",
      summary: "Changes of products on sale that wait for an operator, or what became of them; oldest first.",
      policy: review,
      request: { query: s.zQueueQuery },
      responses: { 200: s.zChangePage },
      example: { state: "pending", limit: 20 },
    }),
    (ctx, input) => listWaiting(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/changes",
      summary: "What the shop asked to change of products on sale and what became of it; oldest first.",
      policy: write,
      request: { query: s.zAskedQuery },
      responses: { 200: s.zChangePage },
      example: { state: "pending" },
    }),
    (ctx, input) => listAsked(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/export",
      summary: "All products of the shop in the form that an import takes: JSON lines or CSV, streamed.",
      policy: write,
      request: { query: f.zExportQuery },
      responses: { 200: z.string() },
      example: { format: "jsonl" },
    }),
    async (ctx, input) => {
      const type = input.format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
      const name = `attachment; filename="products.${input.format}"`;
      const headers = { "content-type": type, "content-disposition": name };
      return new Reply<string>(await exportProducts(ctx, input), { headers });
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/import",
      summary: "Makes or changes up to 500 products from JSON lines or CSV; each row says what became of it.",
      policy: write,
      request: {
        query: f.zImportQuery,
        raw: { contentTypes: f.IMPORT_TYPES, bytesMax: f.IMPORT_BYTES_MAX },
      },
      responses: { 200: f.zImportReport },
      example: { state: "published" },
    }),
    (ctx, input) => importProducts(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{idOrSlug}",
      summary: "A product on sale with its variants and offers; an old slug leads to the new one.",
      policy: open,
      request: { params: s.zIdOrSlug },
      responses: { 200: s.zProductPage, 301: z.null() },
      example: { idOrSlug: "kemeja-batik-parang" },
    }),
    (ctx, { idOrSlug }) => show(ctx, idOrSlug),
  )
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Drafts a product; its options make its variants.",
      policy: seller("product:write"),
      request: { body: s.zCreateProduct, bytesMax: PRODUCT_BYTES_MAX },
      responses: { 201: s.zProduct },
      example: { categoryId: "cat_01jd8zt4w8h5vc6q1m9a2r7sxy", titles: { en: "Batik shirt" } },
    }),
    async (ctx, input) => getOwn(ctx, await createProduct(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{productId}/draft",
      summary: "All of a product for its maker and for operators, with the version that a change must name.",
      policy: sight,
      request: { params: s.zProductRef },
      responses: { 200: s.zProduct },
      example: { productId },
    }),
    (ctx, input) => getOwn(ctx, input.productId),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{productId}",
      summary: "Changes a product; one on sale may have to wait for an operator (202).",
      policy: write,
      request: { params: s.zProductRef, body: s.zUpdateProduct, bytesMax: PRODUCT_BYTES_MAX },
      responses: { 200: s.zProduct, 202: s.zProduct },
      concurrency: "if-match",
      example: { productId, titles: { en: "Batik shirt, long sleeves" } },
    }),
    async (ctx, input) => {
      const status = (await updateProduct(ctx, input)) === "pending" ? 202 : 200;
      return new Reply(await getOwn(ctx, input.productId), { status });
    },
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{productId}",
      summary: "Takes a product away for good; orders keep what they sold.",
      policy: write,
      request: { params: s.zProductRef },
      responses: { 204: z.null() },
      concurrency: "if-match",
      example: { productId },
    }),
    (ctx, input) => lifecycle.removeProduct(ctx, input),
  )
  .route(moveRoute("propose", "Asks for the product to go on sale."), async (ctx, input) =>
    getOwn(ctx, await lifecycle.proposeProduct(ctx, input)),
  )
  .route(moveRoute("archive", "Takes the product off sale."), async (ctx, input) =>
    getOwn(ctx, await lifecycle.archiveProduct(ctx, input)),
  )
  .route(moveRoute("restore", "Makes a draft of an archived product."), async (ctx, input) =>
    getOwn(ctx, await lifecycle.restoreProduct(ctx, input)),
  )
  .route(moveRoute("approve", "Lets a proposed product go on sale.", review), async (ctx, input) =>
    getOwn(ctx, await lifecycle.approveProduct(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{productId}/reject",
      summary: "Turns a proposal down, or takes a product off sale, with the reason.",
      policy: review,
      request: { params: s.zProductRef, body: s.zReason },
      responses: { 200: s.zProduct },
      example: { productId, reason: "The pictures show another brand." },
    }),
    async (ctx, input) => getOwn(ctx, await lifecycle.rejectProduct(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{productId}/changes",
      summary: "Who changed what of a product, the latest first.",
      policy: sight,
      request: { params: s.zProductRef },
      responses: { 200: s.zChanges },
      example: { productId },
    }),
    (ctx, input) => listChanges(ctx, input.productId),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{productId}/proposals",
      summary: "Proposes a change of a product that the shop offers and another made; an operator decides.",
      policy: write,
      request: { params: s.zProductRef, body: zProposeChange, bytesMax: PRODUCT_BYTES_MAX },
      responses: { 202: s.zChange },
      example: { productId, brand: "Batik Keris" },
    }),
    (ctx, input) => proposeChange(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{productId}/proposals/pictures",
      summary: "Adds a picture to what the shop proposes of a product that another made.",
      policy: write,
      request: {
        params: s.zProductRef,
        raw: { contentTypes: m.PICTURE_TYPES, bytesMax: PICTURE_BYTES_MAX },
      },
      responses: { 202: s.zChange },
      example: { productId },
    }),
    (ctx, input) => proposePicture(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{productId}/changes/{number}/approve",
      summary: "Applies a change that waits.",
      policy: review,
      request: { params: s.zChangeRef },
      responses: { 200: s.zProduct },
      example: { productId, number: 1 },
    }),
    async (ctx, input) => {
      await approveChange(ctx, input);
      return getOwn(ctx, input.productId);
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{productId}/changes/{number}/reject",
      summary: "Turns a change down, with the reason.",
      policy: review,
      request: { params: s.zChangeRef, body: s.zReason },
      responses: { 200: s.zProduct },
      example: { productId, number: 1, reason: "The brand is not yours." },
    }),
    async (ctx, input) => {
      await rejectChange(ctx, input);
      return getOwn(ctx, input.productId);
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{productId}/changes/{number}/withdraw",
      summary: "Takes back a change that waits.",
      policy: write,
      request: { params: s.zChangeRef },
      responses: { 200: s.zProduct },
      example: { productId, number: 1 },
    }),
    async (ctx, input) => {
      await withdrawChange(ctx, input);
      return getOwn(ctx, input.productId);
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{productId}/media",
      summary: "Adds a picture (JPEG, PNG, WebP, GIF) or the video (MP4); what it is is read from its bytes.",
      policy: write,
      request: {
        params: s.zProductRef,
        raw: { contentTypes: m.UPLOAD_TYPES, bytesMax: VIDEO_BYTES_MAX },
      },
      responses: { 201: s.zMedia },
      example: { productId },
    }),
    async (ctx, input) => toMediaDto(await uploadMedia(ctx, input)),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{productId}/media",
      summary: "Puts the product's files in order and gives them alternative texts.",
      policy: write,
      request: { params: s.zProductRef, body: m.zArrangeMedia },
      responses: { 200: m.zMediaList },
      example: { productId, items: [{ id: mediaId, alts: { en: "The shirt from the front" } }] },
    }),
    async (ctx, input) => ({ items: (await arrangeMedia(ctx, input)).map(toMediaDto) }),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{productId}/media/{mediaId}",
      summary: "Takes a picture or the video off the product.",
      policy: write,
      request: { params: m.zMediaRef },
      responses: { 204: z.null() },
      example: { productId, mediaId },
    }),
    (ctx, input) => removeMedia(ctx, input),
  );
