/** How a carrier has answered lately. Beyond the allowed failures it is not asked until `openUntil`. */
export type Breaker = { readonly failures: number; readonly openUntil: number };
export type BreakerRules = { readonly failures: number; readonly openMs: number };

export const CLOSED: Breaker = { failures: 0, openUntil: 0 };

export type BreakerState = "closed" | "open" | "half_open";

/** Half open lets one call through to see whether the carrier is back. */
export function stateOf(
  { failures, openUntil }: Breaker,
  { failures: max }: BreakerRules,
  now: number,
): BreakerState {
  if (failures < max) return "closed";
  return now < openUntil ? "open" : "half_open";
}

/** A failure of the call that was let through opens it anew. */
export function afterFailure({ failures, openUntil }: Breaker, rules: BreakerRules, now: number): Breaker {
  const next = Math.min(failures + 1, rules.failures);
  return { failures: next, openUntil: next >= rules.failures ? now + rules.openMs : openUntil };
}
