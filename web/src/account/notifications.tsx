import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { call } from "../api/client.ts";
import { forgetReads, pagesOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useUnread } from "../shell/notices.ts";
import { hrefOf } from "../shell/page.ts";
import { texts } from "../shell/text.ts";
import { fromNow } from "../shell/when.ts";
import { Empty } from "../ui/empty.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { Preferences } from "./preferences.tsx";

const text = texts({
  en: {
    title: "Notifications",
    none: "Nothing new",
    noneText: "What happens to your orders, returns and chats is told here.",
    readAll: "Mark all as read",
    unread: "Unread",
  },
  id: {
    title: "Notifikasi",
    none: "Belum ada yang baru",
    noneText: "Kabar pesanan, pengembalian, dan chat Anda muncul di sini.",
    readAll: "Tandai semua dibaca",
    unread: "Belum dibaca",
  },
});

type Notice = Schemas["Notification"];
const PAGE = 20;
const LOOK_EVERY_MS = 30_000;

const READS = ["GET /v1/notifications", "GET /v1/notifications/unread"] as const;

export function NotificationsPage() {
  const unread = useUnread();
  const found = useInfiniteQuery({
    ...pagesOf("GET /v1/notifications", { query: { limit: PAGE } }),
    refetchInterval: LOOK_EVERY_MS,
  });
  const newest = found.data?.pages[0]?.items[0]?.id;
  const readAll = useMutation({
    mutationFn: () => call("POST /v1/notifications/read-all", { body: newest ? { upTo: newest } : {} }),
    onSuccess: () => forgetReads(READS),
  });
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-extrabold tracking-tight sm:text-3xl">{text.title}</h1>
        {unread > 0 && (
          <button
            type="button"
            className="button button-quiet button-small"
            disabled={readAll.isPending}
            onClick={() => readAll.mutate()}
          >
            {text.readAll}
          </button>
        )}
      </div>
      <Refusal error={readAll.error} />
      <Paged
        query={found}
        keyOf={({ id }) => id}
        className="panel divide-line divide-y p-0 sm:p-0"
        empty={<Empty title={text.none} text={text.noneText} />}
      >
        {(notice) => <Entry notice={notice} />}
      </Paged>
      <Preferences />
    </>
  );
}

function Entry({ notice }: { readonly notice: Notice }) {
  const navigate = useNavigate();
  const { id: notificationId, title, body, path, createdAt, readAt } = notice;
  const read = useMutation({
    mutationFn: () => call("POST /v1/notifications/{notificationId}/read", { path: { notificationId } }),
    onSuccess: () => forgetReads(READS),
  });
  const open = (event: MouseEvent) => {
    if (!readAt) read.mutate();
    if (path === null || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    void navigate({ href: hrefOf(path) });
  };
  const inside = (
    <>
      <span className="flex items-baseline gap-2">
        <strong className="min-w-0 flex-1">{title}</strong>
        {!readAt && (
          <span className="bg-brand size-2.5 shrink-0 rounded-full" role="img" aria-label={text.unread} />
        )}
      </span>
      <span className="text-muted block text-sm">{body}</span>
      <time className="text-muted mt-1 block text-xs" dateTime={createdAt}>
        {fromNow(createdAt)}
      </time>
    </>
  );
  const ground = readAt ? "" : "bg-brand-soft/50";
  const look = `block w-full px-4 py-3 text-left sm:px-5 hover:bg-sunken ${ground}`;
  return path === null ? (
    <button type="button" className={look} onClick={open}>
      {inside}
    </button>
  ) : (
    <a className={look} href={hrefOf(path)} onClick={open}>
      {inside}
    </a>
  );
}
