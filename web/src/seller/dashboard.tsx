import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { texts } from "../shell/text.ts";
import { Chips } from "../ui/chips.tsx";
import { Attention } from "./attention.tsx";
import { HealthPanel } from "./health.tsx";
import { SalesPanels } from "./sales.tsx";
import { mayManage, useShop } from "./shop.ts";
import { isBecoming, sellerState } from "./states.ts";

const text = texts({
  en: {
    title: "Overview",
    range: "Range of time",
    days: (n: string) => `${n} days`,
    becoming: "Your shop is not open yet.",
    goOn: "Go on with opening it",
    vacation: "Your shop is on holiday; nothing can be bought.",
    suspended: "Your shop is suspended.",
  },
  id: {
    title: "Ikhtisar",
    range: "Rentang waktu",
    days: (n: string) => `${n} hari`,
    becoming: "Toko Anda belum buka.",
    goOn: "Lanjutkan pembukaan",
    vacation: "Toko sedang libur; pembeli tidak bisa memesan.",
    suspended: "Toko Anda ditangguhkan.",
  },
});

const RANGES = [7, 30, 90].map((value) => ({ value, name: text.days(String(value)) }));

/** What needs a hand comes first, then how the shop does. */
export function DashboardPage() {
  const shop = useShop();
  const { state, reason } = shop.about;
  const [days, setDays] = useState(30);
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      {isBecoming(state) && (
        <p className="notice mb-5 flex flex-wrap items-center justify-between gap-3">
          {text.becoming} ({sellerState[state]})
          <Link to="/shop/onboarding" className="button button-primary button-small">
            {text.goOn}
          </Link>
        </p>
      )}
      {(state === "vacation" || state === "suspended") && (
        <p className="notice mb-5">
          {text[state]} {reason}
        </p>
      )}
      <Attention />
      {mayManage(shop) && (
        <>
          <div className="mt-8">
            <Chips label={text.range} options={RANGES} value={days} onChoose={setDays} />
          </div>
          <SalesPanels days={days} />
        </>
      )}
      <HealthPanel />
    </>
  );
}
