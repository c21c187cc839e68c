import { requireUser } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { shopRoleGrants } from "#kernel/permission";
import { onChatRoom } from "#objects/stubs";
import type { PartyId } from "../domain/message.ts";
import { fail } from "../errors.ts";
import {
  type Conversation,
  conversationQuery,
  type InboxRow,
  type ShopSettings,
  settingsOfQuery,
  sidesQuery,
} from "../repository.ts";

export type ChatRef = { readonly conversationId: Id<"conversation"> };
export type Access = {
  readonly conversation: Conversation;
  readonly sides: readonly InboxRow[];
  readonly me: InboxRow;
  readonly userId: Id<"user">;
};

/** The shop whose conversations this person may lead, if any. */
export function shopOf({ actor }: Ctx): Id<"seller"> | undefined {
  if (actor.kind !== "user" || !actor.shop) return undefined;
  return shopRoleGrants(actor.shop.role, "chat:write") ? actor.shop.sellerId : undefined;
}

/**
 * A conversation of the caller's, as himself or for his shop; anybody else's is not found. Its object is told
 * whose it is at each visit, since the first time may have been lost between two systems.
 */
export async function visit(ctx: Ctx, { conversationId }: ChatRef): Promise<Access> {
  const userId = requireUser(ctx);
  const [conversation, sides, settings] = await ctx.db.load(
    conversationQuery(conversationId),
    sidesQuery(conversationId),
    settingsOfQuery(conversationId),
  );
  const sideOf = (partyId: PartyId | undefined) => sides.find((side) => side.partyId === partyId);
  const me = sideOf(userId) ?? sideOf(shopOf(ctx));
  if (!conversation || !me) throw fail("chat.not_found");
  await setUp(ctx, conversation, { sides, settings });
  return { conversation, sides, me, userId };
}

type Standing = {
  readonly sides: readonly Pick<InboxRow, "partyId" | "role">[];
  readonly settings: Pick<ShopSettings, "autoReply"> | undefined;
};

function setUp(ctx: Ctx, { id, peopleVersion }: Conversation, { sides, settings }: Standing) {
  const parties = sides.map(({ partyId, role }) => ({ partyId, role }));
  const autoReply = settings?.autoReply ?? null;
  return onChatRoom(ctx, id, (room) => room.setup({ parties, autoReply, peopleVersion }));
}

/** Who is in it now, whoever asks. */
export async function tellRoom(ctx: Ctx, { conversationId }: ChatRef): Promise<void> {
  const [conversation, sides, settings] = await ctx.db.load(
    conversationQuery(conversationId),
    sidesQuery(conversationId),
    settingsOfQuery(conversationId),
  );
  if (conversation) await setUp(ctx, conversation, { sides, settings });
}
