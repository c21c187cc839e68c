import { open } from "#kernel/policy";
import { formatCount, formatMoney } from "./format.ts";
import { LIVE_TEXTS } from "./live-texts.ts";
import { notFound } from "./not-found.tsx";
import type { Page, Place, Written } from "./page.ts";
import type { Reading } from "./reading.ts";
import { remaining } from "./remaining.ts";

type Money = { readonly minor: string; readonly currency: string };
export type Sale = {
  readonly id: string;
  readonly offerId: string;
  readonly price: Money;
  readonly priorPrice: Money | null;
  readonly quota: number;
  readonly perBuyer: number;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly state: "scheduled" | "open" | "ended" | "closed";
  readonly serverTime: string;
};
type Shown = {
  readonly offerId: string;
  readonly slug: string;
  readonly title: string;
  readonly imageKey: string | null;
};
type Offers = { readonly items: readonly Shown[] };
export type ShownOffers = ReadonlyMap<string, Shown>;

/** How the offers of these sales look; the browser asks for the same ones in the same order. */
export async function offersOf(
  reading: Reading,
  sales: readonly Pick<Sale, "offerId">[],
): Promise<ShownOffers> {
  if (sales.length === 0) return new Map();
  const ids = sales.map(({ offerId }) => offerId).join(",");
  const offers = await reading.read<Offers>("GET /v1/search/offers", { query: { ids } });
  return new Map(offers?.items.map((offer) => [offer.offerId, offer]));
}

const leftOf = ({ state, startsAt, endsAt, serverTime }: Sale): number =>
  Date.parse(state === "scheduled" ? startsAt : endsAt) - Date.parse(serverTime);

export const sale: Page = {
  path: "/flash-sales/:saleId",
  policy: open,
  module: "sale/page.tsx",
  async write(place, reading, { params: { saleId = "" } }): Promise<Written> {
    const found = await reading.read<Sale>("GET /v1/flash-sales/{saleId}", { path: { saleId } });
    if (!found) return notFound(place);
    const shown = (await offersOf(reading, [found])).get(found.offerId);
    const text = LIVE_TEXTS[place.locale];
    const title = shown?.title ?? text.sale;
    const price = formatMoney(place, found.price);
    return {
      status: 200,
      indexed: found.state === "scheduled" || found.state === "open",
      title: `${title} · ${text.sale} · Titan`,
      description: text.saleAbout(title, price),
      ...(shown?.imageKey && { image: `/v1/media/${shown.imageKey}` }),
      ...(shown && { jsonLd: [eventOf(place, found, { title, shown })] }),
      body: <Body place={place} sale={found} shown={shown} title={title} />,
    };
  },
};

type Named = { readonly title: string; readonly shown: Shown };

/** schema.org's SaleEvent: when the price holds, and of what. */
function eventOf({ origin, base }: Place, { id, price, startsAt, endsAt }: Sale, { title, shown }: Named) {
  const { minor, currency } = price;
  return {
    "@context": "https://schema.org",
    "@type": "SaleEvent",
    name: title,
    startDate: startsAt,
    endDate: endsAt,
    url: `${origin}${base}/flash-sales/${id}`,
    ...(shown.imageKey !== null && { image: `${origin}/v1/media/${shown.imageKey}` }),
    location: { "@type": "VirtualLocation", url: `${origin}${base}/flash-sales/${id}` },
    offers: {
      "@type": "Offer",
      price: `${minor.padStart(3, "0").slice(0, -2)}.${minor.padStart(3, "0").slice(-2)}`,
      priceCurrency: currency,
      validFrom: startsAt,
      url: `${origin}${base}/products/${shown.slug}`,
    },
  };
}

type BodyProps = {
  readonly place: Place;
  readonly sale: Sale;
  readonly shown: Shown | undefined;
  readonly title: string;
};

function Body({ place, sale: one, shown, title }: BodyProps) {
  const text = LIVE_TEXTS[place.locale];
  const isOver = one.state === "ended" || one.state === "closed";
  return (
    <article class="product-grid">
      <div class="gallery">
        <div class="gallery-main">
          {shown?.imageKey && (
            <img src={`/v1/media/${shown.imageKey}`} alt={title} width="800" height="800" />
          )}
        </div>
      </div>
      <div class="product-facts">
        <p class="sale-mark">{text.sale}</p>
        <h1 class="product-title">
          {shown ? <a href={`${place.base}/products/${shown.slug}`}>{title}</a> : title}
        </h1>
        <p class="product-price">
          <span class="text-deal">{formatMoney(place, one.price)}</span>{" "}
          {one.priorPrice && <s class="sale-old">{formatMoney(place, one.priorPrice)}</s>}
        </p>
        <p class="product-seller">
          {text.units(formatCount(place, one.quota))} · {text.perBuyer(formatCount(place, one.perBuyer))}
        </p>
        <div class="sale-clock">
          {isOver ? (
            <span>{text.over}</span>
          ) : (
            <>
              <span>{one.state === "scheduled" ? text.startsIn : text.endsIn}</span>
              <span class="sale-time">{remaining(leftOf(one))}</span>
            </>
          )}
        </div>
      </div>
    </article>
  );
}

type CardsProps = {
  readonly place: Place;
  readonly sales: readonly Sale[];
  readonly offers: ShownOffers;
};

/** Sales side by side, each with its own clock. */
export function SaleCards({ place, sales, offers }: CardsProps) {
  const text = LIVE_TEXTS[place.locale];
  return (
    <ul class="cards">
      {sales.map((one) => {
        const shown = offers.get(one.offerId);
        return (
          <li>
            <a class="card" href={`${place.base}/flash-sales/${one.id}`}>
              <span class="card-picture">
                {shown?.imageKey && (
                  <img src={`/v1/media/${shown.imageKey}`} alt="" width="320" height="320" />
                )}
              </span>
              <span class="card-title">{shown?.title ?? text.sale}</span>
              <span class="card-price text-deal">{formatMoney(place, one.price)}</span>
              {one.priorPrice && (
                <span class="card-old">
                  <s>{formatMoney(place, one.priorPrice)}</s>
                </span>
              )}
              <span class="card-clock">
                {one.state === "scheduled" ? text.startsIn : text.endsIn}{" "}
                <span class="sale-time-small">{remaining(leftOf(one))}</span>
              </span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
