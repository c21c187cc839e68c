import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";

/** One row of the log of points: a penalty, or a penalty taken back. */
export type Point = {
  readonly id: Id<"penalty">;
  readonly sellerId: Id<"seller">;
  readonly points: number;
  readonly metric: string;
  readonly period: string | null;
  readonly firstDay: number | null;
  readonly lastDay: number | null;
  readonly value: number | null;
  readonly target: number | null;
  readonly of: number | null;
  readonly per: number | null;
  readonly reason: string | null;
  readonly restores: Id<"penalty"> | null;
  readonly by: Id<"user"> | null;
  readonly at: number;
  readonly expiresAt: number;
};

/** What counts now. A penalty and its restoration lapse together, so the sum is never below zero. */
export const pointsAt = (log: readonly Point[], now: number): number =>
  log
    .filter(({ at, expiresAt }) => at <= now && expiresAt > now)
    .reduce((sum, { points }) => sum + points, 0);

/** The row that takes a penalty back for as long as it would have counted. */
export const restoring = (
  penalty: Point,
  about: {
    readonly id: Id<"penalty">;
    readonly by: Id<"user">;
    readonly reason: string;
    readonly at: number;
  },
): Point => ({ ...penalty, ...about, points: -penalty.points, period: null, restores: penalty.id });

export const APPEAL_STATES = ["open", "granted", "denied"] as const;
export type AppealState = (typeof APPEAL_STATES)[number];
export type Appeal = {
  readonly id: Id<"appeal">;
  readonly sellerId: Id<"seller">;
  readonly penaltyId: Id<"penalty">;
  readonly words: string;
  readonly evidence: readonly string[];
  readonly state: AppealState;
  readonly submittedBy: Id<"user">;
  readonly submittedAt: number;
  /** By when the platform answers; later is told of. */
  readonly answerBy: number;
  readonly decidedBy: Id<"user"> | null;
  readonly decidedAt: number | null;
  readonly decision: string | null;
  readonly version: number;
};

type Terms = { readonly appealWithinMs: number; readonly now: number };

/** Against a penalty of its own, in time, and as long as it counts. */
export function decideAppeal(
  penalty: Point,
  { appealWithinMs, now }: Terms,
): Result<undefined, "appeal.not_a_penalty" | "appeal.too_late"> {
  if (penalty.restores !== null) return err("appeal.not_a_penalty");
  const isLate = now >= penalty.at + appealWithinMs || now >= penalty.expiresAt;
  return isLate ? err("appeal.too_late") : ok(undefined);
}

type Decision = {
  readonly state: Exclude<AppealState, "open">;
  readonly decision: string;
  readonly by: Id<"user">;
  readonly now: number;
};

/** Decided once; the same word again changes nothing. */
export function decideVerdict(
  appeal: Appeal,
  { state, decision, by, now }: Decision,
): Result<Appeal, "appeal.decided"> {
  if (appeal.state === state) return ok(appeal);
  if (appeal.state !== "open") return err("appeal.decided");
  return ok({ ...appeal, state, decision, decidedBy: by, decidedAt: now, version: appeal.version + 1 });
}
