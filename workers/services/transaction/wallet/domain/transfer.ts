import type { Id } from "#kernel/ids";
import type { Account } from "./accounts.ts";

/** What moves money, by the name that statements show. */
export const TRANSFER_KINDS = [
  "payment",
  "payment_fee",
  "payment_refund",
  "payment_refund_failed",
  "sale",
  "sale_tax",
  "sale_shipping",
  "promotion",
  "shipping_subsidy",
  "sale_cancelled",
  "release",
  "commission",
  "commission_tax",
  "withholding",
  "refund",
  "commission_back",
  "commission_tax_back",
  "promotion_back",
  "clawback",
  "withholding_back",
  "dispute",
  "dispute_fee",
  "dispute_won",
  "dispute_lost",
  "write_off",
  "wallet_payment",
  "wallet_refund",
  "wallet_send",
  "withdrawal",
  "payout",
  "payout_return",
  "cashback",
  "cashback_back",
  "cashback_netted",
  "bonus_back",
  "bonus_renewed",
  "bonus_expiry",
  "top_up",
  "adjustment",
  "advertising",
  "advertising_back",
  "carriage",
  "carriage_back",
] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

/** Moves an amount at once, or holds it (`pending`) until it is posted, voided or expires. */
export type NewTransfer = {
  /** Made of the business key: the same thing is booked once, however often it is told. */
  readonly id: string;
  readonly kind: TransferKind;
  readonly debit: Account;
  readonly credit: Account;
  readonly amountMinor: bigint;
  readonly pending?: { readonly expiresAt: number | null };
  readonly groupId?: string;
  /** May overdraw an account that allows it, and passes a freeze: what is owed is not asked for. */
  readonly forced?: boolean;
  readonly orderId?: string;
  readonly memo?: string;
};

/** Ends a pending transfer; posted with less, the rest is given back. */
export type Settling = {
  readonly pendingId: string;
  readonly phase: "post" | "void" | "expire";
  readonly amountMinor?: bigint;
};

export type LedgerRefusal =
  | "wallet.insufficient"
  | "wallet.frozen"
  | "wallet.transfer_reused"
  | "wallet.account_unknown"
  | "wallet.currency_mismatch"
  | "wallet.not_holdable"
  | "wallet.not_pending"
  | "wallet.amount_exceeded"
  | "wallet.settled_already";

/** A pending transfer is ended once, so its end has one name. */
export const endOf = (pendingId: string): string => `${pendingId}:end`;

/** Shops that are charged whether they have it or not. */
export function chargedShops(transfers: readonly (NewTransfer | Settling)[]): readonly Id<"seller">[] {
  const shops = transfers.flatMap((one) =>
    !("pendingId" in one) && one.forced && one.debit.kind === "payable"
      ? [one.debit.owner as Id<"seller">]
      : [],
  );
  return [...new Set(shops)].sort();
}
