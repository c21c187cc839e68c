import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { SlidersHorizontal } from "lucide-react";
import { useEffect, useState } from "react";
import { TEXTS } from "#platform/storefront/pages/texts";
import type { Input } from "../api/client.ts";
import { pagesOf, queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { Broken } from "../shell/missing.tsx";
import { count, said, texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Empty } from "../ui/empty.tsx";
import { Advertised, Cards, CardsComing } from "./cards.tsx";
import { followedHit, queryText, tell, tellSearch } from "./events.ts";
import { type Choose, Filters } from "./filters.tsx";
import type { SearchFilters } from "./routes.ts";

const text = texts({
  en: {
    ...TEXTS.en,
    found: (n: number) => (n === 1 ? "1 product" : `${count(n)} products`),
    corrected: (query: string) => `Shown for “${query}”`,
    meant: "Did you mean",
    fallback: "Nothing matches exactly. These are what many people buy.",
    none: "Nothing found",
    noneText: "Try other words, fewer of them, or fewer filters.",
    more: "Show more",
    filters: "Filters",
    sort: "Sort by",
    relevance: "Best match",
    newest: "Newest",
    best_selling: "Best selling",
    price_asc: "Lowest price",
    price_desc: "Highest price",
    rating: "Best rated",
    nearest: "Nearest",
  },
  id: {
    ...TEXTS.id,
    found: (n: number) => `${count(n)} produk`,
    corrected: (query: string) => `Ditampilkan untuk “${query}”`,
    meant: "Maksud Anda",
    fallback: "Tidak ada yang persis cocok. Ini yang banyak dibeli orang.",
    none: "Tidak ada hasil",
    noneText: "Coba kata lain, lebih sedikit kata, atau lebih sedikit filter.",
    more: "Tampilkan lagi",
    filters: "Filter",
    sort: "Urutkan",
    relevance: "Paling sesuai",
    newest: "Terbaru",
    best_selling: "Terlaris",
    price_asc: "Harga terendah",
    price_desc: "Harga tertinggi",
    rating: "Penilaian terbaik",
    nearest: "Terdekat",
  },
});

const PAGE = 24;
const SORTS = ["relevance", "newest", "best_selling", "price_asc", "price_desc", "rating"] as const;
const route = getRouteApi("/search");
type Results = Schemas["Results"];

/** Reads what its first HTML was written from (workers/platform/storefront/pages/lists.tsx). */
export function SearchPage() {
  const filters = route.useSearch();
  const navigate = useNavigate();
  const title = filters.q ? text.results(filters.q) : text.all;
  useTitle(title);
  // The address bar is checked by the API, which says what is wrong with it.
  const query = { ...filters, limit: PAGE } as unknown as Input<"GET /v1/search">["query"];
  const results = useInfiniteQuery(pagesOf("GET /v1/search", { query }));
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = results;
  const choose: Choose = (change) =>
    void navigate({ to: "/search", search: { ...filters, ...change }, resetScroll: false });
  useTold(filters.q ?? "", data?.pages);
  const [first] = data?.pages ?? [];
  return (
    <section>
      <h1 className="page-title">{title}</h1>
      <div className="found">
        <Narrowing filters={filters} first={first} onChoose={choose} />
        <div className="min-w-0">
          <Head filters={filters} first={first} onChoose={choose} />
          {error && <Broken error={error} reset={() => void refetch()} />}
          {!data && !error && <CardsComing />}
          {first?.items.length === 0 && <Empty title={text.none} text={text.noneText} />}
          {first && first.items.length > 0 && <Advertised items={first.sponsored} />}
          {data?.pages.map((page, at) => (
            <div key={page.searchId} className={at > 0 ? "mt-4" : ""}>
              <Cards
                items={page.items}
                onFollow={(hit, place) => follow(filters.q ?? "", page, hit, at * PAGE + place)}
              />
            </div>
          ))}
          {hasNextPage && (
            <button
              type="button"
              className="button button-quiet mx-auto mt-6 flex"
              disabled={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
            >
              {text.more}
            </button>
          )}
        </div>
      </div>
    </section>
  );
}

function follow(q: string, { searchId }: Results, { productId }: Schemas["Hit"], position: number): void {
  followedHit({ productId, searchId });
  if (q !== "") tell("search.clicked", { query: queryText(q), productId, position });
}

/** Each page of results that came into sight is told once. */
function useTold(q: string, pages: readonly Results[] | undefined): void {
  const last = pages?.at(-1);
  const searchId = last?.searchId;
  const total = last?.total ?? 0;
  const isFirst = pages?.length === 1;
  useEffect(() => {
    if (searchId === undefined || q === "") return;
    tellSearch(searchId);
    if (isFirst) tell("search.performed", { query: queryText(q), results: total });
  }, [searchId, isFirst, q, total]);
}

type PartProps = {
  readonly filters: SearchFilters;
  readonly first: Results | undefined;
  readonly onChoose: Choose;
};

/** Beside the results where there is room; on a phone in a dialog. */
function Narrowing({ filters, first, onChoose }: PartProps) {
  const [isOpen, setIsOpen] = useState(false);
  const categories = useQuery(queryOf("GET /v1/categories", {}));
  const names = new Map(categories.data?.items.map(({ id, names: of }) => [id, said(of)]));
  const shops = new Map(
    first?.items.flatMap(({ seller }) => (seller.id === null ? [] : [[seller.id, seller.name] as const])),
  );
  const controls = first && (
    <Filters filters={filters} facets={first.facets} categories={names} shops={shops} onChoose={onChoose} />
  );
  return (
    <aside className="found-filters" aria-label={text.filters}>
      <button type="button" className="button button-quiet lg:hidden" onClick={() => setIsOpen(true)}>
        <SlidersHorizontal size={18} aria-hidden />
        {text.filters}
      </button>
      <div className="max-lg:hidden">{controls}</div>
      {isOpen && (
        <Dialog title={text.filters} onClose={() => setIsOpen(false)}>
          {controls}
        </Dialog>
      )}
    </aside>
  );
}

function Head({ filters, first, onChoose }: PartProps) {
  const shown = filters.near ? [...SORTS, "nearest" as const] : SORTS;
  const sort = shown.find((one) => one === filters.sort) ?? "relevance";
  return (
    <>
      <div className="found-head">
        <p className="text-muted text-sm" role="status">
          {first && (first.correctedTo ? text.corrected(first.correctedTo) : text.found(first.total))}
        </p>
        <select
          className="input w-auto"
          aria-label={text.sort}
          value={sort}
          onChange={({ target }) =>
            onChoose({ sort: target.value === "relevance" ? undefined : target.value })
          }
        >
          {shown.map((one) => (
            <option key={one} value={one}>
              {text[one]}
            </option>
          ))}
        </select>
      </div>
      {first?.didYouMean && (
        <p className="mb-3 text-sm">
          {text.meant}{" "}
          <Link className="text-brand font-semibold" to="/search" search={{ q: first.didYouMean }}>
            {first.didYouMean}
          </Link>
          ?
        </p>
      )}
      {first?.fallback && <p className="notice mb-4">{text.fallback}</p>}
    </>
  );
}
