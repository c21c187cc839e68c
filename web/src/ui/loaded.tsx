import type { UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query";
import { type Key, type ReactNode, useId } from "react";
import { Broken } from "../shell/missing.tsx";
import { texts } from "../shell/text.ts";

const text = texts({
  en: { more: "Show more", loading: "Loading…" },
  id: { more: "Lainnya", loading: "Memuat…" },
});

type LoadedProps<T> = {
  readonly query: UseQueryResult<T>;
  /** What stands there until it is read; of the size of what comes. */
  readonly skeleton?: ReactNode;
  readonly children: (data: T) => ReactNode;
};

/** What was read, or its outline while it is on its way, or why it cannot be had. */
export function Loaded<T>({ query, skeleton = <Rows />, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Broken error={query.error} reset={() => void query.refetch()} />;
  return skeleton;
}

/** The outline of a list. */
export const Rows = ({ count = 3 }: { readonly count?: number }) => {
  const id = useId();
  return (
    <div className="flex flex-col gap-3" aria-busy role="status" aria-label={text.loading}>
      {Array.from({ length: count }, (_, at) => (
        <div key={`${id}${at}`} className="skeleton h-20 w-full" />
      ))}
    </div>
  );
};

type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };

type PagedProps<T> = {
  readonly query: UseInfiniteQueryResult<{ readonly pages: readonly Page<T>[] }>;
  readonly keyOf: (item: T) => Key;
  /** What is said where there is nothing yet. */
  readonly empty: ReactNode;
  /** `ul`'s class: `list` unless told. */
  readonly className?: string;
  readonly children: (item: T) => ReactNode;
};

/** A list by keyset pages (`pagesOf`), each item in an `li`. */
export function Paged<T>({ query, keyOf, empty, className = "list", children }: PagedProps<T>) {
  if (!query.data) {
    return query.error ? <Broken error={query.error} reset={() => void query.refetch()} /> : <Rows />;
  }
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return empty;
  return (
    <>
      <ul className={className}>
        {items.map((item) => (
          <li key={keyOf(item)}>{children(item)}</li>
        ))}
      </ul>
      {query.hasNextPage && (
        <button
          type="button"
          className="button button-quiet mx-auto mt-4 flex"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {query.isFetchingNextPage ? text.loading : text.more}
        </button>
      )}
    </>
  );
}
