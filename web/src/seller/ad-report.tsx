import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { queryOf } from "../api/queries.ts";
import type { Schemas } from "../api/schema.gen.ts";
import { currency, language } from "../shell/page.ts";
import { count, texts } from "../shell/text.ts";
import { Chart } from "../ui/chart.tsx";
import { Chips } from "../ui/chips.tsx";
import { dayPoints } from "../ui/day-points.ts";
import { Loaded } from "../ui/loaded.tsx";
import { dayOf } from "../ui/moment-field.tsx";
import { TableFrame } from "../ui/table-frame.tsx";
import { adMoney } from "./ad-money.ts";
import { type By, useAdNames } from "./ad-names.ts";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    by: "By",
    day: "Day",
    group: "Group",
    product: "Product",
    keyword: "Words",
    placement: "Place",
    seen: "Seen",
    clicks: "Clicks",
    rate: "Click rate",
    spend: "Spent",
    orders: "Orders",
    sales: "Sales",
    roas: "Sales for each unit spent (ROAS)",
    acos: "Spent of the sales (ACOS)",
    none: "Nothing was shown in the last 30 days.",
    hint: "Last 30 days; sales follow a click within 14 days.",
    credited: (amount: string) => `${amount} was given back for clicks that were none.`,
  },
  id: {
    by: "Menurut",
    day: "Hari",
    group: "Grup",
    product: "Produk",
    keyword: "Kata kunci",
    placement: "Tempat",
    seen: "Terlihat",
    clicks: "Klik",
    rate: "Rasio klik",
    spend: "Biaya",
    orders: "Pesanan",
    sales: "Penjualan",
    roas: "Penjualan per biaya (ROAS)",
    acos: "Biaya dari penjualan (ACOS)",
    none: "Tidak ada yang tampil dalam 30 hari terakhir.",
    hint: "30 hari terakhir; penjualan dihitung dalam 14 hari setelah klik.",
    credited: (amount: string) => `${amount} dikembalikan untuk klik yang tidak sah.`,
  },
});

const DAY_MS = 86_400_000;
const DAYS = 30;
const MINOR = 100;
const BY: readonly By[] = ["day", "group", "product", "keyword", "placement"];
type Row = Schemas["AdReport"]["rows"][number];
type Total = Schemas["AdReport"]["total"];

const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
const times = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(language, { style: "currency", currency, notation: "compact" });
const share = (value: number | null): string => (value === null ? "–" : percent.format(value));

/** What was seen, clicked, spent and sold of it. */
export function AdReport({ campaignId }: { readonly campaignId: string }) {
  const [by, setBy] = useState<By>("day");
  const nameOf = useAdNames({ campaignId, by });
  const now = Date.now();
  const query = { from: dayOf(now - (DAYS - 1) * DAY_MS), to: dayOf(now), by, windowDays: "14" } as const;
  const report = useQuery(
    queryOf("GET /v1/ad-campaigns/{campaignId}/report", { path: { campaignId }, query }, useShop()),
  );
  return (
    <section className="flex flex-col gap-4">
      <p className="text-muted text-sm">{text.hint}</p>
      <Chips
        label={text.by}
        options={BY.map((value) => ({ value, name: text[value] }))}
        value={by}
        onChoose={setBy}
      />
      <Loaded query={report}>
        {({ rows, total, creditedMinor }) => (
          <>
            <Totals total={total} />
            {creditedMinor !== "0" && <p className="notice">{text.credited(adMoney(creditedMinor))}</p>}
            {by === "day" && rows.length > 0 && <Spending rows={rows} from={query.from} />}
            {rows.length === 0 ? (
              <p className="notice">{text.none}</p>
            ) : (
              <Rows by={by} rows={rows} nameOf={nameOf} />
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

const Totals = ({ total }: { readonly total: Total }) => (
  <dl className="panel grid grid-cols-2 gap-4 sm:grid-cols-4">
    {[
      [text.seen, count(total.impressions)],
      [text.clicks, count(total.clicks)],
      [text.rate, share(total.clickRate)],
      [text.spend, adMoney(total.spendMinor)],
      [text.orders, count(total.orders)],
      [text.sales, adMoney(total.salesMinor)],
      [text.roas, total.roas === null ? "–" : times.format(total.roas)],
      [text.acos, share(total.acos)],
    ].map(([name, value]) => (
      <div key={name}>
        <dt className="text-muted text-sm">{name}</dt>
        <dd className="font-extrabold tabular-nums sm:text-lg">{value}</dd>
      </div>
    ))}
  </dl>
);

const spentAxis = (major: number): string => compact.format(major);

type SpendingProps = { readonly rows: readonly Row[]; readonly from: string };

/** Days on which nothing was shown are in no answer, and cost nothing. */
function Spending({ rows, from }: SpendingProps) {
  const points = useMemo(() => {
    const spent = new Map(rows.map(({ name, spendMinor }) => [name, spendMinor]));
    return dayPoints({ from, days: DAYS }, (name) => {
      const minor = spent.get(name) ?? "0";
      return { height: Number(minor) / MINOR, value: adMoney(minor) };
    });
  }, [rows, from]);
  return (
    <div className="panel">
      <h2 className="mb-3 font-bold">{text.spend}</h2>
      <Chart label={text.spend} points={points} axis={spentAxis} />
    </div>
  );
}

type RowsProps = {
  readonly by: By;
  readonly rows: readonly Row[];
  readonly nameOf: (name: string) => string;
};

const Rows = ({ by, rows, nameOf }: RowsProps) => (
  <TableFrame label={text.spend}>
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{text[by]}</th>
          {[text.seen, text.clicks, text.spend, text.orders, text.sales, "ROAS", "ACOS"].map((name) => (
            <th key={name} scope="col" className="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row" className="font-normal break-all">
              {nameOf(row.name)}
            </th>
            <td className="number">{count(row.impressions)}</td>
            <td className="number">{count(row.clicks)}</td>
            <td className="number">{adMoney(row.spendMinor)}</td>
            <td className="number">{count(row.orders)}</td>
            <td className="number">{adMoney(row.salesMinor)}</td>
            <td className="number">{row.roas === null ? "–" : times.format(row.roas)}</td>
            <td className="number">{share(row.acos)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </TableFrame>
);
