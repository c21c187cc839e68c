import type { ChatEvent, ChatMessage } from "#party/protocol/chat-room";
import type { Schemas } from "../api/schema.gen.ts";

/** A message that the room has not answered for yet. */
export type Pending = {
  readonly cid: string;
  readonly text: string;
  readonly replyTo: number | undefined;
  readonly at: number;
  /** The room refused it, and why. */
  readonly refusal?: string;
};

/** A conversation as this page knows it. Sides are named by their party's id. */
export type Talk = {
  readonly line: "connecting" | "open" | "waiting" | "closed";
  readonly me: string;
  readonly messages: readonly ChatMessage[];
  readonly pending: readonly Pending[];
  /** Up to where each other side has read. */
  readonly read: { readonly [partyId: string]: number };
  readonly here: {
    readonly [partyId: string]: { readonly isHere: boolean; readonly lastSeenAt: number | null };
  };
  /** Sides that are writing, and since when that was said. */
  readonly typing: { readonly [partyId: string]: number };
  readonly isBlocked: boolean;
  readonly lastSeq: number;
};

export const NO_TALK: Talk = {
  line: "connecting",
  me: "",
  messages: [],
  pending: [],
  read: {},
  here: {},
  typing: {},
  isBlocked: false,
  lastSeq: 0,
};

/** Messages by their place, each once, the newest word about each. */
export function merged(known: readonly ChatMessage[], more: readonly ChatMessage[]): readonly ChatMessage[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of more) {
    const before = byId.get(message.id);
    if (!before || before.seq <= message.seq) byId.set(message.id, message);
  }
  return [...byId.values()].toSorted((a, b) => a.id - b.id);
}

function withMessages(talk: Talk, more: readonly ChatMessage[]): Talk {
  const sent = new Set(more.map(({ cid }) => cid));
  const typing = { ...talk.typing };
  for (const { partyId } of more) delete typing[partyId];
  return {
    ...talk,
    typing,
    messages: merged(talk.messages, more),
    pending: talk.pending.some(({ cid }) => sent.has(cid))
      ? talk.pending.filter(({ cid }) => !sent.has(cid))
      : talk.pending,
    lastSeq: Math.max(talk.lastSeq, ...more.map(({ seq }) => seq)),
  };
}

/** What becomes of the conversation by what the room says. */
export function heard(talk: Talk, event: ChatEvent, now: number): Talk {
  switch (event.t) {
    case "welcome":
      return among({ ...talk, me: event.me }, event.parties);
    case "people":
      return among(talk, event.parties);
    case "settings":
      return { ...talk, isBlocked: event.isBlocked };
    case "snapshot":
      return withMessages(talk, event.messages);
    case "message":
      return withMessages(talk, [event]);
    case "receipt":
      return { ...talk, read: { ...talk.read, [event.partyId]: event.read } };
    case "presence": {
      const { partyId, isHere, lastSeenAt } = event;
      return { ...talk, here: { ...talk.here, [partyId]: { isHere, lastSeenAt } } };
    }
    case "typing": {
      const { [event.partyId]: _, ...others } = talk.typing;
      return { ...talk, typing: event.isOn ? { ...others, [event.partyId]: now } : others };
    }
    default:
      return talk;
  }
}

/** Whoever is out has nothing more to read, is not here and writes nothing. */
function among(talk: Talk, parties: readonly { readonly partyId: string }[]): Talk {
  const isIn = ([partyId]: readonly [string, unknown]) => parties.some((one) => one.partyId === partyId);
  const kept = <T>(of: { readonly [partyId: string]: T }) =>
    Object.fromEntries(Object.entries(of).filter(isIn));
  return { ...talk, read: kept(talk.read), here: kept(talk.here), typing: kept(talk.typing) };
}

/** Whether every other side has read a message of one's own. */
export function isReadByAll({ read, me }: Talk, { id }: ChatMessage): boolean {
  const others = Object.entries(read).filter(([partyId]) => partyId !== me);
  return others.length > 0 && others.every(([, upTo]) => upTo >= id);
}

/** A message as a page of the history has it. */
export const fromHistory = (message: Schemas["Message"]): ChatMessage => ({
  ...(message as unknown as ChatMessage),
  t: "message",
  at: Date.parse(message.at),
  editedAt: message.editedAt === null ? null : Date.parse(message.editedAt),
  deletedAt: message.deletedAt === null ? null : Date.parse(message.deletedAt),
});
