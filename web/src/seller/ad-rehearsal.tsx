import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { count, texts } from "../shell/text.ts";
import { TextField } from "../ui/field.tsx";
import { fieldOf } from "../ui/form.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Tag } from "../ui/tag.tsx";
import { adMoney } from "./ad-money.ts";
import { useNames } from "./offer-names.tsx";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    title: "How would you stand?",
    intro: "An auction that nobody sees, for a search as it would be now. Nothing is charged.",
    query: "Search for",
    ask: "Ask",
    none: "None of your advertisements fits this search.",
    won: (seat: string) => `Shown, place ${seat}`,
    outranked: "Others are worth more",
    below_reserve: "Below the least that anybody pays",
    on_page: "Stands on the page already",
    viewer_cap: "Seen often enough",
    out_of_stock: "Out of stock",
    not_sold: "Not on sale",
    in_debt: "The shop owes money",
    not_active: "Paused or ended",
    off_schedule: "Outside of its hours",
    budget_spent: "The budget is spent",
    paced: "Waits, to last the day",
    bid: (amount: string) => `Bid ${amount}`,
    least: (amount: string) => `to be shown: ${amount}`,
    pays: (amount: string) => `would pay ${amount}`,
  },
  id: {
    title: "Bagaimana posisi Anda?",
    intro: "Lelang yang tidak terlihat siapa pun, untuk pencarian saat ini. Tidak ada biaya.",
    query: "Cari",
    ask: "Lihat",
    none: "Tidak ada iklan Anda yang cocok dengan pencarian ini.",
    won: (seat: string) => `Tampil, posisi ${seat}`,
    outranked: "Yang lain lebih bernilai",
    below_reserve: "Di bawah biaya terkecil",
    on_page: "Sudah ada di halaman",
    viewer_cap: "Sudah cukup sering terlihat",
    out_of_stock: "Stok habis",
    not_sold: "Tidak dijual",
    in_debt: "Toko memiliki utang",
    not_active: "Dijeda atau berakhir",
    off_schedule: "Di luar jamnya",
    budget_spent: "Anggaran habis",
    paced: "Menunggu agar cukup sehari",
    bid: (amount: string) => `Tawaran ${amount}`,
    least: (amount: string) => `agar tampil: ${amount}`,
    pays: (amount: string) => `akan membayar ${amount}`,
  },
});

type Account = Answer<"GET /v1/ads/rehearsal">["items"][number];

/** Why an advertisement would be shown or not, before anybody searches. */
export function AdRehearsal() {
  const [q, setQuery] = useState("");
  const rehearsal = useQuery({
    ...queryOf("GET /v1/ads/rehearsal", { query: { q } }, useShop()),
    enabled: q !== "",
  });
  const ids = rehearsal.data?.items.map(({ body }) => String(body.offerId)) ?? [];
  const names = useNames(ids);
  return (
    <section className="panel mt-8">
      <h2 className="text-lg font-bold">{text.title}</h2>
      <p className="text-muted mb-4 text-sm">{text.intro}</p>
      <form
        className="flex max-w-lg items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          setQuery(fieldOf(new FormData(event.currentTarget), "q"));
        }}
      >
        <div className="min-w-0 flex-1">
          <TextField label={text.query} name="q" maxLength={200} required />
        </div>
        <button type="submit" className="button button-quiet">
          {text.ask}
        </button>
      </form>
      {q !== "" && (
        <div className="mt-4" role="status">
          <Loaded query={rehearsal} skeleton={<div className="skeleton h-16" aria-busy />}>
            {({ items }) =>
              items.length === 0 ? (
                <p className="text-muted">{text.none}</p>
              ) : (
                <ul className="divide-line divide-y">
                  {items.map((one) => (
                    <li key={`${one.campaignId}${one.body.offerId}`}>
                      <Stand account={one} name={names.get(String(one.body.offerId))?.sku} />
                    </li>
                  ))}
                </ul>
              )
            }
          </Loaded>
        </div>
      )}
    </section>
  );
}

type StandProps = { readonly account: Account; readonly name: string | undefined };
const minorIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function Stand({ account: { outcome, body }, name }: StandProps) {
  const [bid, least, price] = [body.bidMinor, body.leastBidMinor, body.priceMinor].map(minorIn);
  const seat = typeof body.position === "number" ? body.position : 0;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 text-sm">
      <strong className="min-w-0 flex-1 basis-32 break-all">{name ?? String(body.offerId)}</strong>
      <span className="text-muted tabular-nums">
        {[
          bid !== undefined && text.bid(adMoney(bid)),
          price !== undefined && text.pays(adMoney(price)),
          price === undefined && least !== undefined && text.least(adMoney(least)),
        ]
          .filter(Boolean)
          .join(" · ")}
      </span>
      <Tag tone={outcome === "won" ? "good" : "plain"}>
        {outcome === "won" ? text.won(count(seat + 1)) : text[outcome]}
      </Tag>
    </div>
  );
}
