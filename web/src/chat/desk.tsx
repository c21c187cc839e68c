import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { MessagesSquare, Users } from "lucide-react";
import { useState } from "react";
import { pagesOf, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { count, texts } from "../shell/text.ts";
import { fromNow } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { BlockedDialog } from "./blocked.tsx";
import { Face } from "./face.tsx";
import { NewGroup } from "./new-group.tsx";
import { actingFor, BUYER, type Side } from "./side.ts";

const text = texts({
  en: {
    title: "Messages",
    none: "No messages yet",
    noneText: "Ask a shop something from any of its products, and the answer arrives here.",
    noneShop: "When a buyer writes to the shop, it arrives here.",
    choose: "Choose a conversation",
    chooseText: "What was said stays here, on every device you sign in with.",
    unread: (n: string) => `${n} unread`,
    gone: "Somebody who has left",
    newGroup: "New group",
    group: "Group",
    begun: "Nothing has been said yet",
    blocked: "Blocked people",
  },
  id: {
    title: "Pesan",
    none: "Belum ada pesan",
    noneText: "Tanyakan sesuatu kepada toko dari halaman produknya; jawabannya muncul di sini.",
    noneShop: "Jika pembeli menulis ke toko, pesannya muncul di sini.",
    choose: "Pilih percakapan",
    chooseText: "Isinya tersimpan di sini, di setiap perangkat tempat Anda masuk.",
    unread: (n: string) => `${n} belum dibaca`,
    gone: "Seseorang yang sudah pergi",
    newGroup: "Grup baru",
    group: "Grup",
    begun: "Belum ada pesan",
    blocked: "Orang yang diblokir",
  },
});

type Listed = Schemas["Inbox"]["items"][number];
/** Conversations that are not open here have no line of their own. */
const LOOK_AGAIN_MS = 15_000;

/** The person's own conversations. */
export const BuyerDesk = () => <Desk side={BUYER} />;

/** Conversations at the side and one of them beside; on a phone one or the other. */
export function Desk({ side }: { readonly side: Side }) {
  const { conversationId } = useParams({ strict: false });
  const isOpen = conversationId !== undefined;
  const list = pagesOf("GET /v1/chats", { query: { as: side.seller ? "shop" : "me" } }, actingFor(side));
  const query = useInfiniteQuery({ ...list, refetchInterval: LOOK_AGAIN_MS });
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[20rem_minmax(0,1fr)]">
      <div className={isOpen ? "max-lg:hidden" : ""}>
        <header className="mb-5 flex items-center justify-between gap-3">
          <h1 className="page-title mb-0">{text.title}</h1>
          {side.seller === undefined && <BeginGroup />}
        </header>
        <Paged
          query={query}
          keyOf={({ id }) => id}
          className="flex flex-col gap-1"
          empty={<Empty title={text.none} text={side.seller ? text.noneShop : text.noneText} />}
        >
          {(listed) => <Entry listed={listed} side={side} isOpen={listed.id === conversationId} />}
        </Paged>
        {side.seller === undefined && <Blocked />}
      </div>
      <div className={isOpen ? "" : "max-lg:hidden"}>
        {isOpen && <h1 className="sr-only lg:hidden">{text.title}</h1>}
        <Outlet />
      </div>
    </section>
  );
}

function BeginGroup() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button button-quiet button-small" onClick={() => setOpen(true)}>
        <Users size={16} aria-hidden />
        {text.newGroup}
      </button>
      {isOpen && <NewGroup onClose={() => setOpen(false)} />}
    </>
  );
}

/** Only whoever has blocked somebody is shown the way back. */
function Blocked() {
  const [isOpen, setOpen] = useState(false);
  const { data } = useQuery(queryOf("GET /v1/chats/blocks", { query: { limit: 1 } }));
  return (
    <>
      {data !== undefined && data.items.length > 0 && (
        <button type="button" className="nav-link text-muted mt-3" onClick={() => setOpen(true)}>
          {text.blocked}
        </button>
      )}
      {isOpen && <BlockedDialog onClose={() => setOpen(false)} />}
    </>
  );
}

type EntryProps = { readonly listed: Listed; readonly isOpen: boolean; readonly side: Side };

function Entry({ listed: { id, kind, name, preview, lastAt, unread }, side, isOpen }: EntryProps) {
  const isGroup = kind === "group";
  return (
    <Link
      to={side.conversation}
      params={{ conversationId: id }}
      className="chat-entry"
      aria-current={isOpen ? "page" : undefined}
    >
      <Face name={name} isGroup={isGroup} />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline justify-between gap-2">
          <span className="truncate font-semibold">
            {isGroup && <span className="sr-only">{text.group}: </span>}
            {name || text.gone}
          </span>
          <time className="text-muted shrink-0 text-xs" dateTime={lastAt}>
            {fromNow(lastAt)}
          </time>
        </span>
        <span className="flex items-center justify-between gap-2">
          <span className={`truncate text-sm ${unread > 0 && !isOpen ? "font-semibold" : "text-muted"}`}>
            {preview === "" && isGroup ? text.begun : preview}
          </span>
          {unread > 0 && !isOpen && (
            <span className="bg-brand text-on-brand rounded-full px-2 text-xs font-bold tabular-nums">
              <span aria-hidden>{count(unread)}</span>
              <span className="sr-only">{text.unread(count(unread))}</span>
            </span>
          )}
        </span>
      </span>
    </Link>
  );
}

export const NothingChosen = () => (
  <div className="panel">
    <Empty title={text.choose} text={text.chooseText}>
      <MessagesSquare className="text-muted" size={40} strokeWidth={1.5} aria-hidden />
    </Empty>
  </div>
);
