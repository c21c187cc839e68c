import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { open } from "#kernel/policy";
import { takeStreamNotification } from "#services/communication/livestream/index";
import { takeBiteshipNotification } from "#services/logistics/tracking/index";
import { takeMidtransNotification } from "#services/transaction/payment/index";

/** A notification is some 2 KB; with several refunds a few more. */
const NOTIFICATION_BYTES_MAX = 32 * 1024;

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
    async (ctx, { raw, headers }) => ({
      taken: await takeBiteshipNotification(ctx, { headers, bytes: raw.bytes }),
    }),
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
