import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import type { Answer } from "../api/client.ts";
import { queryOf } from "../api/queries.ts";
import { SalesPanel } from "../seller/sales.tsx";
import { count, texts } from "../shell/text.ts";
import { clock } from "../shell/when.ts";
import { Chart, type Point } from "../ui/chart.tsx";
import { Chips } from "../ui/chips.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { dayOf } from "../ui/moment-field.tsx";
import { TableFrame } from "../ui/table-frame.tsx";
import { Invariants } from "./invariants.tsx";

const text = texts({
  en: {
    title: "Metrics",
    range: "Range",
    days: (n: string) => `${n} days`,
    holds: "What must hold",
    rate: "Requests a second",
    rateHint: "Between two looks, while this page is open.",
    first: "The line begins with the second look, in a few seconds.",
    time: "Time",
    routes: "Routes",
    routesHint: "Since the counters began, the busiest first. A quiet spell begins them anew.",
    route: "Route",
    requests: "Requests",
    refused: "4xx",
    failed: "5xx",
    none: "Nothing was asked yet.",
    at: (when: string) => `As of ${when}`,
  },
  id: {
    title: "Metrik",
    range: "Rentang",
    days: (n: string) => `${n} hari`,
    holds: "Yang harus selalu benar",
    rate: "Permintaan per detik",
    rateHint: "Di antara dua pengamatan, selama halaman ini terbuka.",
    first: "Garis dimulai pada pengamatan kedua, beberapa detik lagi.",
    time: "Waktu",
    routes: "Rute",
    routesHint: "Sejak penghitung dimulai, yang tersibuk dahulu. Masa sepi memulainya lagi.",
    route: "Rute",
    requests: "Permintaan",
    refused: "4xx",
    failed: "5xx",
    none: "Belum ada permintaan.",
    at: (when: string) => `Per ${when}`,
  },
});

/** Often enough that the counters, which a quiet spell of ten seconds ends, go on while somebody looks. */
const LOOK_AGAIN_MS = 5_000;
const DAY_MS = 86_400_000;
const RANGES = [7, 30, 90] as const;
type Metrics = Answer<"GET /v1/metrics/summary">;

/** How the platform does, and whether what must hold does. */
export function MetricsPage() {
  const query = useQuery({ ...queryOf("GET /v1/metrics/summary", {}), refetchInterval: LOOK_AGAIN_MS });
  const rate = useRate(query.data);
  return (
    <>
      <h1 className="page-title">{text.title}</h1>
      <Loaded query={query}>
        {(metrics) => (
          <div className="flex flex-col gap-5">
            <section aria-labelledby="holds">
              <header className="mb-3 flex flex-wrap items-baseline justify-between gap-3">
                <h2 id="holds" className="text-lg font-bold">
                  {text.holds}
                </h2>
                <p className="text-muted text-sm">{text.at(clock(metrics.at))}</p>
              </header>
              <Invariants of={metrics.invariants} />
            </section>
            <Sales />
            <Rate points={rate} />
            <Routes of={metrics.routes} />
          </div>
        )}
      </Loaded>
    </>
  );
}

function Sales() {
  const [days, setDays] = useState<(typeof RANGES)[number]>(30);
  const now = Date.now();
  const query = { from: dayOf(now - (days - 1) * DAY_MS), to: dayOf(now) };
  const options = RANGES.map((value) => ({ value, name: text.days(count(value)) }));
  return (
    <div>
      <Chips label={text.range} options={options} value={days} onChoose={setDays} />
      <SalesPanel days={days} query={query} acting={NO_SHOP} />
    </div>
  );
}
const NO_SHOP = {};

/** An hour of looks. */
const POINTS_MAX = 720;
const perSecond = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const shown = (rate: number): string => perSecond.format(rate);

type Look = { readonly at: number; readonly requests: number };

/** The counters only grow; how fast they do is seen between two looks. */
function useRate(metrics: Metrics | undefined): readonly Point[] {
  const looks = useRef<readonly Look[]>([]);
  return useMemo(() => {
    if (metrics) {
      const requests = metrics.routes.reduce((sum, route) => sum + route.requests, 0);
      const look = { at: Date.parse(metrics.at), requests };
      if (looks.current.at(-1)?.at !== look.at) {
        looks.current = [...looks.current, look].slice(-POINTS_MAX);
      }
    }
    return looks.current.slice(1).map(({ at, requests }, before) => {
      const last = looks.current[before] ?? { at, requests };
      // The counters begin anew with their object.
      const rate = (Math.max(0, requests - last.requests) * 1_000) / Math.max(1, at - last.at);
      return { at: at / 1_000, name: clock(new Date(at).toISOString()), height: rate, value: shown(rate) };
    });
  }, [metrics]);
}

const TIMES = { name: text.time, axis: (at: number): string => clock(new Date(at * 1_000).toISOString()) };

const Rate = ({ points }: { readonly points: readonly Point[] }) => (
  <section className="panel">
    <h2 className="text-lg font-bold">{text.rate}</h2>
    <p className="text-muted mb-4 text-sm">{points.length > 1 ? text.rateHint : text.first}</p>
    {points.length > 1 ? (
      <Chart label={text.rate} points={points} axis={shown} times={TIMES} />
    ) : (
      <div className="skeleton h-60 w-full" />
    )}
  </section>
);

const milliseconds = new Intl.NumberFormat(document.documentElement.lang, {
  style: "unit",
  unit: "millisecond",
  maximumSignificantDigits: 3,
});
const ms = (value: number | null): string => (value === null ? "–" : milliseconds.format(value));

const Routes = ({ of }: { readonly of: Metrics["routes"] }) => (
  <section>
    <h2 className="text-lg font-bold">{text.routes}</h2>
    <p className="text-muted mb-3 text-sm">{of.length === 0 ? text.none : text.routesHint}</p>
    <TableFrame label={text.routes}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text.route}</th>
            {[text.requests, text.refused, text.failed, "p50", "p95"].map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.map((route) => (
            <tr key={route.route}>
              <th scope="row" className="font-mono text-xs font-normal">
                {route.route}
              </th>
              <td className="number">{count(route.requests)}</td>
              <td className="number">{count(route.refused)}</td>
              <td className={`number ${route.failed > 0 ? "text-bad font-bold" : ""}`}>
                {count(route.failed)}
              </td>
              <td className="number">{ms(route.p50Ms)}</td>
              <td className="number">{ms(route.p95Ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  </section>
);
