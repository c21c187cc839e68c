import type { LinkProps } from "@tanstack/react-router";

type To = NonNullable<LinkProps["to"]>;

/** Which side of its conversations a desk is: a person's own, or a shop's for which he answers. */
export type Side = {
  readonly seller: string | undefined;
  /** Where the desk and one of its conversations are; the latter has `$conversationId`. */
  readonly desk: To;
  readonly conversation: To;
  /** Where an order of a card is. */
  readonly orders: string;
};

export const BUYER: Side = {
  seller: undefined,
  desk: "/chats",
  conversation: "/chats/$conversationId",
  orders: "/account/orders",
};

/** As the API is told for whom one speaks. */
export const actingFor = ({ seller }: Pick<Side, "seller">): { readonly seller?: string } =>
  seller === undefined ? {} : { seller };
