import { open } from "#kernel/policy";
import { type Texts, textIn } from "#kernel/texts";
import { type Card, Cards } from "./cards.tsx";
import type { Page } from "./page.ts";
import { say } from "./say.ts";

type Tree = {
  readonly items: readonly {
    readonly id: string;
    readonly slug: string;
    readonly names: Texts;
    readonly depth: number;
  }[];
};
type Results = { readonly items: readonly Card[] };

const NEWEST = { query: { sort: "newest", limit: 24 } };

export const home: Page = {
  path: "/",
  policy: open,
  async write(place, reading) {
    const text = say(place);
    const [tree, newest] = await Promise.all([
      reading.read<Tree>("GET /v1/categories"),
      reading.read<Results>("GET /v1/search", NEWEST),
    ]);
    const roots = (tree?.items ?? []).filter(({ depth }) => depth === 0);
    return {
      status: 200,
      indexed: true,
      title: `Titan · ${text.tagline}`,
      description: text.about,
      body: (
        <>
          <section class="hero">
            <h1 class="hero-title">{text.tagline}</h1>
            <p class="hero-text">{text.about}</p>
          </section>
          <section aria-labelledby="categories">
            <h2 class="section-title" id="categories">
              {text.categories}
            </h2>
            <ul class="chips">
              {roots.map(({ slug, names }) => (
                <li>
                  <a class="chip" href={`${place.base}/categories/${slug}`}>
                    {textIn(names, place.locale)}
                  </a>
                </li>
              ))}
            </ul>
          </section>
          <section aria-labelledby="newest">
            <h2 class="section-title" id="newest">
              {text.newest}
            </h2>
            <Cards place={place} items={newest?.items ?? []} />
          </section>
        </>
      ),
    };
  },
};
