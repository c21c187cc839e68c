import * as z from "zod";
import { zId } from "#kernel/ids";
import { zPageQuery } from "#kernel/page";
import { DELIVERY_STATES } from "./domain/delivery.ts";
import { EVENT_TYPES } from "./domain/event.ts";

const HOURS_MAX = 7 * 24;
const EVERYTHING = "*";

export const zAs = z.object({ as: z.enum(["seller", "operator"]).default("seller") });
export type As = z.output<typeof zAs>;
export const zEndpointRef = z.object({ endpointId: zId("webhookEndpoint") });
export const zDeliveryRef = zEndpointRef.extend({ deliveryId: zId("webhookDelivery") });

const zEventType = z.enum([EVERYTHING, ...EVENT_TYPES]);
const zUrl = z.string().max(500);
const zEventTypes = z.array(zEventType).min(1).max(EVENT_TYPES.length);
const zDescription = z.string().max(200).nullable();

export const zCreate = z.object({
  url: zUrl,
  eventTypes: zEventTypes,
  description: zDescription.default(null),
});
export const zChange = z.object({
  url: zUrl.optional(),
  eventTypes: zEventTypes.optional(),
  description: zDescription.optional(),
  state: z.enum(["enabled", "disabled"]).optional(),
});
export type Change = z.output<typeof zChange>;
export const zRotate = z.object({ overlapHours: z.int().min(0).max(HOURS_MAX).default(24) });
export const zReplayRange = z.object({
  since: z.iso.datetime().transform((text) => Date.parse(text)),
  until: z.iso.datetime().transform((text) => Date.parse(text)),
  states: z.array(z.enum(DELIVERY_STATES)).min(1).max(DELIVERY_STATES.length).default(["failed", "held"]),
  /** Where the answer before stopped. */
  after: zId("webhookDelivery").optional(),
});
export const zDeliveryList = zPageQuery.extend({
  ...zAs.shape,
  state: z.enum(DELIVERY_STATES).optional(),
  type: z.string().max(64).optional(),
});

const zInstant = z.iso.datetime().nullable();
export const zEndpoint = z.object({
  id: zId("webhookEndpoint"),
  sellerId: zId("seller").nullable(),
  url: z.string(),
  description: z.string().nullable(),
  eventTypes: z.array(z.string()),
  state: z.enum(["enabled", "disabled"]),
  disabledFor: z.enum(["owner", "gone", "failing"]).nullable(),
  failingSince: zInstant,
  /** Until when a secret that was replaced still signs. */
  oldSecretUntil: zInstant,
  createdAt: z.iso.datetime(),
  version: z.int(),
});
export type EndpointDto = z.output<typeof zEndpoint>;
/** The one answer that holds the secret. */
export const zEndpointWithSecret = zEndpoint.extend({ secret: z.string() });
export const zEventTypeList = z.object({
  items: z.array(z.object({ type: z.string(), forSellers: z.boolean() })),
});
export const zDelivery = z.object({
  id: zId("webhookDelivery"),
  eventId: zId("event"),
  type: z.string(),
  state: z.enum(DELIVERY_STATES),
  attempts: z.int(),
  nextAttemptAt: zInstant,
  lastStatus: z.int().nullable(),
  deliveredAt: zInstant,
  createdAt: z.iso.datetime(),
});
export const zDeliveryLog = zDelivery.extend({
  body: z.string(),
  log: z.array(
    z.object({
      at: z.iso.datetime(),
      status: z.int().nullable(),
      error: z.string().nullable(),
      durationMs: z.int(),
      answer: z.string().nullable(),
    }),
  ),
});
export const zReplayed = z.object({ replayed: z.int(), last: zId("webhookDelivery").nullable() });
