import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { anyOf, operator, service } from "#kernel/policy";
import { loadFile, loadObject, startBackup } from "./commands.ts";
import { listFiles, listObjects, readFile, readObject } from "./queries.ts";
import {
  FILE_BYTES_MAX,
  PAGE_BYTES_MAX,
  zAfter,
  zFileAbout,
  zFileList,
  zFileRef,
  zFiles,
  zImportPage,
  zObjectList,
  zObjectPage,
  zObjectRef,
  zObjects,
  zStarted,
  zTaken,
} from "./schemas.ts";

const keepers = anyOf(operator("platform:write"), service("platform"));
const ID = "cnv_01jd8zt4w8h5vc6q1m9a2r7sxy";

export const app = newApp("/v1/backups")
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Write the tables of this market into the bucket of backups, beside the nightly one.",
      policy: keepers,
      request: {},
      responses: { 202: zStarted },
      example: {},
    }),
    (ctx) => startBackup(ctx),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/objects",
      summary: "List the objects that have something to keep, for a backup.",
      policy: keepers,
      request: { query: zObjectList },
      responses: { 200: zObjects },
      example: { carts: "no" },
    }),
    (ctx, input) => listObjects(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/objects/{noun}/{id}",
      summary: "Read a page of what an object's tables hold, for a backup.",
      policy: keepers,
      request: { params: zObjectRef, query: zAfter },
      responses: { 200: zObjectPage },
      example: { noun: "chat-room", id: ID, after: "" },
    }),
    (ctx, input) => readObject(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/files",
      summary: "List files with their sizes and hashes, for a backup.",
      policy: keepers,
      request: { query: zFileList },
      responses: { 200: zFiles },
      example: { bucket: "media" },
    }),
    (ctx, input) => listFiles(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/files/{bucket}/{key}",
      summary: "Read a file, for a backup.",
      policy: keepers,
      request: { params: zFileRef },
      responses: { 200: z.any() },
      example: { bucket: "media", key: "id/none" },
    }),
    (ctx, input) => readFile(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/objects/{noun}/{id}",
      summary: "Put rows of a backup back into an object that has none, page by page.",
      policy: keepers,
      request: { params: zObjectRef, body: zImportPage, bytesMax: PAGE_BYTES_MAX },
      responses: { 200: zTaken },
      example: { noun: "chat-room", id: ID, exportId: "0".repeat(64), page: 0, isLast: false, rows: [] },
    }),
    (ctx, input) => loadObject(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/files/{bucket}/{key}",
      summary: "Put a file of a backup back where there is none.",
      policy: keepers,
      request: {
        params: zFileRef,
        query: zFileAbout,
        raw: { contentTypes: ["application/octet-stream"], bytesMax: FILE_BYTES_MAX },
      },
      responses: { 200: zTaken },
      example: { bucket: "media", key: "id/none-restored" },
    }),
    (ctx, input) => loadFile(ctx, input),
  );
