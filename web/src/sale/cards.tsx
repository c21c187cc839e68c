import { Link } from "@tanstack/react-router";
import { LIVE_TEXTS } from "#platform/storefront/pages/live-texts";
import type { Schemas } from "../api/schema.gen.ts";
import { useOffers } from "../live/bag.tsx";
import { money, texts } from "../shell/text.ts";
import { Countdown, useNow } from "../ui/countdown.tsx";

const text = texts(LIVE_TEXTS);
type Sale = Schemas["Sale"];
type Props = {
  readonly sales: readonly Sale[];
  /** When the sales were read, by this device: the server's clock is told with them. */
  readonly readAt: number;
};

/** Sales side by side; the first HTML has the same (workers/platform/storefront/pages/sale.tsx). */
export function SaleCards({ sales, readAt }: Props) {
  const offers = useOffers(sales.map(({ offerId }) => offerId));
  return (
    <ul className="cards">
      {sales.map((sale) => {
        const shown = offers.get(sale.offerId);
        return (
          <li key={sale.id}>
            <Link className="card" to="/flash-sales/$saleId" params={{ saleId: sale.id }}>
              <span className="card-picture">
                {shown?.imageKey && (
                  <img src={`/v1/media/${shown.imageKey}`} alt="" width={320} height={320} />
                )}
              </span>
              <span className="card-title">{shown?.title ?? text.sale}</span>
              <span className="card-price text-deal">{money(sale.price)}</span>
              {sale.priorPrice && (
                <span className="card-old">
                  <s>{money(sale.priorPrice)}</s>
                </span>
              )}
              <Clock sale={sale} skew={Date.parse(sale.serverTime) - readAt} />
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function Clock({ sale, skew }: { readonly sale: Sale; readonly skew: number }) {
  const now = useNow(skew);
  const [startsAt, endsAt] = [Date.parse(sale.startsAt), Date.parse(sale.endsAt)];
  const isToCome = now < startsAt;
  return (
    <span className="card-clock">
      {isToCome ? text.startsIn : text.endsIn} <Countdown until={isToCome ? startsAt : endsAt} skew={skew} />
    </span>
  );
}
