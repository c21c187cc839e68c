import type { CellConfig } from "#kernel/cell";
import type { BankAccount, Payout, PayoutReport } from "../domain/payout.ts";

/** No answer, or none that can be read: whether it was carried out is not known. */
export class PayoutSilent extends Error {
  override readonly name = "PayoutSilent";
}

export type Sent =
  | { readonly kind: "sent"; readonly report: PayoutReport }
  /** It will never be carried out under this name. */
  | { readonly kind: "refused"; readonly note: string };

/**
 * Who pays out. A payout's id is the idempotency key of every call about it: sending again is the same
 * payout. A call whose outcome is not known throws `PayoutSilent`.
 */
export type PayoutProvider = {
  send(payout: Payout): Promise<Sent>;
  approve(payout: Payout): Promise<void>;
  find(referenceNo: string): Promise<PayoutReport | undefined>;
  /** The name that the bank has for an account; undefined where there is no such account. */
  holderOf(account: Pick<BankAccount, "bank" | "accountNumber">): Promise<string | undefined>;
};

export type Desk = {
  readonly config: Pick<CellConfig, "iris">;
  /** After so long an answer will not come. */
  readonly timeoutMs?: number;
};
