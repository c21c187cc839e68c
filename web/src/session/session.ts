import { useSyncExternalStore } from "react";
import { ApiError, call } from "../api/client.ts";
import { isFinal } from "../api/intent.ts";
import { queryClient } from "../api/queries.ts";
import type { Routes } from "../api/schema.gen.ts";
import {
  actAsOneself,
  actingStore,
  announceSignIn,
  guestToken,
  identity,
  keepGuestToken,
  leftByChoice,
  signedIn,
} from "./tokens.ts";

export type Passed = Routes["POST /v1/auth/sign-in"]["answer"];
type SignedIn = Extract<Passed, { readonly status: "signed_in" }>;

const isSomebody = (): boolean => identity.get().kind !== "visitor";
/** Whether somebody is signed in; hears of it when that changes, in this tab or in another. */
export const useIsSignedIn = (): boolean => useSyncExternalStore(identity.subscribe, isSomebody);

let entering = 0;
/** Whether this tab is signing somebody in right now; else another tab did. */
export const isEntering = (): boolean => entering > 0;

/** What every way of signing in ends with: the guest's cart and orders come along. */
export async function enter(passed: SignedIn): Promise<void> {
  entering += 1;
  try {
    const guest = guestToken();
    signedIn(passed);
    announceSignIn();
    if (guest !== undefined) {
      await bringAlong(guest);
      await queryClient.invalidateQueries({ queryKey: ["GET /v1/carts/{cartId}"] });
    }
  } finally {
    entering -= 1;
  }
}

/** A guest's cart and orders become those of whoever is signed in now. */
export async function bringAlong(guest: string): Promise<void> {
  try {
    // Only an address that is confirmed has orders of a guest; without one there is nothing to bring.
    await Promise.all([mergeCart(guest), call("POST /v1/orders/claim", {}).catch(() => undefined)]);
    keepGuestToken(null);
  } catch (error) {
    // What did not come through is brought along the next time; a cart no longer taken keeps nobody out.
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) keepGuestToken(null);
  }
}

async function mergeCart(token: string): Promise<void> {
  const { cart } = await call("POST /v1/carts", {});
  await call(
    "POST /v1/carts/{cartId}/merge",
    { path: { cartId: cart.id }, body: { guestToken: token } },
    { key: crypto.randomUUID() },
  );
}

/** Support is itself again at once, whether or not the end comes through: it would end by itself. */
export async function endActing(options: { readonly keepalive?: boolean } = {}): Promise<void> {
  const acting = actingStore.get();
  if (!acting) return;
  const path = { actingId: acting.actingId };
  await call("DELETE /v1/auth/acting/{actingId}", { path }, options).catch(() => undefined);
  actAsOneself();
}

/** The session ends with us or not at all: its cookie would sign the next one at this device in. */
export async function leave(): Promise<void> {
  if (actingStore.get()) return endActing();
  await call("POST /v1/auth/sign-out", { body: {} }).catch((error: unknown) => {
    if (!isFinal(error)) throw error;
  });
  leftByChoice();
}
