import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCommand } from "../api/command.ts";
import { pagesOf } from "../api/queries.ts";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Paged } from "../ui/loaded.tsx";
import { Refusal } from "../ui/refusal.tsx";

const text = texts({
  en: {
    title: "Blocked people",
    hint: "You are in no group together. They are not told.",
    theyLeave: "They leave this group, and you two are in no group together any more.",
    youLeave: "You leave this group, and you two are in no group together any more.",
    block: "Block",
    cancel: "Cancel",
    allow: "Unblock",
    gone: "Somebody who has left Titan",
    none: "You have blocked nobody.",
  },
  id: {
    title: "Orang yang diblokir",
    hint: "Anda tidak berada dalam satu grup. Mereka tidak diberi tahu.",
    theyLeave: "Orang ini keluar dari grup, dan Anda berdua tidak lagi berada dalam satu grup.",
    youLeave: "Anda keluar dari grup ini, dan Anda berdua tidak lagi berada dalam satu grup.",
    block: "Blokir",
    cancel: "Batal",
    allow: "Buka blokir",
    gone: "Seseorang yang sudah meninggalkan Titan",
    none: "Anda tidak memblokir siapa pun.",
  },
});

const BLOCKED = pagesOf("GET /v1/chats/blocks", { query: {} });
const FORGET = {
  forget: ["GET /v1/chats/blocks", "GET /v1/chats/{conversationId}", "GET /v1/chats"] as const,
};

type Props = {
  readonly userId: string;
  /** It is one's own group: the other goes. */
  readonly isTheirsToLeave: boolean;
  readonly onClose: () => void;
};

/** Says what blocking somebody does to this group before it is done. */
export function BlockPerson({ userId, isTheirsToLeave, onClose }: Props) {
  const navigate = useNavigate();
  const onDone = () => (isTheirsToLeave ? onClose() : navigate({ to: "/chats", search: {} }));
  const block = useCommand("PUT /v1/chats/blocks/{userId}", { ...FORGET, onDone });
  return (
    <div className="flex flex-wrap gap-2 py-2 pl-14 text-sm">
      <p className="w-full">{isTheirsToLeave ? text.theyLeave : text.youLeave}</p>
      <button
        type="button"
        className="button button-bad button-small"
        disabled={block.isPending}
        onClick={() => block.mutate({ path: { userId }, body: { isBlocked: true } })}
      >
        {text.block}
      </button>
      <button type="button" className="button button-quiet button-small" onClick={onClose}>
        {text.cancel}
      </button>
      <Refusal error={block.error} />
    </div>
  );
}

/** The way back: who was blocked, by name. */
export function BlockedDialog({ onClose }: { readonly onClose: () => void }) {
  const query = useInfiniteQuery(BLOCKED);
  const allow = useCommand("PUT /v1/chats/blocks/{userId}", FORGET);
  return (
    <Dialog title={text.title} onClose={onClose}>
      <p className="field-hint mt-0 mb-3">{text.hint}</p>
      <Paged query={query} keyOf={({ userId }) => userId} empty={<p>{text.none}</p>}>
        {({ userId, name }) => (
          <div className="flex items-center justify-between gap-3">
            <span className="min-w-0 truncate font-semibold">{name ?? text.gone}</span>
            <button
              type="button"
              className="button button-quiet button-small"
              disabled={allow.isPending}
              onClick={() => allow.mutate({ path: { userId }, body: { isBlocked: false } })}
            >
              {text.allow}
            </button>
          </div>
        )}
      </Paged>
      <Refusal error={allow.error} />
    </Dialog>
  );
}
