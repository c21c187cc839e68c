import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { randomBytes } from "#kernel/random";
import {
  afterPause,
  HEALTHY,
  isTaken,
  judge,
  nextAttempt,
  signedHeaders,
  signingGenerations,
} from "../domain/delivery.ts";
import { DELIVER, EndpointDisabled, FORGET_WEBHOOKS } from "../facts.ts";
import { type Answer, post } from "../provider.ts";
import {
  forgetMessages,
  insertAttempt,
  moveDelivery,
  type Sending,
  saveHealth,
  sendingQuery,
} from "../repository.ts";
import { secretOf } from "./endpoints.ts";

/** The log is kept so long; a replay reaches no further back. */
const KEPT_MS = 30 * DAY_MS;

const chance = (): number => Number(randomBytes(1)[0]) / 256;

/** One try, and what comes of it. Whatever the receiver does is an outcome and never an error of the job. */
export async function deliverWebhook(
  ctx: Ctx,
  { deliveryId }: { readonly deliveryId: Id<"webhookDelivery"> },
): Promise<readonly Statement[]> {
  const [sending] = await ctx.db.load(sendingQuery(deliveryId));
  if (sending?.delivery.state !== "pending") return [];
  const { delivery, endpoint, message } = sending;
  const now = ctx.clock.now();
  if (endpoint.state !== "enabled") {
    return [moveDelivery(delivery, { state: "held", nextAttemptAt: null })];
  }
  if (endpoint.pausedUntil !== null && endpoint.pausedUntil > now) {
    return again(ctx, sending, afterPause(endpoint.pausedUntil, chance()));
  }
  const secrets = signingGenerations(endpoint, now).map((generation) =>
    Buffer.from(secretOf(ctx, endpoint.id, generation).slice("whsec_".length), "base64"),
  );
  const headers = signedHeaders(secrets, { id: message.id, at: now, body: message.body });
  const answer = await post(ctx, { url: endpoint.url, headers, body: message.body });
  return [insertAttempt({ deliveryId, at: now, ...answer }), ...outcome(ctx, sending, answer)];
}

function outcome(ctx: Ctx, sending: Sending, { status }: Answer): readonly Statement[] {
  const { delivery, endpoint } = sending;
  const now = ctx.clock.now();
  const attempts = delivery.attempts + 1;
  if (isTaken(status)) {
    const done = {
      state: "delivered",
      attempts,
      nextAttemptAt: null,
      lastStatus: status,
      deliveredAt: now,
    } as const;
    return [
      moveDelivery(delivery, done),
      ...(endpoint.failures > 0 ? [saveHealth(endpoint.id, HEALTHY)] : []),
    ];
  }
  const verdict = judge(endpoint, status, now);
  const { disabledFor, failingSince } = verdict;
  const health = saveHealth(endpoint.id, verdict);
  if (disabledFor !== null) {
    const { id: endpointId, sellerId, createdBy, url, version } = endpoint;
    const told = { endpointId, sellerId, createdBy, host: new URL(url).host, disabledFor };
    const fact = EndpointDisabled.make(
      ctx,
      { id: endpointId, version },
      { ...told, failingSince: failingSince ?? now },
    );
    const held = moveDelivery(delivery, { state: "held", attempts, nextAttemptAt: null, lastStatus: status });
    return [health, held, append(fact)];
  }
  const next = nextAttempt(attempts, now, chance());
  if (next !== undefined) return [health, ...again(ctx, sending, next, { attempts, lastStatus: status })];
  return [
    health,
    moveDelivery(delivery, { state: "failed", attempts, nextAttemptAt: null, lastStatus: status }),
  ];
}

type Tried = { readonly attempts?: number; readonly lastStatus?: number | null };

function again(ctx: Ctx, { delivery }: Sending, dueAt: number, tried: Tried = {}): readonly Statement[] {
  return [
    moveDelivery(delivery, { ...tried, nextAttemptAt: dueAt }),
    schedule(ctx, DELIVER, { subject: delivery.id, payload: { deliveryId: delivery.id }, dueAt }),
  ];
}

export const forgetWebhooks = (ctx: Ctx): readonly Statement[] => {
  const now = ctx.clock.now();
  return [
    forgetMessages(now - KEPT_MS),
    schedule(ctx, FORGET_WEBHOOKS, { subject: ctx.cell, payload: {}, dueAt: now + DAY_MS }),
  ];
};
