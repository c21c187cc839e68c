import { SECOND_MS } from "#kernel/clock";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { type Party, previewOf } from "#services/communication/chat/domain/message";
import { isFor } from "#services/communication/chat/domain/people";
import { AnswerLate, ConversationUpdated, MessagesMissed } from "#services/communication/chat/facts";
import type { ChatStore } from "./chat-store.ts";

/** Lists are told this long after a change, with what else changed meanwhile. */
export const TELL_AFTER_MS = SECOND_MS;

type Surroundings = {
  readonly store: ChatStore;
  readonly conversationId: Id<"conversation">;
  readonly rules: Market["chat"];
  readonly now: number;
  readonly isHere: (party: Party) => boolean;
  readonly maker: Parameters<typeof AnswerLate.make>[0];
  readonly tell: (fact: Fact) => void;
};

/** What has fallen due, in the caller's transaction; an alarm may come early or twice, so each part looks. */
export function runDue(around: Surroundings): void {
  tellLists(around);
  tellMissed(around);
  tellLate(around);
  const { store, now, rules } = around;
  store.forgetUpTo(now - rules.keptMs);
}

/** When to look again, for what is known now. */
export function nextDueAt({ store, rules, isHere, now }: Omit<Surroundings, "maker" | "tell">): number {
  const { waiting, version, toldVersion } = store.state;
  const late =
    waiting.askedAt === null || waiting.isLateTold ? Infinity : waiting.askedAt + rules.answerWithinMs;
  const missed = store.parties.map((party) => {
    const first = isHere(party) || party.missedSeq > party.readSeq ? undefined : store.firstUnread(party);
    return first ? Math.max(first.at, party.lastSeenAt ?? 0) + rules.awayAfterMs : Infinity;
  });
  const oldest = store.oldest();
  const forget = oldest ? oldest.at + rules.keptMs : Infinity;
  return Math.min(late, forget, ...missed, version > toldVersion ? now + TELL_AFTER_MS : Infinity);
}

function tellLists({ store, conversationId, maker, tell, now }: Surroundings): void {
  const { version, toldVersion, lastSeq, assigneeId } = store.state;
  if (version === toldVersion) return;
  const newest = store.newest();
  const about = {
    conversationId,
    lastSeq,
    lastAt: newest?.at ?? now,
    preview: newest ? previewOf(newest) : "",
    lastPartyId: newest?.partyId ?? null,
    assigneeId: assigneeId as Id<"user"> | null,
    parties: store.parties.map((party) => ({
      partyId: party.partyId,
      unread: store.unreadOf(party),
      ...(newest && !isFor(party, newest) ? { isNewcomer: true } : {}),
    })),
  };
  tell(ConversationUpdated.make(maker, { id: conversationId, version }, about));
  store.patch({ toldVersion: version });
}

/** Once an absence: who has been told is told again only after he has read what he was told of. */
function tellMissed({ store, conversationId, maker, tell, now, rules, isHere }: Surroundings): void {
  for (const party of store.parties) {
    if (isHere(party) || party.missedSeq > party.readSeq) continue;
    const first = store.firstUnread(party);
    if (!first || now < Math.max(first.at, party.lastSeenAt ?? 0) + rules.awayAfterMs) continue;
    const upToSeq = store.newest()?.id ?? first.id;
    const about = {
      conversationId,
      partyId: party.partyId,
      fromPartyId: first.partyId,
      unread: store.unreadOf(party),
      preview: previewOf(first),
      upToSeq,
    };
    // Within its own subject, one a side: versions of different sides must not be compared.
    const subject = { id: `${conversationId}/${party.partyId}`, version: upToSeq };
    tell(MessagesMissed.make(maker, subject, about));
    store.saveParty({ ...party, missedSeq: upToSeq });
  }
}

function tellLate({ store, conversationId, maker, tell, now, rules }: Surroundings): void {
  const { askedAt, isLateTold } = store.state.waiting;
  const shop = store.partyOfRole("seller");
  if (!shop || askedAt === null || isLateTold || now < askedAt + rules.answerWithinMs) return;
  const sellerId = shop.partyId as Id<"seller">;
  const about = { conversationId, sellerId, askedAt, dueAt: askedAt + rules.answerWithinMs };
  tell(AnswerLate.make(maker, { id: conversationId, version: store.state.lastSeq }, about));
  store.patch({ waiting: { askedAt, isLateTold: true } });
}
