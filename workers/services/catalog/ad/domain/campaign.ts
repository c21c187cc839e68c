import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import { err, ok, type Result } from "#kernel/result";
import type { Pricing } from "./auction.ts";
import { elapsedOf, type Hours, isWithin, type Local } from "./schedule.ts";

export const STATES = ["active", "paused", "ended"] as const;
export type CampaignState = (typeof STATES)[number];
export const PACINGS = ["even", "asap"] as const;
export type Pacing = (typeof PACINGS)[number];

/** What a campaign may spend and when; the object that writes its budget knows nothing else of it. */
export type Terms = {
  readonly campaignId: Id<"adCampaign">;
  readonly sellerId: Id<"seller">;
  readonly pricing: Pricing;
  readonly state: CampaignState;
  /** An operator has taken it out; the shop cannot bring it back. */
  readonly isBlocked: boolean;
  readonly currency: Currency;
  readonly dailyMinor: bigint | null;
  readonly totalMinor: bigint | null;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly hours: readonly Hours[];
  readonly pacing: Pacing;
  /** Impressions that one viewer is paid for on a day. */
  readonly viewerDayMax: number | null;
  readonly version: number;
};

export type Campaign = Omit<Terms, "isBlocked"> & {
  readonly name: string;
  /** Why an operator has taken it out. */
  readonly blockedReason: string | null;
  readonly createdAt: number;
};

export const termsOf = ({ name: _, createdAt: __, blockedReason, ...terms }: Campaign): Terms => ({
  ...terms,
  isBlocked: blockedReason !== null,
});

/** Thousandths of a minor unit: what one impression of a thousand costs is no whole unit. */
export const MILLI = 1_000n;

export type Spent = {
  /** The day that `todayMilli` is of. */
  readonly day: string;
  readonly todayMilli: bigint;
  readonly totalMilli: bigint;
};

/** Even spending may be so far ahead of the clock, so that a quiet hour does not waste its share. */
const LEAD_MINUTES = 15;

const spentOn = ({ day, todayMilli }: Spent, today: string): bigint => (day === today ? todayMilli : 0n);

/** What may still be spent today, of the day's budget and the whole; null without a budget. */
export function leftMilli(terms: Terms, spent: Spent, today: string): bigint {
  const { dailyMinor, totalMinor } = terms;
  const ofDay = dailyMinor === null ? undefined : dailyMinor * MILLI - spentOn(spent, today);
  const ofAll = totalMinor === null ? undefined : totalMinor * MILLI - spent.totalMilli;
  const least = ofDay === undefined || (ofAll !== undefined && ofAll < ofDay) ? (ofAll ?? 0n) : ofDay;
  return least > 0n ? least : 0n;
}

/** What even spending allows by now. */
function allowedMilli({ dailyMinor, hours, pacing }: Terms, local: Local): bigint | undefined {
  if (dailyMinor === null || pacing === "asap") return undefined;
  const { done, all } = elapsedOf(hours, local, LEAD_MINUTES);
  return (dailyMinor * MILLI * done) / all;
}

export const IDLE_REASONS = ["not_active", "off_schedule", "budget_spent", "paced"] as const;
export type IdleReason = (typeof IDLE_REASONS)[number];

export const isRunning = ({ state, isBlocked }: Pick<Terms, "state" | "isBlocked">): boolean =>
  state === "active" && !isBlocked;

/** Why a campaign takes part in no auction now. */
export function idleReason(terms: Terms, spent: Spent, at: number, local: Local): IdleReason | undefined {
  const { startsAt, endsAt, hours } = terms;
  if (!isRunning(terms)) return "not_active";
  if (at < startsAt || (endsAt !== null && at >= endsAt)) return "off_schedule";
  if (!isWithin(hours, local)) return "off_schedule";
  if (leftMilli(terms, spent, local.day) === 0n) return "budget_spent";
  const allowed = allowedMilli(terms, local);
  return allowed !== undefined && spentOn(spent, local.day) >= allowed ? "paced" : undefined;
}

/** Terms as text, so that isolates share a copy and an object keeps them. */
export type StoredTerms = Omit<Terms, "dailyMinor" | "totalMinor"> & {
  readonly dailyMinor: string | null;
  readonly totalMinor: string | null;
};

export const toStoredTerms = (terms: Terms): StoredTerms => ({
  ...terms,
  dailyMinor: terms.dailyMinor?.toString() ?? null,
  totalMinor: terms.totalMinor?.toString() ?? null,
});

const orNull = (minor: string | null): bigint | null => (minor === null ? null : BigInt(minor));

export const fromStoredTerms = ({ dailyMinor, totalMinor, ...terms }: StoredTerms): Terms => ({
  ...terms,
  dailyMinor: orNull(dailyMinor),
  totalMinor: orNull(totalMinor),
});

export type Move = "pause" | "resume" | "end";

/** Ended is for good; a paused campaign can go on. */
export function decideMove(before: Campaign, move: Move): Result<Campaign, "ad.campaign_ended"> {
  const state = ({ pause: "paused", resume: "active", end: "ended" } as const)[move];
  if (before.state === state) return ok(before);
  if (before.state === "ended") return err("ad.campaign_ended");
  return ok({ ...before, state, version: before.version + 1 });
}

export type Change = Partial<
  Pick<
    Campaign,
    "name" | "dailyMinor" | "totalMinor" | "startsAt" | "endsAt" | "hours" | "pacing" | "viewerDayMax"
  >
>;

/** A change holds from now on: a budget below what was spent stops, and takes nothing back. */
export function decideChange(
  before: Campaign,
  change: Change,
): Result<Campaign, "ad.campaign_ended" | "ad.terms_invalid"> {
  if (before.state === "ended") return err("ad.campaign_ended");
  const after = { ...before, ...change, version: before.version + 1 };
  return hasSense(after) ? ok(after) : err("ad.terms_invalid");
}

/** There is a budget, the end is after the start, and hours have a length. */
export const hasSense = (terms: Pick<Terms, "dailyMinor" | "totalMinor" | "startsAt" | "endsAt" | "hours">) =>
  (terms.dailyMinor !== null || terms.totalMinor !== null) &&
  (terms.endsAt === null || terms.startsAt < terms.endsAt) &&
  terms.hours.every(({ days, from, until }) => days.length > 0 && from < until);
