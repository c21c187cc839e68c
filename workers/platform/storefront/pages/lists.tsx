import { open } from "#kernel/policy";
import { type Texts, textIn } from "#kernel/texts";
import { Advertised, type Card, Cards } from "./cards.tsx";
import { notFound } from "./not-found.tsx";
import type { Page, Place } from "./page.ts";
import { say } from "./say.ts";

type Results = { readonly items: readonly Card[]; readonly sponsored: readonly Card[] };
type Category = {
  readonly id: string;
  readonly slug: string;
  readonly names: Texts;
  readonly breadcrumbs: readonly { readonly id: string; readonly slug: string; readonly names: Texts }[];
};

const PAGE = 24;

type ListProps = {
  readonly place: Place;
  readonly title: string;
  readonly results: Results | undefined;
};

const List = ({ place, title, results }: ListProps) => (
  <section>
    <h1 class="page-title">{title}</h1>
    <Advertised place={place} items={results?.sponsored ?? []} />
    <Cards place={place} items={results?.items ?? []} />
  </section>
);

export const category: Page = {
  path: "/categories/:slug",
  policy: open,
  module: "storefront/lists.tsx",
  async write(place, reading, { params: { slug = "" } }) {
    const found = await reading.read<Category>("GET /v1/categories/{idOrSlug}", { path: { idOrSlug: slug } });
    if (!found) return notFound(place);
    const query = { category: found.id, limit: PAGE };
    const results = await reading.read<Results>("GET /v1/search", { query });
    const name = textIn(found.names, place.locale);
    return {
      status: 200,
      indexed: true,
      title: `${name} · Titan`,
      description: `${name}: ${say(place).about}`,
      jsonLd: [trailOf(place, found)],
      body: <List place={place} title={name} results={results} />,
    };
  },
};

/** schema.org's BreadcrumbList, which search engines show instead of the address. */
const trailOf = ({ origin, base, locale }: Place, { breadcrumbs }: Category) => ({
  "@context": "https://schema.org",
  "@type": "BreadcrumbList",
  itemListElement: breadcrumbs.map(({ slug, names }, at) => ({
    "@type": "ListItem",
    position: at + 1,
    name: textIn(names, locale),
    item: `${origin}${base}/categories/${slug}`,
  })),
});

/** What the address bar of a search holds, here and in the browser (web/src/routes.tsx). */
const FILTERS = [
  ...["q", "category", "brand", "seller", "sort"],
  ...["priceMin", "priceMax", "ratingMin", "inStock", "near", "radiusKm"],
];

export const search: Page = {
  path: "/search",
  policy: open,
  module: "storefront/search.tsx",
  async write(place, reading, { query }) {
    const given = FILTERS.flatMap((name) => (query.has(name) ? [[name, query.get(name) ?? ""]] : []));
    const [results] = await Promise.all([
      reading.read<Results>("GET /v1/search", { query: { ...Object.fromEntries(given), limit: PAGE } }),
      // The names of the categories that narrow the search, which the browser shows.
      reading.read("GET /v1/categories"),
    ]);
    const text = say(place);
    const title = query.get("q") ? text.results(query.get("q") ?? "") : text.all;
    return {
      status: 200,
      // Endlessly many of them, each like another.
      indexed: false,
      title: `${title} · Titan`,
      description: text.about,
      body: (
        <section>
          <h1 class="page-title">{title}</h1>
          <div class="found">
            <div class="found-filters" />
            <div>
              <div class="found-head" />
              <Advertised place={place} items={results?.sponsored ?? []} />
              <Cards place={place} items={results?.items ?? []} />
            </div>
          </div>
        </section>
      ),
    };
  },
};
