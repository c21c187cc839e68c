import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { type ShopPermission, shopRoleGrants } from "#kernel/permission";
import { profilesQuery } from "#services/social/user/index";
import { newOrder, shopIntents, type ToldOrder } from "../domain/intents.ts";
import type { Intent } from "../domain/message.ts";
import { membersQuery, type ShopMember, shopsQuery } from "../repository.ts";

/** A shop with more members than this has somebody at the screen; the first ones are told. */
const MEMBERS_TOLD_MAX = 20;

/** What a shop is told; `whoMay` says whose inbox it is for. */
export type ShopNews = Pick<Intent, "transactionId" | "template" | "data"> & {
  readonly sellerId: Id<"seller">;
  readonly whoMay?: ShopPermission;
};

const mayHear = ({ role }: ShopMember, whoMay: ShopPermission | undefined): boolean =>
  whoMay === undefined || (role !== null && shopRoleGrants(role, whoMay));

/** Tells shops at their address and in the inboxes of their members, by what their own facts have said. */
export async function tellShops(ctx: Ctx, news: readonly ShopNews[]): Promise<readonly Intent[]> {
  if (news.length === 0) return [];
  const sellerIds = [...new Set(news.map((one) => one.sellerId))];
  const [shops, members] = await ctx.db.load(shopsQuery(sellerIds), membersQuery(sellerIds));
  const [profiles] =
    members.length > 0 ? await ctx.db.load(profilesQuery(members.map(({ userId }) => userId))) : [[]];
  return news.flatMap(({ sellerId, whoMay, ...said }) => {
    const mine = members
      .filter((member) => member.sellerId === sellerId && mayHear(member, whoMay))
      .slice(0, MEMBERS_TOLD_MAX);
    return shopIntents(said, {
      address: shops.find((shop) => shop.sellerId === sellerId)?.address,
      members: mine.map(({ userId }) => ({
        userId,
        email: profiles.find((profile) => profile.userId === userId)?.email,
      })),
    });
  });
}

export const tellSold = (ctx: Ctx, orders: readonly ToldOrder[]): Promise<readonly Intent[]> =>
  tellShops(
    ctx,
    orders.map((order) => ({ ...newOrder(order), sellerId: order.sellerId })),
  );
