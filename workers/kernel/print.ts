import type { Currency } from "./money.ts";

/** Written here and not by Intl, whose spaces and signs change between versions of the runtime. */
const STYLE: {
  readonly [C in Currency]: { readonly sign: string; readonly group: string; readonly point: string };
} = {
  IDR: { sign: "Rp ", group: ".", point: "," },
  SGD: { sign: "$", group: ",", point: "." },
  GBP: { sign: "£", group: ",", point: "." },
};

export function formatMoney(minor: bigint, currency: Currency): string {
  const { sign, group, point } = STYLE[currency];
  const [minus, amount] = minor < 0n ? ["-", -minor] : ["", minor];
  const whole = (amount / 100n).toString().replace(/\B(?=(\d{3})+$)/g, group);
  const cents = (amount % 100n).toString().padStart(2, "0");
  const hasCents = currency !== "IDR" || cents !== "00";
  return `${minus}${sign}${whole}${hasCents ? `${point}${cents}` : ""}`;
}

/** The day in the market's own time: 2026-01-31. */
export const formatDay = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    at,
  );

/** 1,100 basis points are 11 %. */
export const formatRate = (basisPoints: number): string => `${basisPoints / 100}%`;
