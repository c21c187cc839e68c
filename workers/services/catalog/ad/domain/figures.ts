import { MILLI } from "./campaign.ts";

/** Thousandths of a minor unit as decimal minor units: 1500 are "1.5". */
export function toDecimal(milli: bigint): string {
  const rest = (milli % MILLI).toString().padStart(3, "0").replace(/0+$/, "");
  return rest === "" ? (milli / MILLI).toString() : `${milli / MILLI}.${rest}`;
}

export type Counted = {
  readonly impressions: number;
  readonly clicks: number;
  readonly freeClicks: number;
  readonly chargedMilli: bigint;
};
export type Sold = {
  readonly orders: number;
  readonly units: number;
  readonly salesMinor: bigint;
  readonly directMinor: bigint;
};
export const NOTHING: Counted & Sold = {
  ...{ impressions: 0, clicks: 0, freeClicks: 0, chargedMilli: 0n },
  ...{ orders: 0, units: 0, salesMinor: 0n, directMinor: 0n },
};

export const addUp = (all: readonly (Counted & Sold)[]): Counted & Sold =>
  all.reduce(
    (sum, one) => ({
      impressions: sum.impressions + one.impressions,
      clicks: sum.clicks + one.clicks,
      freeClicks: sum.freeClicks + one.freeClicks,
      chargedMilli: sum.chargedMilli + one.chargedMilli,
      orders: sum.orders + one.orders,
      units: sum.units + one.units,
      salesMinor: sum.salesMinor + one.salesMinor,
      directMinor: sum.directMinor + one.directMinor,
    }),
    NOTHING,
  );

const ratio = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;

/** With what is read from them; a share of nothing is none. */
export function toFigures(figures: Counted & Sold) {
  const { chargedMilli, salesMinor, directMinor, ...counts } = figures;
  const [spent, sales] = [Number(chargedMilli) / Number(MILLI), Number(salesMinor)];
  return {
    ...counts,
    spendMinor: toDecimal(chargedMilli),
    salesMinor: salesMinor.toString(),
    directSalesMinor: directMinor.toString(),
    clickRate: ratio(counts.clicks, counts.impressions),
    roas: ratio(sales, spent),
    acos: ratio(spent, sales),
  };
}
