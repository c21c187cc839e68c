import { defineRoute, newApp } from "#kernel/app";
import { zPageQuery } from "#kernel/page";
import { anyOf, open, seller, service } from "#kernel/policy";
import {
  addLocation,
  adjustStock,
  changeLocation,
  closeLocation,
  putLevel,
  setLevels,
  shareStock,
} from "./commands.ts";
import { showAvailability } from "./queries/availability.ts";
import { getLevels, listLevels, listLocations, listLowStock, listMovements } from "./queries/lists.ts";
import {
  zAdjust,
  zAvailability,
  zAvailabilityQuery,
  zDone,
  zLevelPage,
  zLevelQuery,
  zLevels,
  zLocation,
  zLocationRef,
  zLocations,
  zLowStockPage,
  zMovementPage,
  zMovementQuery,
  zNewLocation,
  zNothing,
  zOfferRef,
  zPatchLocation,
  zPutLevel,
  zSetLevels,
  zShareStock,
} from "./schemas.ts";

const reads = anyOf(seller("inventory:read"), service("inventory:write"));
const writes = anyOf(seller("inventory:write"), service("inventory:write"));
const OFFER_ID = "ofr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const LOCATION_ID = "loc_01jd8zt4w8h5vc6q1m9a2r7sxz";
/** Five hundred rows with every field named. */
const BULK_BYTES_MAX = 256 * 1024;

export const app = newApp("/v1/inventory")
  .route(
    defineRoute({
      method: "get",
      path: "/availability",
      summary: "How much of each offer can be bought now; a product page asks for its offers.",
      policy: open,
      request: { query: zAvailabilityQuery },
      responses: { 200: zAvailability },
      example: { offerIds: OFFER_ID },
    }),
    async (ctx, { offerIds }) => showAvailability(ctx, offerIds),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/levels",
      summary: "List the shop's stock by offer and location.",
      policy: reads,
      request: { query: zLevelQuery },
      responses: { 200: zLevelPage },
      example: { limit: 20 },
    }),
    async (ctx, input) => listLevels(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/levels",
      summary: "Set the counts of many offers at once; setting them twice changes nothing more.",
      policy: writes,
      request: { body: zSetLevels, bytesMax: BULK_BYTES_MAX },
      responses: { 200: zDone },
      idempotency: "required",
      example: { rows: [{ offerId: OFFER_ID, onHand: 40, safety: 2 }] },
    }),
    async (ctx, input) => setLevels(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/levels/{offerId}",
      summary: "Where an offer's stock lies and how much of it is promised.",
      policy: reads,
      request: { params: zOfferRef },
      responses: { 200: zLevels },
      example: { offerId: OFFER_ID },
    }),
    async (ctx, input) => ({ items: [...(await getLevels(ctx, input))] }),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/levels/{offerId}",
      summary: "Set an offer's counts in one location, as after a stock-take.",
      policy: writes,
      request: { params: zOfferRef, body: zPutLevel },
      responses: { 200: zLevels },
      example: { offerId: OFFER_ID, onHand: 40, safety: 2, backorderMax: 0 },
    }),
    async (ctx, input) => ({ items: [...(await putLevel(ctx, input))] }),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/offers/{offerId}",
      summary: "Let an offer sell the stock of another offer of the shop.",
      policy: seller("inventory:write"),
      request: { params: zOfferRef, body: zShareStock },
      responses: { 200: zLevels },
      example: { offerId: OFFER_ID, sharesStockOf: "ofr_01jd8zt4w8h5vc6q1m9a2r7sxz" },
    }),
    async (ctx, input) => ({ items: [...(await shareStock(ctx, input))] }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/adjustments",
      summary: "Receive, return, find, lose or expect units.",
      policy: writes,
      request: { body: zAdjust },
      responses: { 201: zDone },
      idempotency: "required",
      example: { kind: "receive", reason: "Purchase 4711", rows: [{ offerId: OFFER_ID, quantity: 12 }] },
    }),
    async (ctx, input) => adjustStock(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/movements",
      summary: "List every movement of the shop's stock, the latest first.",
      policy: reads,
      request: { query: zMovementQuery },
      responses: { 200: zMovementPage },
      example: { limit: 20 },
    }),
    async (ctx, input) => listMovements(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/low-stock",
      summary: "List items that are at or below their threshold.",
      policy: reads,
      request: { query: zPageQuery },
      responses: { 200: zLowStockPage },
      example: { limit: 20 },
    }),
    async (ctx, input) => listLowStock(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/locations",
      summary: "List the shop's open locations in the order they are emptied.",
      policy: reads,
      request: {},
      responses: { 200: zLocations },
      example: {},
    }),
    async (ctx) => ({ items: [...(await listLocations(ctx))] }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/locations",
      summary: "Open a location.",
      policy: seller("inventory:write"),
      request: { body: zNewLocation },
      responses: { 201: zLocation },
      idempotency: "required",
      example: { name: "Gudang Bandung", priority: 1 },
    }),
    async (ctx, input) => addLocation(ctx, input),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/locations/{locationId}",
      summary: "Rename a location or change its priority.",
      policy: seller("inventory:write"),
      request: { params: zLocationRef, body: zPatchLocation },
      responses: { 200: zLocation },
      concurrency: "if-match",
      example: { locationId: LOCATION_ID, priority: 0 },
    }),
    async (ctx, input) => changeLocation(ctx, input),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/locations/{locationId}",
      summary: "Close an empty location; its history stays.",
      policy: seller("inventory:write"),
      request: { params: zLocationRef },
      responses: { 204: zNothing },
      example: { locationId: LOCATION_ID },
    }),
    async (ctx, input) => closeLocation(ctx, input),
  );
