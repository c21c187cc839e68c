import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiError, call } from "../api/client.ts";
import { queryClient } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { draft, intentKey, kept } from "./draft.ts";
import { type Checkout, type Hold, isRefusal, openCheckout, ownerNow, type Patch, remember } from "./open.ts";

const CHECKOUT = "checkout";
const keyOf = (hold: Hold | undefined) => [CHECKOUT, hold?.holdId ?? ""] as const;

export function useCheckout(hold: Hold | undefined) {
  useEffect(() => kept.subscribe(() => void queryClient.invalidateQueries({ queryKey: [CHECKOUT] })), []);
  return useQuery({
    queryKey: keyOf(hold),
    queryFn: () => openCheckout(hold),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: "always",
  });
}

/** After these a checkout is of no use any more: the prices are asked for anew, and what changed is said. */
const OVER: ReadonlySet<string> = new Set([
  "checkout.expired",
  "checkout.canceled",
  "checkout.price_changed",
  "checkout.voucher_lost",
  "checkout.not_found",
]);

function whenOver(error: unknown, { totals }: Checkout): void {
  if (!(error instanceof ApiError)) return;
  if (OVER.has(error.code)) {
    draft.set({ again: { code: error.code, before: totals.total } });
    kept.forget();
    void queryClient.invalidateQueries({ queryKey: [CHECKOUT] });
  }
  if (error.code === "checkout.completed") void queryClient.invalidateQueries({ queryKey: [CHECKOUT] });
}

/** One change after the other, so that the last one stands. */
export const useChange = (checkout: Checkout, hold: Hold | undefined) =>
  useMutation({
    scope: { id: CHECKOUT },
    networkMode: "always",
    mutationFn: async (patch: Patch) => {
      const wanted = { ...draft.get().wanted, ...patch };
      draft.set({ wanted });
      await queryClient.cancelQueries({ queryKey: [CHECKOUT] });
      const path = { checkoutId: checkout.id };
      return call("PATCH /v1/checkouts/{checkoutId}", { path, body: wanted });
    },
    onSuccess: (changed) => {
      draft.set({ again: undefined });
      queryClient.setQueryData(keyOf(hold), remember(changed, hold));
    },
    onError: (error) => {
      if (isRefusal(error)) draft.set({ wanted: undefined });
      whenOver(error, checkout);
    },
  });

/** Orders it. Whoever presses again after a lost answer has the answer, and one order. */
export const useComplete = (checkout: Checkout) =>
  useMutation({
    networkMode: "always",
    mutationFn: (body: Schemas["Complete"]) => {
      const key = intentKey(JSON.stringify([checkout.id, checkout.version, body]));
      const path = { checkoutId: checkout.id };
      return call("POST /v1/checkouts/{checkoutId}/complete", { path, body }, { key });
    },
    onSuccess: ({ payment }) => {
      const { holdId } = kept.get() ?? {};
      kept.set({ checkoutId: checkout.id, owner: ownerNow(), holdId, paymentId: payment.id });
      draft.clear();
      void queryClient.invalidateQueries({ queryKey: ["GET /v1/carts/{cartId}"] });
      void queryClient.invalidateQueries({ queryKey: ["GET /v1/orders"] });
    },
    onError: (error) => {
      if (isRefusal(error)) draft.set({ intent: undefined });
      whenOver(error, checkout);
    },
  });
