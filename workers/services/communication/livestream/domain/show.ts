import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";

export const SHOW_STATES = ["scheduled", "live", "interrupted", "ended", "replay", "cancelled"] as const;
export type ShowState = (typeof SHOW_STATES)[number];
export type Crew = "cohost" | "moderator";
/** From `atMs` of the replay on, this product is the one that is shown. */
export type Chapter = { readonly atMs: number; readonly title: string; readonly offerId: string };

export type Show = {
  readonly id: Id<"livestream">;
  readonly sellerId: Id<"seller">;
  readonly hostId: Id<"user">;
  readonly title: string;
  readonly state: ShowState;
  readonly startsAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly graceUntil: number | null;
  readonly inputUid: string | null;
  readonly videoUid: string | null;
  readonly durationMs: number | null;
  readonly chapters: readonly Chapter[];
  readonly createdAt: number;
  readonly version: number;
};

/** How the provider says that the publishing stands. */
export type Publishing = { readonly live: boolean; readonly videoUid: string | null };

const isOpen = ({ state }: Show) => state === "scheduled" || state === "live" || state === "interrupted";

/**
 * Brings a show to what the provider says now, whatever notices came in whatever order: with a picture it is
 * live; without one it waits for its publisher through the grace, and ends.
 */
export function decideSync(
  show: Show,
  { live, videoUid }: Publishing,
  { now, graceMs }: { readonly now: number; readonly graceMs: number },
): Show {
  if (!isOpen(show)) return show;
  if (live) {
    const startedAt = show.startedAt ?? now;
    const video = videoUid ?? show.videoUid;
    if (show.state === "live" && show.videoUid === video) return show;
    return { ...show, state: "live", startedAt, graceUntil: null, videoUid: video };
  }
  if (show.state === "live") return { ...show, state: "interrupted", graceUntil: now + graceMs };
  if (show.state === "interrupted" && show.graceUntil !== null && now >= show.graceUntil) {
    return { ...show, state: "ended", endedAt: now, graceUntil: null };
  }
  return show;
}

/** The host says good-bye. */
export function decideEnd(show: Show, now: number): Result<Show, "livestream.not_open"> {
  if (show.state === "ended" || show.state === "replay") return ok(show);
  if (show.state !== "live" && show.state !== "interrupted") return err("livestream.not_open");
  return ok({ ...show, state: "ended", endedAt: now, graceUntil: null });
}

export function decideCancel(show: Show, now: number): Result<Show, "livestream.not_open"> {
  if (show.state === "cancelled") return ok(show);
  return show.state === "scheduled"
    ? ok({ ...show, state: "cancelled", endedAt: now })
    : err("livestream.not_open");
}

/** A stretch of the recording: from `atMs` of the video on, what the wall clock showed. */
export type Stretch = { readonly at: number; readonly atMs: number; readonly durationMs: number };

/** Where in the replay an instant of the show is: exact by EXT-X-PROGRAM-DATE-TIME, interrupted or not. */
export function offsetOf(timeline: readonly Stretch[], at: number): number {
  let offset = 0;
  for (const stretch of timeline) {
    if (at < stretch.at) break;
    offset = stretch.atMs + Math.min(at - stretch.at, stretch.durationMs);
  }
  return offset;
}

type Shown = { readonly at: number; readonly offerId: string | null; readonly title: string };

/** A chapter for each product, from when it was pinned. */
export function chaptersOf(timeline: readonly Stretch[], pinned: readonly Shown[]): readonly Chapter[] {
  const chapters: Chapter[] = [];
  for (const { at, offerId, title } of pinned) {
    if (offerId !== null) chapters.push({ atMs: offsetOf(timeline, at), title, offerId });
  }
  return chapters;
}
