import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { anyOf, open, operator, seller, service } from "#kernel/policy";
import { importBills } from "./commands/bill.ts";
import { buyLabel, buyReturn } from "./commands/buy.ts";
import { addTable, changeTable, putOrigin } from "./commands/origin.ts";
import { askPickup, voidLabel } from "./commands/void.ts";
import { getLabel, listAudits, listLabels, readDocument, toLabelDto } from "./queries/labels.ts";
import { readManifest } from "./queries/manifest.ts";
import { getOrigin, listTables, previewRates, toOriginDto, toTableDto } from "./queries/preview.ts";
import {
  zAskPickup,
  zAskQuote,
  zAuditQuery,
  zAudits,
  zBuyLabel,
  zBuyReturn,
  zDocumentQuery,
  zImportBills,
  zImported,
  zLabel,
  zLabelQuery,
  zLabelRef,
  zLabels,
  zManifestQuery,
  zOrigin,
  zPickup,
  zPutOrigin,
  zPutTable,
  zQuotes,
  zTable,
  zTableRef,
  zTables,
} from "./schemas.ts";

const LABEL_ID = "lbl_01jd8zt4w8h5vc6q1m9a2r7sxy";
const shops = anyOf(seller("order:write"), service("order:write"));
const readers = anyOf(seller("order:read"), service("order:read"));
const ADDRESS = {
  name: "Toko Maju",
  phone: "+6281234567890",
  country: "ID",
  region: "Jawa Barat",
  city: "Bandung",
  postalCode: "40115",
  line1: "Jl. Asia Afrika 8",
};
const PRICES = {
  service: "economy",
  carrier: "Economy",
  names: { en: "Economy", id: "Hemat" },
  zones: [{ postalPrefixes: ["994"], baseMinor: "1200000", stepMinor: "900000", minDays: 3, maxDays: 6 }],
};
/** Five hundred bills, or zones with every postal prefix named. */
const BULK_BYTES_MAX = 256 * 1024;

export const app = newApp("/v1/shipping")
  .route(
    defineRoute({
      method: "post",
      path: "/quotes",
      summary: "Compare what sending offers to a place costs, without a full address.",
      policy: open,
      request: { body: zAskQuote },
      responses: { 200: zQuotes },
      example: {
        country: "ID",
        postalCode: "10110",
        lines: [{ offerId: "ofr_01jd8zt4w8h5vc6q1m9a2r7sxy", quantity: 1 }],
      },
    }),
    (ctx, input) => previewRates(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/origin",
      summary: "Read where the shop's parcels are picked up.",
      policy: readers,
      request: {},
      responses: { 200: zOrigin },
      example: {},
    }),
    (ctx) => getOrigin(ctx),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/origin",
      summary: "Say where the shop's parcels are picked up, until which hour, and on which days not.",
      policy: seller("seller:write"),
      request: { body: zPutOrigin },
      responses: { 200: zOrigin },
      example: { address: ADDRESS, holidays: ["2026-12-25"] },
    }),
    async (ctx, input) => toOriginDto(await putOrigin(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/tables",
      summary: "List the price tables, as an operator.",
      policy: operator("platform:read"),
      request: {},
      responses: { 200: zTables },
      example: {},
    }),
    (ctx) => listTables(ctx),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/tables",
      summary: "Add a service with its prices by zone and weight.",
      policy: operator("platform:write"),
      request: { body: zPutTable, bytesMax: BULK_BYTES_MAX },
      responses: { 201: zTable },
      idempotency: "required",
      example: { prices: PRICES },
    }),
    async (ctx, input) => toTableDto(await addTable(ctx, input)),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/tables/{tableId}",
      summary: "Change a price table, or take it out of use; quotes that were given keep their price.",
      policy: operator("platform:write"),
      request: { params: zTableRef, body: zPutTable, bytesMax: BULK_BYTES_MAX },
      responses: { 200: zTable },
      concurrency: "if-match",
      example: { tableId: "rtb_01jd8zt4w8h5vc6q1m9a2r7sxy", isActive: false, prices: PRICES },
    }),
    async (ctx, input) => toTableDto(await changeTable(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/labels",
      summary: "Buy the label of the rate that the buyer chose; the parcel counts as shipped with it.",
      policy: shops,
      request: { body: zBuyLabel },
      responses: { 201: zLabel },
      idempotency: "required",
      example: { orderId: "ord_01jd8zt4w8h5vc6q1m9a2r7sxy" },
    }),
    async (ctx, input) => toLabelDto(await buyLabel(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/labels",
      summary: "List the shop's labels, the newest first.",
      policy: readers,
      request: { query: zLabelQuery },
      responses: { 200: zLabels },
      example: { limit: 20 },
    }),
    (ctx, input) => listLabels(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/labels/{labelId}",
      summary: "Read a label of the shop.",
      policy: readers,
      request: { params: zLabelRef },
      responses: { 200: zLabel },
      example: { labelId: LABEL_ID },
    }),
    (ctx, input) => getLabel(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/labels/{labelId}/document",
      summary: "Download a label as PDF or ZPL.",
      policy: readers,
      request: { params: zLabelRef, query: zDocumentQuery },
      responses: { 200: z.any() },
      example: { labelId: LABEL_ID, format: "pdf" },
    }),
    (ctx, input) => readDocument(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/labels/{labelId}/void",
      summary: "Give a label back to its carrier, which gives back what it cost.",
      policy: shops,
      request: { params: zLabelRef },
      responses: { 200: zLabel },
      idempotency: "required",
      example: { labelId: LABEL_ID },
    }),
    async (ctx, input) => toLabelDto(await voidLabel(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/labels/{labelId}/return",
      summary: "Buy the label of the way back, from the buyer to the shop.",
      policy: shops,
      request: { params: zLabelRef, body: zBuyReturn },
      responses: { 201: zLabel },
      idempotency: "required",
      example: { labelId: LABEL_ID, weightGrams: 500 },
    }),
    async (ctx, input) => toLabelDto(await buyReturn(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/pickups",
      summary: "Have a carrier come for labelled parcels.",
      policy: shops,
      request: { body: zAskPickup },
      responses: { 201: zPickup },
      idempotency: "required",
      example: { labelIds: [LABEL_ID], from: "2026-11-24T08:00:00Z", until: "2026-11-24T12:00:00Z" },
    }),
    (ctx, input) => askPickup(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/manifest",
      summary: "Download the list of a day's parcels, to be signed by whoever takes them.",
      policy: readers,
      request: { query: zManifestQuery },
      responses: { 200: z.any() },
      example: { date: "2026-11-24", format: "csv" },
    }),
    (ctx, input) => readManifest(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/audits",
      summary: "List what carriers billed otherwise than it was quoted, and why.",
      policy: anyOf(readers, operator("order:read")),
      request: { query: zAuditQuery },
      responses: { 200: zAudits },
      example: { limit: 20 },
    }),
    (ctx, input) => listAudits(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/bills",
      summary: "Enter a carrier's bills; a row counts once, however often it is sent.",
      policy: operator("platform:write"),
      request: { body: zImportBills, bytesMax: BULK_BYTES_MAX },
      responses: { 200: zImported },
      idempotency: "required",
      example: {
        provider: "biteship",
        source: "november.csv",
        rows: [{ trackingNumber: "JX3400012345", billedMinor: "1900000", billedAt: "2026-11-24T00:00:00Z" }],
      },
    }),
    (ctx, input) => importBills(ctx, input),
  );
