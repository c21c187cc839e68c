import { infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import { addressOf } from "#kernel/address";
import { identity } from "../session/tokens.ts";
import { type Answer, ApiError, call, type Input, type ReadName } from "./client.ts";

const FRESH_MS = 30_000;
const KEPT_MS = 10 * 60_000;
const TRIES_MAX = 2;

/** A refusal stays one; what did not come through may the next time. */
const mayRetry = (tries: number, error: unknown): boolean =>
  tries < TRIES_MAX && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500);

export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: FRESH_MS, gcTime: KEPT_MS, retry: mayRetry } },
});

/** What a command makes old is asked for again where it is shown. */
export const forgetReads = (names: readonly ReadName[]) =>
  Promise.all(names.map((name) => queryClient.invalidateQueries({ queryKey: [name] })));

type Acting = { readonly seller?: string };
type Seed = { readonly name: string; readonly address: string; readonly answer: unknown };

/**
 * A read as TanStack Query has it. Its key begins with the route's name, so that a command forgets every read
 * of a route at once: `queryClient.invalidateQueries({ queryKey: ["GET /v1/orders"] })`.
 */
export function queryOf<N extends ReadName>(name: N, input: Input<N>, { seller }: Acting = {}) {
  const address = addressOf(name, input);
  return queryOptions({
    queryKey: [name, address, seller ?? ""] as const,
    queryFn: ({ signal }): Promise<Answer<N>> => call(name, input, { signal, ...(seller && { seller }) }),
  });
}

type Paged<N extends ReadName> = Answer<N> extends { readonly nextCursor: string | null } ? N : never;

/** A list by keyset pages: `data.pages`, `fetchNextPage`. */
export function pagesOf<N extends ReadName>(name: Paged<N>, input: Input<N>, { seller }: Acting = {}) {
  const read = (cursor: string, signal: AbortSignal) => {
    const { query = {} } = input as { readonly query?: object };
    const paged = cursor === "" ? input : { ...input, query: { ...query, cursor } };
    return call(name, paged as Input<N>, { signal, ...(seller && { seller }) });
  };
  return infiniteQueryOptions({
    queryKey: [name, `${addressOf(name, input)} pages`, seller ?? ""] as const,
    initialPageParam: "",
    queryFn: ({ pageParam, signal }): Promise<Answer<N>> => read(pageParam, signal),
    getNextPageParam: (page) => (page as { readonly nextCursor: string | null }).nextCursor ?? undefined,
  });
}

/** What the first HTML was made of: the page goes on from it without asking again. */
export function plantSeeds(): void {
  const element = document.getElementById("seeds");
  if (!element) return;
  for (const { name, address, answer } of JSON.parse(element.textContent) as readonly Seed[]) {
    queryClient.setQueryData([name, address, ""], answer);
    queryClient.setQueryData([name, `${address} pages`, ""], { pages: [answer], pageParams: [""] });
  }
  element.remove();
}

/**
 * What depends on who one is goes when somebody else signs in; learning who it is changes nothing. The pages
 * that only he may see are gone by then, and ask for nothing as nobody.
 */
identity.subscribe((before) => {
  if (before.kind !== "unknown") setTimeout(() => void queryClient.resetQueries());
});
