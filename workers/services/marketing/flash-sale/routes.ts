import { defineRoute, newApp, Reply } from "#kernel/app";
import { anyOf, buyer, open, operator, seller, service } from "#kernel/policy";
import { zTicketAnswer } from "#kernel/ticket";
import {
  claimUnits,
  enterSale,
  listHolds,
  releaseHold,
  standInLine,
  turnAwayIfSoldOut,
} from "./commands/claims.ts";
import { joinQueue, showTurn } from "./commands/queue.ts";
import { exportSale, forgetReminder, remindMe } from "./commands/run.ts";
import { addSlot, enterSlot } from "./commands/slots.ts";
import { listSales, listSlots, showEntry, showOf, showSale } from "./queries.ts";
import {
  toHoldDto,
  toSlotDto,
  zClaim,
  zClaimHeaders,
  zEnter,
  zEntry,
  zEntryRef,
  zExport,
  zHold,
  zHoldRef,
  zHolds,
  zNewSale,
  zNewSlot,
  zNothing,
  zSale,
  zSalePage,
  zSaleQuery,
  zSaleRef,
  zSlot,
  zSlotPage,
  zSlotQuery,
  zTurn,
  zWaiting,
} from "./schemas.ts";

const saleId = "fls_01jd8zt4w8h5vc6q1m9a2r7sxy";
const slotId = "slt_01jd8zt4w8h5vc6q1m9a2r7sxy";
const offerId = "ofr_01jd8zt4w8h5vc6q1m9a2r7sxy";
const holdId = "hld_01jd8zt4w8h5vc6q1m9a2r7sxy";
const headers = { "idempotency-key": "claim-01jd8zt4w8" };

export const app = newApp("/v1/flash-sales")
  .route(
    defineRoute({
      method: "post",
      path: "/slots",
      summary: "Opens a slot: when a flash sale takes place, and what an offer must have to be in it.",
      policy: operator("marketing:write"),
      request: { body: zNewSlot },
      responses: { 201: zSlot },
      idempotency: "required",
      example: {
        name: "12.12",
        startsAt: "2030-12-12T05:00:00Z",
        endsAt: "2030-12-12T07:00:00Z",
        enterBy: "2030-12-10T05:00:00Z",
        discountMinBasisPoints: 2_000,
      },
    }),
    async (ctx, input) => toSlotDto(await addSlot(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/slots",
      summary: "Slots that are not over, with their terms.",
      policy: open,
      request: { query: zSlotQuery },
      responses: { 200: zSlotPage },
      example: { limit: 20 },
    }),
    async (ctx, input) => listSlots(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/slots/{slotId}/offers/{offerId}",
      summary:
        "The price that an offer's discount in a slot is measured against, and the dearest it may cost.",
      policy: anyOf(seller("offer:write")),
      request: { params: zEntryRef },
      responses: { 200: zEntry },
      example: { slotId, offerId },
    }),
    async (ctx, input) => showEntry(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Brings an offer into a slot; its quota leaves ordinary stock at once.",
      policy: anyOf(seller("offer:write")),
      request: { body: zNewSale },
      responses: { 201: zSale },
      idempotency: "required",
      example: { slotId, offerId, price: { minor: "5000000", currency: "IDR" }, quota: 100 },
    }),
    async (ctx, input) => showOf(ctx, await enterSlot(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "Sales that run or are to come.",
      policy: open,
      request: { query: zSaleQuery },
      responses: { 200: zSalePage },
      example: { limit: 20 },
    }),
    async (ctx, input) => listSales(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{saleId}",
      summary: "One sale, with the server's time.",
      policy: open,
      request: { params: zSaleRef },
      responses: { 200: zSale },
      example: { saleId },
    }),
    async (ctx, input) => showSale(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{saleId}/claims",
      summary: "Holds units for two minutes. The same key again is the same hold.",
      policy: buyer,
      request: { params: zSaleRef, headers: zClaimHeaders, body: zClaim },
      responses: { 201: zHold },
      example: { saleId, quantity: 1, headers },
    }),
    async (ctx, input) => toHoldDto(input.saleId, await claimUnits(ctx, input)),
    turnAwayIfSoldOut,
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{saleId}/holds",
      summary: "The buyer's holds in this sale.",
      policy: buyer,
      request: { params: zSaleRef },
      responses: { 200: zHolds },
      example: { saleId },
    }),
    async (ctx, input) => ({
      items: (await listHolds(ctx, input)).map((hold) => toHoldDto(input.saleId, hold)),
    }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{saleId}/holds/{holdId}/release",
      summary: "Gives held units back.",
      policy: buyer,
      request: { params: zHoldRef },
      responses: { 200: zHold },
      example: { saleId, holdId },
    }),
    async (ctx, input) => toHoldDto(input.saleId, await releaseHold(ctx, input)),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{saleId}/line",
      summary: "Stands in line for units that come back; they go to its head first.",
      policy: buyer,
      request: { params: zSaleRef, headers: zClaimHeaders, body: zClaim },
      responses: { 202: zWaiting },
      example: { saleId, quantity: 1, headers },
    }),
    async (ctx, input) => standInLine(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{saleId}/queue",
      summary: "Takes a place in the waiting room; again it is the same place.",
      policy: buyer,
      request: { params: zSaleRef },
      responses: { 200: zTurn },
      example: { saleId },
    }),
    async (ctx, input) => joinQueue(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{saleId}/queue",
      summary: "The buyer's place and the time of his turn, once they are known.",
      policy: buyer,
      request: { params: zSaleRef },
      responses: { 200: zTurn },
      example: { saleId },
    }),
    async (ctx, input) => showTurn(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{saleId}/tickets",
      summary: "A ticket for the sale socket; a service names the shard whose buyers it speaks for.",
      policy: anyOf(buyer, service("platform")),
      request: { params: zSaleRef, body: zEnter },
      responses: { 200: zTicketAnswer },
      example: { saleId },
    }),
    async (ctx, input) => enterSale(ctx, input),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{saleId}/reminder",
      summary: "Asks to be reminded a while before the start.",
      policy: buyer,
      request: { params: zSaleRef },
      responses: { 204: zNothing },
      example: { saleId },
    }),
    async (ctx, input) => remindMe(ctx, input),
  )
  .route(
    defineRoute({
      method: "delete",
      path: "/{saleId}/reminder",
      summary: "Takes the reminder back.",
      policy: buyer,
      request: { params: zSaleRef },
      responses: { 204: zNothing },
      example: { saleId },
    }),
    async (ctx, input) => forgetReminder(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{saleId}/export",
      summary: "The hash-chained log of every shard, as lines of JSON for whoever verifies it.",
      policy: operator("marketing:write"),
      request: { params: zSaleRef },
      responses: { 200: zExport },
      example: { saleId },
    }),
    async (ctx, input) =>
      new Reply<unknown>(await exportSale(ctx, input), {
        headers: { "content-type": "application/x-ndjson" },
      }),
  );
