import { actorKey } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { schedule } from "#kernel/due";
import { decideCollect, isBot, type Rejection } from "./domain.ts";
import { STORE_EVENTS } from "./facts.ts";
import type { Collect } from "./schemas.ts";

/**
 * Takes a batch of client events. It is in Postgres before the answer, so nothing that was accepted is lost;
 * the queue brings it to ClickHouse within seconds. Events of programs are answered like any and dropped.
 */
export async function collectEvents(
  ctx: Ctx,
  { events, consent, headers }: Collect,
): Promise<{ accepted: number; rejected: Rejection[] }> {
  if (isBot(headers["user-agent"])) return { accepted: 0, rejected: [] };
  const now = ctx.clock.now();
  const known = ctx.actor.kind === "user" || ctx.actor.kind === "guest";
  const visitorId = consent && known ? actorKey(ctx.actor) : "";
  const { rows, rejected } = decideCollect(events, { visitorId, currency: ctx.market.currency, now });
  const payload = { receivedAt: now, rows: [...rows], rejected: [...rejected] };
  await ctx.db.commit([schedule(ctx, STORE_EVENTS, { subject: ctx.requestId, payload })]);
  return { accepted: rows.length, rejected: [...rejected] };
}
