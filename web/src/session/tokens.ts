import type { Routes } from "../api/schema.gen.ts";
import { market } from "../shell/page.ts";
import { countPersons, type Identity } from "./person.ts";

/**
 * Who the page speaks for. The access token is in memory alone, and its successor comes for a cookie that
 * scripts cannot read (docs/architecture.md); a visitor without an account has the token of his cart.
 */
type SignedIn = Routes["POST /v1/auth/refresh"]["answer"];
type Access = Pick<SignedIn, "userId" | "accessToken" | "expiresAt">;

/** The token is renewed before it dies on the way. */
const EARLY_MS = 20_000;
const HINT = `titan.signed-in.${market}`;
const GUEST = `titan.guest.${market}`;
/** Which checkout was begun (web/src/checkout/draft.ts). */
export const CHECKOUT = `titan.checkout.${market}`;
/** Where somebody looked up the delivery to (web/src/storefront/delivery.tsx). */
export const POSTAL_CODE = `titan.postal-code.${market}`;
const LOCK = `titan.refresh.${market}`;
const channel = new BroadcastChannel(`titan.session.${market}`);

let access: Access | undefined;
let current: Identity = { kind: localStorage.getItem(HINT) ? "unknown" : "visitor" };
const personOf = countPersons();
let person = personOf(current);
type Listener = (before: Identity) => void;
const listeners = new Set<Listener>();

export const identity = {
  get: (): Identity => current,
  /** Another number when another person has signed in. */
  person: (): number => person,
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function become(next: Identity): void {
  const before = current;
  const idOf = (one: Identity) => (one.kind === "user" ? one.userId : one.kind);
  if (idOf(before) === idOf(next)) return;
  current = next;
  person = personOf(next);
  for (const listener of listeners) listener(before);
}

/** Takes what a sign-in or a refresh answered. */
export function signedIn({ userId, accessToken, expiresAt }: Access): void {
  access = { userId, accessToken, expiresAt };
  acting = undefined;
  if (!localStorage.getItem(HINT)) localStorage.setItem(HINT, userId);
  become({ kind: "user", userId });
}

/** Takes the better token of somebody who has just shown once more who he is. */
export function renewed({ accessToken, expiresAt }: Omit<Access, "userId">): void {
  if (current.kind === "user") access = { userId: current.userId, accessToken, expiresAt };
}

/** Forgets who was signed in, here and in the other tabs. */
function signedOut({ everywhere = true } = {}): void {
  access = undefined;
  acting = undefined;
  localStorage.removeItem(HINT);
  become({ kind: "visitor" });
  if (everywhere) channel.postMessage("out" satisfies Said);
}

/** Whoever leaves by himself leaves nothing of his on the screen of the next one; an ended session does. */
export function leftByChoice({ everywhere = true } = {}): void {
  sessionStorage.clear();
  localStorage.removeItem(CHECKOUT);
  localStorage.removeItem(POSTAL_CODE);
  if (everywhere) channel.postMessage("left" satisfies Said);
  signedOut({ everywhere });
}

type Said = "in" | "out" | "left";
export const announceSignIn = (): void => channel.postMessage("in" satisfies Said);

channel.addEventListener("message", ({ data }: MessageEvent<Said>) => {
  if (data === "in") void refresh();
  else if (data === "left") leftByChoice({ everywhere: false });
  else signedOut({ everywhere: false });
});

export const guestToken = (): string | undefined => localStorage.getItem(GUEST) ?? undefined;
export function keepGuestToken(token: string | null): void {
  if (token === null) localStorage.removeItem(GUEST);
  else localStorage.setItem(GUEST, token);
  for (const listener of cartListeners) listener();
}

const cartListeners = new Set<() => void>();

/** Whether there is a cart to look at: a visitor gets one when he first puts something into it. */
export const cartStore = {
  get: (): boolean => current.kind !== "visitor" || guestToken() !== undefined,
  subscribe(listener: () => void): () => void {
    cartListeners.add(listener);
    const forget = identity.subscribe(listener);
    return () => {
      forget();
      cartListeners.delete(listener);
    };
  },
};

/** Support in somebody's name: this tab speaks as him until it ends, and who is signed in stays so. */
export type Acting = Routes["POST /v1/auth/users/{userId}/acting"]["answer"];
let acting: Acting | undefined;

export const actingStore = {
  get: (): Acting | undefined => acting,
  subscribe: identity.subscribe,
};

export function actAs(started: Acting): void {
  acting = started;
  become({ kind: "user", userId: started.userId });
}

/** The tab is its owner's again. */
export function actAsOneself(): void {
  if (!acting) return;
  acting = undefined;
  become(access ? { kind: "user", userId: access.userId } : { kind: "unknown" });
}

/** What calls are made with: the access token, else the guest's, else none. */
export async function bearer(): Promise<string | undefined> {
  if (acting) return acting.accessToken;
  if (current.kind === "visitor") return guestToken();
  if (access && Date.parse(access.expiresAt) - EARLY_MS > Date.now()) return access.accessToken;
  return (await refresh()) ?? guestToken();
}

/** After a 401: another token than the one that was refused, or undefined when there is none. */
export async function renew(refused: string): Promise<string | undefined> {
  if (acting) {
    if (acting.accessToken === refused) actAsOneself();
    return undefined;
  }
  if (current.kind !== "user") {
    // A guest's token that is no longer taken leads nowhere.
    if (refused === guestToken()) keepGuestToken(null);
    return undefined;
  }
  if (access && access.accessToken !== refused) return access.accessToken;
  return refresh();
}

/** Asks for a token that knows of rights which the caller has just got. */
export async function renewRights(): Promise<void> {
  if (current.kind !== "visitor" && !acting) await refresh();
}

let refreshing: Promise<string | undefined> | undefined;

/** One at a time in all tabs: the answer to one serves them all, since the cookie is shared. */
function refresh(): Promise<string | undefined> {
  refreshing ??= navigator.locks.request(LOCK, askForAccess).finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

async function askForAccess(): Promise<string | undefined> {
  const headers = { "content-type": "application/json", "x-market": market };
  const response = await fetch("/v1/auth/refresh", { method: "POST", headers, body: "{}" }).catch(
    () => undefined,
  );
  // Nobody is signed out because the network is away.
  if (!response || response.status >= 500 || response.status === 429) return access?.accessToken;
  if (!response.ok) {
    signedOut();
    return undefined;
  }
  signedIn((await response.json()) as SignedIn);
  return access?.accessToken;
}
