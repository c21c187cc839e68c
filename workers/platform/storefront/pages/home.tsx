import { open } from "#kernel/policy";
import { type Texts, textIn } from "#kernel/texts";
import { type Card, Cards } from "./cards.tsx";
import { type Show, ShowCards } from "./live.tsx";
import { LIVE_TEXTS } from "./live-texts.ts";
import type { Page, Place } from "./page.ts";
import { offersOf, type Sale, SaleCards, type ShownOffers } from "./sale.tsx";
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

type Shows = { readonly items: readonly Show[] };
type Sales = { readonly items: readonly Sale[] };

/** What the browser asks for as well (web/src/storefront/home.tsx). */
const NEWEST = { query: { sort: "newest", limit: 24 } };
const ON_AIR = { query: { state: "live", limit: 4 } };
const TO_COME = { query: { state: "scheduled", limit: 4 } };
const SALES = { query: { limit: 8 } };
const POPULAR = { query: { slot: "home", limit: 8 } };

export const home: Page = {
  path: "/",
  policy: open,
  module: "storefront/home.tsx",
  async write(place, reading) {
    const text = say(place);
    const sales = reading.read<Sales>("GET /v1/flash-sales", SALES);
    const [tree, newest, onAir, toCome, popular, running, offers] = await Promise.all([
      reading.read<Tree>("GET /v1/categories"),
      reading.read<Results>("GET /v1/search", NEWEST),
      reading.read<Shows>("GET /v1/livestreams", ON_AIR),
      reading.read<Shows>("GET /v1/livestreams", TO_COME),
      reading.read<Results>("GET /v1/recommendations/popular", POPULAR),
      sales,
      sales.then((found) => offersOf(reading, found?.items ?? [])),
    ]);
    const roots = (tree?.items ?? []).filter(({ depth }) => depth === 0);
    const now = {
      onAir: onAir?.items ?? [],
      toCome: toCome?.items ?? [],
      sales: running?.items ?? [],
      chosen: popular?.items ?? [],
    };
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
          <Now place={place} offers={offers} {...now} />
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

type NowProps = {
  readonly place: Place;
  readonly onAir: readonly Show[];
  readonly toCome: readonly Show[];
  readonly sales: readonly Sale[];
  readonly offers: ShownOffers;
  readonly chosen: readonly Card[];
};

/** What is on at this moment; a part with nothing in it is left out. */
function Now({ place, onAir, toCome, sales, offers, chosen }: NowProps) {
  const text = LIVE_TEXTS[place.locale];
  const shows = onAir.length > 0 ? onAir : toCome;
  return (
    <>
      {shows.length > 0 && (
        <section aria-labelledby="on-air">
          <h2 class="section-title" id="on-air">
            {onAir.length > 0 ? text.onAir : text.showsToCome}
          </h2>
          <ShowCards place={place} items={shows} />
        </section>
      )}
      {sales.length > 0 && (
        <section aria-labelledby="sales">
          <h2 class="section-title" id="sales">
            {text.sales}
          </h2>
          <SaleCards place={place} sales={sales} offers={offers} />
        </section>
      )}
      {chosen.length > 0 && (
        <section aria-labelledby="for-you">
          <h2 class="section-title" id="for-you">
            {text.forYou}
          </h2>
          <Cards place={place} items={chosen} />
        </section>
      )}
    </>
  );
}
