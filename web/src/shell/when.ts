import { language } from "./page.ts";

/** The market's, not the device's: a delivery day is the same day for everybody in it. */
const { timeZone } = document.documentElement.dataset;
const zoned = timeZone === undefined ? {} : { timeZone };

const days = new Intl.DateTimeFormat(language, { dateStyle: "medium", ...zoned });
const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", ...zoned });
const clocks = new Intl.DateTimeFormat(language, { timeStyle: "short", ...zoned });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

/** `24 Nov 2026` of an RFC 3339 instant or of a plain date. */
export const day = (at: string): string => days.format(Date.parse(at));
/** `24 Nov 2026, 14.05`. */
export const moment = (at: string): string => moments.format(Date.parse(at));
/** `14.05`. */
export const clock = (at: string): string => clocks.format(Date.parse(at));

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** `3 hours ago`, `in 2 days`; what is less than a minute away is now. */
export function fromNow(at: string, now = Date.now()): string {
  const ms = Date.parse(at) - now;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(ms) >= size) ?? [
    "second",
    Number.POSITIVE_INFINITY,
  ];
  return relative.format(Math.trunc(ms / length), unit);
}
