import type * as z from "zod";
import { requireOperator, requireShop, requireUser } from "#kernel/actor";
import { HOUR_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import { type Statement, untilFresh } from "#kernel/db";
import { scheduleAll } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { ok, orThrow } from "#kernel/result";
import { HEALTHY, rotate } from "../domain/delivery.ts";
import { bodyOf, TEST_TYPE } from "../domain/event.ts";
import { readTarget } from "../domain/guard.ts";
import { fail } from "../errors.ts";
import { DELIVER, FORGET_WEBHOOKS } from "../facts.ts";
import { allowsLoopback } from "../provider.ts";
import {
  assertFew,
  changeEndpoint,
  deleteEndpoint,
  deliveryQuery,
  type Endpoint,
  endpointQuery,
  insertDeliveries,
  insertEndpoint,
  insertMessages,
  type Owner,
  rangeQuery,
  restartDeliveries,
} from "../repository.ts";
import type { As, Change, zReplayRange } from "../schemas.ts";

/** Somebody who needs more than this fans out himself. */
const ENDPOINTS_MAX = 20;
/** One commit carries so many due rows; who replays more goes on from where the answer stopped. */
const REPLAYED_MAX = 500;

type Ref = As & { readonly endpointId: Id<"webhookEndpoint"> };

/** A shop's own endpoints, or the platform's for an operator. */
export function ownerOf(ctx: Ctx, { as }: As, right: "read" | "write"): Owner {
  if (as === "seller") return { sellerId: requireShop(ctx, `seller:${right}`) };
  requireOperator(ctx, `platform:${right}`);
  return { sellerId: null };
}

/** `whsec_` and 32 bytes, worked out from the root secret whenever it is needed and kept nowhere. */
export const secretOf = ({ keys }: Ctx, id: Id<"webhookEndpoint">, generation: number): string =>
  `whsec_${Buffer.from(keys.sign("webhook", `${id} ${generation}`), "base64url").toString("base64")}`;

function checkedUrl({ env }: Ctx, url: string): string {
  return orThrow(readTarget(url, { loopback: allowsLoopback(env) }), fail).href;
}

type Create = As & Pick<Endpoint, "url" | "eventTypes" | "description">;

export async function createEndpoint(ctx: Ctx, { as, url, eventTypes, description }: Create) {
  const owner = ownerOf(ctx, { as }, "write");
  const endpoint: Endpoint = {
    id: ctx.ids.next("webhookEndpoint"),
    sellerId: owner.sellerId,
    url: checkedUrl(ctx, url),
    description,
    eventTypes,
    state: "enabled",
    ...HEALTHY,
    generation: 1,
    retiring: [],
    createdBy: requireUser(ctx),
    createdAt: ctx.clock.now(),
    version: 1,
  };
  const forget = scheduleAll(ctx, FORGET_WEBHOOKS, [{ subject: ctx.cell, payload: {} }]);
  const statements = [insertEndpoint(endpoint), assertFew(owner, ENDPOINTS_MAX), forget];
  orThrow(await ctx.db.commit(statements), fail);
  return { endpoint, secret: secretOf(ctx, endpoint.id, 1) };
}

export async function loadEndpoint(ctx: Ctx, ref: Ref, right: "read" | "write"): Promise<Endpoint> {
  const [endpoint] = await ctx.db.load(endpointQuery(ownerOf(ctx, ref, right), ref.endpointId));
  if (!endpoint) throw fail("webhook.endpoint_not_found");
  return endpoint;
}

export async function updateEndpoint(ctx: Ctx, input: Ref & Change & { readonly ifMatch: number }) {
  const { url, state, eventTypes, description, ifMatch } = input;
  const endpoint = await loadEndpoint(ctx, input, "write");
  if (endpoint.version !== ifMatch) throw fail("webhook.stale");
  const change = {
    ...(url === undefined ? {} : { url: checkedUrl(ctx, url) }),
    ...(eventTypes === undefined ? {} : { eventTypes }),
    ...(description === undefined ? {} : { description }),
    // Who enables an endpoint has mended it: it starts with a clean sheet.
    ...(state === "enabled" ? { state, ...HEALTHY } : {}),
    ...(state === "disabled" ? { state, disabledFor: "owner" as const } : {}),
  };
  orThrow(await ctx.db.commit([changeEndpoint(endpoint, change)]), fail);
  return { ...endpoint, ...change, version: endpoint.version + 1 };
}

export async function removeEndpoint(ctx: Ctx, ref: Ref): Promise<null> {
  const owner = ownerOf(ctx, ref, "write");
  orThrow(await ctx.db.commit([deleteEndpoint(owner, ref.endpointId)]), fail);
  return null;
}

export async function rotateSecret(ctx: Ctx, input: Ref & { readonly overlapHours: number }) {
  const outcome = await untilFresh("webhook.stale", async () => {
    const endpoint = await loadEndpoint(ctx, input, "write");
    const secrets = rotate(endpoint, ctx.clock.now(), input.overlapHours * HOUR_MS);
    const committed = await ctx.db.commit([changeEndpoint(endpoint, secrets)]);
    return committed.ok ? ok({ ...endpoint, ...secrets, version: endpoint.version + 1 }) : committed;
  });
  const endpoint = orThrow(outcome, fail);
  return { endpoint, secret: secretOf(ctx, endpoint.id, endpoint.generation) };
}

/** An event of no consequence, to this endpoint alone. */
export async function sendTest(ctx: Ctx, ref: Ref): Promise<Id<"webhookDelivery">> {
  const endpoint = await loadEndpoint(ctx, ref, "write");
  if (endpoint.state !== "enabled") throw fail("webhook.disabled");
  const [messageId, deliveryId] = [ctx.ids.next("event"), ctx.ids.next("webhookDelivery")];
  const now = ctx.clock.now();
  const about = { id: messageId, type: TEST_TYPE, v: 1, at: now, cell: ctx.cell };
  const body = bodyOf({ ...about, subject: endpoint.id, seq: endpoint.version, payload: { test: true } });
  await ctx.db.commit([
    insertMessages([{ id: messageId, type: TEST_TYPE, body, createdAt: now }]),
    insertDeliveries([
      newDelivery({ id: deliveryId, endpointId: endpoint.id, messageId, type: TEST_TYPE, now }),
    ]),
    ...scheduled(ctx, [deliveryId]),
  ]);
  return deliveryId;
}

type NewDelivery = {
  readonly id: Id<"webhookDelivery">;
  readonly endpointId: Id<"webhookEndpoint">;
  readonly messageId: Id<"event">;
  readonly type: string;
  readonly now: number;
  readonly isHeld?: boolean;
};

export const newDelivery = ({ now, isHeld = false, ...ids }: NewDelivery) => ({
  ...ids,
  state: isHeld ? ("held" as const) : ("pending" as const),
  attempts: 0,
  nextAttemptAt: isHeld ? null : now,
  lastStatus: null,
  deliveredAt: null,
  createdAt: now,
  version: 1,
});

export const scheduled = (ctx: Ctx, ids: readonly Id<"webhookDelivery">[]): readonly Statement[] =>
  ids.length === 0
    ? []
    : [
        scheduleAll(
          ctx,
          DELIVER,
          ids.map((deliveryId) => ({ subject: deliveryId, payload: { deliveryId } })),
        ),
      ];

async function restart(ctx: Ctx, { id, state }: Endpoint, ids: readonly Id<"webhookDelivery">[]) {
  if (state !== "enabled") throw fail("webhook.disabled");
  if (ids.length === 0) return;
  await ctx.db.commit([restartDeliveries(id, ids, ctx.clock.now()), ...scheduled(ctx, ids)]);
}

/** Sends it again under the same webhook-id, whatever became of it: a receiver that knows it may skip it. */
export async function replayDelivery(ctx: Ctx, ref: Ref & { readonly deliveryId: Id<"webhookDelivery"> }) {
  const endpoint = await loadEndpoint(ctx, ref, "write");
  const [delivery] = await ctx.db.load(deliveryQuery(endpoint.id, ref.deliveryId));
  if (!delivery) throw fail("webhook.delivery_not_found");
  await restart(ctx, endpoint, [delivery.id]);
  return { replayed: 1, last: delivery.id };
}

export async function replayRange(ctx: Ctx, input: Ref & z.output<typeof zReplayRange>) {
  const endpoint = await loadEndpoint(ctx, input, "write");
  const range = { ...input, after: input.after, limit: REPLAYED_MAX };
  const [ids] = await ctx.db.load(rangeQuery(endpoint.id, range));
  await restart(ctx, endpoint, ids);
  return { replayed: ids.length, last: ids.at(-1) ?? null };
}
