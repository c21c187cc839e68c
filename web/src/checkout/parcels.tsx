import { useQuery } from "@tanstack/react-query";
import { queryOf } from "../api/queries.ts";
import { count, money, texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Refusal } from "../ui/refusal.tsx";
import type { Checkout } from "./open.ts";
import { Section } from "./section.tsx";
import type { useChange } from "./use-checkout.ts";

const text = texts({
  en: {
    title: (n: string) => `Parcel ${n}`,
    from: "From",
    delivery: "Delivery",
    unknown: "Say where it goes, and we show how it can be sent.",
    arrives: (from: string, until: string) => `Arrives ${from} to ${until}`,
    arrivesOn: (on: string) => `Arrives ${on}`,
    free: "Free",
  },
  id: {
    title: (n: string) => `Paket ${n}`,
    from: "Dari",
    delivery: "Pengiriman",
    unknown: "Isi alamat terlebih dahulu, lalu pilihan pengiriman tampil di sini.",
    arrives: (from: string, until: string) => `Tiba ${from} sampai ${until}`,
    arrivesOn: (on: string) => `Tiba ${on}`,
    free: "Gratis",
  },
});

type Change = ReturnType<typeof useChange>;
type Parcel = Checkout["parcels"][number];
type Props = { readonly checkout: Checkout; readonly change: Change };

/** What comes from each shop, and how it is sent. */
export const Parcels = ({ checkout, change }: Props) => (
  <>
    {checkout.parcels.map((parcel, at) => (
      <Section
        key={parcel.sellerId}
        id={`parcel-${parcel.sellerId}`}
        title={text.title(count(at + 1))}
        isDone={parcel.rateId !== null}
        aside={<ShopName sellerId={parcel.sellerId} />}
      >
        <Lines lines={parcel.lines} />
        <Rates parcel={parcel} change={change} />
      </Section>
    ))}
  </>
);

export function ShopName({ sellerId }: { readonly sellerId: string }) {
  const shop = useQuery({
    ...queryOf("GET /v1/sellers/{idOrSlug}", { path: { idOrSlug: sellerId } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <span className="text-muted min-h-5 truncate text-sm">
      {shop.data && `${text.from} ${shop.data.name}, ${shop.data.city}`}
    </span>
  );
}

const Lines = ({ lines }: { readonly lines: Parcel["lines"] }) => (
  <ul className="divide-line mb-4 divide-y">
    {lines.map((line) => (
      <li key={line.lineId} className="flex justify-between gap-4 py-2">
        <span className="min-w-0">
          <span className="line-clamp-2">{line.title}</span>
          <span className="text-muted text-sm">
            {[line.variantLabel, `${count(line.quantity)} × ${money(line.unitPrice)}`]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </span>
        <span className="font-semibold tabular-nums">{money(line.goods)}</span>
      </li>
    ))}
  </ul>
);

const promise = (from: string, until: string): string =>
  from === until ? text.arrivesOn(day(from)) : text.arrives(day(from), day(until));

function Rates({ parcel, change }: { readonly parcel: Parcel; readonly change: Change }) {
  const { sellerId, rates } = parcel;
  if (rates.length === 0) return <p className="text-muted text-sm">{text.unknown}</p>;
  const asked = change.isPending
    ? change.variables.rates?.find((rate) => rate.sellerId === sellerId)
    : undefined;
  const chosen = asked?.rateId ?? parcel.rateId;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="field-label">{text.delivery}</legend>
      {rates.map((rate) => (
        <label key={rate.id} className="choice">
          <input
            type="radio"
            name={`rate-${sellerId}`}
            checked={rate.id === chosen}
            onChange={() => change.mutate({ rates: [{ sellerId, rateId: rate.id }] })}
          />
          <span className="min-w-0 flex-1">
            {rate.name}
            <span className="text-muted block text-sm">{promise(rate.arrivesFrom, rate.arrivesUntil)}</span>
          </span>
          <strong className="tabular-nums">{rate.price.minor === "0" ? text.free : money(rate.price)}</strong>
        </label>
      ))}
      <Refusal error={change.variables?.rates && change.error} />
    </fieldset>
  );
}
