import { useSyncExternalStore } from "react";
import { ApiError, call } from "../api/client.ts";
import { queryClient } from "../api/queries.ts";
import type { Routes } from "../api/schema.gen.ts";
import { announceSignIn, guestToken, identity, keepGuestToken, signedIn, signedOut } from "./tokens.ts";

export type Passed = Routes["POST /v1/auth/sign-in"]["answer"];
type SignedIn = Extract<Passed, { readonly status: "signed_in" }>;

const isSomebody = (): boolean => identity.get().kind !== "visitor";
/** Whether somebody is signed in; hears of it when that changes, in this tab or in another. */
export const useIsSignedIn = (): boolean => useSyncExternalStore(identity.subscribe, isSomebody);

/** What every way of signing in ends with: the guest's cart comes along. */
export async function enter(passed: SignedIn): Promise<void> {
  const guest = guestToken();
  signedIn(passed);
  announceSignIn();
  if (guest === undefined) return;
  try {
    await mergeCart(guest);
    keepGuestToken(null);
  } catch (error) {
    // What did not come through is brought along the next time; a cart no longer taken keeps nobody out.
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) keepGuestToken(null);
  }
  await queryClient.invalidateQueries({ queryKey: ["GET /v1/carts/{cartId}"] });
}

async function mergeCart(token: string): Promise<void> {
  const { cart } = await call("POST /v1/carts", {});
  await call(
    "POST /v1/carts/{cartId}/merge",
    { path: { cartId: cart.id }, body: { guestToken: token } },
    { key: crypto.randomUUID() },
  );
}

export async function leave(): Promise<void> {
  await call("POST /v1/auth/sign-out", { body: {} }).catch(() => undefined);
  signedOut();
}
