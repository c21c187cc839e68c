import { call } from "../api/client.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { actingStore } from "../session/tokens.ts";

/**
 * What people see and do, told together every few seconds and when the page goes away; lost where nobody can
 * be reached. No visitor is recognised by it: nothing here asks for consent, so none is claimed.
 */
type Told = Schemas["Collect"]["events"][number];
type Properties = {
  readonly "product.viewed": { readonly productId: string; readonly sellerId?: string };
  readonly "search.performed": { readonly query: string; readonly results: number };
  readonly "search.clicked": {
    readonly query: string;
    readonly productId: string;
    readonly position: number;
  };
  readonly "cart.line_added": {
    readonly productId: string;
    readonly offerId: string;
    readonly quantity: number;
    readonly sellerId?: string;
  };
  readonly "recommendation.shown": { readonly impressionId: string; readonly slot: string };
  readonly "recommendation.clicked": {
    readonly impressionId: string;
    readonly slot: string;
    readonly productId: string;
    readonly position: number;
  };
};

const FLUSH_MS = 5_000;
/** The API takes as many at once; more than that in five seconds is no person. */
const EVENTS_MAX = 50;
const QUERY_CHARS_MAX = 200;
const SESSION = "titan.visit";
const VIEWED = "titan.viewed";
const FOUND = "titan.found";
/** What a list is chosen by; the newest say the most. */
const VIEWED_MAX = 20;
const FOUND_MAX = 40;

const events: Told[] = [];
type Act = { readonly kind: "click" | "cart"; readonly productId: string };
const searches = new Map<string, Act[]>();
let timer: ReturnType<typeof setTimeout> | undefined;

function visit(): string {
  const known = sessionStorage.getItem(SESSION);
  if (known !== null) return known;
  const made = crypto.randomUUID();
  sessionStorage.setItem(SESSION, made);
  return made;
}

function soon(): void {
  timer ??= setTimeout(flush, FLUSH_MS);
}

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  const told = events.splice(0, EVENTS_MAX);
  const found = [...searches];
  searches.clear();
  // What support looks at in somebody's name says nothing about him.
  if (actingStore.get()) return;
  const nobodyHears = () => undefined;
  const options = { keepalive: true };
  if (told.length > 0)
    void call("POST /v1/analytics/events", { body: { events: told } }, options).catch(nobodyHears);
  for (const [searchId, acts] of found) {
    void call("POST /v1/search/feedback", { body: { searchId, acts } }, options).catch(nobodyHears);
  }
}

addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") flush();
});

export function tell<T extends keyof Properties>(type: T, properties: Properties[T]): void {
  const at = new Date().toISOString();
  events.push({ id: crypto.randomUUID(), type, at, sessionId: visit(), properties });
  soon();
}

/** A page of results was in sight, or something was done with it. */
export function tellSearch(searchId: string, act?: Act): void {
  searches.set(searchId, [...(searches.get(searchId) ?? []), ...(act ? [act] : [])]);
  soon();
}

export const queryText = (query: string): string => query.slice(0, QUERY_CHARS_MAX);

const listOf = <T>(name: string): readonly T[] =>
  JSON.parse(sessionStorage.getItem(name) ?? "[]") as readonly T[];

/** Products that were looked at in this visit, the newest last. */
export const viewedHere = (): readonly string[] => listOf<string>(VIEWED);

export function sawProduct(productId: string, sellerId: string | undefined): void {
  tell("product.viewed", { productId, ...(sellerId !== undefined && { sellerId }) });
  const others = viewedHere().filter((one) => one !== productId);
  sessionStorage.setItem(VIEWED, JSON.stringify([...others, productId].slice(-VIEWED_MAX)));
}

type Found = { readonly productId: string; readonly searchId: string };

/** A hit was followed: what is put into the cart later is told to the same search. */
export function followedHit(found: Found): void {
  tellSearch(found.searchId, { kind: "click", productId: found.productId });
  const others = listOf<Found>(FOUND).filter(({ productId }) => productId !== found.productId);
  sessionStorage.setItem(FOUND, JSON.stringify([...others, found].slice(-FOUND_MAX)));
}

type Added = Properties["cart.line_added"];
export function addedToCart(added: Added): void {
  const { productId } = added;
  tell("cart.line_added", added);
  const found = listOf<Found>(FOUND).find((one) => one.productId === productId);
  if (found) tellSearch(found.searchId, { kind: "cart", productId });
}
