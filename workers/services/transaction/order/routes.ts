import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { zPage } from "#kernel/page";
import { anyOf, buyer, guest, operator, seller, service } from "#kernel/policy";
import { cancelOrder } from "./commands/cancel.ts";
import { claimOrders } from "./commands/claim.ts";
import { completeOrder, confirmOrder, deliverOrder, shipOrder } from "./commands/fulfil.ts";
import { exportOrders } from "./queries/export.ts";
import { getOrder, listOrders, readInvoice, readTimeline } from "./queries/orders.ts";
import {
  zAsQuery,
  zCancel,
  zClaimed,
  zOrder,
  zOrderExport,
  zOrderItem,
  zOrderList,
  zOrderRef,
  zShip,
  zTimeline,
} from "./schemas.ts";

const ORDER_ID = "ord_01jd8zt4w8h5vc6q1m9a2r7sxy";
const readers = anyOf(guest, buyer, seller("order:read"), operator("order:read"), service("order:read"));
const movers = anyOf(guest, buyer, seller("order:write"), operator("order:write"), service("order:write"));
const shoppers = anyOf(guest, buyer);
const shops = anyOf(seller("order:write"), service("order:write"));

export const app = newApp("/v1/orders")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "List orders, newest first: one's own, or as a shop or an operator.",
      policy: readers,
      request: { query: zOrderList },
      responses: { 200: zPage(zOrderItem) },
      example: { limit: 20 },
    }),
    (ctx, input) => listOrders(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/claim",
      summary: "Make orders that were placed as a guest, with one's own verified address, one's own.",
      policy: buyer,
      request: {},
      responses: { 200: zClaimed },
      example: {},
    }),
    (ctx) => claimOrders(ctx),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/export",
      summary: "Download orders as CSV, a row a line: of the shop, or as an operator of all.",
      policy: anyOf(seller("order:read"), operator("order:read"), service("order:read")),
      request: { query: zOrderExport },
      responses: { 200: z.any() },
      example: { as: "seller", state: "paid" },
    }),
    async (ctx, input) => exportOrders(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{orderId}",
      summary: "Read an order with its lines, shipments and invoice number.",
      policy: readers,
      request: { params: zOrderRef, query: zAsQuery },
      responses: { 200: zOrder },
      example: { orderId: ORDER_ID },
    }),
    (ctx, input) => getOrder(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{orderId}/timeline",
      summary: "Read what happened to an order, and by whom.",
      policy: readers,
      request: { params: zOrderRef, query: zAsQuery },
      responses: { 200: zTimeline },
      example: { orderId: ORDER_ID },
    }),
    (ctx, input) => readTimeline(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{orderId}/invoice",
      summary: "Download the invoice of a paid order as PDF.",
      policy: readers,
      request: { params: zOrderRef, query: zAsQuery },
      responses: { 200: z.any() },
      example: { orderId: ORDER_ID },
    }),
    (ctx, input) => readInvoice(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{orderId}/cancel",
      summary:
        "Cancel an order, or units of it, that have not been shipped; what was paid for them goes back.",
      policy: movers,
      request: { params: zOrderRef, query: zAsQuery, body: zCancel },
      responses: { 200: zOrder },
      idempotency: "required",
      example: { orderId: ORDER_ID, reason: "changed_mind" },
    }),
    async (ctx, input) => getOrder(ctx, { orderId: (await cancelOrder(ctx, input)).id, as: input.as }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{orderId}/confirm",
      summary: "Take an order on, as the shop.",
      policy: shops,
      request: { params: zOrderRef },
      responses: { 200: zOrder },
      idempotency: "required",
      example: { orderId: ORDER_ID },
    }),
    async (ctx, input) => getOrder(ctx, { orderId: (await confirmOrder(ctx, input)).id, as: "seller" }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{orderId}/ship",
      summary: "Send an order or some of its lines, with carrier and tracking number.",
      policy: shops,
      request: { params: zOrderRef, body: zShip },
      responses: { 200: zOrder },
      idempotency: "required",
      example: { orderId: ORDER_ID, carrier: "JNE", trackingNumber: "JX3400012345" },
    }),
    async (ctx, input) => getOrder(ctx, { orderId: (await shipOrder(ctx, input)).id, as: "seller" }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{orderId}/deliver",
      summary: "Confirm that an order has arrived; the shop does it for one that was paid at the door.",
      policy: movers,
      request: { params: zOrderRef, query: zAsQuery },
      responses: { 200: zOrder },
      idempotency: "required",
      example: { orderId: ORDER_ID },
    }),
    async (ctx, input) => getOrder(ctx, { orderId: (await deliverOrder(ctx, input)).id, as: input.as }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{orderId}/complete",
      summary: "Say as the buyer that all is well with what has come; the shop is paid the sooner.",
      policy: shoppers,
      request: { params: zOrderRef },
      responses: { 200: zOrder },
      idempotency: "required",
      example: { orderId: ORDER_ID },
    }),
    async (ctx, input) => getOrder(ctx, { orderId: (await completeOrder(ctx, input)).id, as: "buyer" }),
  );
