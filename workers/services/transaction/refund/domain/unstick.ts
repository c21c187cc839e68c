import { err, type Result } from "#kernel/result";
import type { AmountLine, Amounts } from "./amounts.ts";
import { type Case, moved, type Refusal } from "./case.ts";

/** What an operator does with a case whose money does not go. */
export const WAYS = ["retry", "to_wallet", "paid_outside"] as const;
export type Way = (typeof WAYS)[number];

type Facts = {
  readonly way: Way;
  /** Whether the market's law lets the buyer's money go into his wallet, and he has one. */
  readonly mayUseWallet: boolean;
  /** Of what the order has paid, what neither we nor the buyer's bank have given back. */
  readonly leftMinor: bigint;
};

/** Only of a case that stands at its payment and could not go on; everything else goes on by itself. */
export function decideUnstick(
  before: Case,
  { way, mayUseWallet, leftMinor }: Facts,
): Result<Case, Refusal | "refund.not_stuck" | "refund.tender_fixed"> {
  if (before.step !== "pay" || before.stuckNote === null || !before.amounts) return err("refund.not_stuck");
  if (way === "to_wallet" && !mayUseWallet) return err("refund.tender_fixed");
  if (way === "to_wallet") return moved(before, "unstick", { tender: "wallet" });
  if (way === "retry") return moved(before, "unstick");
  return moved(before, "unstick", { amounts: cutTo(before.amounts, leftMinor) });
}

/**
 * A refund of which others have paid a part: what is left goes back by us, and of everything the same share.
 * Who bears the part that others paid was booked with it.
 */
export function cutTo(amounts: Amounts, leftMinor: bigint): Amounts {
  const all = amounts.toBuyerMinor;
  if (leftMinor >= all) return amounts;
  const part = (minor: bigint): bigint => (all === 0n ? 0n : (minor * leftMinor) / all);
  const fromSellerMinor = part(amounts.fromSellerMinor);
  return {
    ...amounts,
    lines: amounts.lines.map((line) => cutLine(line, part)),
    shippingMinor: part(amounts.shippingMinor),
    withheldMinor: part(amounts.withheldMinor),
    taxMinor: part(amounts.taxMinor),
    toBuyerMinor: leftMinor,
    fromSellerMinor,
    fromPlatformMinor: leftMinor - fromSellerMinor,
    commissionBackMinor: part(amounts.commissionBackMinor),
    commissionTaxBackMinor: part(amounts.commissionTaxBackMinor),
  };
}

const cutLine = (line: AmountLine, part: (minor: bigint) => bigint): AmountLine => ({
  ...line,
  goodsMinor: part(line.goodsMinor),
  discountMinor: part(line.discountMinor),
  sellerDiscountMinor: part(line.sellerDiscountMinor),
  taxMinor: part(line.taxMinor),
  commissionMinor: part(line.commissionMinor),
  commissionTaxMinor: part(line.commissionTaxMinor),
  grossMinor: part(line.grossMinor),
});
