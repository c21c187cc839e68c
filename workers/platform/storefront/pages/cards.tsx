import { CARD_TEXTS } from "./card-texts.ts";
import { formatCount, formatMoney } from "./format.ts";
import type { Place } from "./page.ts";
import { CARD_SIZES, sized, sourcesOf } from "./pictures.ts";

type Money = { readonly minor: string; readonly currency: string };
export type Card = {
  readonly productId: string;
  readonly slug: string;
  readonly title: string;
  readonly imageKey: string | null;
  readonly priceFrom: Money | null;
  readonly rating?: { readonly average: number | null; readonly count: number };
  /** Paid for by its shop: the card says so. */
  readonly isSponsored?: boolean;
};

/** The first cards are seen at once: their pictures are not put off. */
const EAGER = 4;

export function Cards({ place, items }: { readonly place: Place; readonly items: readonly Card[] }) {
  const text = CARD_TEXTS[place.locale];
  return (
    <ul class="cards">
      {items.map(({ slug, title, imageKey, priceFrom, rating, isSponsored }, at) => (
        <li>
          <a
            class="card"
            href={`${place.base}/products/${slug}`}
            {...(isSponsored && { rel: "sponsored nofollow" })}
          >
            <span class="card-picture">
              {imageKey !== null && (
                <img
                  src={sized(`/v1/media/${imageKey}`, 320)}
                  srcset={sourcesOf(`/v1/media/${imageKey}`)}
                  sizes={CARD_SIZES}
                  alt=""
                  width="320"
                  height="320"
                  loading={at < EAGER ? "eager" : "lazy"}
                />
              )}
            </span>
            <span class="card-title">{title}</span>
            {priceFrom !== null && <span class="card-price">{formatMoney(place, priceFrom)}</span>}
            {rating && rating.average !== null && (
              <span class="card-stars">
                {`★ ${rating.average.toFixed(1)} (${formatCount(place, rating.count)})`}
              </span>
            )}
            {isSponsored && <span class="card-stars">{text.sponsored}</span>}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** What shops have paid for, before what was found and apart from it. */
export const Advertised = ({ place, items }: { readonly place: Place; readonly items: readonly Card[] }) =>
  items.length > 0 ? (
    <div class="mb-4">
      <Cards place={place} items={items} />
    </div>
  ) : null;
