import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "#kernel/clock";
import type { Journey, Status } from "./journey.ts";
import { isFinal } from "./journey.ts";
import { type Fix, latestOf } from "./ping.ts";
import { metersBetween, type Point } from "./place.ts";

/** When it is likely to arrive; it will be between `from` and `until` eight times of ten. */
export type Eta = { readonly at: number; readonly from: number; readonly until: number };

/** Roads are longer than the crow's flight by about so much in towns. */
const DETOUR = 1.35;
/** Weight of what the market's traffic is like, in moves, against what this driver was seen to do. */
const PRIOR_MOVES = 3;
/** Slower than this is a stop, at a door or a light, and tells nothing about the road. */
const MOVING_KMH = 4;
/** Nobody delivers faster: a jump of the fix. */
const KMH_MAX = 130;
/** Older moves tell of another road. */
const WINDOW_MS = 20 * MINUTE_MS;
/** A stop on the way takes so long, and there may be one. */
const STOP_MS = 4 * MINUTE_MS;
/** z of the tenth and the ninetieth percentile. */
const Z_80 = 1.2816;
/** How much log-speed varies along a road in a town before anything was seen of this one. */
const SPREAD_PRIOR = 0.45;

/** By what is left once a parcel is in a status: the middle, and where eight of ten lie. */
const LEFT: {
  readonly [S in Status]?: { readonly at: number; readonly from: number; readonly until: number };
} = {
  pending: { at: 3 * DAY_MS, from: 1.5 * DAY_MS, until: 6 * DAY_MS },
  picked_up: { at: 2.5 * DAY_MS, from: 1 * DAY_MS, until: 5 * DAY_MS },
  in_transit: { at: 1.5 * DAY_MS, from: 10 * HOUR_MS, until: 4 * DAY_MS },
  out_for_delivery: { at: 4 * HOUR_MS, from: 40 * MINUTE_MS, until: 9 * HOUR_MS },
  delivery_failed: { at: 1 * DAY_MS, from: 14 * HOUR_MS, until: 3 * DAY_MS },
  delivery_delayed: { at: 2 * DAY_MS, from: 1 * DAY_MS, until: 5 * DAY_MS },
};

type Asked = {
  readonly journey: Journey;
  readonly fixes: readonly Fix[];
  readonly destination: Point | null;
  readonly cruiseKmh: number;
  readonly now: number;
};

/** From where the driver is, if he is on his way and was heard of lately; else from how far the parcel is. */
export function estimate({ journey, fixes, destination, cruiseKmh, now }: Asked): Eta | undefined {
  const { status, since = now } = journey;
  if (isFinal(status) || status === "on_hold" || status === "ready_for_pickup") return undefined;
  const last = latestOf(fixes);
  if (last && destination && now - last.at <= WINDOW_MS) {
    return fromRoad({ fixes, last, destination, cruiseKmh, now });
  }
  const left = LEFT[status];
  if (!left) return undefined;
  // What has been waited for already is taken off, but a parcel that is due is never promised for the past.
  const from = Math.max(now, since + left.from);
  const at = Math.max(from + (left.at - left.from) / 4, since + left.at);
  return { from, at, until: Math.max(at + (left.until - left.at) / 4, since + left.until) };
}

type Road = Omit<Asked, "journey" | "destination"> & { readonly last: Fix; readonly destination: Point };

function fromRoad({ fixes, last, destination, cruiseKmh, now }: Road): Eta {
  const speeds = speedsOf(fixes.filter((fix) => fix.at >= last.at - WINDOW_MS));
  const logs = speeds.map((kmh) => Math.log(kmh));
  const prior = Math.log(cruiseKmh);
  const count = logs.length;
  const mean = (prior * PRIOR_MOVES + logs.reduce((sum, one) => sum + one, 0)) / (PRIOR_MOVES + count);
  const around = logs.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const variance = (SPREAD_PRIOR ** 2 * PRIOR_MOVES + around) / (PRIOR_MOVES + count);
  const spread = Math.sqrt(variance / Math.max(1, Math.min(count, 6)) + (SPREAD_PRIOR / 3) ** 2);
  const meters = Math.max(0, metersBetween(last, destination) - last.accuracyMeters / 2) * DETOUR;
  const driveMs = (kmh: number) => (meters / 1_000 / kmh) * HOUR_MS;
  const heardAgo = Math.max(0, now - last.at);
  const from = now + Math.max(0, driveMs(Math.exp(mean + Z_80 * spread)) - heardAgo);
  const at = Math.max(from, now + driveMs(Math.exp(mean)) - heardAgo);
  const until = Math.max(at, now + driveMs(Math.exp(mean - Z_80 * spread))) + STOP_MS;
  return { from: Math.round(from), at: Math.round(at), until: Math.round(until) };
}

/** Between fixes in the order of their time; the device's own speed counts where it says one. */
function speedsOf(fixes: readonly Fix[]): readonly number[] {
  const speeds: number[] = [];
  const sorted = fixes.toSorted((a, b) => a.at - b.at);
  for (const [i, fix] of sorted.entries()) {
    const before = sorted[i - 1];
    if (!before || fix.at - before.at < SECOND_MS) continue;
    const kmh = fix.speedKmh ?? (metersBetween(before, fix) / (fix.at - before.at)) * 3_600;
    if (kmh >= MOVING_KMH && kmh <= KMH_MAX) speeds.push(kmh);
  }
  return speeds;
}
