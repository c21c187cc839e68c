import type { Ctx } from "#kernel/ctx";
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
