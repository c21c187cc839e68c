import { useMutation, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { call } from "../api/client.ts";
import { useIntents } from "../api/intent.ts";
import { queryClient } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { bringAlong, isEntering } from "../session/session.ts";
import { cartStore, guestToken, identity, keepGuestToken } from "../session/tokens.ts";

type Cart = Schemas["Cart"];
const CART = "GET /v1/carts/{cartId}";

/** A buyer has one cart, which opens when something is put into it for the first time. */
export async function openCart(signal?: AbortSignal): Promise<Cart> {
  const { cart, token } = await call("POST /v1/carts", {}, signal ? { signal } : {});
  if (token !== null) keepGuestToken(token);
  const guest = guestToken();
  if (token !== null || guest === undefined || identity.get().kind !== "user" || isEntering()) return cart;
  // Whoever signed in and was off at once left his guest's cart behind.
  await bringAlong(guest);
  return (await call("POST /v1/carts", {}, signal ? { signal } : {})).cart;
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
export function useAddToCart() {
  const once = useIntents();
  return useMutation({
    mutationFn: async ({ offerId, quantity }: Adding) => {
      const { id: cartId } = queryClient.getQueryData<Cart>([CART]) ?? (await openCart());
      const input = { path: { cartId }, body: { offerId, quantity } };
      return once(input, (key) => call("POST /v1/carts/{cartId}/lines", input, { key }));
    },
    onSettled: forget,
  });
}

type Change = { readonly cartId: string; readonly lineId: string };

export const useChangeLine = () =>
  useMutation({
    mutationFn: ({ cartId, lineId, ...change }: Change & Schemas["ChangeLine"]) =>
      call("PATCH /v1/carts/{cartId}/lines/{lineId}", { path: { cartId, lineId }, body: change }),
    // The change is there at once; what the server says stands in the end.
    onMutate: ({ cartId: _, ...change }) => showAtOnce([change.lineId], change),
    onSettled: forget,
  });

type Selecting = {
  readonly cartId: string;
  readonly lineIds: readonly string[];
  readonly isSelected: boolean;
};

export const useSelectLines = () =>
  useMutation({
    mutationFn: ({ cartId, ...body }: Selecting) =>
      call("PATCH /v1/carts/{cartId}/lines", { path: { cartId }, body }),
    onMutate: ({ lineIds, isSelected }) => showAtOnce(lineIds, { isSelected }),
    onSettled: forget,
  });

/** A link that shows the cart to others and lets them do nothing. */
export const useShareCart = () =>
  useMutation({
    mutationFn: (cartId: string) => call("POST /v1/carts/{cartId}/share", { path: { cartId } }),
  });

/** Everything of a cart that somebody shared, in one's own. */
export function useTakeLines() {
  const once = useIntents();
  return useMutation({
    mutationFn: async (lines: readonly Adding[]) => {
      const { id: cartId } = queryClient.getQueryData<Cart>([CART]) ?? (await openCart());
      const input = { path: { cartId }, body: { lines } };
      return once(input, (key) => call("POST /v1/carts/{cartId}/lines", input, { key }));
    },
    onSettled: forget,
  });
}

export const useRemoveLine = () =>
  useMutation({
    mutationFn: ({ cartId, lineId }: Change) =>
      call("DELETE /v1/carts/{cartId}/lines/{lineId}", { path: { cartId, lineId } }),
    onSettled: forget,
  });

type Shown = { readonly quantity?: number | undefined; readonly isSelected?: boolean | undefined };

async function showAtOnce(lineIds: readonly string[], { quantity, isSelected }: Shown): Promise<void> {
  await queryClient.cancelQueries({ queryKey: [CART] });
  queryClient.setQueriesData<Cart>({ queryKey: [CART] }, (cart) => {
    if (!cart) return cart;
    const groups = cart.groups.map((group) => ({
      ...group,
      lines: group.lines.map((line) =>
        lineIds.includes(line.id)
          ? { ...line, quantity: quantity ?? line.quantity, isSelected: isSelected ?? line.isSelected }
          : line,
      ),
    }));
    return { ...cart, groups };
  });
}
