import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { mayManage, useShop } from "./shop.ts";

const NAMED_MAX = 100;

/** What the shop calls these offers. Staff may count stock without seeing prices: then the id has to do. */
export function useNames(offerIds: readonly string[]) {
  const shop = useShop();
  const ids = [...new Set(offerIds)].toSorted().slice(0, NAMED_MAX);
  const query = { offerIds: ids.join(","), limit: NAMED_MAX };
  const offers = useQuery({
    ...queryOf("GET /v1/offers", { query }, shop),
    enabled: ids.length > 0 && mayManage(shop),
  });
  return new Map(offers.data?.items.map((offer) => [offer.id, offer]));
}

type Offer = Answer<"GET /v1/offers">["items"][number];
type NamedProps = { readonly offerId: string; readonly offer: Offer | undefined };

export const Named = ({ offerId, offer }: NamedProps) =>
  offer ? (
    <Link
      to="/shop/products/$productId"
      params={{ productId: offer.productId }}
      className="font-semibold break-all"
    >
      {offer.sku}
    </Link>
  ) : (
    <span className="font-semibold break-all">{offerId}</span>
  );
