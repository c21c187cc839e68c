import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useMemo } from "react";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { currency, language } from "../shell/page.ts";
import { count, money, texts } from "../shell/text.ts";
import { Chart, type Point } from "../ui/chart.tsx";
import { dayPoints } from "../ui/day-points.ts";
import { Loaded } from "../ui/loaded.tsx";
import { dayOf } from "../ui/moment-field.tsx";
import { useShop } from "./shop.ts";

const text = texts({
  en: {
    sales: "Sales",
    salesHint: "Goods of paid orders after discounts, without tax and shipping.",
    orders: "Orders",
    units: "Units",
    average: "Average order",
    funnel: "From looking to paying",
    "product.viewed": "Looked at a product",
    "cart.line_added": "Put it in the cart",
    "checkout.started": "Began to check out",
    "order.placed": "Ordered",
    "order.paid": "Paid",
    top: "Sold best",
    none: "Nothing was sold in this time.",
  },
  id: {
    sales: "Penjualan",
    salesHint: "Barang dari pesanan lunas setelah diskon, tanpa pajak dan ongkir.",
    orders: "Pesanan",
    units: "Unit",
    average: "Rata-rata pesanan",
    funnel: "Dari melihat sampai membayar",
    "product.viewed": "Melihat produk",
    "cart.line_added": "Memasukkan ke keranjang",
    "checkout.started": "Mulai checkout",
    "order.placed": "Memesan",
    "order.paid": "Membayar",
    top: "Terlaris",
    none: "Belum ada penjualan pada rentang ini.",
  },
});

const DAY_MS = 86_400_000;
const TOP = 5;
type Sales = Answer<"GET /v1/analytics/sales">;

const short = new Intl.NumberFormat(language, { style: "currency", currency, notation: "compact" });
const shortMoney = (major: number): string => short.format(major);

/** Sales, how they came about, and what sold. */
export function SalesPanels({ days }: { readonly days: number }) {
  const shop = useShop();
  const now = Date.now();
  const query = { from: dayOf(now - (days - 1) * DAY_MS), to: dayOf(now) };
  return (
    <div className="flex flex-col gap-5">
      <SalesPanel days={days} query={query} acting={shop} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5 xl:grid-cols-2">
        <FunnelPanel query={query} />
        <TopPanel query={query} />
      </div>
    </div>
  );
}

type SalesProps = Range & { readonly days: number; readonly acting: { readonly seller?: string } };

/** What was sold in a shop, or in the whole market. */
export function SalesPanel({ days, query, acting }: SalesProps) {
  const sales = useQuery(queryOf("GET /v1/analytics/sales", { query }, acting));
  return (
    <section className="panel">
      <h2 className="text-lg font-bold">{text.sales}</h2>
      <p className="text-muted mb-4 text-sm">{text.salesHint}</p>
      <Loaded query={sales} skeleton={<div className="skeleton h-80 w-full" />}>
        {(data) => <SalesChart sales={data} from={query.from} days={days} />}
      </Loaded>
    </section>
  );
}

type ChartProps = { readonly sales: Sales; readonly from: string; readonly days: number };

function SalesChart({ sales, from, days }: ChartProps) {
  const points = useMemo(() => pointsOf(sales, from, days), [sales, from, days]);
  return (
    <>
      <dl className="mb-5 grid grid-cols-2 gap-4 sm:grid-cols-4">
        <Figure name={text.sales}>{money(sales.gmv)}</Figure>
        <Figure name={text.orders}>{count(sales.orders)}</Figure>
        <Figure name={text.units}>{count(sales.units)}</Figure>
        <Figure name={text.average}>{money(sales.averageOrder)}</Figure>
      </dl>
      <Chart label={text.sales} points={points} axis={shortMoney} />
    </>
  );
}

/** Days without a sale are in no answer, and stand on the ground. */
function pointsOf(sales: Sales, from: string, days: number): readonly Point[] {
  const sold = new Map(sales.days.map((one) => [one.day, one.gmv]));
  return dayPoints({ from, days }, (name) => {
    const gmv = sold.get(name) ?? { minor: "0", currency };
    return { height: Number(gmv.minor) / 100, value: money(gmv) };
  });
}

const Figure = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div>
    <dt className="text-muted text-sm">{name}</dt>
    <dd className="text-lg font-extrabold tracking-tight tabular-nums sm:text-xl">{children}</dd>
  </div>
);

type Range = { readonly query: { readonly from: string; readonly to: string } };
const isStep = (type: string): type is "order.paid" => type in text;

function FunnelPanel({ query }: Range) {
  const funnel = useQuery(queryOf("GET /v1/analytics/funnel", { query }, useShop()));
  return (
    <section className="panel">
      <h2 className="mb-4 text-lg font-bold">{text.funnel}</h2>
      <Loaded query={funnel} skeleton={<div className="skeleton h-52 w-full" />}>
        {({ steps }) => {
          const most = Math.max(1, ...steps.map(({ visitors }) => visitors));
          return (
            <ol className="flex flex-col gap-3">
              {steps.map(({ type, visitors }) => (
                <li key={type}>
                  <span className="mb-1 flex justify-between text-sm">
                    <span>{isStep(type) ? text[type] : type}</span>
                    <strong className="tabular-nums">{count(visitors)}</strong>
                  </span>
                  <span className="bg-sunken block h-2 overflow-hidden rounded-full" aria-hidden>
                    <span
                      className="bg-brand block h-full rounded-full"
                      style={{ width: `${(100 * visitors) / most}%` }}
                    />
                  </span>
                </li>
              ))}
            </ol>
          );
        }}
      </Loaded>
    </section>
  );
}

function TopPanel({ query }: Range) {
  const top = useQuery(
    queryOf("GET /v1/analytics/top-products", { query: { ...query, limit: TOP } }, useShop()),
  );
  return (
    <section className="panel">
      <h2 className="mb-3 text-lg font-bold">{text.top}</h2>
      <Loaded query={top} skeleton={<div className="skeleton h-52 w-full" />}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-muted py-8 text-center">{text.none}</p>
          ) : (
            <ol className="divide-line divide-y">
              {items.map(({ productId, title, units, gmv }) => (
                <li key={productId} className="flex items-baseline gap-3 py-2.5">
                  <span className="min-w-0 flex-1 truncate font-semibold">{title}</span>
                  <span className="text-muted text-sm whitespace-nowrap tabular-nums">
                    {count(units)} {text.units.toLowerCase()}
                  </span>
                  <strong className="tabular-nums">{money(gmv)}</strong>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </section>
  );
}
