import type { Id } from "#kernel/ids";
import { smaller } from "#kernel/money";
import type { Payment, Provider, Refund } from "./payment.ts";

/** What an order was paid and has not got back. */
type Part = {
  readonly orderId: Id<"order">;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly lostMinor: bigint;
};
type Taken = { readonly provider: Provider; readonly takenMinor: bigint };

/** Whom a lost dispute costs what. Shares, covers and excess add up to what was taken. */
export type Loss = {
  /** What the payment has lost of its money: never more than is left of it. */
  readonly lostMinor: bigint;
  readonly shares: readonly { readonly orderId: Id<"order">; readonly minor: bigint }[];
  /** Refunds that were asked for and not sent: the bank has given it back in their place. */
  readonly covers: readonly { readonly refundId: Id<"refund">; readonly minor: bigint }[];
  /** The buyer has it twice, from us and from his bank. */
  readonly excessMinor: bigint;
};

const sumOf = (parts: readonly { readonly minor: bigint }[]): bigint =>
  parts.reduce((sum, { minor }) => sum + minor, 0n);

type Paid = Pick<Payment, "keptBy" | "settledMinor" | "refundRequestedMinor" | "lostMinor">;

/** First what is left of the orders, each in proportion; then refunds that wait; the rest is lost to us. */
export function decideLoss(
  payment: Paid,
  { provider, takenMinor }: Taken,
  orders: readonly Part[],
  refunds: readonly Refund[],
): Loss {
  const isKept = payment.keptBy === provider;
  const rest = payment.settledMinor - payment.refundRequestedMinor - payment.lostMinor;
  const lostMinor = isKept ? smaller(takenMinor, rest) : 0n;
  const shares = divide(orders, lostMinor);
  let left = takenMinor - lostMinor;
  // Of one whose money was not kept only what he is to give back waits.
  const waiting = refunds.filter((refund) => isWaiting(refund, provider));
  const covers = waiting.flatMap((refund) => {
    const minor = smaller(left, refund.amount.minor - refund.ownMinor - refund.coveredMinor);
    left -= minor;
    return minor > 0n ? [{ refundId: refund.id, minor }] : [];
  });
  return { lostMinor, shares, covers, excessMinor: takenMinor - sumOf(shares) - sumOf(covers) };
}

const isWaiting = ({ state, provider }: Refund, of: Provider): boolean =>
  provider === of && (state === "requested" || state === "manual");

function divide(orders: readonly Part[], minor: bigint): Loss["shares"] {
  const rests = orders.map(({ orderId, capturedMinor, refundedMinor, lostMinor }) => {
    return { orderId, minor: capturedMinor - refundedMinor - lostMinor };
  });
  let all = sumOf(rests);
  let left = smaller(minor, all);
  return rests.flatMap(({ orderId, minor: rest }) => {
    if (rest === 0n) return [];
    const share = (left * rest) / all;
    all -= rest;
    left -= share;
    return share > 0n ? [{ orderId, minor: share }] : [];
  });
}

/** How a refund goes back: what the bank has given in its place is sent by nobody. */
export function sentOf({ amount, walletMinor, coveredMinor }: Refund) {
  const byProvider = amount.minor - walletMinor;
  const left = byProvider - smaller(byProvider, coveredMinor);
  return { providerMinor: left, walletMinor: amount.minor - coveredMinor - left };
}

/** A provider answers a name that it has refused in the same way for ever: each try has its own. */
export const nameOf = ({ id, tries }: Pick<Refund, "id" | "tries">): string =>
  tries === 0 ? id : `${id}-${tries}`;

/**
 * A provider that has refused a refund, or seemed to, and took it all the same: as it was when it was sent
 * under that name, before an operator had it go another way.
 */
export function decideTaken(refund: Refund, taken: readonly string[]): Refund | undefined {
  for (let tries = 0; tries < refund.tries; tries += 1) {
    const sent = { ...refund, tries, walletMinor: refund.ownMinor };
    if (taken.includes(nameOf(sent))) return sent;
  }
  return undefined;
}
