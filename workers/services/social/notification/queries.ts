import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { decodeCursor, type PageQuery, toPage } from "#kernel/page";
import { notesQuery, unreadQuery } from "./repository.ts";
import { toNotificationDto } from "./schemas.ts";

export async function listNotifications(ctx: Ctx, { limit, cursor }: PageQuery) {
  const userId = requireUser(ctx);
  const scope = `notifications ${userId}`;
  const [after] = decodeCursor(ctx, scope, cursor) ?? [];
  const walk = { after: after === undefined ? undefined : String(after), limit: limit + 1 };
  const [rows] = await ctx.db.load(notesQuery(userId, walk));
  const { items, nextCursor } = toPage(ctx, scope, limit, rows, (row) => [row.id], toNotificationDto);
  return { items: [...items], nextCursor };
}

export async function countUnread(ctx: Ctx): Promise<{ readonly count: number }> {
  const [count] = await ctx.db.load(unreadQuery(requireUser(ctx)));
  return { count };
}
