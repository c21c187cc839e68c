import { Link } from "@tanstack/react-router";
import { money, texts } from "../shell/text.ts";
import { Refusal } from "../ui/refusal.tsx";
import { Tag, type Tone } from "../ui/tag.tsx";
import { useCommand } from "./command.ts";
import { combine, keyOf, type Product } from "./product-draft.ts";
import { PRODUCT_READS } from "./product-states.ts";
import { StockOf } from "./stock-of.tsx";

const text = texts({
  en: {
    title: "Offers and stock",
    active: "On sale",
    paused: "Paused",
    archived: "Archived",
    pause: "Pause",
    resume: "Sell again",
    archive: "Archive",
    inventory: "Inventory",
    only: "This product",
  },
  id: {
    title: "Penawaran dan stok",
    active: "Dijual",
    paused: "Dijeda",
    archived: "Diarsipkan",
    pause: "Jeda",
    resume: "Jual lagi",
    archive: "Arsipkan",
    inventory: "Inventaris",
    only: "Produk ini",
  },
});
type Variant = Product["variants"][number];
type Offer = NonNullable<Variant["offer"]>;
const tone: { readonly [S in Offer["state"]]: Tone } = { active: "good", paused: "deal", archived: "plain" };

/** The shop's own offers of a product: whether they sell, and what lies there. */
export function OffersPanel({ product }: { readonly product: Product }) {
  const names = new Map(combine(product.options).map(({ key, label }) => [key, label]));
  const offered = product.variants.flatMap(({ values, label, offer }) =>
    offer ? [{ label: names.get(keyOf(values)) ?? label, offer }] : [],
  );
  if (offered.length === 0) return null;
  return (
    <section className="panel">
      <header className="flex items-baseline justify-between gap-3">
        <h2 className="text-lg font-bold">{text.title}</h2>
        <Link to="/shop/inventory" className="text-brand text-sm font-semibold">
          {text.inventory}
        </Link>
      </header>
      <ul className="divide-line divide-y">
        {offered.map(({ label, offer }) => (
          <OfferRow key={offer.id} label={label} offer={offer} />
        ))}
      </ul>
    </section>
  );
}

type RowProps = { readonly label: string; readonly offer: Offer };

function OfferRow({ label, offer }: RowProps) {
  const change = useCommand("PATCH /v1/offers/{offerId}", { forget: PRODUCT_READS });
  const become = (state: Offer["state"]) =>
    change.mutate({ path: { offerId: offer.id }, body: { state }, ifMatch: offer.version });
  const given = { type: "button", disabled: change.isPending } as const;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <span className="min-w-0 flex-1 basis-40">
        <strong className="block">{label || text.only}</strong>
        <span className="text-muted block text-sm break-all">{offer.sku}</span>
      </span>
      <span className="tabular-nums">{money(offer.price)}</span>
      <Tag tone={tone[offer.state]}>{text[offer.state]}</Tag>
      <StockOf offerId={offer.id} name={label || text.only} />
      <span className="flex gap-2">
        {offer.state === "active" && (
          <button {...given} className="button button-quiet button-small" onClick={() => become("paused")}>
            {text.pause}
          </button>
        )}
        {offer.state === "paused" && (
          <>
            <button {...given} className="button button-quiet button-small" onClick={() => become("active")}>
              {text.resume}
            </button>
            <button {...given} className="button button-bad button-small" onClick={() => become("archived")}>
              {text.archive}
            </button>
          </>
        )}
      </span>
      <Refusal error={change.error} />
    </li>
  );
}
