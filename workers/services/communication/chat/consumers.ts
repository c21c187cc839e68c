import { type Consumer, defineConsumer } from "#kernel/consume";
import { CallEnded } from "#services/communication/videocall/facts";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import { eraseFrom, logCall } from "./commands/govern.ts";
import { AnswerLate, ConversationUpdated, ShopAnswered } from "./facts.ts";
import { conversationsOf, findConversation } from "./queries/conversations.ts";
import { recordAnswers, recordTold, scrub } from "./repository.ts";

/** The lists of both sides, from what the conversation's object tells. */
const inbox = defineConsumer({
  name: "chat.inbox",
  on: [ConversationUpdated],
  handle: async (_, facts) => [recordTold(facts.map(({ payload, seq }) => ({ ...payload, version: seq })))],
});

/** A row a question, whichever of its facts comes first; a statement may write a row once. */
const answers = defineConsumer({
  name: "chat.answers",
  on: [AnswerLate, ShopAnswered],
  handle: async (_, facts) => {
    const rows = new Map<string, Parameters<typeof recordAnswers>[0][number]>();
    for (const { type, payload } of facts) {
      const { conversationId, sellerId, askedAt, dueAt } = payload;
      const key = `${conversationId} ${askedAt}`;
      const open = { conversationId, sellerId, askedAt, dueAt, answeredAt: null, answeredBy: null };
      const answered = type === "chat.shop_answered";
      if (answered) {
        const { waitedMs, answeredBy } = payload;
        rows.set(key, { ...open, answeredAt: askedAt + waitedMs, answeredBy });
      } else if (!rows.has(key)) rows.set(key, open);
    }
    return [recordAnswers([...rows.values()])];
  },
});

const calls = defineConsumer({
  name: "chat.calls",
  on: [CallEnded],
  handle: async (ctx, facts) => {
    for (const { payload } of facts) {
      const { callId, callerId, calleeId, subject, outcome, connectedAt, endedAt } = payload;
      const conversation = await findConversation(ctx, subject.sellerId, [callerId, calleeId]);
      const seconds = connectedAt === null ? 0 : Math.round((endedAt - connectedAt) / 1_000);
      if (conversation) await logCall(ctx, conversation, { callId, callerId, outcome, seconds });
    }
    return [];
  },
});

const erasures = defineConsumer({
  name: "chat.erasures",
  on: [UserErased],
  handle: async (ctx, facts) => {
    const at = ctx.clock.now();
    const statements = [];
    for (const { payload } of facts) {
      const { userId } = payload;
      // The objects first: after the lists are gone nobody could say where to look.
      await eraseFrom(ctx, userId, await conversationsOf(ctx, userId));
      statements.push(...scrub(userId), recordErasure(erasureSteps(userId, at)));
    }
    return statements;
  },
});

const erasureSteps = (userId: Parameters<typeof scrub>[0], at: number) =>
  (
    [
      ["chat.conversation", "erased", "Words, files and reactions are taken out of each conversation."],
      ["chat.chat_inbox", "erased", "The list of conversations is deleted."],
      ["chat.chat_report", "anonymised", "That a message was reported stays; its words are gone."],
      ["chat.shop_message", "retained", "What was written for a shop is the shop's correspondence."],
    ] as const
  ).map(([store, action, reason]) => ({ userId, store, action, reason, at }));

export const consumers: readonly Consumer[] = [inbox, answers, calls, erasures];
