import type { Currency } from "#kernel/money";
import { type Account, type Holder, heldBy, platformOf } from "./accounts.ts";
import type { NewTransfer, TransferKind } from "./transfer.ts";

export type DisputeMoney = {
  readonly disputeId: string;
  readonly holder: Holder;
  readonly currency: Currency;
  /** What the provider has withheld; nothing for an inquiry. */
  readonly takenMinor: bigint;
};
export type DisputeEnd = DisputeMoney & {
  readonly outcome: "won" | "lost";
  readonly feeMinor: bigint;
  /** Beside what orders and refunds bear. */
  readonly excessMinor: bigint;
};

type Leg = readonly [kind: TransferKind, debit: Account, credit: Account, minor: bigint];

const book = (disputeId: string, legs: readonly Leg[]): NewTransfer[] =>
  legs
    .filter(([, , , minor]) => minor > 0n)
    .map(([kind, debit, credit, amountMinor]) => {
      return { id: `dispute/${disputeId}/${kind}`, kind, debit, credit, amountMinor, forced: true };
    });

/** The provider holds less for us; whose loss it is, nobody knows yet. */
export function decideTaken({ disputeId, holder, currency, takenMinor }: DisputeMoney): NewTransfer[] {
  const legs: Leg[] = [["dispute", platformOf("disputes", currency), heldBy(holder, currency), takenMinor]];
  return book(disputeId, legs);
}

/** Won, the money is back; lost, the shares are booked with their orders. The fee is ours either way. */
export function decideEnd(end: DisputeEnd): NewTransfer[] {
  const { disputeId, holder, currency, takenMinor, outcome, feeMinor, excessMinor } = end;
  const disputes = platformOf("disputes", currency);
  const held = heldBy(holder, currency);
  const back = outcome === "won" ? takenMinor : 0n;
  const excess = outcome === "lost" ? excessMinor : 0n;
  const legs: Leg[] = [
    ["dispute_fee", platformOf("provider_fee", currency), held, feeMinor],
    ["dispute_won", held, disputes, back],
    ["write_off", platformOf("loss", currency), disputes, excess],
  ];
  // Whichever word comes first books what was taken.
  return [...decideTaken(end), ...book(disputeId, legs)];
}
