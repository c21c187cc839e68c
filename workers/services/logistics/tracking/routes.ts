import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { anyOf, buyer, guest, open, operator, seller, service } from "#kernel/policy";
import { zTicketAnswer } from "#kernel/ticket";
import { givePass, giveRoomTicket } from "./commands/pass.ts";
import { giveProof, recordScan, takePings, uploadPicture } from "./commands/record.ts";
import { recognise } from "./domain/carrier.ts";
import {
  getTracking,
  readPicture,
  readPublic,
  readTrack,
  toProofDto,
  toTrackingDto,
} from "./queries/views.ts";
import {
  zGivenProof,
  zGiveProof,
  zNumber,
  zPass,
  zPassHeader,
  zPictureRef,
  zPublicRef,
  zPublicTracking,
  zRecognised,
  zRecordScan,
  zShipmentRef,
  zTaken,
  zTakePings,
  zTrack,
  zTracking,
} from "./schemas.ts";

const SHIPMENT_ID = "shp_01jd8zt4w8h5vc6q1m9a2r7sxy";
const readers = anyOf(guest, buyer, seller("order:read"), operator("order:read"), service("order:read"));
const shops = anyOf(seller("order:write"), service("order:write"));
/** What a phone makes of a door. */
const PICTURE_BYTES_MAX = 6 * 1024 * 1024;
const POINT = { latitude: -6.1754, longitude: 106.8272 };

export const app = newApp("/v1/tracking")
  .route(
    defineRoute({
      method: "get",
      path: "/carriers",
      summary: "Say whose parcel a tracking number is, by its check digit or its form.",
      policy: open,
      request: { query: zNumber },
      responses: { 200: zRecognised },
      example: { number: "RA123456785ID" },
    }),
    async (_, { number }) => ({ items: recognise(number) }),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/public/{token}",
      summary: "Follow a parcel by its link, without an account and without personal data.",
      policy: open,
      request: { params: zPublicRef },
      responses: { 200: zPublicTracking },
      example: { token: "01jd8zt4w8h5vc6q1m9a2r7sxy.c2lnbmF0dXJl" },
    }),
    (ctx, input) => readPublic(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{shipmentId}",
      summary: "Follow a parcel of one's order: status, scans, position, expected arrival and proof.",
      policy: readers,
      request: { params: zShipmentRef },
      responses: { 200: zTracking },
      example: { shipmentId: SHIPMENT_ID },
    }),
    (ctx, input) => getTracking(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{shipmentId}/track",
      summary: "Read the way that the driver came, out of the archive.",
      policy: anyOf(seller("order:read"), operator("order:read"), service("order:read")),
      request: { params: zShipmentRef },
      responses: { 200: zTrack },
      example: { shipmentId: SHIPMENT_ID },
    }),
    (ctx, input) => readTrack(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{shipmentId}/scans",
      summary: "Say what happened to a parcel that the shop delivers itself.",
      policy: shops,
      request: { params: zShipmentRef, body: zRecordScan },
      responses: { 200: zTracking },
      example: { shipmentId: SHIPMENT_ID, status: "out_for_delivery", note: "On the van" },
    }),
    async (ctx, input) => toTrackingDto(ctx, await recordScan(ctx, input), "seller"),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{shipmentId}/passes",
      summary: "Give whoever carries the parcel a pass to send positions and a proof with.",
      policy: shops,
      request: { params: zShipmentRef },
      responses: { 201: zPass },
      example: { shipmentId: SHIPMENT_ID },
    }),
    (ctx, input) => givePass(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{shipmentId}/tickets",
      summary: "Enter the live feed of a parcel: with a pass as its driver, else as a party of the order.",
      policy: open,
      request: { params: zShipmentRef, headers: zPassHeader },
      responses: { 201: zTicketAnswer },
      example: { shipmentId: SHIPMENT_ID },
    }),
    (ctx, { shipmentId, headers }) => giveRoomTicket(ctx, { shipmentId, pass: headers["x-driver-pass"] }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{shipmentId}/pings",
      summary: "Send positions of the driver; a batch is kept once, however often it is sent.",
      policy: open,
      request: { params: zShipmentRef, headers: zPassHeader, body: zTakePings },
      responses: { 200: zTaken },
      example: {
        shipmentId: SHIPMENT_ID,
        cid: "ping-00000001",
        fixes: [{ ...POINT, at: "2026-11-23T08:00:00Z", speedKmh: 24 }],
      },
    }),
    (ctx, { headers, ...input }) => takePings(ctx, { ...input, pass: headers["x-driver-pass"] }),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/{shipmentId}/proof/{kind}",
      summary: "Hand in the photo or the signature of a delivery, as the driver.",
      policy: open,
      request: {
        params: zPictureRef,
        headers: zPassHeader,
        raw: { contentTypes: ["image/jpeg", "image/png", "image/webp"], bytesMax: PICTURE_BYTES_MAX },
      },
      responses: { 204: z.null() },
      example: { shipmentId: SHIPMENT_ID, kind: "photo" },
    }),
    (ctx, { headers, ...input }) => uploadPicture(ctx, { ...input, pass: headers["x-driver-pass"] }),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{shipmentId}/proof/{kind}",
      summary: "See the photo or the signature of a delivery.",
      policy: readers,
      request: { params: zPictureRef },
      responses: { 200: z.any() },
      example: { shipmentId: SHIPMENT_ID, kind: "photo" },
    }),
    (ctx, input) => readPicture(ctx, input),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/{shipmentId}/proof",
      summary: "Prove a delivery: with a photo or signature that was handed in, or the receiver's code.",
      policy: open,
      request: { params: zShipmentRef, headers: zPassHeader, body: zGiveProof },
      responses: { 200: zGivenProof.nullable() },
      example: { shipmentId: SHIPMENT_ID, cid: "proof-0000001", ...POINT, code: "123456" },
    }),
    async (ctx, { headers, ...input }) =>
      toProofDto({ proof: await giveProof(ctx, { ...input, pass: headers["x-driver-pass"] }) }),
  );
