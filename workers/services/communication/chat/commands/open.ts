import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow } from "#kernel/result";
import { giveTicket } from "#kernel/ticket";
import { isTrading, sellersQuery } from "#services/catalog/seller/index";
import { profileQuery, profilesQuery } from "#services/social/user/index";
import { GROUP_MAX } from "../domain/message.ts";
import { fail } from "../errors.ts";
import { type ChatRef, shopOf, visit } from "../queries/access.ts";
import { addPeople, addSides, conversationOfQuery, openOnce, type Side } from "../repository.ts";
import type { OpenChat } from "../schemas.ts";

/** With a shop there is one conversation for good: whoever opens it again finds it. */
export async function openConversation(ctx: Ctx, input: OpenChat): Promise<Id<"conversation">> {
  return "sellerId" in input ? openWithShop(ctx, input.sellerId) : openGroup(ctx, input);
}

async function openWithShop(ctx: Ctx, sellerId: Id<"seller">): Promise<Id<"conversation">> {
  const buyerId = requireUser(ctx);
  if (shopOf(ctx) === sellerId) throw fail("chat.with_yourself");
  const [[shop], known] = await ctx.db.load(sellersQuery([sellerId]), conversationOfQuery(buyerId, sellerId));
  if (known) return known.id;
  if (!shop || !isTrading(shop.state)) throw fail("chat.shop_not_found");
  const id = ctx.ids.next("conversation");
  const now = ctx.clock.now();
  const sides: readonly Side[] = [
    { partyId: buyerId, role: "buyer" },
    { partyId: sellerId, role: "seller" },
  ];
  const row = {
    id,
    kind: "shop" as const,
    buyerId,
    sellerId,
    title: null,
    openedBy: buyerId,
    peopleVersion: 1,
    createdAt: now,
  };
  await ctx.db.commit([openOnce(row), addSides(id, sides, now)]);
  const [opened] = await ctx.db.load(conversationOfQuery(buyerId, sellerId));
  return opened?.id ?? id;
}

type Group = Extract<OpenChat, { readonly userIds: unknown }>;

async function openGroup(ctx: Ctx, { userIds, title }: Group): Promise<Id<"conversation">> {
  const openedBy = requireUser(ctx);
  const others = [...new Set(userIds)].filter((userId) => userId !== openedBy);
  if (others.length === 0 || others.length >= GROUP_MAX) throw fail("chat.with_yourself");
  const [profiles] = await ctx.db.load(profilesQuery(others));
  if (profiles.length !== others.length) throw fail("chat.person_not_found");
  const id = ctx.ids.next("conversation");
  const now = ctx.clock.now();
  const none = { buyerId: null, sellerId: null };
  const row = { id, kind: "group" as const, ...none, title, openedBy, peopleVersion: 0, createdAt: now };
  const people = addPeople(
    { conversationId: id, by: openedBy, userIds: [openedBy, ...others] },
    "member",
    now,
  );
  orThrow(await ctx.db.commit([openOnce(row), people]), fail);
  return id;
}

/** Whoever is a side may come in, for a minute; a shop's people all come in as the shop. */
export async function enterConversation(ctx: Ctx, ref: ChatRef) {
  const { me, userId } = await visit(ctx, ref);
  const [profile] = await ctx.db.load(profileQuery(userId));
  const name = profile?.name;
  const about = { noun: "chat-room", id: ref.conversationId, personId: userId, role: me.role };
  return giveTicket(ctx, { ...about, ...(name === undefined ? {} : { name }) });
}
