import { refuse, requireOperator, requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { orThrow } from "#kernel/result";
import { signToken } from "#kernel/token";
import { ACTING_MS, type Asked, decideActing } from "../domain.ts";
import { fail } from "../errors.ts";
import { ActingStarted } from "../facts.ts";
import { accountById } from "../repository/accounts.ts";
import {
  type Acting,
  actingQuery,
  endActing,
  isActingLive,
  noteActed,
  noteOutcome,
  SUPPORT,
  startActing,
} from "../repository/acting.ts";
import { note } from "../repository/events.ts";
import { requireFresh } from "./fresh.ts";
import type { Access } from "./gate.ts";

type Starting = {
  readonly userId: Id<"user">;
  readonly reason: string;
  readonly orderId: Id<"order"> | null;
};
export type Started = Access & {
  readonly actingId: Id<"session">;
  readonly userId: Id<"user">;
  readonly email: string;
  readonly reason: string;
};

/** A token of the person's name with the operator's behind it (RFC 8693, 4.1), which nothing renews. */
export async function actAs(ctx: Ctx, { userId, reason, orderId }: Starting): Promise<Started> {
  const operatorId = requireOperator(ctx, "user:act");
  const { sessionId: operatorSessionId } = await requireFresh(ctx);
  const [account] = await ctx.db.load(accountById(userId));
  if (!account) throw fail("auth.user_not_found");
  const now = ctx.clock.now();
  const expiresAt = now + ACTING_MS;
  const actingId = ctx.ids.next("session");
  const who = { id: actingId, userId, operatorId, operatorSessionId };
  const acting: Acting = { ...who, reason, orderId, startedAt: now, expiresAt, endedAt: null };
  const { email, version, sessionEpoch } = account;
  const told = { userId, email, actingId, reason, expiresAt };
  const committed = await ctx.db.commit([
    ...startActing(acting),
    note(ctx, "acting_started", { userId, sessionId: actingId, client: SUPPORT, detail: { reason } }),
    append(ActingStarted.make(ctx, { id: userId, version }, told)),
  ]);
  orThrow(committed, fail);
  const accessToken = await signToken(
    ctx,
    // No role, no shop and no way of having signed in: whatever asks for one of them is refused by itself.
    {
      use: "user",
      sub: userId,
      sid: actingId,
      amr: [],
      at: 0,
      sh: [],
      ep: sessionEpoch,
      act: { sub: operatorId },
    },
    { now, lifetimeMs: ACTING_MS },
  );
  return { actingId, userId, email, reason, accessToken, expiresAt };
}

/** The operator ends it, in either name, or the person himself. */
export async function stopActing(ctx: Ctx, actingId: Id<"session">): Promise<void> {
  const personId = requireUser(ctx);
  const now = ctx.clock.now();
  const [acting] = await ctx.db.load(actingQuery(actingId));
  if (!acting || (acting.userId !== personId && acting.operatorId !== personId)) {
    throw fail("auth.acting_not_found");
  }
  if (acting.endedAt !== null || acting.expiresAt <= now) return;
  const { userId } = acting;
  await ctx.db.commit([
    endActing({ actingId, personId, now }),
    note(ctx, "acting_ended", { userId, sessionId: actingId, client: SUPPORT }),
  ]);
}

/**
 * Stands before every request of an acting token: lets through what the rule allows while the acting is
 * live, and writes a command down before it is run. What it answers takes the command's outcome.
 */
export async function watchActing(ctx: Ctx, asked: Asked): Promise<(status: number) => void> {
  const { actor } = ctx;
  if (actor.kind !== "user" || actor.actingBy === undefined) throw refuse(actor);
  const kind = orThrow(decideActing(asked), fail);
  const held = { actingId: actor.sessionId, userId: actor.userId, now: ctx.clock.now() };
  if (kind === "question") {
    if (!(await isActingLive(ctx, held))) throw fail("auth.acting_over");
    return () => undefined;
  }
  const id = ctx.ids.next("event");
  const command = `${asked.method} ${asked.path}`;
  orThrow(await ctx.db.commit([noteActed({ ...held, id, command })]), fail);
  return (status) =>
    ctx.defer(
      ctx.db.commit([noteOutcome(id, status)]).catch(() => {
        ctx.log.warn("auth.outcome_unnoted", { id });
      }),
    );
}
