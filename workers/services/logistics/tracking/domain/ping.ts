import { HOUR_MS, MINUTE_MS } from "#kernel/clock";
import { err, ok, type Result } from "#kernel/result";
import type { Point } from "./place.ts";

/** Where the driver's device was, and when. */
export type Ping = Point & {
  readonly at: number;
  readonly accuracyMeters: number;
  readonly speedKmh: number | null;
  readonly headingDegrees: number | null;
};
export type Fix = Ping & { readonly seq: number };

/** What a device sends at once, under a name that it gives once for good. */
export type Batch = { readonly cid: string; readonly fixes: readonly Ping[] };
/** Kept up to `seq`; so many of the batch's were of use. */
export type Taken = { readonly seq: number; readonly taken: number };

/** A device that was without a net sends what it kept; what is older than this is of no use to anybody. */
const LATE_MS_MAX = 6 * HOUR_MS;
/** Clocks of devices differ by so much. */
const AHEAD_MS_MAX = MINUTE_MS;

/**
 * A batch is known by its `cid` for as long as it could be taken: one that is sent again later than this is
 * refused by its own times, so that none is ever counted twice.
 */
export const PING_KEPT_MS = LATE_MS_MAX + 2 * AHEAD_MS_MAX;

type Now = { readonly isOver: boolean; readonly now: number };

/** The fixes that are of use; a refusal where none is. */
export function decidePings(
  { fixes }: Batch,
  { isOver, now }: Now,
): Result<readonly Ping[], "tracking.over" | "tracking.ping_late" | "tracking.ping_ahead"> {
  if (isOver) return err("tracking.over");
  const earliest = now - LATE_MS_MAX;
  const latest = now + AHEAD_MS_MAX;
  if (fixes.every((fix) => fix.at >= earliest && fix.at <= latest)) return ok(fixes);
  const useful = fixes.filter((fix) => fix.at >= earliest && fix.at <= latest);
  if (useful.length > 0) return ok(useful);
  return err(fixes.some((fix) => fix.at > latest) ? "tracking.ping_ahead" : "tracking.ping_late");
}

/** A device that catches up sends old fixes late: where it is, is its latest by its own clock. */
export const latestOf = (fixes: readonly Fix[]): Fix | undefined =>
  fixes.reduce<Fix | undefined>((last, fix) => (last && last.at > fix.at ? last : fix), undefined);
