import { getRouteApi } from "@tanstack/react-router";
import { ConversationPage } from "../chat/conversation.tsx";
import { Desk } from "../chat/desk.tsx";
import type { Side } from "../chat/side.ts";
import { type Shop, useShop } from "./shop.ts";

const route = getRouteApi("/shop/chats/$conversationId");

const sideOf = ({ seller }: Shop): Side => ({
  seller,
  desk: "/shop/chats",
  conversation: "/shop/chats/$conversationId",
  orders: "/shop/orders",
});

/** What buyers write to the shop. */
export const ShopDesk = () => <Desk side={sideOf(useShop())} />;

export function ShopConversation() {
  const side = sideOf(useShop());
  const { conversationId } = route.useParams();
  const about = route.useSearch();
  return <ConversationPage key={conversationId} conversationId={conversationId} about={about} side={side} />;
}
