import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

/** Nothing has come through for days, or the receiver said that it is gone. */
export const EndpointDisabled = defineEvent(
  "webhook.endpoint_disabled",
  1,
  z.object({
    endpointId: zId("webhookEndpoint"),
    sellerId: zId("seller").nullable(),
    createdBy: zId("user"),
    host: z.string(),
    disabledFor: z.enum(["gone", "failing"]),
    failingSince: z.int(),
  }),
);

/** One try to deliver; on a queue of its own, so that a receiver that hangs holds up nothing else. */
export const DELIVER = defineJob(
  "webhook.deliver",
  "WEBHOOK",
  z.object({ deliveryId: zId("webhookDelivery") }),
);

/** Deletes what is older than the log is kept; run by the sweep, once a day. */
export const FORGET_WEBHOOKS = defineJob("webhook.forget", undefined, z.object({}));
