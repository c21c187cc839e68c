import type { Id } from "#kernel/ids";
import { eligibleLines, type Slot } from "./basket.ts";
import type { Terms } from "./terms.ts";

/** A line of a completed order, and how much of it came back. */
export type BoughtLine = {
  readonly lineId: Id<"line">;
  readonly offerId: Id<"offer">;
  readonly productId: Id<"product">;
  readonly categoryId: Id<"category"> | null;
  readonly unitPriceMinor: bigint;
  readonly quantity: number;
  readonly returned: number;
};
type Share = Pick<Terms, "sellerId" | "conditions"> & {
  /** The order's own shop. */
  readonly orderOf: Id<"seller">;
  readonly amountMinor: bigint;
  readonly lines: readonly BoughtLine[];
};

/** A line that a cashback was earned by. */
export type Weight = { readonly lineId: Id<"line">; readonly unitMinor: string; readonly quantity: number };

/** By which lines a cashback is earned; where none fits any more, since categories move, by all. */
export function weightsOf({ orderOf, lines, ...terms }: Omit<Share, "amountMinor">): readonly Weight[] {
  const slots = lines.map((line): Slot => {
    return { sellerId: orderOf, line, fullMinor: line.unitPriceMinor * BigInt(line.quantity) };
  });
  const fitting = eligibleLines(terms, slots).flatMap((at) => lines[at] ?? []);
  return (fitting.length > 0 ? fitting : lines).map(({ lineId, unitPriceMinor, quantity }) => {
    return { lineId, quantity, unitMinor: unitPriceMinor.toString() };
  });
}

type Returned = { readonly lineId: string; readonly quantity: number };

/**
 * A cashback is of what was kept: goods that came back take their part with them, rounded down to the cash
 * step.
 */
export function keptOf(
  amountMinor: bigint,
  weights: readonly Weight[],
  returned: readonly Returned[],
  cashStepMinor: bigint,
): bigint {
  let [full, kept] = [0n, 0n];
  for (const { lineId, unitMinor, quantity } of weights) {
    const back = returned.filter((one) => one.lineId === lineId).reduce((sum, one) => sum + one.quantity, 0);
    full += BigInt(unitMinor) * BigInt(quantity);
    kept += BigInt(unitMinor) * BigInt(Math.max(0, quantity - back));
  }
  if (full === 0n || kept === full) return amountMinor;
  const earned = (amountMinor * kept) / full;
  return earned - (earned % cashStepMinor);
}

/** A part of an order's money that its buyer's bank has taken back, of what was left of it. */
export type Loss = { readonly minor: bigint; readonly ofMinor: bigint };

/** Who has his money back from his bank has earned nothing with it: the same part goes as of the money. */
export function keptAfterLoss(keptMinor: bigint, losses: readonly Loss[], cashStepMinor: bigint): bigint {
  if (losses.length === 0) return keptMinor;
  const [kept, of] = losses.reduce<readonly [bigint, bigint]>(
    ([top, bottom], { minor, ofMinor }) => [top * (ofMinor - minor), bottom * ofMinor],
    [keptMinor, 1n],
  );
  const left = kept / of;
  return left - (left % cashStepMinor);
}

export const earnedOf = ({ amountMinor, ...share }: Share, cashStepMinor: bigint): bigint => {
  const returned = share.lines.map(({ lineId, returned: quantity }) => ({ lineId, quantity }));
  return keptOf(amountMinor, weightsOf(share), returned, cashStepMinor);
};
