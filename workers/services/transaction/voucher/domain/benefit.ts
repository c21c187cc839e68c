import { allocate, type Currency, smaller } from "#kernel/money";
import { eligibleLines, eligibleParcels, linesWithin, type Slot } from "./basket.ts";
import { BASIS_POINTS, type Benefit, type Target, type Terms, targetOf } from "./terms.ts";

export type Purse = { readonly currency: Currency; readonly cashStepMinor: bigint };
/** A voucher before a basket: what it is about is found once, however many combinations are tried. */
export type Candidate = Terms & {
  readonly target: Target;
  /** Places of the lines that it is about. */
  readonly lines: readonly number[];
  /** Places of what its amount is taken off, or worked out from. */
  readonly bases: readonly number[];
  /** Of a bxgy: which units are let off, by place. */
  readonly freeUnits: readonly { readonly at: number; readonly units: bigint }[];
};
/** What a voucher takes off, by the places in `slots`; only what is above nothing. */
export type Parts = readonly { readonly at: number; readonly minor: bigint }[];

const HUNDRED = BigInt(BASIS_POINTS);
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

export function candidateOf(terms: Terms, slots: readonly Slot[]): Candidate {
  const target = targetOf(terms.benefit);
  const lines = eligibleLines(terms, slots);
  const bases = target === "shipping" ? eligibleParcels(slots, lines) : lines;
  return { ...terms, target, lines, bases, freeUnits: freeUnitsOf(terms.benefit, slots, lines) };
}

/** The cheapest units, by the price before any discount, so that other vouchers do not move them. */
function freeUnitsOf(benefit: Benefit, slots: readonly Slot[], lines: readonly number[]) {
  if (benefit.kind !== "bxgy") return [];
  const { buyQuantity, getQuantity, get } = benefit;
  const gotten = get ? linesWithin(get, slots, lines) : lines;
  const bought = get ? lines.filter((at) => !gotten.includes(at)) : lines;
  const unitsOf = (places: readonly number[]) =>
    places.reduce((units, at) => units + (slots[at]?.line?.quantity ?? 0), 0);
  const times = Math.floor(unitsOf(bought) / (get ? buyQuantity : buyQuantity + getQuantity));
  let left = times * getQuantity;
  const byPrice = gotten.toSorted((a, b) => {
    const [x, y] = [slots[a]?.line?.unitPriceMinor ?? 0n, slots[b]?.line?.unitPriceMinor ?? 0n];
    return x < y ? -1 : x > y ? 1 : a - b;
  });
  return byPrice.flatMap((at) => {
    const units = Math.min(left, slots[at]?.line?.quantity ?? 0);
    left -= units;
    return units > 0 ? [{ at, units: BigInt(units) }] : [];
  });
}

/**
 * What a voucher takes off what is left. Every part is a multiple of the cash step and at most what is left
 * of its line, so no line and no total goes below nothing; with more left it is never less.
 */
export function partsOf(
  candidate: Candidate,
  slots: readonly Slot[],
  left: readonly bigint[],
  purse: Purse,
): Parts {
  const { benefit } = candidate;
  const down = (minor: bigint) => minor - (minor % purse.cashStepMinor);
  const whole = (at: number) => down(left[at] ?? 0n);
  if (benefit.kind === "bxgy") {
    const share = BigInt(benefit.basisPoints);
    const parts = candidate.freeUnits.map(({ at, units }) => {
      const quantity = BigInt(slots[at]?.line?.quantity ?? 1);
      return { at, minor: down(((left[at] ?? 0n) * units * share) / (quantity * HUNDRED)) };
    });
    return capped(parts, benefit.capMinor, purse);
  }
  const bases = candidate.bases.map((at) => ({ at, minor: whole(at) }));
  const base = sum(bases.map(({ minor }) => minor));
  return spread(down(smaller(base, wantedOf(benefit, base, purse))), bases, purse);
}

function wantedOf(
  benefit: Exclude<Benefit, { kind: "bxgy" }>,
  base: bigint,
  { cashStepMinor }: Purse,
): bigint {
  if (benefit.kind === "fixed") return benefit.amountMinor;
  const cap = benefit.capMinor ?? base;
  if (benefit.kind === "free_shipping") return cap;
  // Rounded half up to the cash step, as tax is.
  const divisor = HUNDRED * cashStepMinor;
  const share = ((base * BigInt(benefit.basisPoints) * 2n + divisor) / (divisor * 2n)) * cashStepMinor;
  return smaller(cap, share);
}

function capped(parts: Parts, capMinor: bigint | null, purse: Purse): Parts {
  const total = sum(parts.map(({ minor }) => minor));
  const kept = capMinor === null ? total : smaller(total, capMinor - (capMinor % purse.cashStepMinor));
  return spread(kept, parts, purse);
}

/** By what is left, the largest remainders first, then by place: `allocate` keeps the sum to the unit. */
function spread(minor: bigint, bases: Parts, { currency, cashStepMinor }: Purse): Parts {
  if (minor <= 0n) return [];
  const weights = bases.map((base) => base.minor);
  const shares = allocate({ minor, currency }, weights, cashStepMinor);
  return bases.flatMap(({ at }, i) => {
    const share = shares[i]?.minor ?? 0n;
    return share > 0n ? [{ at, minor: share }] : [];
  });
}

export const totalOf = (parts: Parts): bigint => sum(parts.map(({ minor }) => minor));
