import { requireOperator, requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { orThrow, type Result } from "#kernel/result";
import { onChatRoom } from "#objects/stubs";
import { membershipsQuery } from "#services/catalog/seller/index";
import type { Message } from "../domain/message.ts";
import { fail } from "../errors.ts";
import { type ChatRef, visit } from "../queries/access.ts";
import {
  type Conversation,
  decideReport,
  insertReport,
  reportQuery,
  saveSettings,
  settingsQuery,
} from "../repository.ts";
import type { ReportBody, SettingsBody } from "../schemas.ts";
import { toSettingsDto } from "../schemas.ts";

/** Each is an object of its own, on any machine. */
const ERASED_AT_ONCE = 20;

export async function blockConversation(
  ctx: Ctx,
  { isBlocked, ...ref }: ChatRef & { readonly isBlocked: boolean },
) {
  const { me, conversation } = await visit(ctx, ref);
  if (conversation.kind === "group") throw fail("chat.not_in_groups");
  const done = await onChatRoom(ctx, ref.conversationId, (room) => room.block(me.partyId, isBlocked));
  orThrow(done as Result<null, "chat.not_a_party">, fail);
  return { isBlocked };
}

export async function readUpTo(ctx: Ctx, { upTo, ...ref }: ChatRef & { readonly upTo: number }) {
  const { me } = await visit(ctx, ref);
  const done = await onChatRoom(ctx, ref.conversationId, (room) => room.see(me.partyId, { read: upTo }));
  orThrow(done as Result<null, "chat.not_a_party">, fail);
  return null;
}

/** In a group, by who opened it. */
export async function slowDown(ctx: Ctx, { seconds, ...ref }: ChatRef & { readonly seconds: number }) {
  const { conversation, userId } = await visit(ctx, ref);
  if (conversation.kind !== "group" || conversation.openedBy !== userId) throw fail("chat.not_yours_to_set");
  await onChatRoom(ctx, ref.conversationId, (room) => room.set({ slowModeMs: seconds * 1_000 }));
  return { seconds };
}

type Assign = ChatRef & { readonly userId: Id<"user"> | null };

export async function assignConversation(ctx: Ctx, { userId, ...ref }: Assign) {
  const sellerId = requireShop(ctx, "chat:write");
  const { conversation } = await visit(ctx, ref);
  if (conversation.sellerId !== sellerId) throw fail("chat.not_found");
  if (userId !== null) {
    const [shops] = await ctx.db.load(membershipsQuery(userId));
    if (!shops.some((shop) => shop.sellerId === sellerId)) throw fail("chat.not_a_member");
  }
  await onChatRoom(ctx, ref.conversationId, (room) => room.set({ assigneeId: userId }));
  return { userId };
}

export async function saveShopSettings(
  ctx: Ctx,
  { quickReplies, autoReply, ifMatch }: SettingsBody & { readonly ifMatch: number },
) {
  const sellerId = requireShop(ctx, "chat:write");
  const [known] = await ctx.db.load(settingsQuery(sellerId));
  if ((known?.version ?? 0) !== ifMatch) throw fail("chat.settings_stale");
  const settings = { sellerId, quickReplies, autoReply, version: ifMatch + 1 };
  orThrow(await ctx.db.commit([saveSettings(settings)]), fail);
  return toSettingsDto(settings);
}

/** The words are kept with the report, as they are now. */
export async function reportMessage(ctx: Ctx, { messageId, reason, note, ...ref }: ChatRef & ReportBody) {
  const { userId, me } = await visit(ctx, ref);
  const message = (await onChatRoom(ctx, ref.conversationId, (room) => room.find(me.partyId, messageId))) as
    | Message
    | undefined;
  if (!message || message.partyId === me.partyId) throw fail("chat.message_not_found");
  const id = ctx.ids.next("report");
  const row = {
    id,
    conversationId: ref.conversationId,
    messageId,
    reporterId: userId,
    reportedPartyId: message.partyId,
    reason,
    note: note ?? null,
    text: message.text,
    createdAt: ctx.clock.now(),
    decidedAt: null,
    decidedBy: null,
    decision: null,
  };
  await ctx.db.commit([insertReport(row)]);
  return null;
}

type Decide = { readonly reportId: Id<"report">; readonly decision: "dismissed" | "removed" };

/** The message goes first: a decision that was lost is made again, and finds it gone. */
export async function decideOnReport(ctx: Ctx, { reportId, decision }: Decide) {
  const decidedBy = requireOperator(ctx, "chat:moderate");
  const [report] = await ctx.db.load(reportQuery(reportId));
  if (!report || report.decidedAt !== null) throw fail("chat.report_not_found");
  if (decision === "removed") {
    const { conversationId, messageId, reportedPartyId } = report;
    const deed = {
      op: "remove" as const,
      authorId: decidedBy,
      partyId: reportedPartyId,
      cid: reportId,
      id: messageId,
    };
    await onChatRoom(ctx, conversationId, (room) => room.act(deed));
  }
  orThrow(
    await ctx.db.commit([decideReport(reportId, { decision, decidedBy, decidedAt: ctx.clock.now() })]),
    fail,
  );
  return null;
}

type Call = {
  readonly callId: Id<"call">;
  readonly callerId: Id<"user">;
  readonly outcome: string;
  readonly seconds: number;
};

/** Into the conversation of the two, where there is one; a call is there once, however often it is told. */
export async function logCall(
  ctx: Ctx,
  { id: conversationId, buyerId, sellerId }: Pick<Conversation, "id" | "buyerId" | "sellerId">,
  { callerId, ...call }: Call,
): Promise<void> {
  const partyId = callerId === buyerId ? buyerId : sellerId;
  if (!partyId) return;
  const card = { kind: "call" as const, ...call };
  const deed = { op: "log" as const, authorId: callerId, partyId, cid: `call-${call.callId}`, card };
  await onChatRoom(ctx, conversationId, (room) => room.act(deed));
}

/** Takes a person out of every conversation that is his; again it finds nothing to take. */
export async function eraseFrom(
  ctx: Ctx,
  userId: Id<"user">,
  conversationIds: readonly Id<"conversation">[],
): Promise<void> {
  for (let from = 0; from < conversationIds.length; from += ERASED_AT_ONCE) {
    const some = conversationIds.slice(from, from + ERASED_AT_ONCE);
    await Promise.all(some.map((id) => onChatRoom(ctx, id, (room) => room.erase(userId))));
  }
}
