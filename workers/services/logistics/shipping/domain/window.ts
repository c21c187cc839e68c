import { DAY_MS } from "#kernel/clock";

export type Calendar = {
  readonly timeZone: string;
  readonly cutOffHour: number;
  /** Days without parcels, 0 is Sunday. */
  readonly closedWeekdays: readonly number[];
  /** ISO dates, of the market and of the shop. */
  readonly holidays: readonly string[];
};
type Days = { readonly minDays: number; readonly maxDays: number };
export type Window = { readonly leavesOn: string; readonly from: string; readonly until: string };

/** A shop that has no open day in so long has closed; its parcels are promised all the same. */
const LOOK_AHEAD_DAYS = 60;

/** One a time zone: making one costs more than a quote. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const day = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  const made = new Intl.DateTimeFormat("en-CA", { timeZone, ...day, hour: "2-digit", hourCycle: "h23" });
  formats.set(timeZone, made);
  return made;
}

/** Today and the hour of the day, as people in that zone have them. */
export function localTime(at: number, timeZone: string): { readonly date: string; readonly hour: number } {
  const parts = formatOf(timeZone).formatToParts(at);
  const read = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return { date: `${read("year")}-${read("month")}-${read("day")}`, hour: Number(read("hour")) };
}

/** Dates are counted at noon of UTC, where no clock is ever put forward. */
const shift = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

const isOpen = (date: string, { closedWeekdays, holidays }: Calendar): boolean =>
  !holidays.includes(date) && !closedWeekdays.includes(new Date(`${date}T12:00:00Z`).getUTCDay());

function nextOpen(date: string, calendar: Calendar): string {
  for (let days = 0; days <= LOOK_AHEAD_DAYS; days += 1) {
    const candidate = shift(date, days);
    if (isOpen(candidate, calendar)) return candidate;
  }
  return date;
}

function afterOpenDays(date: string, days: number, calendar: Calendar): string {
  let day = date;
  for (let left = days; left > 0; left -= 1) day = nextOpen(shift(day, 1), calendar);
  return day;
}

/** Leaves today before the cut-off of an open day, else on the next; carriers count open days from there. */
export function deliveryWindow(now: number, { minDays, maxDays }: Days, calendar: Calendar): Window {
  const { date, hour } = localTime(now, calendar.timeZone);
  const leavesOn = nextOpen(hour < calendar.cutOffHour ? date : shift(date, 1), calendar);
  return {
    leavesOn,
    from: afterOpenDays(leavesOn, minDays, calendar),
    until: afterOpenDays(leavesOn, Math.max(minDays, maxDays), calendar),
  };
}
