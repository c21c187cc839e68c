import { useEffect, useMemo, useSyncExternalStore } from "react";
import { connectRoom, type RoomClient } from "#party/client";
import type { ChatEvent, ChatFrame, ChatMessage } from "#party/protocol/chat-room";
import { call } from "../api/client.ts";
import { queryClient } from "../api/queries.ts";
import { identity } from "../session/tokens.ts";
import { refusalOf } from "./refusals.ts";
import { actingFor } from "./side.ts";
import { fromHistory, heard, merged, NO_TALK, type Pending, type Talk } from "./talk.ts";
import { unsentIn } from "./unsent.ts";

/** Said anew while one goes on writing, and believed a little longer than that. */
const TYPING_MS = 3_000;
const TYPING_BELIEVED_MS = 6_000;
const PAGE = 50;
/** Lists hear of a conversation at most once a second. */
const LISTED_MS = 1_500;
const forgetLists = () => queryClient.invalidateQueries({ queryKey: ["GET /v1/chats"] });
const forgetPeople = () => queryClient.invalidateQueries({ queryKey: ["GET /v1/chats/{conversationId}"] });

type Where = { readonly conversationId: string; readonly seller?: string | undefined };

/** Conversations that a page shows, or that still have something to send. */
const opened = new Map<string, Conversation>();
const nameOf = ({ conversationId, seller = "" }: Where): string => `${seller} ${conversationId}`;

/** What is somebody's own ends with him. */
identity.subscribe((before) => {
  if (before.kind === "unknown") return;
  for (const conversation of opened.values()) conversation.end();
});

/** One conversation in this tab: what is known of it, and what one does in it. */
class Conversation {
  readonly #where: Where;
  readonly #listeners = new Set<() => void>();
  #talk: Talk = NO_TALK;
  readonly #unsent: ReturnType<typeof unsentIn>;
  #room: RoomClient<ChatFrame> | undefined;
  #typingSaidAt = 0;
  #hasMore = true;
  #holders = 0;
  #sweeping: ReturnType<typeof setInterval> | undefined;

  constructor(where: Where) {
    this.#where = where;
    this.#unsent = unsentIn(where.conversationId);
    this.#talk = { ...NO_TALK, pending: this.#unsent.get() };
  }

  get = (): Talk => this.#talk;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** For as long as a page shows it; the line stays on until what was sent is answered. */
  hold(): () => void {
    this.#holders += 1;
    if (!this.#room) this.#open();
    return () => {
      this.#holders -= 1;
      this.#rest();
    };
  }

  end(): void {
    clearInterval(this.#sweeping);
    opened.delete(nameOf(this.#where));
    const room = this.#room;
    this.#room = undefined;
    room?.close();
  }

  #open(): void {
    opened.set(nameOf(this.#where), this);
    const path = { conversationId: this.#where.conversationId };
    this.#room = connectRoom<ChatFrame, ChatEvent>({
      base: location.origin,
      ticket: () => call("POST /v1/chats/{conversationId}/tickets", { path }, this.#acting),
      onFrame: (event) => {
        this.#set(heard(this.#talk, event, Date.now()));
        if (event.t === "message") setTimeout(forgetLists, LISTED_MS);
        if (event.t === "people") void forgetPeople();
      },
      onState: (line) => {
        this.#set({ ...this.#talk, line });
        if (line === "closed") void forgetLists();
      },
      since: this.#talk.lastSeq,
    });
    this.#sweeping = setInterval(() => this.#forgetTyping(), TYPING_MS);
    for (const one of this.#talk.pending) if (one.refusal === undefined) this.#say(one);
  }

  #rest(): void {
    const isWaiting = this.#talk.pending.some(({ refusal }) => refusal === undefined);
    if (this.#holders === 0 && !isWaiting) this.end();
  }

  /** Shown at once; it stays marked as waiting until the room has it on disk. */
  send(text: string, replyTo?: number): void {
    const cid = crypto.randomUUID();
    const one = { cid, text, replyTo, at: Date.now() };
    this.#set({ ...this.#talk, pending: [...this.#talk.pending, one] });
    this.#typingSaidAt = 0;
    this.#say(one);
  }

  /** A refused word goes again under another name: the room answers a name once. */
  sendAgain({ cid, text, replyTo }: Pending): void {
    this.dismiss(cid);
    this.send(text, replyTo);
  }

  #say({ cid, text, replyTo }: Pending): void {
    const frame = { t: "send" as const, text, ...(replyTo !== undefined && { replyTo }) };
    this.#room?.change(frame, cid).catch((error: { readonly code?: string }) => {
      // A line that was closed here has refused nothing.
      if (error.code !== "room.closed") this.#refuse(cid, refusalOf(error));
    });
  }

  edit = (id: number, text: string) => this.#room?.change({ t: "edit", id, text });
  remove = (id: number) => this.#room?.change({ t: "delete", id });
  react = (id: number, emoji: Emoji, isOn: boolean) =>
    this.#room?.change({ t: "react", id, emoji, isOn }).catch(() => undefined);
  dismiss = (cid: string): void =>
    this.#set({ ...this.#talk, pending: this.#talk.pending.filter((one) => one.cid !== cid) });

  sayTyping(): void {
    if (Date.now() - this.#typingSaidAt < TYPING_MS) return;
    this.#typingSaidAt = Date.now();
    this.#room?.pass({ t: "typing", isOn: true });
  }

  /** Everything that is on the page has been seen. */
  sayRead(): void {
    const { lastSeq, read, me, line } = this.#talk;
    // What is said to a line that is down is lost, and would be believed to be said.
    if (line !== "open" || lastSeq === 0 || (read[me] ?? 0) >= lastSeq) return;
    this.#room?.pass({ t: "read", upTo: lastSeq });
    this.#set({ ...this.#talk, read: { ...read, [me]: lastSeq } });
    setTimeout(forgetLists, LISTED_MS);
  }

  /** Older messages by HTTP; false when there are none. */
  async readBack(): Promise<boolean> {
    const before = this.#talk.messages[0]?.id;
    if (!this.#hasMore || before === undefined) return false;
    const { items, nextBefore } = await call(
      "GET /v1/chats/{conversationId}/messages",
      { path: { conversationId: this.#where.conversationId }, query: { before, limit: PAGE } },
      this.#acting,
    );
    this.#hasMore = nextBefore !== null;
    this.take(items.map(fromHistory));
    return this.#hasMore;
  }

  take(messages: readonly ChatMessage[]): void {
    this.#set({ ...this.#talk, messages: merged(this.#talk.messages, messages) });
  }

  get #acting() {
    return actingFor({ seller: this.#where.seller });
  }

  #refuse(cid: string, refusal: string): void {
    const pending = this.#talk.pending.map((one) => (one.cid === cid ? { ...one, refusal } : one));
    this.#set({ ...this.#talk, pending });
  }

  #forgetTyping(): void {
    const fresh = Object.entries(this.#talk.typing).filter(([, at]) => Date.now() - at < TYPING_BELIEVED_MS);
    if (fresh.length === Object.keys(this.#talk.typing).length) return;
    this.#set({ ...this.#talk, typing: Object.fromEntries(fresh) });
  }

  #set(talk: Talk): void {
    if (talk.pending !== this.#talk.pending) this.#unsent.set(talk.pending);
    this.#talk = talk;
    if (this.#holders === 0) this.#rest();
    for (const listener of this.#listeners) listener();
  }
}

type Emoji = Extract<ChatFrame, { readonly t: "react" }>["emoji"];
export type Speaking = Conversation;

/** The conversation while the page shows it: connected, resumed after a loss, closed when it is left. */
export function useTalk({ conversationId, seller }: Where): readonly [Talk, Speaking] {
  // One for as long as it is the same conversation: it holds what was not answered yet.
  const speaking = useMemo(() => {
    const where = { conversationId, seller };
    return opened.get(nameOf(where)) ?? new Conversation(where);
  }, [conversationId, seller]);
  useEffect(() => speaking.hold(), [speaking]);
  return [useSyncExternalStore(speaking.subscribe, speaking.get), speaking];
}
