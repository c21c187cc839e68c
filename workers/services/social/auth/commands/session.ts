import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { type Client, REFRESH_GRACE_MS, REFRESH_IDLE_MS } from "../domain.ts";
import { fail } from "../errors.ts";
import { hashSecret, successorOf } from "../providers/secrets.ts";
import { accountById, deleteTickets, revokeSessions } from "../repository/accounts.ts";
import { note } from "../repository/events.ts";
import { endByRefresh, epochQuery, raiseEpoch, revokeSession, turnRefresh } from "../repository/sessions.ts";
import { issueAccess, publishEpoch, type SignedIn } from "./gate.ts";
import { tellOf } from "./letters.ts";

type Refreshing = { readonly refreshToken: string; readonly client: Client };

export async function refresh(ctx: Ctx, { refreshToken, client }: Refreshing): Promise<SignedIn> {
  const next = successorOf(ctx, refreshToken);
  const now = ctx.clock.now();
  const turned = await turnRefresh(ctx.db, {
    hash: hashSecret(refreshToken),
    nextHash: hashSecret(next),
    now,
    graceFrom: now - REFRESH_GRACE_MS,
    nextExpiresAt: now + REFRESH_IDLE_MS,
  });
  if (turned?.outcome === "reused") await answerReuse(ctx, turned, client);
  if (!turned || turned.outcome === "dead" || turned.outcome === "reused") throw fail("auth.refresh_dead");
  const { userId, sessionId } = turned;
  return { status: "signed_in", userId, sessionId, refreshToken: next, ...(await issueAccess(ctx, turned)) };
}

type Family = { readonly userId: Id<"user">; readonly sessionId: Id<"session"> };

/** The family is dead already; here its access tokens die too, and the owner hears of it. */
async function answerReuse(ctx: Ctx, { userId, sessionId }: Family, client: Client): Promise<void> {
  const [account] = await ctx.db.load(accountById(userId));
  if (!account) return;
  await ctx.db.commit([
    raiseEpoch(userId),
    note(ctx, "session_reused", { userId, sessionId, client }),
    tellOf(ctx, account, "session_reused", client),
  ]);
  await publishRaised(ctx, userId);
}

type SigningOut = { readonly refreshToken: string | undefined; readonly client: Client };

/** Ends the session that the token belongs to. An unknown token is answered like a dead one. */
export async function signOut(ctx: Ctx, { refreshToken, client }: SigningOut): Promise<void> {
  const { actor } = ctx;
  const now = ctx.clock.now();
  const mine = actor.kind === "user" ? { userId: actor.userId, sessionId: actor.sessionId } : undefined;
  if (refreshToken !== undefined) {
    await ctx.db.commit([
      endByRefresh(hashSecret(refreshToken), now),
      note(ctx, "signed_out", { ...mine, client }),
    ]);
  } else if (mine) {
    // Signing out twice is signing out: a session that is over already refuses nothing.
    await ctx.db.commit([
      revokeSession(mine, "signed_out", now),
      note(ctx, "signed_out", { ...mine, client }),
    ]);
  }
}

export async function signOutEverywhere(ctx: Ctx, { client }: { readonly client: Client }) {
  const userId = requireUser(ctx);
  await ctx.db.commit([
    raiseEpoch(userId),
    revokeSessions({ userId, why: "everywhere", at: ctx.clock.now() }),
    deleteTickets(userId),
    note(ctx, "signed_out_everywhere", { userId, client }),
  ]);
  await publishRaised(ctx, userId);
}

type Revoking = { readonly sessionId: Id<"session">; readonly client: Client };

/** The epoch rises too, so that the lost device is out at once; the others just refresh. */
export async function endSession(ctx: Ctx, { sessionId, client }: Revoking) {
  const userId = requireUser(ctx);
  const committed = await ctx.db.commit([
    raiseEpoch(userId),
    revokeSession({ userId, sessionId }, "revoked", ctx.clock.now()),
    note(ctx, "session_revoked", { userId, sessionId, client }),
  ]);
  orThrow(committed, fail);
  await publishRaised(ctx, userId);
}

async function publishRaised(ctx: Ctx, userId: Id<"user">): Promise<void> {
  const [epoch] = await ctx.db.load(epochQuery(userId));
  if (epoch !== undefined) await publishEpoch(ctx, userId, epoch);
}
