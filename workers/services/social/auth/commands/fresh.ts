import { refuse } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { type Account, type Client, decideFresh, FRESH_MS } from "../domain.ts";
import { fail } from "../errors.ts";
import { accountById } from "../repository/accounts.ts";
import { type LiveSession, liveSessionQuery } from "../repository/sessions.ts";

export type Mine = { readonly userId: Id<"user">; readonly sessionId: Id<"session"> };

/** The session behind the access token. */
export function mine(ctx: Ctx): Mine {
  const { actor } = ctx;
  if (actor.kind !== "user") throw refuse(actor);
  if (actor.actingBy !== undefined) throw fail("auth.acting_refused");
  return { userId: actor.userId, sessionId: actor.sessionId };
}

export type Fresh = Mine & { readonly session: LiveSession };
type Terms = {
  /** How long ago they may have shown who they are. */
  readonly maxAgeMs?: number;
};

/**
 * Step-up for what moves money or security: somebody who has just signed in, with the second factor where
 * there is one. It reads the session's row, so a session that was revoked is out at once.
 */
export async function requireFresh(ctx: Ctx, { maxAgeMs = FRESH_MS }: Terms = {}): Promise<Fresh> {
  const who = mine(ctx);
  const now = ctx.clock.now();
  const [session] = await ctx.db.load(liveSessionQuery(who, now));
  if (!session) throw fail("auth.session_over");
  orThrow(decideFresh(session, { maxAgeMs, now, hasTotp: session.hasTotp }), fail);
  return { ...who, session };
}

/** The account of whoever is fresh. */
export async function freshAccount(
  ctx: Ctx,
  client: Client,
): Promise<{ readonly account: Account; readonly fresh: Fresh }> {
  const fresh = await requireFresh(ctx);
  const [account] = await ctx.db.load(accountById(fresh.userId, client));
  if (!account) throw fail("auth.user_not_found");
  return { account, fresh };
}
