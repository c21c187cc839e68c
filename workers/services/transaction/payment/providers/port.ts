import type { Cell, CellConfig } from "#kernel/cell";
import type { Payment, PaymentAction, Report } from "../domain.ts";

export type Charge = Pick<Payment, "id" | "method" | "options" | "amount" | "payBy"> & {
  /** Made from the card by the provider's script in the browser; without it the provider shows a page. */
  readonly cardToken?: string | undefined;
};

/** `report` is absent where the buyer has yet to choose on the provider's page. */
export type Charged = { readonly report?: Report; readonly action?: PaymentAction };

/** What a provider did with a refund; `again` says that it can only be done later. */
export type Refunded =
  | { readonly kind: "done" }
  | { readonly kind: "again" }
  | { readonly kind: "refused"; readonly note: string };

/** What has been refunded already is found by its key, so that no refund is sent twice. */
export type Known = { readonly report: Report; readonly refundKeys: readonly string[] };

export type Send = {
  readonly payment: Payment;
  readonly key: string;
  readonly minor: bigint;
  readonly reason: string;
};

/**
 * Who collects the money. Every call carries the payment's own id, under which the provider takes no second
 * charge. A call whose outcome is not known throws `ProviderSilent`.
 */
export type PaymentProvider = {
  charge(charge: Charge): Promise<Charged>;
  /** Undefined where the provider has no such transaction. */
  find(paymentId: Payment["id"]): Promise<Known | undefined>;
  /** Ends what has not been paid, or voids what has not been settled; answers what is true afterwards. */
  cancel(paymentId: Payment["id"]): Promise<Known | undefined>;
  refund(send: Send): Promise<Refunded>;
};

/** No answer, or none that can be read: whether it was carried out is not known. */
export class ProviderSilent extends Error {
  override readonly name = "ProviderSilent";
}

export type Desk = {
  readonly cell: Cell;
  readonly config: Pick<CellConfig, "midtrans" | "origin">;
  readonly now: number;
};
