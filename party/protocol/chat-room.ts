import * as z from "zod";
import { EMOJI, TEXT_CHARS_MAX } from "#services/communication/chat/domain/limits";
import type { Card, PartyId, PartyRole, Reactions } from "#services/communication/chat/domain/message";
import { zCid, zHello, zSeq } from "./room.ts";
import type { Ack, ErrorFrame } from "./wire.ts";

const zText = z.string().trim().min(1).max(TEXT_CHARS_MAX);
const zMessageId = z.int().min(1);

/** What a client of a conversation sends. Cards and files go by HTTP, where they are checked. */
export const zChatFrame = z.discriminatedUnion("t", [
  zHello,
  z.object({ t: z.literal("send"), cid: zCid, text: zText, replyTo: zMessageId.optional() }),
  z.object({ t: z.literal("edit"), cid: zCid, id: zMessageId, text: zText }),
  z.object({ t: z.literal("delete"), cid: zCid, id: zMessageId }),
  z.object({
    t: z.literal("react"),
    cid: zCid,
    id: zMessageId,
    emoji: z.enum(EMOJI),
    isOn: z.boolean().default(true),
  }),
  z.object({ t: z.literal("delivered"), upTo: zSeq }),
  z.object({ t: z.literal("read"), upTo: zSeq }),
  z.object({ t: z.literal("typing"), isOn: z.boolean() }),
]);
export type ChatFrame = z.output<typeof zChatFrame>;

/** A message as it is now. `id` is its place among messages, `seq` that of its last change. */
export type ChatMessage = {
  readonly t: "message";
  readonly seq: number;
  readonly id: number;
  readonly cid: string;
  readonly partyId: PartyId;
  /** Told to the author's own side only: a buyer speaks with a shop. */
  readonly authorId: string | null;
  readonly text: string | null;
  readonly card: Card | null;
  readonly replyTo: number | null;
  readonly isAuto: boolean;
  readonly isMasked: boolean;
  readonly reactions: Reactions;
  readonly at: number;
  readonly editedAt: number | null;
  readonly deletedAt: number | null;
};

export type Receipt = {
  readonly t: "receipt";
  readonly partyId: PartyId;
  readonly delivered: number;
  readonly read: number;
};
export type Presence = {
  readonly t: "presence";
  readonly partyId: PartyId;
  readonly isHere: boolean;
  readonly lastSeenAt: number | null;
};
export type Settings = {
  readonly t: "settings";
  readonly slowModeMs: number;
  readonly isBlocked: boolean;
  /** Who of the shop takes care; told to the shop. */
  readonly assigneeId: string | null;
};
export type Welcome = {
  readonly t: "welcome";
  readonly seq: number;
  readonly me: PartyId;
  readonly parties: readonly { readonly partyId: PartyId; readonly role: PartyRole }[];
  readonly unread: number;
};
/** Somebody was added to a group, left it or has another role in it: this is everybody now. */
export type People = Pick<Welcome, "parties"> & { readonly t: "people" };
/** The newest messages, where a client has missed more than that; older ones come by HTTP. */
export type Snapshot = {
  readonly t: "snapshot";
  readonly seq: number;
  readonly messages: readonly ChatMessage[];
};

/** To `hello` a welcome, settings, receipts and presence, what was missed in order, then what happens. */
export type ChatEvent =
  | Welcome
  | People
  | Settings
  | Snapshot
  | ChatMessage
  | Receipt
  | Presence
  | { readonly t: "typing"; readonly partyId: PartyId; readonly isOn: boolean }
  | Ack
  | ErrorFrame;
