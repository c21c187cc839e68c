import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import type { About } from "./about.ts";

/** Goes to the conversation with a shop, which exists once; the first words show what it is about. */
export function useOpenChat() {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ sellerId, ...about }: About & { readonly sellerId: string }) => {
      const { id } = await call("POST /v1/chats", { body: { sellerId } });
      await navigate({ to: "/chats/$conversationId", params: { conversationId: id }, search: about });
    },
  });
}
