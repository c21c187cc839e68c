import * as z from "zod";
import { defineRoute, newApp } from "#kernel/app";
import { open } from "#kernel/policy";
import { takeMidtransNotification } from "#services/transaction/payment/index";

/** A notification is some 2 KB; with several refunds a few more. */
const NOTIFICATION_BYTES_MAX = 32 * 1024;

export const app = newApp("/v1/webhooks").route(
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
);
