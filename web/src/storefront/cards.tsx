import { Link } from "@tanstack/react-router";
import type { Schemas } from "../api/schema.gen.ts";
import { money } from "../shell/text.ts";

type Card = Pick<Schemas["Hit"], "productId" | "slug" | "title" | "imageKey" | "priceFrom">;
const EAGER = 4;

/** Products side by side; the first HTML has the same (workers/platform/storefront/pages/cards.tsx). */
export const Cards = ({ items }: { readonly items: readonly Card[] }) => (
  <ul className="cards">
    {items.map(({ productId, slug, title, imageKey, priceFrom }, at) => (
      <li key={productId}>
        <Link className="card" to="/products/$slug" params={{ slug }}>
          <span className="card-picture">
            {imageKey !== null && (
              <img
                src={`/v1/media/${imageKey}`}
                alt=""
                width={320}
                height={320}
                loading={at < EAGER ? "eager" : "lazy"}
              />
            )}
          </span>
          <span className="card-title">{title}</span>
          {priceFrom !== null && <span className="card-price">{money(priceFrom)}</span>}
        </Link>
      </li>
    ))}
  </ul>
);

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
