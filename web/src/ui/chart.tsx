import { useEffect, useId, useRef, useState } from "react";
import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { texts } from "../shell/text.ts";

const text = texts({
  en: { table: "Show as a table", day: "Day" },
  id: { table: "Tampilkan sebagai tabel", day: "Hari" },
});

export type Point = {
  /** Seconds since 1970, as the axis counts. */
  readonly at: number;
  readonly name: string;
  /** How high it stands; approximate where the amount itself is exact. */
  readonly height: number;
  /** What it is, as it is said. */
  readonly value: string;
};

type Props = {
  readonly label: string;
  readonly points: readonly Point[];
  /** What the axis says of a height. */
  readonly axis: (height: number) => string;
  /** Points are days unless told. */
  readonly times?: { readonly name: string; readonly axis: (at: number) => string };
};

const HEIGHT = 240;

/** A line over days. Whoever does not see it, or wants the numbers, reads the same as a table. */
export function Chart({ label, points, axis, times = DAYS }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [isTable, setIsTable] = useState(false);
  const id = useId();
  usePlot(frame, points, axis, times.axis);
  return (
    <figure aria-labelledby={id}>
      <figcaption id={id} className="sr-only">
        {label}
      </figcaption>
      <div ref={frame} className="w-full overflow-hidden" style={{ height: HEIGHT }} aria-hidden />
      <button
        type="button"
        className="text-brand mt-2 text-sm font-semibold"
        aria-expanded={isTable}
        onClick={() => setIsTable(!isTable)}
      >
        {text.table}
      </button>
      <section
        className={isTable ? "table-frame mt-3 max-h-80 overflow-y-auto" : "sr-only"}
        aria-label={label}
        // Whoever has no wheel scrolls it by keys.
        tabIndex={isTable ? 0 : undefined}
      >
        <table className="table">
          <caption className="sr-only">{label}</caption>
          <thead>
            <tr>
              <th scope="col">{times.name}</th>
              <th scope="col" className="number">
                {label}
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ at, name, value }) => (
              <tr key={at}>
                <td>{name}</td>
                <td className="number">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </figure>
  );
}

/** Draws when the package is there, and anew when the width or the theme changes. */
function usePlot(
  frame: { readonly current: HTMLDivElement | null },
  points: readonly Point[],
  axis: (height: number) => string,
  timeAxis: (at: number) => string,
): void {
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let plot: uPlot | undefined;
    let isGone = false;
    const draw = async () => {
      const { default: Plot } = await import("uplot");
      if (isGone) return;
      plot?.destroy();
      const data: uPlot.AlignedData = [points.map(({ at }) => at), points.map(({ height }) => height)];
      plot = new Plot(optionsOf(Plot, element, { axis, timeAxis }), data, element);
    };
    const resized = new ResizeObserver(() => void draw());
    resized.observe(element);
    const themed = new MutationObserver(() => void draw());
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      isGone = true;
      resized.disconnect();
      themed.disconnect();
      plot?.destroy();
    };
  }, [frame, points, axis, timeAxis]);
}

function optionsOf(
  Plot: typeof uPlot,
  element: HTMLElement,
  {
    axis,
    timeAxis,
  }: { readonly axis: (height: number) => string; readonly timeAxis: (at: number) => string },
): uPlot.Options {
  const colour = (token: string) => colourOf(element, `var(--color-${token})`);
  const lines = { stroke: colour("line"), width: 1 };
  const shared = { stroke: colour("muted"), font: "12px Plus Jakarta Sans Variable", ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_, low, high) => [Math.min(0, low), high <= 0 ? 1 : high * 1.1] } },
    axes: [
      { ...shared, gap: 10, grid: { show: false }, values: (_, at) => at.map(timeAxis) },
      { ...shared, grid: lines, size: 76, values: (_, heights) => heights.map(axis) },
    ],
    series: [
      {},
      {
        stroke: colour("brand"),
        width: 2,
        points: { show: false },
        fill: colourOf(element, "color-mix(in oklab, var(--color-brand) 12%, transparent)"),
        ...(Plot.paths.linear && { paths: Plot.paths.linear() }),
      },
    ],
  };
}

const days = new Intl.DateTimeFormat(document.documentElement.lang, {
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});
const DAYS = { name: text.day, axis: (at: number): string => days.format(at * 1_000) };

/** A canvas knows no `light-dark()`: the browser works it out on an element. */
function colourOf(element: HTMLElement, css: string): string {
  const before = element.style.color;
  element.style.color = css;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}
