import { err, ok, type Result } from "#kernel/result";
import { type Limits, targetOf, type Voucher } from "./terms.ts";

export type Move = "pause" | "resume" | "end";
export type Change = Partial<
  Pick<
    Voucher,
    | "titles"
    | "benefit"
    | "conditions"
    | "firstOrder"
    | "mustCollect"
    | "isAutomatic"
    | "isListed"
    | "startsAt"
    | "endsAt"
    | keyof Limits
  >
>;

/**
 * What it takes off stays what it is, since its kind decides what it stands beside. A limit is counted from
 * the beginning or not at all, so that it can be moved or lifted, and brought in only before the start.
 */
export function decideChange(
  before: Voucher,
  change: Change,
  now: number,
): Result<Voucher, "voucher.ended" | "voucher.limit_fixed" | "voucher.terms_invalid"> {
  if (before.state === "ended") return err("voucher.ended");
  const after = { ...before, ...change, version: before.version + 1 };
  const hasBegun = now >= before.startsAt;
  if (targetOf(after.benefit) !== targetOf(before.benefit)) return err("voucher.terms_invalid");
  if (hasBegun && after.startsAt !== before.startsAt) return err("voucher.terms_invalid");
  const bringsTotal = !isCounted(before) && isCounted(after);
  const bringsDaily = before.perDay === null && after.perDay !== null;
  return hasBegun && (bringsTotal || bringsDaily) ? err("voucher.limit_fixed") : ok(after);
}

/** Quota and budget are two columns of one count, so that either may come to the other. */
const isCounted = ({ quota, budgetMinor }: Limits): boolean => quota !== null || budgetMinor !== null;

/** Ended is for good; a paused voucher can go on. */
export function decideState(before: Voucher, move: Move): Result<Voucher, "voucher.ended"> {
  const state = ({ pause: "paused", resume: "active", end: "ended" } as const)[move];
  if (before.state === state) return ok(before);
  return before.state === "ended"
    ? err("voucher.ended")
    : ok({ ...before, state, version: before.version + 1 });
}
