import type { Basket } from "./basket.ts";
import { slotsOf } from "./basket.ts";
import { candidateOf, type Parts, type Purse, totalOf } from "./benefit.ts";
import { basketRefusals, type Reason } from "./eligibility.ts";
import { type Applied, toApplied } from "./quote.ts";
import { applyAll, inOrder } from "./solver.ts";
import type { Terms } from "./terms.ts";

/** A voucher as it was used in an order group: its terms of then, and what it took off. */
export type Redeemed = Terms & { readonly amountMinor: bigint; readonly isReleased: boolean };
export type Repriced = {
  /** What the same vouchers take off what is kept. */
  readonly applied: readonly Applied[];
  /** Vouchers whose conditions what is kept does not meet any more. */
  readonly lost: readonly { readonly code: string; readonly reason: Reason }[];
  readonly discountMinor: bigint;
  readonly cashbackMinor: bigint;
};

/**
 * The same vouchers on what a buyer keeps when a part goes back: a minimum that is missed, or a unit too
 * few, and the voucher is lost. Time, quota and method were met when it was used and are not asked again.
 * None gives more than it gave at first; shares name the lines of `remaining`.
 */
export function reprice(redeemed: readonly Redeemed[], remaining: Basket, purse: Purse): Repriced {
  const slots = slotsOf(remaining);
  const live = redeemed.filter(({ isReleased }) => !isReleased);
  const before = new Map(live.map(({ voucherId, amountMinor }) => [voucherId, amountMinor]));
  const looked = live.map((terms) => {
    const candidate = candidateOf(terms, slots);
    return { candidate, refusals: basketRefusals(candidate, slots) };
  });
  const kept = looked.filter(({ refusals }) => refusals.length === 0).map(({ candidate }) => candidate);
  const capped = kept.map((candidate) => ({
    ...candidate,
    benefit: atMost(candidate.benefit, before.get(candidate.voucherId) ?? 0n),
  }));
  const { uses, discountMinor, cashbackMinor } = applyAll(inOrder(capped), slots, purse);
  return {
    applied: uses.filter(({ parts }) => isSome(parts)).map((use) => toApplied(use, slots)),
    lost: looked.flatMap(({ candidate: { code }, refusals: [first] }) =>
      first ? [{ code, reason: first.reason }] : [],
    ),
    discountMinor,
    cashbackMinor,
  };
}

const isSome = (parts: Parts): boolean => totalOf(parts) > 0n;

/** The same benefit with a cap of what it gave at first. */
function atMost(benefit: Terms["benefit"], capMinor: bigint): Terms["benefit"] {
  if (benefit.kind === "fixed") {
    return benefit.amountMinor > capMinor ? { ...benefit, amountMinor: capMinor } : benefit;
  }
  return benefit.capMinor !== null && benefit.capMinor <= capMinor ? benefit : { ...benefit, capMinor };
}
