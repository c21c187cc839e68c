import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { MoreVertical } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import { call } from "../api/client.ts";
import { useCommand } from "../api/command.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { AskTalk } from "../call/ask-talk.tsx";
import { texts } from "../shell/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { actingFor } from "./side.ts";

const text = texts({
  en: {
    more: "What to do with this conversation",
    block: "Block",
    ask: "Ask for a video talk",
    talks: "My video talks",
    unblock: "Open again",
    leave: "Leave the group",
    leaving: "You read nothing of it any more. Whoever adds you again shows you what is said from then on.",
    leavingOwner: "The group goes to one of its admins, or to another of its people.",
    stay: "Stay",
  },
  id: {
    more: "Tindakan untuk percakapan ini",
    block: "Blokir",
    ask: "Minta bicara lewat video",
    talks: "Janji bicara saya",
    unblock: "Buka lagi",
    leave: "Keluar dari grup",
    leaving: "Anda tidak lagi membaca isinya. Jika ditambahkan lagi, Anda membaca pesan sejak saat itu.",
    leavingOwner: "Grup ini beralih ke salah satu admin, atau ke anggota lain.",
    stay: "Tetap di grup",
  },
});

type Props = {
  readonly summary: Schemas["ChatSummary"];
  readonly isBlocked: boolean;
  readonly seller: string | undefined;
};

export function ConversationMenu({ summary, isBlocked, seller }: Props) {
  const { id, kind, sellerId } = summary;
  const [isLeaving, setLeaving] = useState(false);
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const acting = actingFor({ seller });
  const path = { conversationId: id };
  const block = useMutation({
    mutationFn: () =>
      call("PUT /v1/chats/{conversationId}/block", { path, body: { isBlocked: !isBlocked } }, acting),
  });
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className="nav-link px-2.5" aria-label={text.more}>
          <MoreVertical size={20} aria-hidden />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
            {seller === undefined && sellerId !== null && (
              <>
                <DropdownMenu.Item className="menu-item" onSelect={() => setAsking(true)}>
                  {text.ask}
                </DropdownMenu.Item>
                <DropdownMenu.Item className="menu-item" onSelect={() => void navigate({ to: "/talks" })}>
                  {text.talks}
                </DropdownMenu.Item>
              </>
            )}
            {kind === "group" ? (
              <DropdownMenu.Item className="menu-item" onSelect={() => setLeaving(true)}>
                {text.leave}
              </DropdownMenu.Item>
            ) : (
              <DropdownMenu.Item className="menu-item" onSelect={() => block.mutate()}>
                {isBlocked ? text.unblock : text.block}
              </DropdownMenu.Item>
            )}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {isLeaving && <LeaveDialog summary={summary} onClose={() => setLeaving(false)} />}
      {isAsking && sellerId !== null && <AskTalk sellerId={sellerId} onClose={() => setAsking(false)} />}
    </>
  );
}

type LeaveProps = { readonly summary: Schemas["ChatSummary"]; readonly onClose: () => void };

/** What was said there is not read any more by whoever goes: it is asked for twice. */
function LeaveDialog({ summary: { id, me, ownerId }, onClose }: LeaveProps) {
  const navigate = useNavigate();
  const leave = useCommand("POST /v1/chats/{conversationId}/leave", {
    forget: ["GET /v1/chats"],
    onDone: () => navigate({ to: "/chats", search: {} }),
  });
  return (
    <Dialog title={text.leave} onClose={onClose}>
      <p>{text.leaving}</p>
      {ownerId === me && <p className="mt-2">{text.leavingOwner}</p>}
      <Refusal error={leave.error} />
      <div className="mt-5 flex flex-wrap gap-3">
        <button
          type="button"
          className="button button-bad"
          disabled={leave.isPending}
          onClick={() => leave.mutate({ path: { conversationId: id } })}
        >
          {text.leave}
        </button>
        <button type="button" className="button button-quiet" onClick={onClose}>
          {text.stay}
        </button>
      </div>
    </Dialog>
  );
}
