import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { TicketPercent } from "lucide-react";
import { useState } from "react";
import { call } from "../api/client.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { COUNTRY } from "../checkout/address.ts";
import { ShopName } from "../checkout/parcels.tsx";
import { count, money, texts } from "../shell/text.ts";
import { day } from "../shell/when.ts";
import { Refusal } from "../ui/refusal.tsx";

const text = texts({
  en: {
    title: "Summary",
    goods: (n: string) => `Goods (${n})`,
    checkout: "Check out",
    none: "Select what you want to buy.",
    later: "Delivery and vouchers are worked out next.",
    voucher: (amount: string) => `Your vouchers take ${amount} off at the checkout.`,
    cashback: (amount: string) => `Your vouchers bring ${amount} back into your wallet.`,
    estimate: "What does delivery cost?",
    postalCode: "Postal code",
    ask: "Estimate",
    from: (price: string, at: string) => `from ${price}, arrives ${at}`,
    nowhere: "Nobody brings this parcel there.",
  },
  id: {
    title: "Ringkasan",
    goods: (n: string) => `Barang (${n})`,
    checkout: "Checkout",
    none: "Pilih barang yang ingin dibeli.",
    later: "Ongkir dan voucher dihitung berikutnya.",
    voucher: (amount: string) => `Voucher Anda memotong ${amount} saat checkout.`,
    cashback: (amount: string) => `Voucher Anda mengembalikan ${amount} ke dompet.`,
    estimate: "Berapa ongkirnya?",
    postalCode: "Kode pos",
    ask: "Perkirakan",
    from: (price: string, at: string) => `mulai ${price}, tiba ${at}`,
    nowhere: "Belum ada kurir ke sana untuk paket ini.",
  },
});

type Cart = Schemas["Cart"];
type Wanted = readonly { readonly offerId: string; readonly quantity: number }[];

const wantedOf = (cart: Cart): Wanted =>
  cart.groups
    .flatMap((group) => group.lines)
    .filter((line) => line.isSelected && line.quantity > 0 && line.unitPrice !== null)
    .map(({ offerId, quantity }) => ({ offerId, quantity }));

/** What is selected comes to, and the way on. */
export function CartSummary({ cart }: { readonly cart: Cart }) {
  const lines = wantedOf(cart);
  return (
    <aside className="panel flex flex-col gap-4 lg:sticky lg:top-20" aria-label={text.title}>
      <div className="flex justify-between gap-4 text-lg font-bold">
        <span>{text.goods(count(cart.totals.units))}</span>
        <span className="tabular-nums">{money(cart.totals.goods)}</span>
      </div>
      {lines.length > 0 && <VoucherHint lines={lines} />}
      {lines.length > 0 ? (
        <Link className="button button-primary w-full" to="/checkout" preload={false}>
          {text.checkout}
        </Link>
      ) : (
        <p className="text-muted text-sm">{text.none}</p>
      )}
      <p className="text-muted text-sm">{text.later}</p>
      {lines.length > 0 && <Estimate key={JSON.stringify(lines)} lines={lines} />}
    </aside>
  );
}

/** What vouchers would take off, so that nobody looks for codes elsewhere. */
function VoucherHint({ lines }: { readonly lines: Wanted }) {
  const { data } = useQuery({
    queryKey: ["POST /v1/vouchers/quote", lines],
    queryFn: ({ signal }) => call("POST /v1/vouchers/quote", { body: { auto: true, lines } }, { signal }),
  });
  const isOff = data !== undefined && data.discount.minor !== "0";
  const isBack = data !== undefined && data.cashback.minor !== "0";
  if (!isOff && !isBack) return null;
  return (
    <p className="text-good flex items-start gap-2 text-sm font-semibold">
      <TicketPercent size={18} className="mt-0.5 shrink-0" aria-hidden />
      {isOff ? text.voucher(money(data.discount)) : text.cashback(money(data.cashback))}
    </p>
  );
}

function Estimate({ lines }: { readonly lines: Wanted }) {
  const [postalCode, setPostalCode] = useState("");
  const ask = useMutation({
    mutationFn: () =>
      call("POST /v1/shipping/quotes", { body: { country: COUNTRY, postalCode: postalCode.trim(), lines } }),
  });
  return (
    <details className="border-line border-t pt-4">
      <summary className="cursor-pointer text-sm font-semibold">{text.estimate}</summary>
      <form
        className="mt-3 flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <input
          className="input"
          aria-label={text.postalCode}
          placeholder={text.postalCode}
          autoComplete="postal-code"
          maxLength={10}
          required
          value={postalCode}
          onChange={(event) => setPostalCode(event.target.value)}
        />
        <button type="submit" className="button button-quiet h-10" disabled={ask.isPending}>
          {text.ask}
        </button>
      </form>
      <div className="mt-3" role="status">
        {ask.data && (
          <ul className="flex flex-col gap-2">
            {ask.data.parcels.map((parcel) => (
              <li key={parcel.sellerId} className="text-sm">
                <ShopName sellerId={parcel.sellerId} />
                <span className="block">{cheapest(parcel.rates)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Refusal error={ask.error} />
    </details>
  );
}

type Rates = Schemas["Quotes"]["parcels"][number]["rates"];

function cheapest(rates: Rates): string {
  const [best] = rates.toSorted((a, b) => Number(BigInt(a.price.minor) - BigInt(b.price.minor)));
  return best ? text.from(money(best.price), day(best.arrivesUntil)) : text.nowhere;
}
