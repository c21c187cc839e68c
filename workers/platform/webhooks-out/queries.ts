import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { decodeCursor, type Page, type PageQuery, toPage } from "#kernel/page";
import { loadEndpoint, ownerOf } from "./commands/endpoints.ts";
import type { DeliveryState } from "./domain/delivery.ts";
import { EVENT_TYPES, isForSellers } from "./domain/event.ts";
import { fail } from "./errors.ts";
import {
  attemptsQuery,
  type Delivery,
  deliveriesQuery,
  type Endpoint,
  endpointsQuery,
  sendingQuery,
} from "./repository.ts";
import type { As, EndpointDto } from "./schemas.ts";

const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export function toEndpointDto(endpoint: Endpoint): EndpointDto {
  const { id, sellerId, url, description, eventTypes, state, disabledFor, version } = endpoint;
  const last = endpoint.retiring.reduce((latest, { until }) => Math.max(latest, until), 0);
  return {
    id,
    sellerId,
    url,
    description,
    eventTypes: [...eventTypes],
    state,
    disabledFor,
    failingSince: instant(endpoint.failingSince),
    oldSecretUntil: last === 0 ? null : instant(last),
    createdAt: new Date(endpoint.createdAt).toISOString(),
    version,
  };
}

function toDeliveryDto(delivery: Delivery) {
  const { id, messageId, type, state, attempts, lastStatus } = delivery;
  return {
    id,
    eventId: messageId,
    type,
    state,
    attempts,
    lastStatus,
    nextAttemptAt: instant(delivery.nextAttemptAt),
    deliveredAt: instant(delivery.deliveredAt),
    createdAt: new Date(delivery.createdAt).toISOString(),
  };
}

export const listEventTypes = () => ({
  items: EVENT_TYPES.map((type) => ({ type, forSellers: isForSellers(type) })),
});

export async function listEndpoints(ctx: Ctx, as: As) {
  const [endpoints] = await ctx.db.load(endpointsQuery(ownerOf(ctx, as, "read")));
  return { items: endpoints.map(toEndpointDto) };
}

type List = PageQuery &
  As & {
    readonly endpointId: Id<"webhookEndpoint">;
    readonly state?: DeliveryState | undefined;
    readonly type?: string | undefined;
  };

export async function listDeliveries(ctx: Ctx, input: List): Promise<Page<ReturnType<typeof toDeliveryDto>>> {
  const endpoint = await loadEndpoint(ctx, input, "read");
  const { limit, cursor, state, type } = input;
  const scope = `webhook-deliveries ${endpoint.id} ${state ?? ""} ${type ?? ""}`;
  const before = decodeCursor(ctx, scope, cursor)?.[0];
  const walk = { limit: limit + 1, before: before === undefined ? undefined : String(before), state, type };
  const [rows] = await ctx.db.load(deliveriesQuery(endpoint.id, walk));
  return toPage(ctx, scope, limit, rows, (row) => [row.id], toDeliveryDto);
}

type OneDelivery = As & {
  readonly endpointId: Id<"webhookEndpoint">;
  readonly deliveryId: Id<"webhookDelivery">;
};

export async function getDelivery(ctx: Ctx, input: OneDelivery) {
  const { id } = await loadEndpoint(ctx, input, "read");
  const [sending, attempts] = await ctx.db.load(
    sendingQuery(input.deliveryId),
    attemptsQuery(input.deliveryId),
  );
  if (sending?.endpoint.id !== id) throw fail("webhook.delivery_not_found");
  const log = attempts.map(({ at, deliveryId: _, ...attempt }) => ({
    at: new Date(at).toISOString(),
    ...attempt,
  }));
  return { ...toDeliveryDto(sending.delivery), body: sending.message.body, log };
}
