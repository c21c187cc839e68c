import { formatMoney } from "./format.ts";
import type { Place } from "./page.ts";

type Money = { readonly minor: string; readonly currency: string };
export type Card = {
  readonly productId: string;
  readonly slug: string;
  readonly title: string;
  readonly imageKey: string | null;
  readonly priceFrom: Money | null;
};

/** The first cards are seen at once: their pictures are not put off. */
const EAGER = 4;

export function Cards({ place, items }: { readonly place: Place; readonly items: readonly Card[] }) {
  return (
    <ul class="cards">
      {items.map(({ slug, title, imageKey, priceFrom }, at) => (
        <li>
          <a class="card" href={`${place.base}/products/${slug}`}>
            <span class="card-picture">
              {imageKey !== null && (
                <img
                  src={`/v1/media/${imageKey}`}
                  alt=""
                  width="320"
                  height="320"
                  loading={at < EAGER ? "eager" : "lazy"}
                />
              )}
            </span>
            <span class="card-title">{title}</span>
            {priceFrom !== null && <span class="card-price">{formatMoney(place, priceFrom)}</span>}
          </a>
        </li>
      ))}
    </ul>
  );
}
