import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";

const zParty = z.union([zId("user"), zId("seller")]);
const zAbout = z.object({ conversationId: zId("conversation") });

/** Told by the conversation's object at most once a second: how it stands for each side. */
export const ConversationUpdated = defineEvent(
  "chat.conversation_updated",
  1,
  z.object({
    ...zAbout.shape,
    lastSeq: z.int(),
    lastAt: z.int(),
    preview: z.string(),
    lastPartyId: zParty.nullable(),
    assigneeId: zId("user").nullable(),
    parties: z.array(z.object({ partyId: zParty, unread: z.int() })),
  }),
);

/** A side was away while it was written to; told once an absence. */
export const MessagesMissed = defineEvent(
  "chat.messages_missed",
  1,
  z.object({
    ...zAbout.shape,
    partyId: zParty,
    fromPartyId: zParty,
    unread: z.int(),
    preview: z.string(),
    upToSeq: z.int(),
  }),
);

const zAnswer = z.object({ ...zAbout.shape, sellerId: zId("seller"), askedAt: z.int(), dueAt: z.int() });
export const AnswerLate = defineEvent("chat.answer_late", 1, zAnswer);
export const ShopAnswered = defineEvent(
  "chat.shop_answered",
  1,
  z.object({ ...zAnswer.shape, waitedMs: z.int(), answeredBy: zId("user").nullable() }),
);
