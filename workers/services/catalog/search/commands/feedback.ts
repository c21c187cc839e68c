import { type Actor, actorKey } from "#kernel/actor";
import { purge } from "#kernel/cache";
import { HOUR_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import { orThrow } from "#kernel/result";
import { fail } from "../errors.ts";
import { LEARN } from "../facts.ts";
import { LISTING_TAG } from "../queries/tags.ts";
import { learn, saveFeedback } from "../repository/feedback.ts";
import type { Feedback } from "../schemas/feedback.ts";

/** How soon what people do moves what is found. */
const LEARN_EVERY_MS = HOUR_MS;
const SUBJECT = "behaviour";
const BOT = /bot|crawl|spider|slurp|headless|curl|wget|python-requests|monitor/i;

/** Nobody is read from it, and it is the same for one person all the time that rows are kept. */
export const viewerOf = ({ keys }: Pick<Ctx, "keys">, who: string): string =>
  keys.sign("address", `search viewer\n${who}`).slice(0, 22);

/** People are counted, and programs and those who keep the shop are not. */
function isCounted(actor: Actor, userAgent: string): boolean {
  if (userAgent === "" || BOT.test(userAgent)) return false;
  return actor.kind === "user" ? actor.operator === undefined : actor.kind !== "service";
}

/**
 * A page was in sight, and what was done with it. Where a product stood and what was asked for is known
 * by the page's id and not from the client. Said twice it counts once.
 */
export async function giveFeedback(ctx: Ctx, { searchId, acts, headers }: Feedback): Promise<undefined> {
  const { actor, address } = ctx;
  const userAgent = headers["user-agent"];
  if (!isCounted(actor, userAgent)) return;
  const isKnown = actor.kind === "user" || actor.kind === "guest";
  const told = {
    searchId,
    acts,
    viewer: viewerOf(ctx, isKnown ? actorKey(actor) : `${address}\n${userAgent}`),
    origin: viewerOf(ctx, address),
    shops: actor.kind === "user" ? actor.shops.map(({ sellerId }) => sellerId) : [],
    at: ctx.clock.now(),
  };
  orThrow(await ctx.db.commit([saveFeedback(told)]), fail);
}

/** The end of this stretch of time: whoever schedules within it names the same row and the same instant. */
export function learnSoon(ctx: Ctx): Statement {
  const dueAt = (Math.floor(ctx.clock.now() / LEARN_EVERY_MS) + 1) * LEARN_EVERY_MS;
  return schedule(ctx, LEARN, { subject: SUBJECT, payload: {}, dueAt });
}

/** Counted anew from what was told, so that a learning that died or came twice leaves nothing wrong. */
export async function learnFromFeedback(ctx: Ctx): Promise<readonly Statement[]> {
  await ctx.db.commit([learn(ctx.clock.now(), ctx.market.timeZone)]);
  await purge(ctx, [LISTING_TAG]).catch(() => undefined);
  return [learnSoon(ctx)];
}
