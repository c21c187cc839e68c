import type { BuyerId } from "#kernel/actor";
import type { Locale } from "#kernel/errors";
import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { allocate, type Currency } from "#kernel/money";
import { err, ok, type Result } from "#kernel/result";

export const CHECKOUT_STATES = ["incomplete", "ready_for_complete", "completed", "canceled"] as const;
export type CheckoutState = (typeof CHECKOUT_STATES)[number];
export type PaymentMethod = Market["payment"]["methods"][number];

/** Where the parcels go; a copy, so that a later change of the address book changes no order. */
export type ShippingAddress = {
  readonly recipient: string;
  readonly phone: string;
  readonly country: string;
  readonly region: string | null;
  readonly city: string;
  readonly district: string | null;
  readonly village: string | null;
  readonly postalCode: string;
  readonly line1: string;
  readonly line2: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
};

/** What one line was quoted at; the price holds until the checkout ends. */
export type QuotedLine = {
  readonly lineId: Id<"line">;
  readonly offerId: Id<"offer">;
  readonly productId: Id<"product">;
  readonly sellerId: Id<"seller">;
  readonly sku: string;
  readonly title: string;
  readonly variantLabel: string;
  readonly imageKey: string | null;
  readonly unitPriceMinor: bigint;
  readonly quantity: number;
  readonly taxRateBasisPoints: number;
  /** Claimed in a flash sale: its stock is lent by the sale's allocation. Such a line is bought alone. */
  readonly sale?: {
    readonly saleId: Id<"sale">;
    readonly holdId: Id<"hold">;
    readonly lenderId: Id<"reservation">;
  };
};

/** Amounts of one line; tax is part of goods where prices are inclusive. */
export type PricedLine = QuotedLine & { readonly goodsMinor: bigint; readonly taxMinor: bigint };
export type Parcel = {
  readonly sellerId: Id<"seller">;
  readonly lines: readonly PricedLine[];
  readonly goodsMinor: bigint;
  readonly taxMinor: bigint;
  readonly shippingMinor: bigint;
  readonly totalMinor: bigint;
};
export type Totals = {
  readonly goodsMinor: bigint;
  readonly taxMinor: bigint;
  readonly shippingMinor: bigint;
  readonly totalMinor: bigint;
};

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
  readonly orderGroupId: Id<"orderGroup"> | null;
  readonly paymentId: Id<"payment"> | null;
  /** What became of it, so that a retry has the same answer without asking the orders. */
  readonly orders: readonly PlacedOrder[] | null;
  readonly createdAt: number;
  /** The quoted prices hold until then. */
  readonly expiresAt: number;
  readonly version: number;
};

export type CheckoutChange = {
  readonly email?: string | undefined;
  readonly address?: ShippingAddress | undefined;
  readonly method?: PaymentMethod | undefined;
};

type Terms = Pick<Market, "currency" | "cashStepMinor" | "tax" | "shipping">;
const BASIS_POINTS = 10_000n;

/**
 * One parcel a seller, in the order of the lines. Tax is rounded once a parcel and rate and then shared out
 * among the lines, so that the lines of a parcel, and the parcels of a checkout, add up to their totals.
 */
export function priceParcels(lines: readonly QuotedLine[], terms: Terms): readonly Parcel[] {
  return [...Map.groupBy(lines, (line) => line.sellerId)].map(([sellerId, own]) => {
    const priced = taxLines(own, terms);
    const goodsMinor = sum(priced.map((line) => line.goodsMinor));
    const taxMinor = sum(priced.map((line) => line.taxMinor));
    const { flatMinor, freeFromMinor } = terms.shipping;
    const isFree = freeFromMinor !== undefined && goodsMinor >= freeFromMinor;
    const shippingMinor = isFree ? 0n : flatMinor;
    const totalMinor = goodsMinor + shippingMinor + (terms.tax.inclusive ? 0n : taxMinor);
    return { sellerId, lines: priced, goodsMinor, taxMinor, shippingMinor, totalMinor };
  });
}

function taxLines(lines: readonly QuotedLine[], terms: Terms): readonly PricedLine[] {
  const goods = new Map(lines.map((line) => [line, line.unitPriceMinor * BigInt(line.quantity)]));
  const taxes = new Map<QuotedLine, bigint>();
  for (const [rate, group] of Map.groupBy(lines, (line) => line.taxRateBasisPoints)) {
    const weights = group.map((line) => goods.get(line) ?? 0n);
    const shares = shareTax(taxOn(sum(weights), rate, terms), weights, terms);
    for (const [i, line] of group.entries()) taxes.set(line, shares[i] ?? 0n);
  }
  return lines.map((line) => ({
    ...line,
    goodsMinor: goods.get(line) ?? 0n,
    taxMinor: taxes.get(line) ?? 0n,
  }));
}

/** The tax within an inclusive price, or on top of an exclusive one, rounded half up to the cash step. */
function taxOn(goodsMinor: bigint, rateBasisPoints: number, { tax, cashStepMinor }: Terms): bigint {
  const rate = BigInt(rateBasisPoints);
  const divisor = (tax.inclusive ? BASIS_POINTS + rate : BASIS_POINTS) * cashStepMinor;
  return ((goodsMinor * rate * 2n + divisor) / (divisor * 2n)) * cashStepMinor;
}

function shareTax(taxMinor: bigint, goods: readonly bigint[], terms: Terms): readonly bigint[] {
  if (taxMinor === 0n) return goods.map(() => 0n);
  const { currency, cashStepMinor } = terms;
  return allocate({ minor: taxMinor, currency }, goods, cashStepMinor).map((share) => share.minor);
}

/** What a tax class means in a market. */
export function taxRateOf(
  taxClass: "standard" | "reduced" | "zero" | "exempt",
  { tax }: Pick<Market, "tax">,
) {
  if (taxClass === "zero" || taxClass === "exempt") return 0;
  return taxClass === "reduced" ? (tax.reducedBasisPoints ?? tax.rateBasisPoints) : tax.rateBasisPoints;
}

export function totalsOf(parcels: readonly Parcel[]): Totals {
  return {
    goodsMinor: sum(parcels.map((parcel) => parcel.goodsMinor)),
    taxMinor: sum(parcels.map((parcel) => parcel.taxMinor)),
    shippingMinor: sum(parcels.map((parcel) => parcel.shippingMinor)),
    totalMinor: sum(parcels.map((parcel) => parcel.totalMinor)),
  };
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

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
  const changed = {
    ...checkout,
    email: change.email ?? checkout.email,
    address: change.address ?? checkout.address,
    method: change.method ?? checkout.method,
  };
  return ok({ ...changed, state: stateOf(changed), version: checkout.version + 1 });
}

function assertOpen(
  { state, expiresAt }: Checkout,
  now: number,
): Result<undefined, "checkout.completed" | "checkout.canceled" | "checkout.expired"> {
  if (state === "completed") return err("checkout.completed");
  if (state === "canceled") return err("checkout.canceled");
  return now >= expiresAt ? err("checkout.expired") : ok(undefined);
}

export type CompleteRefusal = "checkout.canceled" | "checkout.expired" | "checkout.incomplete";
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
  return ok({ done: false, ready: { ...checkout, email, address, method } });
}

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
