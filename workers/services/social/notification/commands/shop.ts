import type { Ctx } from "#kernel/ctx";
import { profilesQuery } from "#services/social/user/index";
import { shopIntents, type ToldOrder } from "../domain/intents.ts";
import type { Intent } from "../domain/message.ts";
import { membersQuery, shopsQuery } from "../repository.ts";

/** A shop with more members than this has somebody at the screen; the first ones are told. */
const MEMBERS_TOLD_MAX = 20;

/** Tells the shops of these orders, by what their own facts have said about them. */
export async function tellShops(ctx: Ctx, orders: readonly ToldOrder[]): Promise<readonly Intent[]> {
  if (orders.length === 0) return [];
  const sellerIds = [...new Set(orders.map((order) => order.sellerId))];
  const [shops, members] = await ctx.db.load(shopsQuery(sellerIds), membersQuery(sellerIds));
  const [profiles] =
    members.length > 0 ? await ctx.db.load(profilesQuery(members.map(({ userId }) => userId))) : [[]];
  return orders.flatMap((order) => {
    const mine = members.filter(({ sellerId }) => sellerId === order.sellerId).slice(0, MEMBERS_TOLD_MAX);
    return shopIntents(order, {
      address: shops.find(({ sellerId }) => sellerId === order.sellerId)?.address,
      members: mine.map(({ userId }) => ({
        userId,
        email: profiles.find((profile) => profile.userId === userId)?.email,
      })),
    });
  });
}
