import type { BuyerId } from "#kernel/actor";
import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import type { Currency } from "#kernel/money";
import type { Place } from "#kernel/place";
import { err, ok, type Result } from "#kernel/result";
import type { Delivery, Discount, QuotedLine } from "./pricing.ts";

export const CHECKOUT_STATES = ["incomplete", "ready_for_complete", "completed", "canceled"] as const;
export type CheckoutState = (typeof CHECKOUT_STATES)[number];
export type PaymentMethod = Market["payment"]["methods"][number];

/** Where the parcels go; a copy, so that a later change of the address book changes no order. */
export type ShippingAddress = Place;

export type PlacedOrder = {
  readonly orderId: Id<"order">;
  readonly sellerId: Id<"seller">;
  readonly totalMinor: string;
};

export type Checkout = {
  readonly id: Id<"checkout">;
  readonly buyerId: BuyerId;
  readonly cartId: Id<"cart">;
  readonly state: CheckoutState;
  readonly locale: Locale;
  readonly currency: Currency;
  readonly email: string | null;
  readonly address: ShippingAddress | null;
  readonly method: PaymentMethod | null;
  readonly lines: readonly QuotedLine[];
  /** The codes that the buyer has entered. */
  readonly voucherCodes: readonly string[];
  /** Whether what he may use without entering it is looked for too. */
  readonly bestVouchers: boolean;
  /** What carriers and vouchers answered to it as it is now. */
  readonly quote: Quote;
  readonly orderGroupId: Id<"orderGroup"> | null;
  readonly paymentId: Id<"payment"> | null;
  /** What became of it, so that a retry has the same answer without asking the orders. */
  readonly orders: readonly PlacedOrder[] | null;
  readonly createdAt: number;
  /** The quoted prices hold until then. */
  readonly expiresAt: number;
  readonly version: number;
};

/** Why a code takes nothing off. */
export type Rejected = {
  readonly code: string;
  readonly reason: string;
  /** What would make it apply. */
  readonly detail?: string | undefined;
};
export type Quote = {
  /** Nothing before it is known where the parcels go. */
  readonly deliveries: readonly Delivery[] | null;
  readonly discounts: readonly Discount[];
  readonly rejected: readonly Rejected[];
  readonly cashbackMinor: bigint;
};
export const NO_QUOTE: Quote = { deliveries: null, discounts: [], rejected: [], cashbackMinor: 0n };

export type RateChoice = { readonly sellerId: Id<"seller">; readonly rateId: string };
export type CheckoutChange = {
  readonly email?: string | undefined;
  readonly address?: ShippingAddress | undefined;
  readonly method?: PaymentMethod | undefined;
  readonly voucherCodes?: readonly string[] | undefined;
  readonly bestVouchers?: boolean | undefined;
  readonly rates?: readonly RateChoice[] | undefined;
};

export type MissingField = "email" | "address" | "paymentMethod";

export function missingFields(checkout: Pick<Checkout, "email" | "address" | "method">): MissingField[] {
  const missing: MissingField[] = [];
  if (checkout.email === null) missing.push("email");
  if (checkout.address === null) missing.push("address");
  if (checkout.method === null) missing.push("paymentMethod");
  return missing;
}

const stateOf = (checkout: Pick<Checkout, "email" | "address" | "method">): CheckoutState =>
  missingFields(checkout).length === 0 ? "ready_for_complete" : "incomplete";

/** A new checkout, as far along as what is already known of it. */
export const openCheckout = (draft: Omit<Checkout, "state" | "version">): Checkout => ({
  ...draft,
  state: stateOf(draft),
  version: 1,
});

export type ChangeRefusal =
  | "checkout.completed"
  | "checkout.canceled"
  | "checkout.expired"
  | "checkout.method_unavailable"
  | "checkout.rate_unavailable"
  | "checkout.wrong_country";

export function decideChange(
  checkout: Checkout,
  change: CheckoutChange,
  { market, now }: { readonly market: Pick<Market, "payment" | "countries">; readonly now: number },
): Result<Checkout, ChangeRefusal> {
  const open = assertOpen(checkout, now);
  if (!open.ok) return open;
  if (change.method && !market.payment.methods.includes(change.method)) {
    return err("checkout.method_unavailable");
  }
  if (change.address && !market.countries.includes(change.address.country)) {
    return err("checkout.wrong_country");
  }
  const deliveries = chooseRates(checkout.quote.deliveries, change.rates ?? []);
  if (!deliveries.ok) return deliveries;
  const changed = {
    ...checkout,
    email: change.email ?? checkout.email,
    address: change.address ?? checkout.address,
    method: change.method ?? checkout.method,
    voucherCodes: change.voucherCodes ?? checkout.voucherCodes,
    bestVouchers: change.bestVouchers ?? checkout.bestVouchers,
    quote: { ...checkout.quote, deliveries: deliveries.value },
  };
  return ok({ ...changed, state: stateOf(changed), version: checkout.version + 1 });
}

/** Only what was quoted can be chosen. */
function chooseRates(
  deliveries: Quote["deliveries"],
  choices: readonly RateChoice[],
): Result<Quote["deliveries"], "checkout.rate_unavailable"> {
  if (choices.length === 0) return ok(deliveries);
  const wanted = new Map(choices.map(({ sellerId, rateId }) => [sellerId, rateId]));
  const chosen = (deliveries ?? []).map((delivery) => {
    const rateId = wanted.get(delivery.sellerId) ?? delivery.rateId;
    return { ...delivery, rateId };
  });
  const quoted = chosen.every(({ rates, rateId }) => rates.some((rate) => rate.rateId === rateId));
  const known = choices.every(({ sellerId }) => chosen.some((one) => one.sellerId === sellerId));
  return quoted && known ? ok(chosen) : err("checkout.rate_unavailable");
}

/** What has to be asked again after a change: where it goes and how it is paid decide who carries it. */
export const needsRates = ({ address, method, rates }: CheckoutChange): boolean =>
  rates === undefined && (address !== undefined || method !== undefined);

function assertOpen(
  { state, expiresAt }: Checkout,
  now: number,
): Result<undefined, "checkout.completed" | "checkout.canceled" | "checkout.expired"> {
  if (state === "completed") return err("checkout.completed");
  if (state === "canceled") return err("checkout.canceled");
  return now >= expiresAt ? err("checkout.expired") : ok(undefined);
}

export type CompleteRefusal =
  | "checkout.canceled"
  | "checkout.expired"
  | "checkout.incomplete"
  | "checkout.rate_unavailable";
/** What completing needs and a ready checkout has. */
export type ReadyCheckout = Checkout & {
  readonly email: string;
  readonly address: ShippingAddress;
  readonly method: PaymentMethod;
};

/** Completing what is complete changes nothing, so that a retry has the same orders. */
export function decideComplete(
  checkout: Checkout,
  now: number,
): Result<
  { readonly done: true } | { readonly done: false; readonly ready: ReadyCheckout },
  CompleteRefusal
> {
  const { state, email, address, method } = checkout;
  if (state === "completed") return ok({ done: true });
  if (state === "canceled") return err("checkout.canceled");
  if (now >= checkout.expiresAt) return err("checkout.expired");
  if (email === null || address === null || method === null) return err("checkout.incomplete");
  if (method === "cod" && !takesCash(checkout.quote.deliveries)) return err("checkout.rate_unavailable");
  return ok({ done: false, ready: { ...checkout, email, address, method } });
}

const takesCash = (deliveries: Quote["deliveries"]): boolean =>
  (deliveries ?? []).every(
    ({ rates, rateId }) => rates.find((rate) => rate.rateId === rateId)?.cash !== false,
  );

export const completed = (
  checkout: Checkout,
  placed: Pick<Checkout, "orderGroupId" | "paymentId" | "orders">,
): Checkout => ({ ...checkout, ...placed, state: "completed", version: checkout.version + 1 });

/** Canceling is idempotent too; what was completed is canceled as an order. */
export function decideCancel(checkout: Checkout): Result<Checkout, "checkout.completed"> {
  if (checkout.state === "canceled") return ok(checkout);
  if (checkout.state === "completed") return err("checkout.completed");
  return ok({ ...checkout, state: "canceled", version: checkout.version + 1 });
}
