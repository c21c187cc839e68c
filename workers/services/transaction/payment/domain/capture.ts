import type { Id } from "#kernel/ids";
import type { Money } from "#kernel/money";
import { err, ok, type Result } from "#kernel/result";
import { chargeOf, type Payment } from "./payment.ts";

type Part = {
  readonly orderId: Id<"order">;
  readonly authorisedMinor: bigint;
  readonly capturedMinor: bigint;
};
type Wish = { readonly orderIds?: readonly Id<"order">[] | undefined; readonly isFinal: boolean };
type Capture = {
  readonly amount: Money;
  readonly orderIds: readonly Id<"order">[];
  /** What is captured in all once this is through. */
  readonly reachesMinor: bigint;
  /** Names this capture among those of the payment, the same at each try. */
  readonly step: number;
};
export type CaptureRefusal = "payment.not_held" | "payment.capture_incomplete" | "payment.capture_whole";

const sum = (parts: readonly Part[], of: (part: Part) => bigint): bigint =>
  parts.reduce((all, part) => all + of(part), 0n);

/**
 * Order by order, never more than is held. What the last capture leaves must be owed no longer: an order that
 * still waits for its money would be settled without it.
 */
export function decideCapture(
  payment: Payment,
  splits: readonly Part[],
  { orderIds, isFinal }: Wish,
): Result<Capture, CaptureRefusal> {
  if (payment.state !== "authorised" || payment.capture !== "manual") return err("payment.not_held");
  const open = splits.filter(({ capturedMinor }) => capturedMinor === 0n);
  const wanted = open.filter(({ orderId }) => orderIds === undefined || orderIds.includes(orderId));
  if (wanted.length === 0 || (orderIds && wanted.length !== orderIds.length)) return err("payment.not_held");
  const isWhole = wanted.length === splits.length;
  // The wallet's part is of the whole: parts of the rest would have nothing to stand on.
  if (!isWhole && payment.walletMinor > 0n) return err("payment.capture_whole");
  const before = sum(splits, ({ capturedMinor }) => capturedMinor);
  const minor = sum(wanted, ({ authorisedMinor }) => authorisedMinor) - payment.walletMinor;
  const left = chargeOf(payment).minor - before - minor;
  if (minor <= 0n || left < 0n) return err("payment.not_held");
  if (isFinal && left > payment.releasedMinor) return err("payment.capture_incomplete");
  return ok({
    amount: { ...payment.amount, minor },
    orderIds: wanted.map(({ orderId }) => orderId),
    reachesMinor: before + minor,
    step: splits.length - open.length,
  });
}
