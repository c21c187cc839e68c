import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { sellersQuery } from "#services/catalog/seller/index";
import { profilesQuery } from "#services/social/user/index";
import type { PartyId } from "../domain/message.ts";
import type { Conversation, Named } from "../schemas.ts";

/** How this side is told whom it speaks with: a buyer the shop, a shop the buyer, a group its title. */
export async function namesOf(
  ctx: Ctx,
  me: PartyId,
  conversations: readonly Conversation[],
): Promise<(conversation: Conversation) => Named> {
  const shops = conversations.flatMap(({ sellerId }) => (sellerId && sellerId !== me ? [sellerId] : []));
  const people = conversations.flatMap(({ sellerId, buyerId }) =>
    sellerId === me && buyerId ? [buyerId] : [],
  );
  const [cards, profiles] = await ctx.db.load(sellersQuery(shops), profilesQuery(people));
  return ({ sellerId, buyerId, title }) => {
    if (sellerId === null) return { name: title ?? "", slug: null };
    if (sellerId === me) {
      return { name: profiles.find(({ userId }) => userId === buyerId)?.name ?? "", slug: null };
    }
    const card = cards.find((one) => one.sellerId === sellerId);
    return { name: card?.name ?? "", slug: card?.slug ?? null };
  };
}

/** What people are called who meet by name; whoever has no account any more is left out. */
export async function peopleNames(
  ctx: Ctx,
  userIds: readonly Id<"user">[],
): Promise<ReadonlyMap<PartyId, string>> {
  if (userIds.length === 0) return new Map();
  const [profiles] = await ctx.db.load(profilesQuery(userIds));
  return new Map(profiles.map(({ userId, name }) => [userId, name]));
}
