import * as z from "zod";
import { defineEvent } from "#kernel/facts";
import { zId } from "#kernel/ids";
import { defineJob } from "#kernel/job";

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
    /** A newcomer has not seen the newest words, which were said before he came. */
    parties: z.array(z.object({ partyId: zParty, unread: z.int(), isNewcomer: z.boolean().optional() })),
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

/** Tells a conversation's object who is in it; the commit that changed that is the promise. */
export const SYNC_PEOPLE = defineJob("chat.sync_people", undefined, zAbout);
/** Parts two people, of whom one has blocked the other, in the groups where they still meet. */
export const KEEP_APART = defineJob(
  "chat.keep_apart",
  undefined,
  z.object({ blockerId: zId("user"), blockedId: zId("user") }),
);
