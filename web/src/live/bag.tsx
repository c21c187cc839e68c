import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { money, texts } from "../shell/text.ts";
import { useAddToCart } from "../storefront/cart-state.ts";
import { currency } from "./currency.ts";
import { refusalOf } from "./refusals.ts";
import type { BagItem } from "./room.ts";

const text = texts({
  en: { add: "Add to cart", added: "In your cart", pinned: "Shown now" },
  id: { add: "Masukkan keranjang", added: "Ada di keranjang", pinned: "Sedang diperagakan" },
});

type Shown = Schemas["ShownOffers"]["items"][number];

/** How offers look: rooms and chapters name them, and nothing else. */
export function useOffers(offerIds: readonly string[]): ReadonlyMap<string, Shown> {
  const ids = [...new Set(offerIds)].join(",");
  const { data } = useQuery({ ...queryOf("GET /v1/search/offers", { query: { ids } }), enabled: ids !== "" });
  return new Map(data?.items.map((offer) => [offer.offerId, offer]));
}

type Props = { readonly items: readonly BagItem[]; readonly pinned: string | null };

/** What is for sale in the show; what the host holds up stands first. */
export function Bag({ items, pinned }: Props) {
  const shown = useOffers(items.map(({ offerId }) => offerId));
  const sorted = items.toSorted((a, b) => Number(b.offerId === pinned) - Number(a.offerId === pinned));
  return (
    <ul className="flex flex-col gap-2">
      {sorted.map((item) => (
        <li key={item.offerId}>
          <BagLine item={item} shown={shown.get(item.offerId)} isPinned={item.offerId === pinned} />
        </li>
      ))}
    </ul>
  );
}

type LineProps = {
  readonly item: BagItem;
  readonly shown: Shown | undefined;
  readonly isPinned: boolean;
};

export function BagLine({ item: { offerId, title, priceMinor }, shown, isPinned }: LineProps) {
  const add = useAddToCart();
  return (
    <div className="border-line bg-surface flex items-center gap-3 rounded-control border p-2 text-sm">
      <span className="bg-sunken size-14 shrink-0 overflow-hidden rounded-control">
        {shown?.imageKey && <img src={`/v1/media/${shown.imageKey}`} alt="" width={56} height={56} />}
      </span>
      <span className="min-w-0 flex-1">
        {isPinned && <span className="text-deal block text-xs font-bold">{text.pinned}</span>}
        {shown ? (
          <Link
            className="hover:text-brand line-clamp-1 font-semibold"
            to="/products/$slug"
            params={{ slug: shown.slug }}
          >
            {title}
          </Link>
        ) : (
          <span className="line-clamp-1 font-semibold">{title}</span>
        )}
        <span className="font-bold">{money({ minor: priceMinor, currency })}</span>
        {add.error && (
          <span className="text-bad block" role="alert">
            {refusalOf(add.error)}
          </span>
        )}
      </span>
      <button
        type="button"
        className="button button-primary button-small"
        disabled={add.isPending}
        onClick={() => add.mutate({ offerId, quantity: 1 })}
      >
        {add.isSuccess ? text.added : text.add}
      </button>
    </div>
  );
}
