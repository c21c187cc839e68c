import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { TEXTS } from "#platform/storefront/pages/texts";
import { queryOf } from "../api/queries.ts";
import { said, texts } from "../shell/text.ts";
import { Cards, CardsComing } from "./cards.tsx";

const text = texts(TEXTS);

/** Reads what its first HTML was written from (workers/platform/storefront/pages/home.tsx). */
export function HomePage() {
  const categories = useQuery(queryOf("GET /v1/categories", {}));
  const newest = useQuery(queryOf("GET /v1/search", { query: { sort: "newest", limit: 24 } }));
  const roots = categories.data?.items.filter(({ depth }) => depth === 0) ?? [];
  return (
    <>
      <section className="hero">
        <h1 className="hero-title">{text.tagline}</h1>
        <p className="hero-text">{text.about}</p>
      </section>
      <section aria-labelledby="categories">
        <h2 className="section-title" id="categories">
          {text.categories}
        </h2>
        <ul className="chips">
          {roots.map(({ id, slug, names }) => (
            <li key={id}>
              <Link className="chip" to="/categories/$slug" params={{ slug }}>
                {said(names)}
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="newest">
        <h2 className="section-title" id="newest">
          {text.newest}
        </h2>
        {newest.data ? <Cards items={newest.data.items} /> : <CardsComing />}
      </section>
    </>
  );
}
