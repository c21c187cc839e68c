import { err, ok, type Result } from "#kernel/result";
import { decideClose, isOnline, openPayment, type Payment } from "./payment.ts";

export type PayAgainRefusal =
  | "payment.not_payable"
  | "payment.too_late"
  | "payment.nothing_owed"
  | "payment.wallet_too_much";

/** Pays the rest of a group in another way, after a try that came to nothing or that the buyer turns from. */
export function decidePayAgain(
  last: Payment,
  next: Pick<Payment, "id" | "method" | "options" | "provider" | "capture"> & { walletMinor?: bigint },
  now: number,
): Result<{ readonly left: Payment; readonly opened: Payment }, PayAgainRefusal> {
  if (
    last.purpose !== "order" ||
    !isOnline(last.method) ||
    last.keptBy !== null ||
    last.settledMinor > 0n ||
    last.state === "authorised"
  ) {
    return err("payment.not_payable");
  }
  if (now >= last.payBy) return err("payment.too_late");
  const owed = last.amount.minor - last.releasedMinor;
  if (owed <= 0n) return err("payment.nothing_owed");
  const { orderGroupId, buyerId, payBy } = last;
  if ((next.walletMinor ?? 0n) >= owed) return err("payment.wallet_too_much");
  const amount = { ...last.amount, minor: owed };
  const attempt = last.attempt + 1;
  return ok({
    left: decideClose(last, "cancelled", now),
    opened: openPayment({ ...next, orderGroupId, buyerId, payBy, amount, attempt }, now),
  });
}
