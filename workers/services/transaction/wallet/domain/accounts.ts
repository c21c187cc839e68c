import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";

/**
 * The chart of accounts. Strict accounts keep a balance that is guarded under a row lock; folded ones are
 * only added to. `side` says how a person reads the balance: what is owed to somebody and what is earned are
 * credits.
 */
export const CHART = {
  /** A person's money. */
  cash: { mode: "strict", side: "credit", mayOverdraw: false },
  /** A lot of a person's bonus; each lot is an account, so that each has its own end. */
  bonus: { mode: "strict", side: "credit", mayOverdraw: false },
  /** Bonus that a person has spent and does not deserve any more; bonus to come pays for it. */
  owed: { mode: "strict", side: "debit", mayOverdraw: true },
  /** What a shop may have paid out. A clawback may bring it below nought, a payout may not. */
  payable: { mode: "strict", side: "credit", mayOverdraw: true },
  /** What a shop has sold and not yet delivered for good. */
  escrow: { mode: "folded", side: "credit", mayOverdraw: true },
  /** Money of buyers between a payment and its orders, and on its way back: nought when all is done. */
  payments: { mode: "folded", side: "credit", mayOverdraw: true },
  /** Money that a provider, a courier or a bank holds for us. */
  provider: { mode: "folded", side: "debit", mayOverdraw: true },
  commission: { mode: "folded", side: "credit", mayOverdraw: true },
  /** Tax on the commission, owed to the state. */
  commission_tax: { mode: "folded", side: "credit", mayOverdraw: true },
  /** Tax withheld from shops, owed to the state. */
  withholding: { mode: "folded", side: "credit", mayOverdraw: true },
  /** Discounts, carriage and bonus that the platform pays for. */
  promotion: { mode: "folded", side: "debit", mayOverdraw: true },
  /** What buyers' banks have taken back, until they decide. */
  disputes: { mode: "folded", side: "debit", mayOverdraw: true },
  /** What providers charge for disputes. */
  provider_fee: { mode: "folded", side: "debit", mayOverdraw: true },
  /** What carriers take for labels, whoever bears it in the end. */
  carriage: { mode: "folded", side: "debit", mayOverdraw: true },
  /** Earned with what shops pay to be seen. */
  advertising: { mode: "folded", side: "credit", mayOverdraw: true },
  /** Refunds and corrections that nobody else bears. */
  loss: { mode: "folded", side: "debit", mayOverdraw: true },
} as const;
export type AccountKind = keyof typeof CHART;

export type Account = {
  readonly id: string;
  readonly kind: AccountKind;
  readonly owner: string;
  readonly currency: Currency;
  readonly expiresAt: number | null;
};

function open(kind: AccountKind, owner: string, currency: Currency, lot?: Lot): Account {
  const id = [kind, owner, currency, ...(lot ? [lot.name] : [])].join(":");
  return { id, kind, owner, currency, expiresAt: lot?.expiresAt ?? null };
}
type Lot = { readonly name: string; readonly expiresAt: number };

const PLATFORM = "platform";
/** Labels are paid out of what we have with these, or owed to them. */
export type Carrier = "biteship" | "easypost";
/** Who holds money for us: a payment provider, couriers who took cash, the bank that pays out, a carrier. */
export type Holder = "midtrans" | "stripe" | "cash" | "payouts" | "bank" | Carrier;

export const cashOf = (userId: string, currency: Currency) => open("cash", userId, currency);
export const bonusOf = (userId: string, currency: Currency, lot: Lot) => open("bonus", userId, currency, lot);
export const owedBy = (userId: string, currency: Currency) => open("owed", userId, currency);
export const payableOf = (sellerId: Id<"seller">, currency: Currency) => open("payable", sellerId, currency);
export const escrowOf = (sellerId: Id<"seller">, currency: Currency) => open("escrow", sellerId, currency);
export const heldBy = (holder: Holder, currency: Currency) => open("provider", holder, currency);
export const platformOf = (
  kind:
    | "payments"
    | "commission"
    | "commission_tax"
    | "withholding"
    | "promotion"
    | "disputes"
    | "provider_fee"
    | "carriage"
    | "advertising"
    | "loss",
  currency: Currency,
) => open(kind, PLATFORM, currency);
