import { open } from "#kernel/policy";
import { type Texts, textIn } from "#kernel/texts";
import { type Card, Cards } from "./cards.tsx";
import { notFound } from "./not-found.tsx";
import type { Page } from "./page.ts";

type Shop = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly descriptions: Texts | null;
  readonly city: string;
};
type Results = { readonly items: readonly Card[] };

const PAGE = 24;

export const shop: Page = {
  path: "/shops/:slug",
  policy: open,
  module: "storefront/lists.tsx",
  async write(place, reading, { params: { slug = "" } }) {
    const found = await reading.read<Shop>("GET /v1/sellers/{idOrSlug}", { path: { idOrSlug: slug } });
    if (!found) return notFound(place);
    const query = { seller: found.id, limit: PAGE };
    const results = await reading.read<Results>("GET /v1/search", { query });
    const about = found.descriptions ? textIn(found.descriptions, place.locale) : "";
    return {
      status: 200,
      indexed: true,
      title: `${found.name} · Titan`,
      description: about || `${found.name}, ${found.city}`,
      jsonLd: [
        {
          "@context": "https://schema.org",
          "@type": "Organization",
          name: found.name,
          url: `${place.origin}${place.base}/shops/${found.slug}`,
        },
      ],
      body: (
        <section>
          <h1 class="page-title">{found.name}</h1>
          <p class="shop-place">{found.city}</p>
          {about !== "" && <p class="shop-about">{about}</p>}
          <Cards place={place} items={results?.items ?? []} />
        </section>
      ),
    };
  },
};
