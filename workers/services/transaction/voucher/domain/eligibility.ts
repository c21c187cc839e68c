import { DAY_MS, MINUTE_MS } from "#kernel/clock";
import type { Slot } from "./basket.ts";
import type { Candidate } from "./benefit.ts";
import type { Hours, Limits, PaymentMethod, Voucher } from "./terms.ts";

/** Why a code does not apply, in the order in which it is told. */
export const REASONS = [
  "unknown",
  "too_many_codes",
  "ended",
  "paused",
  "not_started",
  "exhausted",
  "budget_exhausted",
  "day_exhausted",
  "sign_in",
  "not_collected",
  "first_order_only",
  "buyer_limit",
  "buyer_day_limit",
  "outside_hours",
  "no_eligible_goods",
  "min_spend",
  "method",
  "no_effect",
  "not_combinable",
  "better_without",
] as const;
export type Reason = (typeof REASONS)[number];

/** What would make a code apply. */
export type Need =
  | { readonly kind: "spend_more"; readonly minor: bigint }
  | { readonly kind: "use_method"; readonly methods: readonly PaymentMethod[] }
  | { readonly kind: "wait_until"; readonly at: number }
  | { readonly kind: "collect" | "sign_in" | "add_goods" }
  | { readonly kind: "without"; readonly codes: readonly string[] };
export type Refusal = { readonly reason: Reason; readonly needs: readonly Need[] };

/** How often a voucher was used before, and by whom. */
export type Usage = {
  readonly used: number;
  readonly usedToday: number;
  readonly spentMinor: bigint;
  readonly mine: number;
  readonly mineToday: number;
  readonly isCollected: boolean;
  /** An order of this buyer stands already. */
  readonly isPatron: boolean;
};
export type Situation = {
  readonly now: number;
  readonly timeZone: string;
  readonly method: PaymentMethod | null;
  /** A guest has no wallet for a cashback. */
  readonly isGuest: boolean;
};

const isOver = (used: number, max: number | null): boolean => max !== null && used >= max;

type Accounted = {
  readonly limits: Limits;
  readonly usage: Usage;
  /** What it would take off alone: beside others it never takes more. */
  readonly amountMinor: bigint;
};

export function quotaRefusals({ limits, usage, amountMinor }: Accounted): readonly Reason[] {
  const spends = limits.budgetMinor !== null && usage.spentMinor + amountMinor > limits.budgetMinor;
  return [
    ...(isOver(usage.used, limits.quota) ? (["exhausted"] as const) : []),
    ...(spends ? (["budget_exhausted"] as const) : []),
    ...(isOver(usage.usedToday, limits.perDay) ? (["day_exhausted"] as const) : []),
    ...(isOver(usage.mine, limits.perBuyer) ? (["buyer_limit"] as const) : []),
    ...(isOver(usage.mineToday, limits.perBuyerDay) ? (["buyer_day_limit"] as const) : []),
  ];
}

/** Conditions on the basket, which a part of it must meet too when the rest has gone back. */
export function basketRefusals(candidate: Candidate, slots: readonly Slot[]): readonly Refusal[] {
  if (candidate.lines.length === 0) return [{ reason: "no_eligible_goods", needs: [{ kind: "add_goods" }] }];
  const { minSpendMinor } = candidate.conditions;
  const spent = candidate.lines.reduce((sum, at) => sum + (slots[at]?.fullMinor ?? 0n), 0n);
  if (minSpendMinor === null || spent >= minSpendMinor) return [];
  return [{ reason: "min_spend", needs: [{ kind: "spend_more", minor: minSpendMinor - spent }] }];
}

const told = (refusals: readonly Refusal[]): readonly Refusal[] =>
  refusals.toSorted((a, b) => REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason));

/**
 * What stands against a voucher whatever is in the basket; `amountMinor` is the least that it is used for.
 */
export function standingRefusals(
  voucher: Voucher,
  usage: Usage,
  { amountMinor, ...situation }: Omit<Situation, "method"> & { readonly amountMinor: bigint },
): readonly Refusal[] {
  return told([
    ...timeRefusals(voucher, situation),
    ...quotaRefusals({ limits: voucher, usage, amountMinor }).map((reason): Refusal => {
      const isDaily = reason === "day_exhausted" || reason === "buyer_day_limit";
      return { reason, needs: isDaily ? tomorrow(situation, voucher.endsAt) : [] };
    }),
    ...buyerRefusals(voucher, usage, situation),
  ]);
}

type Tried = Situation & {
  readonly candidate: Candidate;
  readonly slots: readonly Slot[];
  readonly usage: Usage;
  readonly amountMinor: bigint;
};

/** All that stands against a voucher, so that the buyer hears at once what he would have to do. */
export function refusalsOf(voucher: Voucher, tried: Tried): readonly Refusal[] {
  const { candidate, slots, usage, amountMinor } = tried;
  const basket = basketRefusals(candidate, slots);
  const isIdle = basket.length === 0 && amountMinor === 0n;
  return told([
    ...standingRefusals(voucher, usage, tried),
    ...basket,
    ...methodRefusals(voucher, tried),
    ...(isIdle ? [{ reason: "no_effect" as const, needs: [] }] : []),
  ]);
}

type Moment = Pick<Situation, "now" | "timeZone">;

function buyerRefusals(
  voucher: Voucher,
  usage: Usage,
  { isGuest }: Pick<Situation, "isGuest">,
): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (isGuest && voucher.benefit.kind === "cashback") {
    refusals.push({ reason: "sign_in", needs: [{ kind: "sign_in" }] });
  }
  if (voucher.mustCollect && !usage.isCollected) {
    refusals.push({ reason: "not_collected", needs: [{ kind: "collect" }] });
  }
  if (voucher.firstOrder && usage.isPatron) refusals.push({ reason: "first_order_only", needs: [] });
  return refusals;
}

function methodRefusals(
  { conditions: { methods } }: Voucher,
  { method }: Pick<Situation, "method">,
): readonly Refusal[] {
  if (methods.length === 0 || (method !== null && methods.includes(method))) return [];
  return [{ reason: "method", needs: [{ kind: "use_method", methods }] }];
}

function timeRefusals(voucher: Voucher, { now, timeZone }: Moment): readonly Refusal[] {
  const { state, startsAt, endsAt, conditions } = voucher;
  if (state === "ended" || now >= endsAt) return [{ reason: "ended", needs: [] }];
  if (state === "paused") return [{ reason: "paused", needs: [] }];
  if (now < startsAt) return [{ reason: "not_started", needs: [{ kind: "wait_until", at: startsAt }] }];
  const { hours } = conditions;
  if (hours.length === 0 || hours.some((span) => isWithin(span, now, timeZone))) return [];
  const at = nextHour(hours, { now, timeZone, endsAt });
  return [{ reason: "outside_hours", needs: at === undefined ? [] : [{ kind: "wait_until", at }] }];
}

type Wall = { readonly weekday: number; readonly minute: number; readonly day: string };
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock on the market's wall shows. */
export function wallOf(at: number, timeZone: string): Wall {
  const format = formats.get(timeZone) ?? formatOf(timeZone);
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    weekday: WEEKDAYS.indexOf(parts.get("weekday") ?? ""),
    minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
    day: `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`,
  };
}

const formatOf = (timeZone: string) =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

export function isWithin({ days, from, until }: Hours, at: number, timeZone: string): boolean {
  const { weekday, minute } = wallOf(at, timeZone);
  const [start, end] = [minuteOf(from), minuteOf(until)];
  const isDay = (day: number) => days.length === 0 || days.includes((day + 7) % 7);
  if (start < end) return isDay(weekday) && minute >= start && minute < end;
  // Past midnight it is still the evening that it began on.
  return (isDay(weekday) && minute >= start) || (isDay(weekday - 1) && minute < end);
}

/** The next time that a span begins: within eight days, or never as long as the voucher lasts. */
function nextHour(
  hours: readonly Hours[],
  { now, timeZone, endsAt }: { readonly now: number; readonly timeZone: string; readonly endsAt: number },
): number | undefined {
  const starts = hours.flatMap((span) => {
    const wait = minuteOf(span.from) - wallOf(now, timeZone).minute;
    const base = now - (now % MINUTE_MS) + wait * MINUTE_MS;
    return Array.from({ length: 9 }, (_, day) => base + day * DAY_MS).filter(
      (at) => at > now && at < endsAt && isWithin(span, at, timeZone),
    );
  });
  return starts.length > 0 ? Math.min(...starts) : undefined;
}

/** Midnight of the market's wall, unless the voucher is over by then. */
function tomorrow({ now, timeZone }: Moment, endsAt: number): readonly Need[] {
  const at = now - (now % MINUTE_MS) + (24 * 60 - wallOf(now, timeZone).minute) * MINUTE_MS;
  return at < endsAt ? [{ kind: "wait_until", at }] : [];
}
