import type { Cell, CellConfig } from "#kernel/cell";
import type { Money } from "#kernel/money";
import type { PaymentAction } from "../domain/action.ts";
import type { Gateway, OnlineMethod, Payment, Provider, Report } from "../domain/payment.ts";

/** Which payment is meant, and what the provider calls it where the name is not ours. */
export type Place = { readonly id: Payment["id"]; readonly ref?: string | undefined };

export type Charge = Place &
  Pick<Payment, "options" | "payBy" | "capture"> & {
    readonly method: OnlineMethod;
    /** What this provider is to collect. */
    readonly amount: Money;
    /** Made from the card by a provider's script in the browser; without his own he shows a page. */
    readonly cardToken?: string | undefined;
    /** Keeps the provider's name for it before anything can be collected under that name. */
    readonly remember: (ref: string) => Promise<void>;
  };

/**
 * `report` is absent where the buyer has yet to choose on the provider's page. `isRefused` says that the
 * provider would not begin at all, so that another may be asked.
 */
export type Charged = {
  readonly report?: Report;
  readonly action?: PaymentAction;
  readonly isRefused?: true;
};

/** What a provider did with a refund; `again` says that it can only be done later. */
export type Refunded =
  | { readonly kind: "done" }
  | { readonly kind: "again" }
  | { readonly kind: "refused"; readonly note: string };

/** What has been refunded already is found by its key, so that no refund is sent twice. */
export type Known = { readonly report: Report; readonly refundKeys: readonly string[] };

export type Send = Place & {
  readonly method: OnlineMethod;
  readonly key: string;
  readonly amount: Money;
  readonly reason: string;
};

export type Take = Place & { readonly amount: Money; readonly isFinal: boolean; readonly key: string };

/**
 * Who collects the money. Every call carries the payment's own id, under which the provider takes no second
 * charge. A call whose outcome is not known throws `ProviderSilent`.
 */
export type PaymentProvider = {
  readonly name: Provider;
  charge(charge: Charge): Promise<Charged>;
  /** Undefined where the provider has no such transaction. */
  find(place: Place): Promise<Known | undefined>;
  /** Ends what has not been paid, or voids what has not been settled; answers what is true afterwards. */
  cancel(place: Place): Promise<Known | undefined>;
  /** Takes what was held at the bank, or a part of it; the last one lets the rest go. */
  capture(take: Take): Promise<Known | undefined>;
  refund(send: Send): Promise<Refunded>;
};

/** No answer, or none that can be read: whether it was carried out is not known. */
export class ProviderSilent extends Error {
  override readonly name = "ProviderSilent";
  /** Even if it was carried out, nothing can be collected by it. */
  readonly isHarmless: boolean;
  constructor(message: string, { isHarmless = false }: { readonly isHarmless?: boolean } = {}) {
    super(message);
    this.isHarmless = isHarmless;
  }
}

export type Desk = {
  readonly cell: Cell;
  readonly config: Pick<CellConfig, "midtrans" | "stripe" | "origin">;
  readonly now: number;
};

export const hasKeys =
  ({ config }: Pick<Desk, "config">) =>
  (gateway: Gateway): boolean =>
    gateway === "midtrans" || config.stripe !== undefined;
