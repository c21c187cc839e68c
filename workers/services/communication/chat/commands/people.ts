import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { schedule } from "#kernel/due";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { profilesQuery } from "#services/social/user/index";
import { fail } from "../errors.ts";
import { KEEP_APART, SYNC_PEOPLE } from "../facts.ts";
import { type ChatRef, tellRoom, visit } from "../queries/access.ts";
import { addPeople, removePerson, setBlock, sharedGroupsQuery } from "../repository.ts";
import type { Blocking, PersonRole } from "../schemas.ts";

type PersonRef = ChatRef & { readonly userId: Id<"user"> };

/** The row is the promise; the object is told at once as well, and twice is once. */
const soon = (ctx: Ctx, { conversationId }: ChatRef): Statement =>
  schedule(ctx, SYNC_PEOPLE, { subject: conversationId, payload: { conversationId } });

export async function syncPeople(ctx: Ctx, ref: ChatRef): Promise<readonly Statement[]> {
  await tellRoom(ctx, ref);
  return [];
}

/** Adds somebody to a group, or gives him another role in it. */
export async function putPerson(ctx: Ctx, { userId, role, ...ref }: PersonRef & PersonRole): Promise<null> {
  const by = requireUser(ctx);
  const { conversation } = await visit(ctx, ref);
  if (conversation.kind !== "group") throw fail("chat.only_in_groups");
  const [profiles] = await ctx.db.load(profilesQuery([userId]));
  if (profiles.length === 0) throw fail("chat.person_not_found");
  const adding = addPeople({ ...ref, by, userIds: [userId] }, role, ctx.clock.now());
  orThrow(await ctx.db.commit([adding, soon(ctx, ref)]), fail);
  await tellRoom(ctx, ref);
  return null;
}

/** Takes somebody out, oneself too. The list first: who is on none gets no ticket any more. */
export async function dropPerson(ctx: Ctx, { userId, ...ref }: PersonRef): Promise<null> {
  const by = requireUser(ctx);
  const { conversation } = await visit(ctx, ref);
  if (conversation.kind !== "group") throw fail("chat.only_in_groups");
  orThrow(await ctx.db.commit([removePerson({ ...ref, by, userId }), soon(ctx, ref)]), fail);
  await tellRoom(ctx, ref);
  return null;
}

export const leaveGroup = (ctx: Ctx, ref: ChatRef): Promise<null> =>
  dropPerson(ctx, { ...ref, userId: requireUser(ctx) });

/** From now on the two are added to no group together, and are parted where they are in one. */
export async function blockPerson(ctx: Ctx, { userId: blockedId, isBlocked }: Blocking) {
  const blockerId = requireUser(ctx);
  if (blockedId === blockerId) throw fail("chat.with_yourself");
  const pair = { blockerId, blockedId };
  const later = schedule(ctx, KEEP_APART, { subject: `${blockerId} ${blockedId}`, payload: pair });
  const writes = setBlock(pair, isBlocked, ctx.clock.now());
  orThrow(await ctx.db.commit([...writes, ...(isBlocked ? [later] : [])]), fail);
  if (isBlocked) await keepApart(ctx, pair);
  return { isBlocked };
}

type Pair = { readonly blockerId: Id<"user">; readonly blockedId: Id<"user"> };

/** In a group of the one who blocks, the other goes; in anybody else's he goes himself. */
export async function keepApart(ctx: Ctx, pair: Pair): Promise<readonly Statement[]> {
  const [groups] = await ctx.db.load(sharedGroupsQuery(pair));
  for (const { id: conversationId, openedBy } of groups) {
    const ref = { conversationId };
    const userId = openedBy === pair.blockerId ? pair.blockedId : pair.blockerId;
    orThrow(await ctx.db.commit([removePerson({ ...ref, by: userId, userId }), soon(ctx, ref)]), fail);
    await tellRoom(ctx, ref);
  }
  return [];
}
