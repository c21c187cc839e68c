import { open } from "#kernel/policy";
import { type Card, Cards } from "./cards.tsx";
import { languageOf } from "./format.ts";
import { LIVE_TEXTS } from "./live-texts.ts";
import { notFound } from "./not-found.tsx";
import type { Page, Place, Written } from "./page.ts";

export type Show = {
  readonly id: string;
  readonly sellerId: string;
  readonly title: string;
  readonly state: "scheduled" | "live" | "interrupted" | "ended" | "replay" | "cancelled";
  readonly startsAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly shop: { readonly name: string; readonly slug: string };
};
type Shows = { readonly items: readonly Show[] };
type Results = { readonly items: readonly Card[] };

/** What the browser asks for as well (web/src/live). */
const SHOP_CARDS = 8;
const LISTED = 24;
const SECOND_MS = 1_000;

/** `24 Nov 2026, 14.05` where the market is. */
export function momentIn(place: Place, at: string): string {
  const { timeZone } = place.ctx.config.market;
  const format = new Intl.DateTimeFormat(languageOf(place), {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone,
  });
  return format.format(Date.parse(at));
}

export const live: Page = {
  path: "/live/:livestreamId",
  policy: open,
  module: "live/show.tsx",
  async write(place, reading, { params: { livestreamId = "" } }): Promise<Written> {
    const show = await reading.read<Show>("GET /v1/livestreams/{livestreamId}", { path: { livestreamId } });
    if (!show) return notFound(place);
    const query = { seller: show.sellerId, limit: SHOP_CARDS };
    const goods = await reading.read<Results>("GET /v1/search", { query });
    const text = LIVE_TEXTS[place.locale];
    const picture = goods?.items.find(({ imageKey }) => imageKey !== null)?.imageKey;
    const about = text.showAbout(show.title, show.shop.name);
    return {
      status: 200,
      indexed: show.state !== "cancelled",
      title: `${show.title} · ${show.shop.name} · Titan`,
      description: about,
      ...(picture && { image: `/v1/media/${picture}` }),
      jsonLd: [videoOf(place, { show, about, picture: picture ?? undefined })],
      body: <Room place={place} show={show} goods={goods?.items ?? []} />,
    };
  },
};

type About = { readonly show: Show; readonly about: string; readonly picture: string | undefined };

/** schema.org's VideoObject, with the broadcast that it is or was. */
function videoOf({ origin, base }: Place, { show, about, picture }: About) {
  const { id, title, state, startsAt, startedAt, endedAt, durationMs, shop } = show;
  return {
    "@context": "https://schema.org",
    "@type": "VideoObject",
    name: title,
    description: about,
    ...(picture !== undefined && { thumbnailUrl: `${origin}/v1/media/${picture}` }),
    uploadDate: startedAt ?? startsAt,
    ...(durationMs !== null && { duration: `PT${Math.round(durationMs / SECOND_MS)}S` }),
    url: `${origin}${base}/live/${id}`,
    publisher: { "@type": "Organization", name: shop.name, url: `${origin}${base}/shops/${shop.slug}` },
    publication: {
      "@type": "BroadcastEvent",
      name: title,
      isLiveBroadcast: state === "live" || state === "interrupted",
      startDate: startedAt ?? startsAt,
      ...(endedAt !== null && { endDate: endedAt }),
    },
  };
}

type RoomProps = { readonly place: Place; readonly show: Show; readonly goods: readonly Card[] };

function Room({ place, show, goods }: RoomProps) {
  const text = LIVE_TEXTS[place.locale];
  const isOn = show.state === "live" || show.state === "interrupted";
  return (
    <>
      <article class={isOn ? "live live-on" : "live"}>
        <div class="live-stage">
          <div class="live-veil">
            {show.state === "scheduled" && <p>{text.startsAt(momentIn(place, show.startsAt))}</p>}
            {show.state === "ended" && <p>{text.ended}</p>}
            {show.state === "cancelled" && <p>{text.cancelled}</p>}
          </div>
        </div>
        <div class="live-head">
          <h1 class="live-title">{show.title}</h1>
          <p class="live-shop">
            {text.by} <a href={`${place.base}/shops/${show.shop.slug}`}>{show.shop.name}</a>
          </p>
        </div>
        <div class="live-panel" />
      </article>
      <section class="live-goods" aria-labelledby="goods">
        <h2 class="section-title" id="goods">
          {text.fromShop}
        </h2>
        <Cards place={place} items={goods} />
      </section>
    </>
  );
}

export const liveList: Page = {
  path: "/live",
  policy: open,
  module: "live/list.tsx",
  async write(place, reading): Promise<Written> {
    const text = LIVE_TEXTS[place.locale];
    const list = (state: Show["state"]) =>
      reading.read<Shows>("GET /v1/livestreams", { query: { state, limit: LISTED } });
    const [onAir, toCome, replays] = await Promise.all([list("live"), list("scheduled"), list("replay")]);
    const shelves = [
      { id: "live", title: text.onAir, items: onAir?.items ?? [] },
      { id: "to-come", title: text.toCome, items: toCome?.items ?? [] },
      { id: "replays", title: text.replays, items: replays?.items ?? [] },
    ].filter(({ items }) => items.length > 0);
    return {
      status: 200,
      indexed: true,
      title: `${text.shows} · Titan`,
      description: text.showsAbout,
      body: (
        <section>
          <h1 class="page-title">{text.shows}</h1>
          <p class="shop-place">{text.showsAbout}</p>
          {shelves.map(({ id, title, items }) => (
            <section aria-labelledby={id}>
              <h2 class="section-title" id={id}>
                {title}
              </h2>
              <ShowCards place={place} items={items} />
            </section>
          ))}
        </section>
      ),
    };
  },
};

export function ShowCards({ place, items }: { readonly place: Place; readonly items: readonly Show[] }) {
  const text = LIVE_TEXTS[place.locale];
  return (
    <ul class="shows">
      {items.map(({ id, title, state, startsAt, shop }) => (
        <li>
          <a class="show-card" href={`${place.base}/live/${id}`}>
            <span class="show-mark">
              {state === "live" ? (
                <span class="tag tag-live">{text.live}</span>
              ) : (
                <span class="tag tag-plain">
                  {state === "replay" ? text.replay : momentIn(place, startsAt)}
                </span>
              )}
            </span>
            <span class="show-title">{title}</span>
            <span class="show-shop">{shop.name}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
