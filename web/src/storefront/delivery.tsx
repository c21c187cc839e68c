import { useQuery } from "@tanstack/react-query";
import { Truck } from "lucide-react";
import { useState } from "react";
import { call } from "../api/client.ts";
import { POSTAL_CODE } from "../session/tokens.ts";
import { market } from "../shell/page.ts";
import { money, texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Refusal } from "../ui/refusal.tsx";

const text = texts({
  en: {
    title: "Delivery",
    to: "Postal code",
    look: "See",
    arrives: (name: string, from: string, until: string) => `${name}: ${from} to ${until}`,
    none: "No carrier brings it there.",
  },
  id: {
    title: "Pengiriman",
    to: "Kode pos",
    look: "Lihat",
    arrives: (name: string, from: string, until: string) => `${name}: ${from} sampai ${until}`,
    none: "Tidak ada kurir yang mengantar ke sana.",
  },
});

const SHOWN = 3;

/** What it costs to have it brought to a place, and when it is there; the place is kept on this device. */
export function Delivery({ offerId }: { readonly offerId: string }) {
  const [postalCode, setPostalCode] = useState(() => localStorage.getItem(POSTAL_CODE) ?? "");
  const quote = useQuery({
    queryKey: ["POST /v1/shipping/quotes", offerId, postalCode],
    enabled: postalCode !== "",
    retry: false,
    queryFn: ({ signal }) => {
      const body = { country: market.toUpperCase(), postalCode, lines: [{ offerId, quantity: 1 }] };
      return call("POST /v1/shipping/quotes", { body }, { signal });
    },
  });
  const look = (form: FormData) => {
    const given = String(form.get("postalCode") ?? "").trim();
    localStorage.setItem(POSTAL_CODE, given);
    setPostalCode(given);
  };
  const rates = quote.data?.parcels[0]?.rates ?? [];
  return (
    <section className="panel mt-4 text-sm" aria-labelledby="delivery">
      <h2 className="mb-2 flex items-center gap-2 font-bold" id="delivery">
        <Truck size={18} aria-hidden />
        {text.title}
      </h2>
      <form className="flex gap-2" action={look}>
        <input
          className="input"
          name="postalCode"
          aria-label={text.to}
          placeholder={text.to}
          inputMode="numeric"
          autoComplete="postal-code"
          defaultValue={postalCode}
          required
        />
        <button type="submit" className="button button-quiet h-10" disabled={quote.isFetching}>
          {text.look}
        </button>
      </form>
      <ul className="mt-2 flex flex-col gap-1" role="status">
        {quote.data && rates.length === 0 && <li className="text-muted">{text.none}</li>}
        {rates.slice(0, SHOWN).map(({ rateId, name, price, arrivesFrom, arrivesUntil }) => (
          <li key={rateId} className="flex justify-between gap-3">
            <span className="min-w-0">{text.arrives(name, day(arrivesFrom), day(arrivesUntil))}</span>
            <strong className="whitespace-nowrap tabular-nums">{money(price)}</strong>
          </li>
        ))}
      </ul>
      <Refusal error={quote.error} />
    </section>
  );
}
