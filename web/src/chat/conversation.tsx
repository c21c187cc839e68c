import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ChatMessage } from "#party/protocol/chat-room";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Loaded } from "../ui/loaded.tsx";
import type { About } from "./about.ts";
import { Bubble, Waiting } from "./bubble.tsx";
import { Composer } from "./composer.tsx";
import { GroupHead, Head } from "./head.tsx";
import { personNames } from "./person-names.ts";
import { actingFor, BUYER, type Side } from "./side.ts";
import type { Talk } from "./talk.ts";
import { type Speaking, useTalk } from "./use-talk.ts";

const text = texts({
  en: {
    waiting: "No connection. What you write is sent as soon as there is one.",
    closed: "This conversation was closed here because it is open elsewhere, or you were taken out of it.",
    begin: "Say hello. The shop sees it at once.",
    beginGroup: "Say hello. Everybody in the group sees it at once.",
    log: "What was said",
  },
  id: {
    waiting: "Tidak ada koneksi. Yang Anda tulis terkirim begitu tersambung lagi.",
    closed: "Percakapan ini ditutup di sini karena dibuka di tempat lain, atau Anda dikeluarkan.",
    begin: "Sapa dulu. Toko langsung melihatnya.",
    beginGroup: "Sapa dulu. Semua anggota grup langsung melihatnya.",
    log: "Isi percakapan",
  },
});

type Summary = Schemas["ChatSummary"];
export type ConversationProps = {
  readonly conversationId: string;
  readonly about: About;
  readonly side: Side;
};

const route = getRouteApi("/chats/$conversationId");

export function BuyerConversation() {
  const { conversationId } = route.useParams();
  return (
    <ConversationPage
      key={conversationId}
      conversationId={conversationId}
      about={route.useSearch()}
      side={BUYER}
    />
  );
}

/** One conversation, live: what is said here is there at once, and nothing is lost with the connection. */
export function ConversationPage({ conversationId, about, side }: ConversationProps) {
  const query = useQuery(
    queryOf("GET /v1/chats/{conversationId}", { path: { conversationId } }, actingFor(side)),
  );
  return (
    <Loaded query={query} skeleton={<div className="skeleton h-[70dvh] w-full" aria-busy />}>
      {(summary) => <Live summary={summary} about={about} side={side} />}
    </Loaded>
  );
}

type LiveProps = {
  readonly summary: Summary;
  readonly about: About;
  readonly side: Side;
};

function Live({ summary, about, side }: LiveProps) {
  const [talk, speaking] = useTalk({ conversationId: summary.id, seller: side.seller });
  const [replyTo, setReplyTo] = useState<ChatMessage>();
  return (
    <article className={`panel conversation p-0 sm:p-0 ${side.seller ? "conversation-in-shop" : ""}`}>
      {summary.kind === "group" ? (
        <GroupHead summary={summary} talk={talk} side={side} />
      ) : (
        <Head summary={summary} talk={talk} side={side} />
      )}
      {talk.line === "waiting" && (
        <p className="notice rounded-none border-x-0" role="status">
          {text.waiting}
        </p>
      )}
      {talk.line === "closed" && (
        <p className="notice notice-bad rounded-none border-x-0" role="alert">
          {text.closed}
        </p>
      )}
      <Messages talk={talk} speaking={speaking} summary={summary} side={side} onReply={setReplyTo} />
      <Composer
        conversationId={summary.id}
        about={about}
        seller={side.seller}
        speaking={speaking}
        isBlocked={talk.isBlocked}
        replyTo={replyTo}
        onReplied={() => setReplyTo(undefined)}
      />
    </article>
  );
}

type MessagesProps = {
  readonly talk: Talk;
  readonly speaking: Speaking;
  readonly summary: Summary;
  readonly side: Side;
  readonly onReply: (message: ChatMessage) => void;
};

/** So near to the end counts as looking at it. */
const NEAR_PX = 80;

function Messages({ talk, speaking, summary, side, onReply }: MessagesProps) {
  const isGroup = summary.kind === "group";
  const nameOf = personNames(summary);
  const frame = useRef<HTMLDivElement>(null);
  const { messages, pending, lastSeq } = talk;
  useEnd(frame, `${messages.at(-1)?.id ?? 0} ${pending.length}`);
  useReading(speaking, talk.line === "open" ? lastSeq : 0);
  const readBack = async () => {
    const box = frame.current;
    if (!box || box.scrollTop > NEAR_PX) return;
    const { scrollHeight } = box;
    await speaking.readBack();
    requestAnimationFrame(() => box.scrollTo({ top: box.scrollTop + box.scrollHeight - scrollHeight }));
  };
  return (
    <div ref={frame} className="flex flex-1 flex-col overflow-y-auto p-4" onScroll={() => void readBack()}>
      <div className="mt-auto" role="log" aria-label={text.log}>
        <ol className="flex flex-col gap-2">
          {messages.map((message, at) => (
            <li key={message.id} className="flex flex-col gap-2">
              {isNewDay(messages[at - 1], message) && <Day at={message.at} />}
              <Bubble
                message={message}
                talk={talk}
                speaking={speaking}
                where={{ conversationId: summary.id, side }}
                author={isGroup && isOther(messages[at - 1], message) ? nameOf(message.partyId) : undefined}
                onReply={onReply}
              />
            </li>
          ))}
          {pending.map((one) => (
            <li key={one.cid}>
              <Waiting pending={one} speaking={speaking} />
            </li>
          ))}
        </ol>
      </div>
      {messages.length === 0 && pending.length === 0 && talk.line === "open" && (
        <p className="text-muted my-auto text-center">{isGroup ? text.beginGroup : text.begin}</p>
      )}
    </div>
  );
}

const dayOf = (at: number) => day(new Date(at).toISOString());
const isNewDay = (before: ChatMessage | undefined, message: ChatMessage) =>
  before === undefined || dayOf(before.at) !== dayOf(message.at);

/** Who goes on speaking is named once. */
const isOther = (before: ChatMessage | undefined, message: ChatMessage) =>
  before?.partyId !== message.partyId || isNewDay(before, message);

const Day = ({ at }: { readonly at: number }) => (
  <p className="text-muted my-2 text-center text-xs font-semibold">{dayOf(at)}</p>
);

/** Whoever looks at the end goes on doing so when something is added; whoever reads back is left alone. */
function useEnd(frame: React.RefObject<HTMLDivElement | null>, last: string): void {
  const wasAtEnd = useRef(true);
  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    const look = () => {
      wasAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    };
    box.addEventListener("scroll", look, { passive: true });
    return () => box.removeEventListener("scroll", look);
  }, [frame]);
  useLayoutEffect(() => {
    const box = frame.current;
    if (box && last !== "" && wasAtEnd.current) box.scrollTop = box.scrollHeight;
  }, [frame, last]);
}

/** What is on a page that somebody looks at is read; one in the background is not. */
function useReading(speaking: Speaking, lastSeq: number): void {
  useEffect(() => {
    const read = () => {
      if (document.visibilityState === "visible" && lastSeq > 0) speaking.sayRead();
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [speaking, lastSeq]);
}
