import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import type { Fact } from "#kernel/facts";
import { bodyOf, hears, sellerOf } from "../domain/event.ts";
import {
  type Delivery,
  insertDeliveries,
  insertMessages,
  listenersQuery,
  type Message,
} from "../repository.ts";
import { newDelivery, scheduled } from "./endpoints.ts";

/** One row a listener and event; nothing is sent here, so that no receiver holds up a consumer. */
export async function fanOut(ctx: Ctx, facts: readonly Fact[]): Promise<readonly Statement[]> {
  const sellerIds = [...new Set(facts.flatMap(({ payload }) => sellerOf(payload) ?? []))];
  const [listeners] = await ctx.db.load(listenersQuery(sellerIds));
  const now = ctx.clock.now();
  const messages: Message[] = [];
  const deliveries: Delivery[] = [];
  for (const fact of facts) {
    const hearing = listeners.filter((endpoint) => hears(endpoint, fact));
    if (hearing.length === 0) continue;
    messages.push({ id: fact.id, type: fact.type, body: bodyOf(fact), createdAt: now });
    for (const { id: endpointId, state } of hearing) {
      const about = { endpointId, messageId: fact.id, type: fact.type, now, isHeld: state !== "enabled" };
      deliveries.push(newDelivery({ id: ctx.ids.next("webhookDelivery"), ...about }));
    }
  }
  if (deliveries.length === 0) return [];
  const waiting = deliveries.filter(({ state }) => state === "pending").map(({ id }) => id);
  return [insertMessages(messages), insertDeliveries(deliveries), ...scheduled(ctx, waiting)];
}
