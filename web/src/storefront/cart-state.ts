import { useMutation, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { call } from "../api/client.ts";
import { queryClient } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { cartStore, keepGuestToken } from "../session/tokens.ts";

type Cart = Schemas["Cart"];
const CART = "GET /v1/carts/{cartId}";

/** A buyer has one cart, which opens when something is put into it for the first time. */
async function openCart(signal?: AbortSignal): Promise<Cart> {
  const { cart, token } = await call("POST /v1/carts", {}, signal ? { signal } : {});
  if (token !== null) keepGuestToken(token);
  return cart;
}

/** Whoever has no cart yet is not given one for looking. */
export function useCart() {
  const hasCart = useSyncExternalStore(cartStore.subscribe, cartStore.get);
  return useQuery({
    queryKey: [CART],
    enabled: hasCart,
    queryFn: ({ signal }) => openCart(signal),
  });
}

const forget = () => queryClient.invalidateQueries({ queryKey: [CART] });

type Adding = { readonly offerId: string; readonly quantity: number };

/** Puts an offer into the cart; the same press counts once, however often it is sent. */
export const useAddToCart = () =>
  useMutation({
    mutationFn: async ({ offerId, quantity }: Adding) => {
      const { id: cartId } = queryClient.getQueryData<Cart>([CART]) ?? (await openCart());
      const key = crypto.randomUUID();
      return call(
        "POST /v1/carts/{cartId}/lines",
        { path: { cartId }, body: { offerId, quantity } },
        { key },
      );
    },
    onSettled: forget,
  });

type Change = { readonly cartId: string; readonly lineId: string };

export const useChangeLine = () =>
  useMutation({
    mutationFn: ({ cartId, lineId, ...change }: Change & Schemas["ChangeLine"]) =>
      call("PATCH /v1/carts/{cartId}/lines/{lineId}", { path: { cartId, lineId }, body: change }),
    // The new number is there at once; what the server says stands in the end.
    onMutate: ({ lineId, quantity }) => {
      if (quantity === undefined) return;
      queryClient.setQueriesData<Cart>(
        { queryKey: [CART] },
        (cart) => cart && withQuantity(cart, lineId, quantity),
      );
    },
    onSettled: forget,
  });

export const useRemoveLine = () =>
  useMutation({
    mutationFn: ({ cartId, lineId }: Change) =>
      call("DELETE /v1/carts/{cartId}/lines/{lineId}", { path: { cartId, lineId } }),
    onSettled: forget,
  });

function withQuantity(cart: Cart, lineId: string, quantity: number): Cart {
  const groups = cart.groups.map((group) => ({
    ...group,
    lines: group.lines.map((line) => (line.id === lineId ? { ...line, quantity } : line)),
  }));
  return { ...cart, groups };
}
