import { defineRoute, newApp } from "#kernel/app";
import { zPageQuery } from "#kernel/page";
import { anyOf, open, seller, service } from "#kernel/policy";
import { defineBundle, removeBundle } from "./commands/bundles.ts";
import { addLocation, changeLocation, closeLocation } from "./commands/locations.ts";
import { adjustStock, putLevel, setLevels, shareStock } from "./commands/stock.ts";
import { changeTerms } from "./commands/terms.ts";
import { cancelTransfer, receiveTransfer, sendTransfer } from "./commands/transfers.ts";
import { showAvailability } from "./queries/availability.ts";
import { getBundle, listBundles } from "./queries/bundles.ts";
import { getLevels, listLevels, listLocations, listLowStock, listMovements } from "./queries/lists.ts";
import { getTerms } from "./queries/terms.ts";
import { getTransfer, listTransfers } from "./queries/transfers.ts";
import {
  zAdjust,
  zAvailability,
  zAvailabilityQuery,
  zBundle,
  zBundlePage,
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
  zPatchTerms,
  zPutBundle,
  zPutLevel,
  zReceiveTransfer,
  zSendTransfer,
  zSetLevels,
  zShareStock,
  zTerms,
  zTransfer,
  zTransferPage,
  zTransferQuery,
  zTransferRef,
} from "./schemas.ts";

const reads = anyOf(seller("inventory:read"), service("inventory:write"));
const writes = anyOf(seller("inventory:write"), service("inventory:write"));
const OFFER_ID = "ofr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const LOCATION_ID = "loc_01jd8zt4w8h5vc6q1m9a2r7sxz";
const TRANSFER_ID = "stt_01jd8zt4w8h5vc6q1m9a2r7sxy";
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
  )
  .route(
    defineRoute({
      method: "get",
      path: "/offers/{offerId}",
      summary: "How an offer's item is sold ahead, and when its shop is told that little is left.",
      policy: seller("inventory:read"),
      request: { params: zOfferRef },
      responses: { 200: zTerms },
      example: { offerId: OFFER_ID },
    }),
    async (ctx, input) => getTerms(ctx, input),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/offers/{offerId}",
      summary: "Take preorders or backorders up to a number and a date, or set the low-stock threshold.",
      policy: seller("inventory:write"),
      request: { params: zOfferRef, body: zPatchTerms },
      responses: { 200: zTerms },
      example: { offerId: OFFER_ID, lowStockAt: 3, ahead: { kind: "backorder", units: 20 } },
    }),
    async (ctx, input) => changeTerms(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/bundles",
      summary: "List the shop's bundles.",
      policy: seller("inventory:read"),
      request: { query: zPageQuery },
      responses: { 200: zBundlePage },
      example: { limit: 20 },
    }),
    async (ctx, input) => listBundles(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/bundles/{offerId}",
      summary: "What a bundle is made of, and how many its scarcest component gives.",
      policy: seller("inventory:read"),
      request: { params: zOfferRef },
      responses: { 200: zBundle },
      example: { offerId: OFFER_ID },
    }),
    async (ctx, input) => getBundle(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/bundles/{offerId}",
      summary: "Make an offer a bundle of others from now on; what is reserved stays what it was made of.",
      policy: seller("inventory:write"),
      request: { params: zOfferRef, body: zPutBundle },
      responses: { 200: zBundle },
      example: {
        offerId: OFFER_ID,
        components: [{ offerId: "ofr_01jd8zt4w8h5vc6q1m9a2r7sxz", quantity: 6 }],
      },
    }),
    async (ctx, input) => defineBundle(ctx, input),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/bundles/{offerId}",
      summary: "Sell the offer as itself again, once it is counted.",
      policy: seller("inventory:write"),
      request: { params: zOfferRef },
      responses: { 204: zNothing },
      example: { offerId: OFFER_ID },
    }),
    async (ctx, input) => removeBundle(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/transfers",
      summary: "List what was sent between locations, the latest first.",
      policy: seller("inventory:read"),
      request: { query: zTransferQuery },
      responses: { 200: zTransferPage },
      example: { state: "sent", limit: 20 },
    }),
    async (ctx, input) => listTransfers(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/transfers/{transferId}",
      summary: "One transfer with what was sent and what arrived.",
      policy: seller("inventory:read"),
      request: { params: zTransferRef },
      responses: { 200: zTransfer },
      example: { transferId: TRANSFER_ID },
    }),
    async (ctx, input) => getTransfer(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/transfers",
      summary: "Send goods that are promised to nobody to another location, where they are expected.",
      policy: seller("inventory:write"),
      request: { body: zSendTransfer },
      responses: { 201: zTransfer },
      idempotency: "required",
      example: {
        fromLocationId: LOCATION_ID,
        toLocationId: "loc_01jd8zt4w8h5vc6q1m9a2r7sxy",
        lines: [{ offerId: OFFER_ID, quantity: 12 }],
      },
    }),
    async (ctx, input) => sendTransfer(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/transfers/{transferId}/receive",
      summary: "Count in what has come; what was sent and is not counted is lost.",
      policy: seller("inventory:write"),
      request: { params: zTransferRef, body: zReceiveTransfer },
      responses: { 200: zTransfer },
      idempotency: "required",
      example: { transferId: TRANSFER_ID, lines: [{ offerId: OFFER_ID, quantity: 11 }] },
    }),
    async (ctx, input) => receiveTransfer(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/transfers/{transferId}/cancel",
      summary: "The goods are back where they left.",
      policy: seller("inventory:write"),
      request: { params: zTransferRef },
      responses: { 200: zTransfer },
      idempotency: "required",
      example: { transferId: TRANSFER_ID },
    }),
    async (ctx, input) => cancelTransfer(ctx, input),
  );
