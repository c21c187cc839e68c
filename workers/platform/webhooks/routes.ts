import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { open } from "#kernel/policy";
import { takeStreamNotification } from "#services/communication/livestream/index";
import { takeBiteshipOrderNotice, takeEasypostNotification } from "#services/logistics/shipping/index";
import { takeBiteshipNotification } from "#services/logistics/tracking/index";
import { takeMidtransNotification, takeStripeEvent } from "#services/transaction/payment/index";
import { takeIrisNotification } from "#services/transaction/wallet/index";

/** A notification is some 2 KB; with several refunds a few more. */
const NOTIFICATION_BYTES_MAX = 32 * 1024;

/** Stripe's events carry the whole object that changed, EasyPost's the whole way of a parcel. */
const EVENT_BYTES_MAX = 256 * 1024;

const zProof = z.string().max(256).optional();

export const app = newApp("/v1/webhooks")
  .route(
    defineRoute({
      method: "post",
      path: "/biteship",
      summary: "Take a carrier's notification; its header is its password, and the carrier is asked.",
      policy: open,
      request: {
        headers: z.looseObject({}),
        raw: { contentTypes: ["application/json"], bytesMax: NOTIFICATION_BYTES_MAX },
      },
      responses: { 200: z.object({ taken: z.boolean() }) },
      example: {},
    }),
    async (ctx, { raw, headers }) => {
      const notice = { headers, bytes: raw.bytes };
      const isTracked = await takeBiteshipNotification(ctx, notice);
      return { taken: isTracked || (await takeBiteshipOrderNotice(ctx, notice)) };
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/easypost",
      summary: "Take an event of a parcel, its bill or its refund; what counts is its signature.",
      policy: open,
      request: {
        headers: z.object({ "x-hmac-signature": zProof }),
        raw: { contentTypes: ["application/json"], bytesMax: EVENT_BYTES_MAX },
      },
      responses: { 200: z.object({ taken: z.boolean() }) },
      example: {},
    }),
    async (ctx, { raw, headers }) => {
      const notice = { signature: headers["x-hmac-signature"], bytes: raw.bytes };
      return { taken: await takeEasypostNotification(ctx, notice) };
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/iris",
      summary: "Take a payout's notification; what counts is its signature.",
      policy: open,
      request: {
        headers: z.object({ "iris-signature": zProof }),
        raw: { contentTypes: ["application/json"], bytesMax: NOTIFICATION_BYTES_MAX },
      },
      responses: { 200: z.object({ taken: z.literal(true) }) },
      example: {},
    }),
    async (ctx, { raw, headers }) => {
      await takeIrisNotification(ctx, { bytes: raw.bytes, signature: headers["iris-signature"] ?? "" });
      return { taken: true as const };
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/midtrans",
      summary: "Take a payment notification; what counts is its signature.",
      policy: open,
      request: { raw: { contentTypes: ["application/json"], bytesMax: NOTIFICATION_BYTES_MAX } },
      responses: { 200: z.object({ taken: z.literal(true) }) },
      example: {},
    }),
    async (ctx, { raw }) => {
      await takeMidtransNotification(ctx, raw.bytes);
      return { taken: true as const };
    },
  )
  .route(
    defineRoute({
      method: "post",
      path: "/stripe",
      summary:
        "Take an event of Stripe; what counts is its signature, and in doubt what Stripe says when asked.",
      policy: open,
      request: {
        headers: z.object({ "stripe-signature": z.string().max(1_024).optional() }),
        raw: { contentTypes: ["application/json"], bytesMax: EVENT_BYTES_MAX },
      },
      responses: { 200: z.object({ taken: z.boolean() }) },
      example: {},
    }),
    async (ctx, { raw, headers }) => ({
      taken: await takeStripeEvent(ctx, { bytes: raw.bytes, signature: headers["stripe-signature"] }),
    }),
  )
  .route(
    defineRoute({
      method: "post",
      path: "/stream",
      summary: "Take a notice of live video; what counts is what the provider says when asked.",
      policy: open,
      request: {
        headers: z.object({ "webhook-signature": zProof, "cf-webhook-auth": zProof }),
        raw: { contentTypes: ["application/json"], bytesMax: NOTIFICATION_BYTES_MAX },
      },
      responses: { 200: z.object({ taken: z.boolean() }) },
      example: {},
    }),
    async (ctx, { raw, headers }) => {
      const proof = { signature: headers["webhook-signature"], alertAuth: headers["cf-webhook-auth"] };
      return { taken: await takeStreamNotification(ctx, { ...proof, bytes: raw.bytes }) };
    },
  );
