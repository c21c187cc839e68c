import { useSyncExternalStore } from "react";
import type { Schemas } from "../api/schema.gen.ts";
import { CHECKOUT } from "../session/tokens.ts";
import { market } from "../shell/page.ts";

/** An address as it is being typed: every field is there, and none need be right yet. */
export type TypedAddress = { readonly [field: string]: string };
export type Bank = Schemas["Bank"];
export type PayStore = Schemas["PayStore"];

/**
 * What somebody has entered in this tab and the server has not taken yet. It outlives a reload, a sign-in
 * that comes between, and the way to a bank and back; it goes with the order, with signing out, and with the
 * tab.
 */
export type Draft = {
  /** Whose it is: another one who signs in does not get to see it. */
  readonly owner?: string;
  readonly email?: string;
  readonly address?: TypedAddress;
  readonly isNewAddress?: boolean;
  readonly code?: string;
  readonly bank?: Bank;
  readonly store?: PayStore;
  readonly usesWallet?: boolean;
  /** Asked for and not answered. */
  readonly wanted?: Schemas["Patch"] | undefined;
  /** What the last checkout knew, for the next one when its prices have run out. */
  readonly known?: Schemas["Patch"];
  /** The order that was asked for, under the key that it is asked for again by. */
  readonly intent?: { readonly of: string; readonly key: string } | undefined;
  /** Why the prices were asked for anew, and what it came to before. */
  readonly again?: { readonly code: string; readonly before: Schemas["Money"] } | undefined;
};

const KEY = `titan.checkout-draft.${market}`;
const listeners = new Set<() => void>();
let text = "";
let parsed: Draft = {};

export const draft = {
  get(): Draft {
    const now = sessionStorage.getItem(KEY) ?? "";
    if (now !== text) {
      text = now;
      parsed = now === "" ? {} : (JSON.parse(now) as Draft);
    }
    return parsed;
  },
  set(change: Draft): void {
    sessionStorage.setItem(KEY, JSON.stringify({ ...draft.get(), ...change }));
    for (const listener of listeners) listener();
  },
  clear(): void {
    sessionStorage.removeItem(KEY);
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export const useDraft = (): Draft => useSyncExternalStore(draft.subscribe, draft.get);

/** The same key for the same order, however often it is asked for and whatever becomes of the answers. */
export function intentKey(of: string): string {
  const { intent } = draft.get();
  if (intent?.of === of) return intent.key;
  const key = crypto.randomUUID();
  draft.set({ intent: { of, key } });
  return key;
}

/** Which checkout it is: shared by all tabs, so that two of them make one order. */
export type Kept = {
  readonly checkoutId: string;
  readonly owner: string;
  readonly holdId?: string | undefined;
  readonly paymentId?: string;
};

export const kept = {
  get(): Kept | undefined {
    const found = localStorage.getItem(CHECKOUT);
    return found === null ? undefined : (JSON.parse(found) as Kept);
  },
  set: (value: Kept): void => localStorage.setItem(CHECKOUT, JSON.stringify(value)),
  forget: (): void => localStorage.removeItem(CHECKOUT),
  /** Hears of what other tabs do with it. */
  subscribe(listener: () => void): () => void {
    const hear = ({ key }: StorageEvent) => key === CHECKOUT && listener();
    addEventListener("storage", hear);
    return () => removeEventListener("storage", hear);
  },
};
