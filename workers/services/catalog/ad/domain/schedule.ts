import { MINUTE_MS } from "#kernel/clock";

/** Hours of the week in which a campaign runs, by the market's clock; days are 0 for Sunday to 6. */
export type Hours = { readonly days: readonly number[]; readonly from: number; readonly until: number };

/** An instant as the market's clock shows it. */
export type Local = { readonly day: string; readonly weekday: number; readonly minute: number };
export type LocalClock = (at: number) => Local;

export const DAY_MINUTES = 1_440;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** Making a format costs more than using it, so whoever asks often keeps the clock. */
export function clockOf(timeZone: string): LocalClock {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  let known: { readonly since: number; readonly local: Local } | undefined;
  return (at) => {
    const since = at - (at % MINUTE_MS);
    if (known?.since === since) return known.local;
    const parts = new Map(format.formatToParts(since).map(({ type, value }) => [type, value]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? "";
    const local = {
      day: `${part("year")}-${part("month")}-${part("day")}`,
      weekday: WEEKDAYS.indexOf(part("weekday")),
      minute: Number(part("hour")) * 60 + Number(part("minute")),
    };
    known = { since, local };
    return local;
  };
}

/** No hours at all are all hours. */
export const isWithin = (hours: readonly Hours[], { weekday, minute }: Local): boolean =>
  hours.length === 0 ||
  hours.some(({ days, from, until }) => days.includes(weekday) && minute >= from && minute < until);

/** How many minutes of a weekday a campaign runs, before `until`. */
function minutesOf(hours: readonly Hours[], weekday: number, until: number): number {
  if (hours.length === 0) return until;
  const spans = hours
    .filter(({ days }) => days.includes(weekday))
    .map((one) => ({ from: one.from, until: Math.min(one.until, until) }))
    .filter((one) => one.from < one.until)
    .toSorted((a, b) => a.from - b.from);
  let minutes = 0;
  let reached = 0;
  for (const span of spans) {
    minutes += Math.max(0, span.until - Math.max(reached, span.from));
    reached = Math.max(reached, span.until);
  }
  return minutes;
}

/** The share of the day's running time that is over, as a fraction that is never more than one. */
export function elapsedOf(
  hours: readonly Hours[],
  { weekday, minute }: Local,
  leadMinutes: number,
): { readonly done: bigint; readonly all: bigint } {
  const all = minutesOf(hours, weekday, DAY_MINUTES);
  const done = Math.min(all, minutesOf(hours, weekday, minute + 1) + leadMinutes);
  return { done: BigInt(done), all: BigInt(Math.max(1, all)) };
}
