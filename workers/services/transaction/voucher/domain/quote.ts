import type { Id } from "#kernel/ids";
import { type Basket, compare, type Slot, slotsOf } from "./basket.ts";
import { type Candidate, candidateOf, type Purse, partsOf, totalOf } from "./benefit.ts";
import {
  type Need,
  type Reason,
  type Refusal,
  refusalsOf,
  type Situation,
  type Usage,
} from "./eligibility.ts";
import { AUTOMATIC_MAX, bestCombination, CODES_MAX, mayJoin, type Rules, type Use } from "./solver.ts";
import { normalCode, type Target, type Voucher } from "./terms.ts";

export type Share = {
  readonly sellerId: Id<"seller">;
  /** Null: of the parcel's shipping. */
  readonly lineId: Id<"line"> | null;
  readonly minor: bigint;
};
export type Applied = {
  readonly voucherId: Id<"voucher">;
  readonly code: string;
  readonly version: number;
  readonly fundedBy: "platform" | "seller";
  readonly sellerId: Id<"seller"> | null;
  readonly target: Target;
  readonly amountMinor: bigint;
  readonly shares: readonly Share[];
};
export type Rejected = {
  readonly code: string;
  readonly reason: Reason;
  /** Every reason, the first one included. */
  readonly reasons: readonly Reason[];
  readonly needs: readonly Need[];
};
export type Quoted = {
  readonly applied: readonly Applied[];
  readonly rejected: readonly Rejected[];
  readonly cashbackMinor: bigint;
};

/**
 * A voucher as it stands for this buyer now; conditions name every category below those that its maker
 * named.
 */
export type Standing = { readonly voucher: Voucher; readonly usage: Usage };
export type Asked = {
  readonly codes: readonly string[];
  readonly standing: readonly Standing[];
  readonly basket: Basket;
  readonly situation: Situation;
  readonly rules: Rules;
  readonly purse: Purse;
};

type Looked = {
  readonly voucher: Voucher;
  readonly candidate: Candidate;
  readonly amountMinor: bigint;
  readonly refusals: readonly Refusal[];
};

/** Codes as they are looked up: each once, in an order of their own; those beyond the limit are not tried. */
export function knownCodes(codes: readonly string[]): {
  readonly tried: string[];
  readonly surplus: string[];
} {
  const unique = [...new Set(codes.map(normalCode))].filter((code) => code !== "").toSorted(compare);
  return { tried: unique.slice(0, CODES_MAX), surplus: unique.slice(CODES_MAX) };
}

/** The best that these codes, and what needs none, make of a basket; and of each code that is left, why. */
export function quote({ codes, standing, basket, situation, rules, purse }: Asked): Quoted {
  const { tried, surplus } = knownCodes(codes);
  const slots = slotsOf(basket);
  const looked = standing.map(({ voucher, usage }) => look({ voucher, usage, slots, situation, purse }));
  const shown = looked.filter(({ voucher }) => tried.includes(voucher.code));
  const usable = (one: Looked) => one.refusals.length === 0;
  // Chosen without looking at the codes, so that a code less never brings another voucher in.
  const unasked = looked
    .filter((one) => usable(one) && isOffered(standing, one))
    .toSorted((a, b) => compareWorth(b, a))
    .slice(0, AUTOMATIC_MAX);
  const pool = new Set([...shown.filter(usable), ...unasked]);
  const candidates = [...pool].map(({ candidate }) => candidate);
  const best = bestCombination(candidates, slots, { rules, purse });
  const chosen = best.uses.map(({ candidate }) => candidate);
  const left = shown.filter(({ candidate }) => !chosen.includes(candidate));
  const rejected = [
    ...tried.filter((code) => !looked.some(({ voucher }) => voucher.code === code)).map(refused("unknown")),
    ...surplus.map(refused("too_many_codes")),
    ...left.map((one) => toRejected(one, chosen, rules)),
  ];
  return {
    applied: best.uses.map((use) => toApplied(use, slots)),
    rejected: rejected.toSorted((a, b) => compare(a.code, b.code)),
    cashbackMinor: best.cashbackMinor,
  };
}

type Looking = Standing & Pick<Asked, "situation" | "purse"> & { readonly slots: readonly Slot[] };

function look({ voucher, usage, slots, situation, purse }: Looking): Looked {
  const candidate = candidateOf(voucher, slots);
  const full = slots.map((slot) => slot.fullMinor);
  const amountMinor = totalOf(partsOf(candidate, slots, full, purse));
  const refusals = refusalsOf(voucher, { ...situation, candidate, slots, usage, amountMinor });
  return { voucher, candidate, amountMinor, refusals };
}

/** What a buyer need not name: what is automatic, and what he has collected. */
function isOffered(standing: readonly Standing[], { voucher }: Looked): boolean {
  if (voucher.isAutomatic) return true;
  return standing.some((one) => one.voucher === voucher && one.usage.isCollected);
}

const compareWorth = (a: Looked, b: Looked): number =>
  a.amountMinor < b.amountMinor
    ? -1
    : a.amountMinor > b.amountMinor
      ? 1
      : compare(b.voucher.voucherId, a.voucher.voucherId);

const refused = (reason: Reason) => (code: string) => ({ code, reason, reasons: [reason], needs: [] });

function toRejected(
  { voucher, candidate, refusals }: Looked,
  chosen: readonly Candidate[],
  rules: Rules,
): Rejected {
  const [first] = refusals;
  const needs = refusals.flatMap((one) => one.needs);
  const reasons = refusals.map((one) => one.reason);
  if (first) return { code: voucher.code, reason: first.reason, reasons, needs };
  const isFree = mayJoin(chosen, candidate, rules);
  const reason: Reason = isFree ? "better_without" : "not_combinable";
  const against = isFree ? [] : chosen.filter((other) => !mayJoin([other], candidate, rules));
  const codes = (against.length > 0 ? against : chosen).map((other) => other.code).toSorted(compare);
  return { code: voucher.code, reason, reasons: [reason], needs: isFree ? [] : [{ kind: "without", codes }] };
}

export function toApplied({ candidate, parts }: Use, slots: readonly Slot[]): Applied {
  const { voucherId, code, version, sellerId, target } = candidate;
  return {
    voucherId,
    code,
    version,
    fundedBy: sellerId === null ? "platform" : "seller",
    sellerId,
    target,
    amountMinor: totalOf(parts),
    shares: parts.flatMap(({ at, minor }) => {
      const slot = slots[at];
      return slot ? [{ sellerId: slot.sellerId, lineId: slot.line?.lineId ?? null, minor }] : [];
    }),
  };
}
