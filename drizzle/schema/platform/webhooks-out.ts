import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { id, instant } from "#kernel/columns";
import type { DeliveryState, EndpointState, Retiring } from "#platform/webhooks-out/domain/delivery";

/** Where somebody wants to hear of events. Its secrets are derived and stand nowhere. */
export const webhookEndpoint = pgTable(
  "webhook_endpoint",
  {
    id: id("webhookEndpoint").primaryKey(),
    /** Null: the platform's own, which hears of every shop. */
    sellerId: id("seller"),
    url: text().notNull(),
    description: text(),
    eventTypes: jsonb().$type<readonly string[]>().notNull(),
    state: text().$type<EndpointState>().notNull(),
    /** Why it was disabled: by its owner, by the receiver (410) or after days of failures. */
    disabledFor: text().$type<"owner" | "gone" | "failing">(),
    /** The secret that signs, and those that sign beside it until their time is up. */
    generation: integer().notNull(),
    retiring: jsonb().$type<readonly Retiring[]>().notNull(),
    /** Since when no delivery has come through, and how many have failed in that time. */
    failingSince: instant(),
    failures: integer().notNull(),
    pausedUntil: instant(),
    createdBy: id("user").notNull(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    index("webhook_endpoint_by_seller").on(t.sellerId),
    check("webhook_endpoint_state", sql`(${t.state} = 'disabled') = (${t.disabledFor} IS NOT NULL)`),
  ],
);

/** What is sent, byte by byte, so that every try carries the same body. */
export const webhookMessage = pgTable(
  "webhook_message",
  {
    id: id("event").primaryKey(),
    type: text().notNull(),
    body: text().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [index("webhook_message_by_age").on(t.createdAt)],
);

export const webhookDelivery = pgTable(
  "webhook_delivery",
  {
    id: id("webhookDelivery").primaryKey(),
    endpointId: id("webhookEndpoint")
      .notNull()
      .references(() => webhookEndpoint.id, { onDelete: "cascade" }),
    messageId: id("event")
      .notNull()
      .references(() => webhookMessage.id, { onDelete: "cascade" }),
    type: text().notNull(),
    state: text().$type<DeliveryState>().notNull(),
    /** Of this run: a replay starts anew. All of them stand in the log. */
    attempts: integer().notNull(),
    nextAttemptAt: instant(),
    lastStatus: integer(),
    deliveredAt: instant(),
    createdAt: instant().notNull(),
    version: integer().notNull(),
  },
  (t) => [
    uniqueIndex("webhook_delivery_once").on(t.endpointId, t.messageId),
    index("webhook_delivery_by_time").on(t.endpointId, t.id.desc()),
    index("webhook_delivery_by_message").on(t.messageId),
  ],
);

export const webhookAttempt = pgTable(
  "webhook_attempt",
  {
    deliveryId: id("webhookDelivery")
      .notNull()
      .references(() => webhookDelivery.id, { onDelete: "cascade" }),
    at: instant().notNull(),
    /** Null when nobody answered; `error` says why. */
    status: integer(),
    error: text(),
    durationMs: integer().notNull(),
    /** The first kilobyte of what was answered. */
    answer: text(),
  },
  (t) => [primaryKey({ columns: [t.deliveryId, t.at] })],
);
