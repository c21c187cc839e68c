import type { Currency, Money } from "#kernel/money";

type Held = {
  readonly accountId: string;
  readonly kind: string;
  readonly postedMinor: bigint;
  readonly heldMinor: bigint;
  readonly expiresAt: number | null;
};

/** Bonus pays for orders only and cannot be sent or withdrawn. */
export type WalletBalance = {
  readonly available: Money;
  /** Reserved by payments that are under way, and withdrawals. */
  readonly held: Money;
  readonly bonus: Money;
  /** Of bonus that was spent and is not deserved any more; bonus to come pays for it. */
  readonly owed: Money;
  readonly lots: readonly { readonly amount: Money; readonly expiresAt: number }[];
};

const sum = (rows: readonly Held[], of: (row: Held) => bigint): bigint =>
  rows.reduce((total, row) => total + of(row), 0n);
const freeOf = ({ postedMinor, heldMinor }: Held): bigint => postedMinor - heldMinor;

/** A lot past its end is no money, though nobody has ended it yet. */
export function walletBalance(rows: readonly Held[], currency: Currency, now: number): WalletBalance {
  const money = (minor: bigint): Money => ({ minor, currency });
  const cash = rows.filter(({ kind }) => kind === "cash");
  const lots = rows.flatMap((row) =>
    row.kind === "bonus" && row.expiresAt !== null && row.expiresAt > now && freeOf(row) > 0n
      ? [{ amount: money(freeOf(row)), expiresAt: row.expiresAt }]
      : [],
  );
  return {
    available: money(sum(cash, freeOf)),
    held: money(sum(rows, ({ heldMinor }) => heldMinor)),
    owed: money(
      -sum(
        rows.filter(({ kind }) => kind === "owed"),
        freeOf,
      ),
    ),
    bonus: money(lots.reduce((total, { amount }) => total + amount.minor, 0n)),
    lots,
  };
}

export type SellerAccount = {
  /** What may be paid out; below nought the shop owes it, and its next sales pay for it. */
  readonly available: Money;
  /** On its way to the bank. */
  readonly inPayout: Money;
  /** Sold, and not yet the shop's for good. */
  readonly escrow: Money;
};

export function sellerAccount(rows: readonly Held[], currency: Currency): SellerAccount {
  const money = (minor: bigint): Money => ({ minor, currency });
  const payable = rows.filter(({ kind }) => kind === "payable");
  const escrow = rows.filter(({ kind }) => kind === "escrow");
  return {
    available: money(sum(payable, freeOf)),
    inPayout: money(sum(payable, ({ heldMinor }) => heldMinor)),
    escrow: money(sum(escrow, ({ postedMinor }) => postedMinor)),
  };
}
