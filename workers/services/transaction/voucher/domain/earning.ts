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

/**
 * A cashback is of what was kept: goods that came back take their part with them, rounded down to the cash
 * step.
 */
export function earnedOf({ orderOf, amountMinor, lines, ...terms }: Share, cashStepMinor: bigint): bigint {
  const slots = lines.map((line): Slot => {
    return { sellerId: orderOf, line, fullMinor: line.unitPriceMinor * BigInt(line.quantity) };
  });
  let [full, kept] = [0n, 0n];
  for (const at of eligibleLines(terms, slots)) {
    const line = lines[at];
    if (!line) continue;
    full += line.unitPriceMinor * BigInt(line.quantity);
    kept += line.unitPriceMinor * BigInt(Math.max(0, line.quantity - line.returned));
  }
  // What its category is today may not be what it was; nothing came back, so nothing is lost.
  if (full === 0n || kept === full) return amountMinor;
  const earned = (amountMinor * kept) / full;
  return earned - (earned % cashStepMinor);
}
