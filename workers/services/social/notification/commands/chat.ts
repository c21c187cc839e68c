import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import type { AnswerLate, MessagesMissed } from "#services/communication/chat/facts";
import { profilesQuery } from "#services/social/user/index";
import type { Intent } from "../domain/message.ts";
import { membersQuery, shopsQuery } from "../repository.ts";

type Missed = ReturnType<typeof MessagesMissed.make>;
type Late = ReturnType<typeof AnswerLate.make>;

/** A shop with more members than this has somebody at the screen; the first ones are told. */
const MEMBERS_TOLD_MAX = 20;

const isShopId = (partyId: string): partyId is Id<"seller"> => partyId.startsWith("slr_");
const isUserId = (partyId: string): partyId is Id<"user"> => partyId.startsWith("usr_");

/** Who was away is told once an absence: a person himself, a shop by its members. */
export async function tellChats(ctx: Ctx, facts: readonly (Missed | Late)[]): Promise<readonly Intent[]> {
  const named = facts.flatMap((fact) =>
    fact.type === "chat.messages_missed"
      ? [fact.payload.partyId, fact.payload.fromPartyId]
      : [fact.payload.sellerId],
  );
  const sellerIds = [...new Set(named.filter(isShopId))];
  const userIds = [...new Set(named.filter(isUserId))];
  const [shops, members, people] = await ctx.db.load(
    shopsQuery(sellerIds),
    membersQuery(sellerIds),
    profilesQuery(userIds),
  );
  const nameOf = (partyId: string): string =>
    shops.find(({ sellerId }) => sellerId === partyId)?.name ??
    people.find(({ userId }) => userId === partyId)?.name ??
    "Titan";
  const staffOf = (shopId: Id<"seller">): readonly Id<"user">[] =>
    members
      .filter(({ sellerId }) => sellerId === shopId)
      .slice(0, MEMBERS_TOLD_MAX)
      .map(({ userId }) => userId);
  return facts.flatMap((fact): readonly Intent[] => {
    const base = { transactionId: `${fact.type}/${fact.id}` };
    if (fact.type === "chat.answer_late") {
      const { conversationId, sellerId, askedAt } = fact.payload;
      return staffOf(sellerId).map((userId) => ({
        transactionId: `${base.transactionId}/${userId}`,
        template: "chat.answer_late",
        data: { conversationId, askedAt },
        to: { userId },
        only: "inbox",
      }));
    }
    const { conversationId, partyId, fromPartyId, unread, preview } = fact.payload;
    const isShop = isShopId(partyId);
    const data = { conversationId, fromName: nameOf(fromPartyId), unread, preview, isShop };
    const told = isShop ? staffOf(partyId) : [partyId as Id<"user">];
    return told.map((userId) => ({
      transactionId: isShop ? `${base.transactionId}/${userId}` : base.transactionId,
      template: "chat.missed",
      data,
      to: { userId },
    }));
  });
}
