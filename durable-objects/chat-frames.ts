import type { Id } from "#kernel/ids";
import type { ChatFrame, ChatMessage } from "#party/protocol/chat-room";
import type { Message, PartyId } from "#services/communication/chat/domain/message";
import type { Deed } from "./chat-writer.ts";
import type { Member } from "./room.ts";

type Doing = Extract<ChatFrame, { readonly cid: string }>;

/** What a frame asks for. */
export function deedOf({ personId }: Member, partyId: PartyId, frame: Doing): Deed {
  const by = { authorId: personId as Id<"user">, partyId, cid: frame.cid };
  switch (frame.t) {
    case "send":
      return { ...by, op: "post", text: frame.text, card: null, replyTo: frame.replyTo ?? null };
    case "edit":
      return { ...by, op: "edit", id: frame.id, text: frame.text };
    case "delete":
      return { ...by, op: "delete", id: frame.id };
    case "react":
      return { ...by, op: "react", id: frame.id, emoji: frame.emoji, isOn: frame.isOn };
  }
}

/** A message as one side sees it. */
export function toFrame({ findings, authorId, ...message }: Message, isOwnSide: boolean): ChatMessage {
  const author = isOwnSide ? authorId : null;
  return { t: "message", ...message, authorId: author, isMasked: findings.length > 0 };
}
