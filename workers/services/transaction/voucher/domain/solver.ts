import type { Market } from "#kernel/market";
import { compare, type Slot } from "./basket.ts";
import { type Candidate, type Parts, type Purse, partsOf, totalOf } from "./benefit.ts";

/** Codes that a buyer may show at once, and vouchers that are tried without one. */
export const CODES_MAX = 8;
export const AUTOMATIC_MAX = 8;

export type Rules = Market["voucher"];
export type Use = { readonly candidate: Candidate; readonly parts: Parts };
export type Combination = {
  readonly uses: readonly Use[];
  /** Off the price now. */
  readonly discountMinor: bigint;
  readonly cashbackMinor: bigint;
};

const STAGES = { goods: 0, shipping: 2, cashback: 4 } as const;
/**
 * A shop's own discounts lower the price that the platform's are worked out from; cashback is of what is
 * paid.
 */
const stageOf = ({ target, sellerId }: Candidate): number => STAGES[target] + (sellerId === null ? 1 : 0);

export const inOrder = (candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates.toSorted((a, b) => stageOf(a) - stageOf(b) || compare(a.voucherId, b.voucherId));

/** Whether one more may stand beside those chosen; what a set allows, every part of it allows. */
export function mayJoin(chosen: readonly Candidate[], one: Candidate, rules: Rules): boolean {
  if (chosen.length >= rules.perCheckoutMax) return false;
  const stands = (other: Candidate, beside: Candidate) =>
    other.category !== "exclusive" || isJoint(beside, rules);
  if (!chosen.every((other) => stands(other, one) && stands(one, other))) return false;
  const { category, sellerId } = one;
  if (category === "exclusive") return true;
  // A shop's vouchers take nobody else's place.
  const same = chosen.filter((other) => other.category === category && other.sellerId === sellerId);
  return same.length < rules.perCategoryMax[category];
}

const isJoint = ({ category }: Candidate, { jointCategories }: Rules): boolean =>
  (jointCategories as readonly string[]).includes(category);

/** Takes one voucher after the other off what is left, in the documented order. */
export function applyAll(chosen: readonly Candidate[], slots: readonly Slot[], purse: Purse): Combination {
  const left = slots.map((slot) => slot.fullMinor);
  const uses = chosen.map((candidate) => use(candidate, slots, left, purse));
  return combinationOf(uses);
}

/** `left` goes down by what is used, and not by what comes back later. */
function use(candidate: Candidate, slots: readonly Slot[], left: bigint[], purse: Purse): Use {
  const parts = partsOf(candidate, slots, left, purse);
  if (candidate.target !== "cashback") {
    for (const { at, minor } of parts) left[at] = (left[at] ?? 0n) - minor;
  }
  return { candidate, parts };
}

function combinationOf(uses: readonly Use[]): Combination {
  let [discountMinor, cashbackMinor] = [0n, 0n];
  for (const { candidate, parts } of uses) {
    if (candidate.target === "cashback") cashbackMinor += totalOf(parts);
    else discountMinor += totalOf(parts);
  }
  return { uses, discountMinor, cashbackMinor };
}

const worthOf = ({ discountMinor, cashbackMinor }: Combination): bigint => discountMinor + cashbackMinor;
const namesOf = ({ uses }: Combination): string =>
  uses
    .map((one) => one.candidate.code)
    .toSorted(compare)
    .join(" ");

/**
 * More is better; then more of it now; then with fewer vouchers; then by the codes, so that it is always
 * the same.
 */
function isBetter(one: Combination, other: Combination): boolean {
  const [a, b] = [worthOf(one), worthOf(other)];
  if (a !== b) return a > b;
  if (one.discountMinor !== other.discountMinor) return one.discountMinor > other.discountMinor;
  if (one.uses.length !== other.uses.length) return one.uses.length < other.uses.length;
  return compare(namesOf(one), namesOf(other)) < 0;
}

/**
 * The best of all sets that the rules allow, by trying them: at most one a subset of `CODES_MAX +
 * AUTOMATIC_MAX` vouchers that is no larger than `perCheckoutMax` (6,885 with five of sixteen). A branch is
 * left when even the full worth of all that is left of it would not reach the best: no voucher is worth
 * more beside others than alone.
 */
export function bestCombination(
  candidates: readonly Candidate[],
  slots: readonly Slot[],
  { rules, purse }: { readonly rules: Rules; readonly purse: Purse },
): Combination {
  const ordered = inOrder(candidates);
  const full = slots.map((slot) => slot.fullMinor);
  const alone = ordered.map((candidate) => totalOf(partsOf(candidate, slots, full, purse)));
  // What the candidates from this place on could add at the most.
  const ahead = alone.map((_, from) => alone.slice(from).reduce((sum, worth) => sum + worth, 0n));
  let best = combinationOf([]);
  const visit = (from: number, uses: readonly Use[], left: readonly bigint[]): void => {
    const here = combinationOf(uses);
    if (isBetter(here, best)) best = here;
    const chosen = uses.map((one) => one.candidate);
    for (let at = from; at < ordered.length; at += 1) {
      if (worthOf(here) + (ahead[at] ?? 0n) < worthOf(best)) return;
      const candidate = ordered[at];
      if (!candidate || alone[at] === 0n || !mayJoin(chosen, candidate, rules)) continue;
      const after = [...left];
      visit(at + 1, [...uses, use(candidate, slots, after, purse)], after);
    }
  };
  visit(0, [], full);
  return best;
}
