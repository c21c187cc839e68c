import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { TEXTS } from "#platform/storefront/pages/texts";
import { pagesOf, queryOf } from "../api/queries.ts";
import { Broken } from "../shell/missing.tsx";
import { count, said, texts } from "../shell/text.ts";
import { Cards, CardsComing } from "./cards.tsx";

const text = texts({
  en: {
    ...TEXTS.en,
    found: (n: string) => `${n} products`,
    corrected: (query: string) => `Shown for “${query}”`,
    none: "Nothing found",
    noneText: "Try other words, or fewer of them.",
    more: "Show more",
    sort: "Sort by",
    relevance: "Best match",
    newest: "Newest",
    best_selling: "Best selling",
    price_asc: "Lowest price",
    price_desc: "Highest price",
  },
  id: {
    ...TEXTS.id,
    found: (n: string) => `${n} produk`,
    corrected: (query: string) => `Ditampilkan untuk “${query}”`,
    none: "Tidak ada hasil",
    noneText: "Coba kata lain, atau lebih sedikit kata.",
    more: "Tampilkan lagi",
    sort: "Urutkan",
    relevance: "Paling sesuai",
    newest: "Terbaru",
    best_selling: "Terlaris",
    price_asc: "Harga terendah",
    price_desc: "Harga tertinggi",
  },
});

const PAGE = 24;
const SORTS = ["relevance", "newest", "best_selling", "price_asc", "price_desc"] as const;
type Sort = (typeof SORTS)[number];
type Asked = {
  readonly q?: string;
  readonly category?: string;
  readonly seller?: string;
  readonly sort?: Sort;
};

const categoryRoute = getRouteApi("/categories/$slug");
const shopRoute = getRouteApi("/shops/$slug");
const searchRoute = getRouteApi("/search");

export function CategoryPage() {
  const { slug } = categoryRoute.useParams();
  const found = useQuery(queryOf("GET /v1/categories/{idOrSlug}", { path: { idOrSlug: slug } }));
  if (found.error) return <Broken error={found.error} reset={() => void found.refetch()} />;
  return (
    <section>
      <h1 className="page-title">{found.data ? said(found.data.names) : "…"}</h1>
      {found.data ? <Results asked={{ category: found.data.id }} /> : <CardsComing />}
    </section>
  );
}

export function ShopPage() {
  const { slug } = shopRoute.useParams();
  const found = useQuery(queryOf("GET /v1/sellers/{idOrSlug}", { path: { idOrSlug: slug } }));
  if (found.error) return <Broken error={found.error} reset={() => void found.refetch()} />;
  if (!found.data) return <CardsComing />;
  const { id, name, city, descriptions } = found.data;
  return (
    <section>
      <h1 className="page-title">{name}</h1>
      <p className="shop-place">{city}</p>
      {descriptions && <p className="shop-about">{said(descriptions)}</p>}
      <Results asked={{ seller: id }} />
    </section>
  );
}

export function SearchPage() {
  const filters = searchRoute.useSearch();
  const navigate = useNavigate();
  const sort = SORTS.find((one) => one === filters.sort);
  const asked: Asked = {
    ...(filters.q && { q: filters.q }),
    ...(filters.category && { category: filters.category }),
    ...(sort && { sort }),
  };
  const choose = (next: string) =>
    void navigate({ to: "/search", search: { ...filters, sort: next === "relevance" ? undefined : next } });
  return (
    <section>
      <h1 className="page-title">{filters.q ? text.results(filters.q) : text.all}</h1>
      <label className="text-muted mb-4 flex items-center justify-end gap-2 text-sm">
        {text.sort}
        <select
          className="input w-auto"
          value={sort ?? "relevance"}
          onChange={(event) => choose(event.target.value)}
        >
          {SORTS.map((one) => (
            <option key={one} value={one}>
              {text[one]}
            </option>
          ))}
        </select>
      </label>
      <Results asked={asked} />
    </section>
  );
}

function Results({ asked }: { readonly asked: Asked }) {
  const results = useInfiniteQuery(pagesOf("GET /v1/search", { query: { ...asked, limit: PAGE } }));
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = results;
  if (error) return <Broken error={error} reset={() => void refetch()} />;
  if (!data) return <CardsComing />;
  const [first] = data.pages;
  if (!first || first.items.length === 0) {
    return (
      <div className="empty">
        <h2 className="empty-title">{text.none}</h2>
        <p className="empty-text">{text.noneText}</p>
      </div>
    );
  }
  return (
    <>
      <p className="text-muted mb-3 text-sm" role="status">
        {first.correctedTo ? text.corrected(first.correctedTo) : text.found(count(first.total))}
      </p>
      <Cards items={data.pages.flatMap(({ items }) => items)} />
      {hasNextPage && (
        <p className="mt-6 text-center">
          <button
            type="button"
            className="button button-quiet"
            disabled={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {text.more}
          </button>
        </p>
      )}
    </>
  );
}
