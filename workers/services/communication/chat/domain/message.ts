import type { Cell } from "#kernel/cell";
import { DAY_MS, MINUTE_MS } from "#kernel/clock";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import { err, ok, type Result } from "#kernel/result";
import type { EMOJI } from "./limits.ts";
import type { Finding } from "./moderation.ts";

/** A side of a conversation: a person for himself, or a shop with everybody who answers for it. */
export type PartyId = Id<"user"> | Id<"seller">;
export type PartyRole = "buyer" | "seller" | "member" | "admin";

/** People of a group; a larger crowd is an audience and has a live room. */
export const GROUP_MAX = 50;
/** A mistyped word is seen within this; later an edit would rewrite what was agreed. */
const EDIT_WITHIN_MS = 15 * MINUTE_MS;
const DELETE_WITHIN_MS = DAY_MS;
export type Emoji = (typeof EMOJI)[number];

/** What a message shows besides words, as it was when it was sent. */
export type Card =
  | {
      readonly kind: "product";
      readonly productId: Id<"product">;
      readonly title: string;
      readonly slug: string;
      readonly coverKey: string | null;
      readonly priceMinor: string | null;
      readonly currency: Currency;
    }
  | {
      readonly kind: "order";
      readonly orderId: Id<"order">;
      readonly state: string;
      readonly units: number;
      readonly totalMinor: string;
      readonly currency: Currency;
    }
  | {
      readonly kind: "file";
      readonly attachmentId: Id<"attachment">;
      readonly contentType: string;
      readonly bytes: number;
      readonly width: number | null;
      readonly height: number | null;
    }
  | {
      readonly kind: "call";
      readonly callId: Id<"call">;
      readonly outcome: string;
      readonly seconds: number;
    };

export type Reactions = { readonly [emoji: string]: readonly PartyId[] };
export type Message = {
  /** Its place in the order, which is also its name. */
  readonly id: number;
  /** The place of its last change. */
  readonly seq: number;
  readonly cid: string;
  readonly authorId: Id<"user"> | null;
  readonly partyId: PartyId;
  readonly text: string | null;
  readonly card: Card | null;
  readonly replyTo: number | null;
  readonly isAuto: boolean;
  readonly findings: readonly Finding[];
  readonly reactions: Reactions;
  readonly at: number;
  readonly editedAt: number | null;
  readonly deletedAt: number | null;
};

export type Party = {
  readonly partyId: PartyId;
  readonly role: PartyRole;
  readonly deliveredSeq: number;
  readonly readSeq: number;
  /** When it blocked the others. */
  readonly blockedAt: number | null;
  /** The newest message that it was told of while it was away. */
  readonly missedSeq: number;
  readonly lastPostAt: number | null;
  /** What was said up to here was said before it was there, and is not for it. */
  readonly sinceSeq: number;
  readonly lastSeenAt: number | null;
};

type Posting = { readonly partyId: PartyId; readonly now: number };
type Room = { readonly parties: readonly Party[]; readonly slowModeMs: number };

export type PostRefusal = "chat.not_a_party" | "chat.blocked" | "chat.slow_mode";

/** A block is of both sides of a conversation with a shop; in groups people are parted instead. */
export const isBlocked = (parties: readonly Pick<Party, "blockedAt" | "role">[]): boolean =>
  parties.some(({ blockedAt, role }) => blockedAt !== null && role !== "member");

/** Whether this side may say something now. Slow mode is for groups and spares nobody. */
export function decidePost(
  { parties, slowModeMs }: Room,
  { partyId, now }: Posting,
): Result<Party, PostRefusal> {
  const party = parties.find((one) => one.partyId === partyId);
  if (!party) return err("chat.not_a_party");
  if (isBlocked(parties)) return err("chat.blocked");
  const isTooSoon = party.lastPostAt !== null && now < party.lastPostAt + slowModeMs;
  return isTooSoon ? err("chat.slow_mode") : ok(party);
}

type Hand = { readonly partyId: PartyId; readonly now: number };
export type ChangeRefusal = "chat.message_not_found" | "chat.not_your_message" | "chat.too_late";

function own(
  message: Message | undefined,
  { partyId, now }: Hand,
  withinMs: number,
): Result<Message, ChangeRefusal> {
  if (!message || message.deletedAt !== null) return err("chat.message_not_found");
  if (message.partyId !== partyId) return err("chat.not_your_message");
  return now > message.at + withinMs ? err("chat.too_late") : ok(message);
}

type Edit = Hand & { readonly text: string; readonly findings: readonly Finding[] };

export function decideEdit(
  message: Message | undefined,
  { text, findings, ...hand }: Edit,
): Result<Message, ChangeRefusal> {
  const found = own(message, hand, EDIT_WITHIN_MS);
  if (!found.ok) return found;
  return ok({ ...found.value, text, findings, editedAt: hand.now });
}

export function decideDelete(message: Message | undefined, hand: Hand): Result<Message, ChangeRefusal> {
  const found = own(message, hand, DELETE_WITHIN_MS);
  return found.ok ? ok(gone(found.value, hand.now)) : found;
}

/** A place in the order stays, so that what answers it still stands behind something. */
export const gone = (message: Message, now: number): Message => ({
  ...message,
  text: null,
  card: null,
  findings: [],
  reactions: {},
  deletedAt: message.deletedAt ?? now,
});

type Reaction = { readonly partyId: PartyId; readonly emoji: Emoji; readonly isOn: boolean };

export function decideReact(
  message: Message | undefined,
  { partyId, emoji, isOn }: Reaction,
): Result<Message, "chat.message_not_found"> {
  if (!message || message.deletedAt !== null) return err("chat.message_not_found");
  const others = (message.reactions[emoji] ?? []).filter((one) => one !== partyId);
  const { [emoji]: _, ...rest } = message.reactions;
  const after = isOn ? [...others, partyId] : others;
  return ok({ ...message, reactions: after.length > 0 ? { ...rest, [emoji]: after } : rest });
}

/** Receipts only climb, and never past what there is; what is read was delivered. */
export function advance(
  party: Party,
  { delivered = 0, read = 0 }: { readonly delivered?: number; readonly read?: number },
  lastSeq: number,
): Party {
  const readSeq = Math.max(party.readSeq, Math.min(read, lastSeq));
  const deliveredSeq = Math.max(party.deliveredSeq, readSeq, Math.min(delivered, lastSeq));
  return { ...party, readSeq, deliveredSeq };
}

const PREVIEW_CHARS_MAX = 120;

/** What a list shows of a message; a card says what it is and the list finds the words. */
export function previewOf({ text, card, deletedAt }: Message): string {
  if (deletedAt !== null) return "";
  return (text ?? `[${card?.kind ?? "message"}]`).slice(0, PREVIEW_CHARS_MAX);
}

/** Below one prefix a conversation, so that what it holds can be found and deleted with it. */
export const fileKey = (
  cell: Cell,
  conversationId: Id<"conversation">,
  attachmentId: Id<"attachment">,
): string => `chat/${cell}/${conversationId}/${attachmentId}`;
