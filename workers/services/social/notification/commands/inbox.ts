import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { fail } from "../errors.ts";
import { markAllRead, markRead } from "../repository.ts";

type Reading = { readonly notificationId: Id<"notification"> };

export async function readNotification(ctx: Ctx, { notificationId }: Reading): Promise<null> {
  const write = markRead(requireUser(ctx), notificationId, ctx.clock.now());
  orThrow(await ctx.db.commit([write]), fail);
  return null;
}

export async function readAllNotifications(
  ctx: Ctx,
  { upTo }: { readonly upTo?: Id<"notification"> | undefined },
): Promise<null> {
  orThrow(await ctx.db.commit([markAllRead(requireUser(ctx), upTo, ctx.clock.now())]), fail);
  return null;
}
