import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { MoreVertical } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import { call } from "../api/client.ts";
import { queryClient } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { AskTalk } from "../call/ask-talk.tsx";
import { texts } from "../shell/text.ts";
import { actingFor } from "./side.ts";

const text = texts({
  en: {
    more: "What to do with this conversation",
    block: "Block",
    ask: "Ask for a video talk",
    talks: "My video talks",
    unblock: "Open again",
    leave: "Leave the group",
  },
  id: {
    more: "Tindakan untuk percakapan ini",
    block: "Blokir",
    ask: "Minta bicara lewat video",
    talks: "Janji bicara saya",
    unblock: "Buka lagi",
    leave: "Keluar dari grup",
  },
});

type Props = {
  readonly summary: Schemas["ChatSummary"];
  readonly isBlocked: boolean;
  readonly seller: string | undefined;
};

export function ConversationMenu({ summary: { id, kind, sellerId }, isBlocked, seller }: Props) {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const acting = actingFor({ seller });
  const path = { conversationId: id };
  const block = useMutation({
    mutationFn: () =>
      call("PUT /v1/chats/{conversationId}/block", { path, body: { isBlocked: !isBlocked } }, acting),
  });
  const leave = useMutation({
    mutationFn: () => call("POST /v1/chats/{conversationId}/leave", { path }, acting),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ["GET /v1/chats"] });
      await navigate({ to: "/chats" });
    },
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
              <DropdownMenu.Item className="menu-item" onSelect={() => leave.mutate()}>
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
      {isAsking && sellerId !== null && <AskTalk sellerId={sellerId} onClose={() => setAsking(false)} />}
    </>
  );
}
