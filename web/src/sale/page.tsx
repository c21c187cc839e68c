import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { LIVE_TEXTS } from "#platform/storefront/pages/live-texts";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { useOffers } from "../live/bag.tsx";
import { count, money, texts } from "../shell/text.ts";
import { useTitle } from "../shell/title.ts";
import { Countdown, useNow } from "../ui/countdown.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Entry } from "./entry.tsx";

const text = texts(LIVE_TEXTS);
type Sale = Schemas["Sale"];
const route = getRouteApi("/flash-sales/$saleId");

/** Reads what its first HTML was written from (workers/platform/storefront/pages/sale.tsx). */
export function SalePage() {
  const { saleId } = route.useParams();
  const found = useQuery(queryOf("GET /v1/flash-sales/{saleId}", { path: { saleId } }));
  const skeleton = <div className="skeleton aspect-square w-full md:w-1/2" aria-busy />;
  return (
    <Loaded query={found} skeleton={skeleton}>
      {(sale) => (
        <Shown
          key={sale.id}
          sale={sale}
          // The answer was made when it came, and the device's clock may be anywhere.
          skew={Date.parse(sale.serverTime) - found.dataUpdatedAt}
        />
      )}
    </Loaded>
  );
}

function Shown({ sale, skew }: { readonly sale: Sale; readonly skew: number }) {
  const { offerId, price, priorPrice, quota, perBuyer } = sale;
  const shown = useOffers([offerId]).get(offerId);
  const title = shown?.title ?? text.sale;
  useTitle(title, text.sale);
  return (
    <article className="product-grid">
      <div className="gallery">
        <div className="gallery-main">
          {shown?.imageKey && (
            <img src={`/v1/media/${shown.imageKey}`} alt={title} width={800} height={800} />
          )}
        </div>
      </div>
      <div className="product-facts">
        <p className="sale-mark">{text.sale}</p>
        <h1 className="product-title">
          {shown ? (
            <Link to="/products/$slug" params={{ slug: shown.slug }}>
              {title}
            </Link>
          ) : (
            title
          )}
        </h1>
        <p className="product-price">
          <span className="text-deal">{money(price)}</span>{" "}
          {priorPrice && <s className="sale-old">{money(priorPrice)}</s>}
        </p>
        <p className="product-seller">
          {text.units(count(quota))} · {text.perBuyer(count(perBuyer))}
        </p>
        <Clock sale={sale} skew={skew} />
        <Entry sale={sale} skew={skew} />
      </div>
    </article>
  );
}

function Clock({ sale, skew }: { readonly sale: Sale; readonly skew: number }) {
  const now = useNow(skew);
  const [startsAt, endsAt] = [Date.parse(sale.startsAt), Date.parse(sale.endsAt)];
  const isToCome = now < startsAt;
  if (now >= endsAt || sale.state === "closed") {
    return (
      <div className="sale-clock">
        <span>{text.over}</span>
      </div>
    );
  }
  return (
    <div className="sale-clock">
      <span>{isToCome ? text.startsIn : text.endsIn}</span>
      <Countdown className="sale-time" until={isToCome ? startsAt : endsAt} skew={skew} />
    </div>
  );
}
