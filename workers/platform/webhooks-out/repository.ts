import { and, asc, count, desc, eq, gt, gte, inArray, isNull, lt, or, sql } from "drizzle-orm";
import { among, build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import { firstIdAt, type Id } from "#kernel/ids";
import {
  webhookAttempt,
  webhookDelivery,
  webhookEndpoint,
  webhookMessage,
} from "#schema/platform/webhooks-out";
import type { DeliveryState, Verdict } from "./domain/delivery.ts";

export type Endpoint = typeof webhookEndpoint.$inferSelect;
export type Message = typeof webhookMessage.$inferSelect;
export type Delivery = typeof webhookDelivery.$inferSelect;
export type Attempt = typeof webhookAttempt.$inferSelect;
type EndpointId = Id<"webhookEndpoint">;
type DeliveryId = Id<"webhookDelivery">;

/** A shop's endpoints, or with null the platform's own. */
export type Owner = { readonly sellerId: Id<"seller"> | null };
/** The log of one delivery shows so many tries. */
const LOG_MAX = 50;

const owned = ({ sellerId }: Owner) =>
  sellerId === null ? isNull(webhookEndpoint.sellerId) : eq(webhookEndpoint.sellerId, sellerId);

export const endpointQuery = (owner: Owner, endpointId: EndpointId): Query<Endpoint | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(webhookEndpoint)
        .where(and(owned(owner), eq(webhookEndpoint.id, endpointId))),
    ([row]) => row,
  );

export const endpointsQuery = (owner: Owner): Query<readonly Endpoint[]> =>
  query(
    (read) => read.select().from(webhookEndpoint).where(owned(owner)).orderBy(asc(webhookEndpoint.id)),
    (rows) => rows,
  );

/** Who may want to hear of something that happened in these shops. */
export const listenersQuery = (sellerIds: readonly string[]): Query<readonly Endpoint[]> =>
  query(
    (read) =>
      read
        .select()
        .from(webhookEndpoint)
        .where(or(isNull(webhookEndpoint.sellerId), among(webhookEndpoint.sellerId, sellerIds))),
    (rows) => rows,
  );

export const insertEndpoint = (row: Endpoint): Statement => insertMany(webhookEndpoint, [row]);

/** Counted in the same commit, so that two at once do not both find room. */
export function assertFew(owner: Owner, max: number): Statement<"webhook.too_many"> {
  const all = build.select({ n: count() }).from(webhookEndpoint).where(owned(owner));
  return { sql: sql`SELECT assert_that((${all}) <= ${max}, 'webhook.too_many')` };
}

type Changed = Partial<Omit<Endpoint, "id" | "sellerId" | "version">>;

export const changeEndpoint = ({ id, version }: Endpoint, change: Changed): Statement<"webhook.stale"> =>
  guarded(
    build
      .update(webhookEndpoint)
      .set({ ...change, version: version + 1 })
      .where(and(eq(webhookEndpoint.id, id), eq(webhookEndpoint.version, version))),
    1,
    "webhook.stale",
  );

export const deleteEndpoint = (owner: Owner, id: EndpointId): Statement<"webhook.endpoint_not_found"> =>
  guarded(
    build.delete(webhookEndpoint).where(and(owned(owner), eq(webhookEndpoint.id, id))),
    1,
    "webhook.endpoint_not_found",
  );

/** The health of an endpoint is no version of it: tries end at any time beside an owner's changes. */
export const saveHealth = (id: EndpointId, { disabledFor, ...health }: Verdict): Statement =>
  statement(
    build
      .update(webhookEndpoint)
      .set({ ...health, ...(disabledFor ? { state: "disabled" as const, disabledFor } : {}) })
      .where(and(eq(webhookEndpoint.id, id), eq(webhookEndpoint.state, "enabled"))),
  );

const once = (insert: Statement): Statement => ({ sql: sql`${insert.sql} ON CONFLICT DO NOTHING` });
export const insertMessages = (rows: readonly Message[]): Statement => once(insertMany(webhookMessage, rows));
export const insertDeliveries = (rows: readonly Delivery[]): Statement =>
  once(insertMany(webhookDelivery, rows));
export const insertAttempt = (row: Attempt): Statement => once(insertMany(webhookAttempt, [row]));

export type Sending = {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  readonly message: Message;
};

export const sendingQuery = (deliveryId: DeliveryId): Query<Sending | undefined> =>
  query(
    (read) =>
      read
        .select({ delivery: webhookDelivery, endpoint: webhookEndpoint, message: webhookMessage })
        .from(webhookDelivery)
        .innerJoin(webhookEndpoint, eq(webhookEndpoint.id, webhookDelivery.endpointId))
        .innerJoin(webhookMessage, eq(webhookMessage.id, webhookDelivery.messageId))
        .where(eq(webhookDelivery.id, deliveryId)),
    ([row]) => row,
  );

type Moved = Partial<Pick<Delivery, "state" | "attempts" | "nextAttemptAt" | "lastStatus" | "deliveredAt">>;

/** A replay that came meanwhile has a later version, and is not overwritten by the try it replaced. */
export const moveDelivery = ({ id, version }: Delivery, change: Moved): Statement =>
  statement(
    build
      .update(webhookDelivery)
      .set({ ...change, version: version + 1 })
      .where(and(eq(webhookDelivery.id, id), eq(webhookDelivery.version, version))),
  );

export const restartDeliveries = (
  endpointId: EndpointId,
  ids: readonly DeliveryId[],
  now: number,
): Statement =>
  statement(
    build
      .update(webhookDelivery)
      .set({ state: "pending", attempts: 0, nextAttemptAt: now, version: sql`version + 1` })
      .where(and(eq(webhookDelivery.endpointId, endpointId), among(webhookDelivery.id, ids))),
  );

export const deliveryQuery = (endpointId: EndpointId, id: DeliveryId): Query<Delivery | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(webhookDelivery)
        .where(and(eq(webhookDelivery.endpointId, endpointId), eq(webhookDelivery.id, id))),
    ([row]) => row,
  );

export const attemptsQuery = (id: DeliveryId): Query<readonly Attempt[]> =>
  query(
    (read) =>
      read
        .select()
        .from(webhookAttempt)
        .where(eq(webhookAttempt.deliveryId, id))
        .orderBy(desc(webhookAttempt.at))
        .limit(LOG_MAX),
    (rows) => rows,
  );

type Walk = {
  readonly limit: number;
  readonly before: string | undefined;
  readonly state: DeliveryState | undefined;
  readonly type: string | undefined;
};

/** The newest first. */
export const deliveriesQuery = (
  endpointId: EndpointId,
  { limit, before, state, type }: Walk,
): Query<readonly Delivery[]> =>
  query(
    (read) =>
      read
        .select()
        .from(webhookDelivery)
        .where(
          and(
            eq(webhookDelivery.endpointId, endpointId),
            before === undefined ? undefined : lt(webhookDelivery.id, before as DeliveryId),
            state && eq(webhookDelivery.state, state),
            type === undefined ? undefined : eq(webhookDelivery.type, type),
          ),
        )
        .orderBy(desc(webhookDelivery.id))
        .limit(limit),
    (rows) => rows,
  );

type Range = {
  readonly since: number;
  readonly until: number;
  readonly states: readonly DeliveryState[];
  readonly after: DeliveryId | undefined;
  readonly limit: number;
};

/** Of a range of time, the oldest first. */
export const rangeQuery = (
  endpointId: EndpointId,
  { since, until, states, after, limit }: Range,
): Query<readonly DeliveryId[]> =>
  query(
    (read) =>
      read
        .select({ id: webhookDelivery.id })
        .from(webhookDelivery)
        .where(
          and(
            eq(webhookDelivery.endpointId, endpointId),
            gte(webhookDelivery.id, firstIdAt("webhookDelivery", since)),
            lt(webhookDelivery.id, firstIdAt("webhookDelivery", until)),
            after && gt(webhookDelivery.id, after),
            inArray(webhookDelivery.state, [...states]),
          ),
        )
        .orderBy(asc(webhookDelivery.id))
        .limit(limit),
    (rows) => rows.map((row) => row.id),
  );

/** Deliveries and their tries go with their message. */
export const forgetMessages = (before: number): Statement =>
  statement(build.delete(webhookMessage).where(lt(webhookMessage.createdAt, before)));
