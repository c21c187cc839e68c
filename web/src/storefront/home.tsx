import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { LIVE_TEXTS } from "#platform/storefront/pages/live-texts";
import { TEXTS } from "#platform/storefront/pages/texts";
import { call } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { ShowCards } from "../live/shows.tsx";
import { SaleCards } from "../sale/cards.tsx";
import { useIsSignedIn } from "../session/session.ts";
import { said, texts } from "../shell/text.ts";
import { Cards, CardsComing } from "./cards.tsx";
import { tell, viewedHere } from "./events.ts";

const text = texts({ en: { ...TEXTS.en, ...LIVE_TEXTS.en }, id: { ...TEXTS.id, ...LIVE_TEXTS.id } });
const SLOT = "home";
const CHOSEN = 8;
/** How soon a page that is left open shows who went on air. */
const ON_AIR_MS = 60_000;

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
      <OnAir />
      <Sales />
      <ForYou />
      <section aria-labelledby="newest">
        <h2 className="section-title" id="newest">
          {text.newest}
        </h2>
        {newest.data ? <Cards items={newest.data.items} /> : <CardsComing />}
      </section>
    </>
  );
}

/** Who is on air, or who will be. */
function OnAir() {
  const onAir = useQuery({
    ...queryOf("GET /v1/livestreams", { query: { state: "live", limit: 4 } }),
    refetchInterval: ON_AIR_MS,
  });
  const toCome = useQuery(queryOf("GET /v1/livestreams", { query: { state: "scheduled", limit: 4 } }));
  const isOnAir = onAir.data !== undefined && onAir.data.items.length > 0;
  const { data } = isOnAir ? onAir : toCome;
  if (!onAir.data || !data || data.items.length === 0) return null;
  return (
    <section aria-labelledby="on-air">
      <h2 className="section-title" id="on-air">
        {isOnAir ? text.onAir : text.showsToCome}
      </h2>
      <ShowCards items={data.items} />
    </section>
  );
}

function Sales() {
  const { data, dataUpdatedAt } = useQuery(queryOf("GET /v1/flash-sales", { query: { limit: 8 } }));
  if (!data || data.items.length === 0) return null;
  return (
    <section aria-labelledby="sales">
      <h2 className="section-title" id="sales">
        {text.sales}
      </h2>
      <SaleCards sales={data.items} readAt={dataUpdatedAt} />
    </section>
  );
}

/** What many buy, until it is known what this person looks for: as many of either, so that nothing moves. */
function ForYou() {
  const isSignedIn = useIsSignedIn();
  const viewed = viewedHere();
  const popular = useQuery(
    queryOf("GET /v1/recommendations/popular", { query: { slot: SLOT, limit: CHOSEN } }),
  );
  const own = useQuery({
    queryKey: ["POST /v1/recommendations/for-you", isSignedIn, viewed],
    enabled: isSignedIn || viewed.length > 0,
    queryFn: ({ signal }) => {
      const session = viewed.map((productId) => ({ type: "view" as const, productId }));
      return call(
        "POST /v1/recommendations/for-you",
        { body: { slot: SLOT, limit: CHOSEN, session } },
        { signal },
      );
    },
  });
  const isFull = own.data !== undefined && own.data.items.length >= (popular.data?.items.length ?? 0);
  const shown = isFull ? own.data : popular.data;
  const impressionId = shown?.impressionId;
  useEffect(() => {
    if (impressionId !== undefined) tell("recommendation.shown", { impressionId, slot: SLOT });
  }, [impressionId]);
  if (!shown || !popular.data || popular.data.items.length === 0) return null;
  return (
    <section aria-labelledby="for-you">
      <h2 className="section-title" id="for-you">
        {text.forYou}
      </h2>
      <Cards
        items={shown.items}
        onFollow={({ productId, position }) =>
          tell("recommendation.clicked", {
            impressionId: shown.impressionId,
            slot: SLOT,
            productId,
            position,
          })
        }
      />
    </section>
  );
}
