import { requireShop, requireUser } from "#kernel/actor";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { decodeCursor, type PageQuery, toPage } from "#kernel/page";
import { onChatRoom } from "#objects/stubs";
import type { Message, PartyId } from "../domain/message.ts";
import { searchWords } from "../domain/words.ts";
import {
  answerTimesQuery,
  blocksQuery,
  conversationOfQuery,
  conversationsOfQuery,
  inboxQuery,
  openReportsQuery,
  settingsQuery,
  unreadQuery,
} from "../repository.ts";
import {
  type AsQuery,
  type HistoryQuery,
  type SearchQuery,
  toAnswerTimesDto,
  toListedDto,
  toMessageDto,
  toReportDto,
  toSettingsDto,
  toSummaryDto,
} from "../schemas.ts";
import { type ChatRef, visit } from "./access.ts";
import { namesOf, peopleNames } from "./names.ts";

/** A search over all looks into so many conversations, the newest; older ones are looked into one by one. */
const SEARCHED_MAX = 20;
const FOUND_MAX = 50;
const FOUND_EACH_MAX = 10;
const ANSWERS_OVER_MS = 30 * DAY_MS;

function actingParty(ctx: Ctx, { as }: Pick<AsQuery, "as">): PartyId {
  return as === "shop" ? requireShop(ctx, "chat:write") : requireUser(ctx);
}

export async function listConversations(ctx: Ctx, { as, assignee, limit, cursor }: AsQuery & PageQuery) {
  const partyId = actingParty(ctx, { as });
  const assigneeId = assignee === "me" ? requireUser(ctx) : undefined;
  const scope = `chats ${partyId} ${assigneeId ?? ""}`;
  const [at, id] = decodeCursor(ctx, scope, cursor) ?? [];
  const after = at === undefined ? undefined : { at: Number(at), id: String(id) };
  const [rows, unread] = await ctx.db.load(
    inboxQuery(partyId, { limit: limit + 1, after, assigneeId }),
    unreadQuery(partyId),
  );
  const position = ({ row }: (typeof rows)[number]) => [row.lastAt, row.conversationId];
  const nameOf = await namesOf(
    ctx,
    partyId,
    rows.map(({ conversation }) => conversation),
  );
  const listed = (one: (typeof rows)[number]) => toListedDto(one, nameOf(one.conversation));
  const page = toPage(ctx, scope, limit, rows, position, listed);
  return { items: [...page.items], nextCursor: page.nextCursor, unread };
}

export async function getConversation(ctx: Ctx, ref: ChatRef) {
  const { conversation, sides, me } = await visit(ctx, ref);
  const inGroup = conversation.kind === "group" ? sides.map(({ partyId }) => partyId as Id<"user">) : [];
  const [summary, nameOf, people] = await Promise.all([
    onChatRoom(ctx, ref.conversationId, (room) => room.read()),
    namesOf(ctx, me.partyId, [conversation]),
    peopleNames(ctx, inGroup),
  ]);
  return toSummaryDto({ conversation, me, people, named: nameOf(conversation) }, summary);
}

export async function listMessages(ctx: Ctx, { before, limit, ...ref }: ChatRef & HistoryQuery) {
  const { me } = await visit(ctx, ref);
  const from = before ?? Number.MAX_SAFE_INTEGER;
  const messages = await onChatRoom(ctx, ref.conversationId, (room) =>
    room.history(me.partyId, from, limit + 1),
  );
  const items = messages.slice(0, limit).map((one) => toMessageDto(one as Message, me.partyId));
  return { items, nextBefore: messages.length > limit ? (items.at(-1)?.id ?? null) : null };
}

export async function searchConversation(ctx: Ctx, { q, ...ref }: ChatRef & SearchQuery) {
  const { me } = await visit(ctx, ref);
  const found = await searchIn(ctx, ref.conversationId, me.partyId, {
    words: searchWords(q),
    limit: FOUND_MAX,
  });
  return { items: found.map((message) => toMessageDto(message, me.partyId)) };
}

/** Asks the objects of the newest conversations, for only they hold the words. */
export async function searchAll(ctx: Ctx, { q, as }: SearchQuery & AsQuery) {
  const partyId = actingParty(ctx, { as });
  const walk = { limit: SEARCHED_MAX, after: undefined, assigneeId: undefined };
  const [rows] = await ctx.db.load(inboxQuery(partyId, walk));
  const words = searchWords(q);
  const found = await Promise.all(
    rows.map(async ({ row: { conversationId } }) => {
      const messages = await searchIn(ctx, conversationId, partyId, { words, limit: FOUND_EACH_MAX });
      return messages.map((message) => ({ conversationId, message: toMessageDto(message, partyId) }));
    }),
  );
  const items = found.flat().toSorted((a, b) => (a.message.at < b.message.at ? 1 : -1));
  return { items: items.slice(0, FOUND_MAX) };
}

type Looking = { readonly words: readonly string[]; readonly limit: number };

async function searchIn(
  ctx: Ctx,
  conversationId: Id<"conversation">,
  partyId: PartyId,
  { words, limit }: Looking,
): Promise<readonly Message[]> {
  if (words.length === 0) return [];
  const found = await onChatRoom(ctx, conversationId, (room) => room.search(partyId, [...words], limit));
  return found as readonly Message[];
}

export async function getShopSettings(ctx: Ctx) {
  const sellerId = requireShop(ctx, "chat:write");
  const [settings] = await ctx.db.load(settingsQuery(sellerId));
  return toSettingsDto(settings);
}

export async function getAnswerTimes(ctx: Ctx) {
  const sellerId = requireShop(ctx, "chat:write");
  const now = ctx.clock.now();
  const [times] = await ctx.db.load(answerTimesQuery(sellerId, now - ANSWERS_OVER_MS, now));
  return toAnswerTimesDto(times);
}

export async function listReports(ctx: Ctx, { limit, cursor }: PageQuery) {
  const scope = "chat reports";
  const [after] = decodeCursor(ctx, scope, cursor) ?? [];
  const [rows] = await ctx.db.load(
    openReportsQuery(after === undefined ? undefined : String(after), limit + 1),
  );
  const page = toPage(ctx, scope, limit, rows, ({ id }) => [id], toReportDto);
  return { items: [...page.items], nextCursor: page.nextCursor };
}

/** A shop's conversation with one of these people, if they have one. */
export async function findConversation(
  ctx: Ctx,
  sellerId: Id<"seller">,
  people: readonly [Id<"user">, Id<"user">],
) {
  const [one, other] = people;
  const found = await ctx.db.load(conversationOfQuery(one, sellerId), conversationOfQuery(other, sellerId));
  return found.find((conversation) => conversation !== undefined);
}

/** Which conversations a side is part of: an erasure goes through all of them. */
export async function conversationsOf(ctx: Ctx, partyId: PartyId): Promise<readonly Id<"conversation">[]> {
  const [ids] = await ctx.db.load(conversationsOfQuery([partyId]));
  return ids;
}

/** Whom one keeps apart from oneself. */
export async function listBlocks(ctx: Ctx, { limit, cursor }: PageQuery) {
  const blockerId = requireUser(ctx);
  const scope = `chat blocks ${blockerId}`;
  const [after] = decodeCursor(ctx, scope, cursor) ?? [];
  const from = after === undefined ? undefined : String(after);
  const [rows] = await ctx.db.load(blocksQuery(blockerId, from, limit + 1));
  const people = await peopleNames(
    ctx,
    rows.map(({ blockedId }) => blockedId),
  );
  const toDto = ({ blockedId }: (typeof rows)[number]) => {
    return { userId: blockedId, name: people.get(blockedId) ?? null };
  };
  const page = toPage(ctx, scope, limit, rows, ({ blockedId }) => [blockedId], toDto);
  return { items: [...page.items], nextCursor: page.nextCursor };
}
