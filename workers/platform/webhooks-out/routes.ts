import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { zPage } from "#kernel/page";
import { anyOf, operator, seller } from "#kernel/policy";
import {
  createEndpoint,
  loadEndpoint,
  removeEndpoint,
  replayDelivery,
  replayRange,
  rotateSecret,
  sendTest,
  updateEndpoint,
} from "./commands/endpoints.ts";
import { getDelivery, listDeliveries, listEndpoints, listEventTypes, toEndpointDto } from "./queries.ts";
import {
  zAs,
  zChange,
  zCreate,
  zDelivery,
  zDeliveryList,
  zDeliveryLog,
  zDeliveryRef,
  zEndpoint,
  zEndpointRef,
  zEndpointWithSecret,
  zEventTypeList,
  zReplayed,
  zReplayRange,
  zRotate,
} from "./schemas.ts";

const ENDPOINT_ID = "whe_01jd8zt4w8h5vc6q1m9a2r7sxy";
const DELIVERY_ID = "whd_01jd8zt4w8h5vc6q1m9a2r7sxy";
const readers = anyOf(seller("seller:read"), operator("platform:read"));
const writers = anyOf(seller("seller:write"), operator("platform:write"));

export const app = newApp("/v1/webhook-endpoints")
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "List the shop's endpoints, or as an operator the platform's.",
      policy: readers,
      request: { query: zAs },
      responses: { 200: z.object({ items: z.array(zEndpoint) }) },
      example: { as: "seller" },
    }),
    (ctx, input) => listEndpoints(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Register where events are posted to; the answer is the only one that holds the secret.",
      policy: writers,
      request: { query: zAs, body: zCreate },
      responses: { 201: zEndpointWithSecret },
      example: { url: "https://shop.example.com/hooks", eventTypes: ["order.paid", "order.cancelled"] },
    }),
    async (ctx, input) => {
      const { endpoint, secret } = await createEndpoint(ctx, input);
      return { ...toEndpointDto(endpoint), secret };
    },
  )
  .route(
    defineRoute({
      method: "get",
      path: "/event-types",
      summary: "List what can be subscribed to, and what of it shops hear.",
      policy: readers,
      request: {},
      responses: { 200: zEventTypeList },
      example: {},
    }),
    async () => listEventTypes(),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{endpointId}",
      summary: "Read an endpoint and how it is doing.",
      policy: readers,
      request: { params: zEndpointRef, query: zAs },
      responses: { 200: zEndpoint },
      example: { endpointId: ENDPOINT_ID },
    }),
    async (ctx, input) => toEndpointDto(await loadEndpoint(ctx, input, "read")),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{endpointId}",
      summary: "Change address, subscriptions or state; enabling forgets its failures.",
      policy: writers,
      request: { params: zEndpointRef, query: zAs, body: zChange },
      responses: { 200: zEndpoint },
      concurrency: "if-match",
      example: { endpointId: ENDPOINT_ID, state: "enabled" },
    }),
    async (ctx, input) => toEndpointDto(await updateEndpoint(ctx, input)),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{endpointId}",
      summary: "Delete an endpoint with its deliveries.",
      policy: writers,
      request: { params: zEndpointRef, query: zAs },
      responses: { 204: z.null() },
      example: { endpointId: ENDPOINT_ID },
    }),
    (ctx, input) => removeEndpoint(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{endpointId}/rotate-secret",
      summary: "Give it a new secret; for the overlap both sign, and each delivery carries both signatures.",
      policy: writers,
      request: { params: zEndpointRef, query: zAs, body: zRotate },
      responses: { 200: zEndpointWithSecret },
      example: { endpointId: ENDPOINT_ID, overlapHours: 24 },
    }),
    async (ctx, input) => {
      const { endpoint, secret } = await rotateSecret(ctx, input);
      return { ...toEndpointDto(endpoint), secret };
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{endpointId}/test",
      summary: "Send a test event to it.",
      policy: writers,
      request: { params: zEndpointRef, query: zAs },
      responses: { 202: z.object({ deliveryId: zDelivery.shape.id }) },
      example: { endpointId: ENDPOINT_ID },
    }),
    async (ctx, input) => ({ deliveryId: await sendTest(ctx, input) }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{endpointId}/replay",
      summary: "Send deliveries of a range of time again, at most 500 at once; `last` is where to go on.",
      policy: writers,
      request: { params: zEndpointRef, query: zAs, body: zReplayRange },
      responses: { 202: zReplayed },
      example: { endpointId: ENDPOINT_ID, since: "2026-11-01T00:00:00Z", until: "2026-11-02T00:00:00Z" },
    }),
    (ctx, input) => replayRange(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{endpointId}/deliveries",
      summary: "List deliveries, the newest first.",
      policy: readers,
      request: { params: zEndpointRef, query: zDeliveryList },
      responses: { 200: zPage(zDelivery) },
      example: { endpointId: ENDPOINT_ID, limit: 20 },
    }),
    (ctx, input) => listDeliveries(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{endpointId}/deliveries/{deliveryId}",
      summary: "Read a delivery with its body and the log of its tries.",
      policy: readers,
      request: { params: zDeliveryRef, query: zAs },
      responses: { 200: zDeliveryLog },
      example: { endpointId: ENDPOINT_ID, deliveryId: DELIVERY_ID },
    }),
    (ctx, input) => getDelivery(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{endpointId}/deliveries/{deliveryId}/replay",
      summary: "Send a delivery again, under the same webhook-id.",
      policy: writers,
      request: { params: zDeliveryRef, query: zAs },
      responses: { 202: zReplayed },
      example: { endpointId: ENDPOINT_ID, deliveryId: DELIVERY_ID },
    }),
    (ctx, input) => replayDelivery(ctx, input),
  );
