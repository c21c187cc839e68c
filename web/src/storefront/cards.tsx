import { Link } from "@tanstack/react-router";
import { CARD_TEXTS } from "#platform/storefront/pages/card-texts";
import { CARD_SIZES, sized, sourcesOf } from "#platform/storefront/pages/pictures";
import type { Schemas } from "../api/schema.gen.ts";
import { count, money, texts } from "../shell/text.ts";
import { tellFollowed, useSeen } from "./advertised.ts";

const text = texts(CARD_TEXTS);

type Hit = Schemas["Hit"];
type Card = Pick<Hit, "productId" | "slug" | "title" | "imageKey" | "priceFrom"> & {
  readonly rating?: Hit["rating"];
};
type Ad = Card & Pick<Schemas["Sponsored"], "adId">;
const EAGER = 4;

type Props<T> = {
  readonly items: readonly T[];
  /** One was followed; its place in the list counts from nought. */
  readonly onFollow?: (item: T, at: number) => void;
};

/** Products side by side; the first HTML has the same (workers/platform/storefront/pages/cards.tsx). */
export const Cards = <T extends Card>({ items, onFollow }: Props<T>) => (
  <ul className="cards">
    {items.map((item, at) => (
      <li key={item.productId}>
        <Link
          className="card"
          to="/products/$slug"
          params={{ slug: item.slug }}
          onClick={() => onFollow?.(item, at)}
        >
          <Face item={item} at={at} />
        </Link>
      </li>
    ))}
  </ul>
);

/** What shops have paid for, apart from what was found: each says so, and tells when it was seen. */
export const Advertised = ({ items }: { readonly items: readonly Ad[] }) =>
  items.length > 0 && (
    <div className="mb-4">
      <ul className="cards">
        {items.map((ad, at) => (
          <AdCard key={ad.adId} ad={ad} at={at} />
        ))}
      </ul>
    </div>
  );

function AdCard({ ad, at }: { readonly ad: Ad; readonly at: number }) {
  const seen = useSeen(ad.adId);
  return (
    <li ref={seen}>
      <Link
        className="card"
        to="/products/$slug"
        params={{ slug: ad.slug }}
        rel="sponsored nofollow"
        onClick={() => tellFollowed(ad.adId)}
      >
        <Face item={ad} at={at} />
        <span className="card-stars">{text.sponsored}</span>
      </Link>
    </li>
  );
}

function Face({ item, at }: { readonly item: Card; readonly at: number }) {
  const { title, imageKey, priceFrom, rating } = item;
  return (
    <>
      <span className="card-picture">
        {imageKey !== null && (
          <img
            src={sized(`/v1/media/${imageKey}`, 320)}
            srcSet={sourcesOf(`/v1/media/${imageKey}`)}
            sizes={CARD_SIZES}
            alt=""
            width={320}
            height={320}
            loading={at < EAGER ? "eager" : "lazy"}
          />
        )}
      </span>
      <span className="card-title">{title}</span>
      {priceFrom !== null && <span className="card-price">{money(priceFrom)}</span>}
      {rating && rating.average !== null && (
        <span className="card-stars">{`★ ${rating.average.toFixed(1)} (${count(rating.count)})`}</span>
      )}
    </>
  );
}

const PLACES = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** The shape of what is coming, so that nothing moves when it is there. */
export const CardsComing = () => (
  <ul className="cards" aria-hidden>
    {PLACES.map((place) => (
      <li key={place}>
        <span className="card">
          <span className="card-picture skeleton" />
          <span className="card-title">
            <span className="skeleton block h-4" />
          </span>
          <span className="card-price">
            <span className="skeleton block h-5 w-24" />
          </span>
        </span>
      </li>
    ))}
  </ul>
);
