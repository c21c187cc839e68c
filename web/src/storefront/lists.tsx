import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { TEXTS } from "#platform/storefront/pages/texts";
import type { Input } from "../api/client.ts";
import { pagesOf, queryOf } from "../api/queries.ts";
import { Broken } from "../shell/missing.tsx";
import { count, said, texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { Advertised, Cards, CardsComing } from "./cards.tsx";

const text = texts({
  en: {
    ...TEXTS.en,
    found: (n: number) => (n === 1 ? "1 product" : `${count(n)} products`),
    corrected: (query: string) => `Shown for “${query}”`,
    none: "Nothing found",
    noneText: "Try other words, or fewer of them.",
    more: "Show more",
  },
  id: {
    ...TEXTS.id,
    found: (n: number) => `${count(n)} produk`,
    corrected: (query: string) => `Ditampilkan untuk “${query}”`,
    none: "Tidak ada hasil",
    noneText: "Coba kata lain, atau lebih sedikit kata.",
    more: "Tampilkan lagi",
  },
});

const PAGE = 24;
type Asked = Input<"GET /v1/search">["query"];

const categoryRoute = getRouteApi("/categories/$slug");
const shopRoute = getRouteApi("/shops/$slug");

export function CategoryPage() {
  const { slug } = categoryRoute.useParams();
  const found = useQuery(queryOf("GET /v1/categories/{idOrSlug}", { path: { idOrSlug: slug } }));
  useTitle(found.data && said(found.data.names));
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
  useTitle(found.data?.name);
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
        {first.correctedTo ? text.corrected(first.correctedTo) : text.found(first.total)}
      </p>
      <Advertised items={first.sponsored} />
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
