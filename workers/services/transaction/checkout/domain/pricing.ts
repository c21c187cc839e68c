import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import { allocate } from "#kernel/money";

/** What one line was quoted at; the price holds until the checkout ends. */
export type QuotedLine = {
  readonly lineId: Id<"line">;
  readonly offerId: Id<"offer">;
  readonly productId: Id<"product">;
  readonly categoryId: Id<"category"> | null;
  readonly sellerId: Id<"seller">;
  readonly sku: string;
  readonly title: string;
  readonly variantLabel: string;
  readonly imageKey: string | null;
  readonly unitPriceMinor: bigint;
  readonly quantity: number;
  /** Of one unit; a bundle's components together where it says no weight of its own. */
  readonly weightGrams: number;
  /** The room that one unit takes; absent where nobody has said. */
  readonly volumeMm3?: number;
  /** Sold before it is there: when its seller promises that it will be. */
  readonly promisedAt?: number;
  readonly taxRateBasisPoints: number;
  /** Claimed in a flash sale: its stock is lent by the sale's allocation. Such a line is bought alone. */
  readonly sale?: {
    readonly saleId: Id<"sale">;
    readonly holdId: Id<"hold">;
    readonly lenderId: Id<"reservation">;
  };
};

/** A voucher that was found to apply, and how much of it falls on which line or parcel. */
export type Discount = {
  readonly voucherId: Id<"voucher">;
  readonly code: string;
  /** The voucher as it was quoted; a later change of it is noticed at complete. */
  readonly version: number;
  readonly fundedBy: "platform" | "seller";
  readonly sellerId: Id<"seller"> | null;
  /** Cashback takes nothing off: it is paid out once the orders are complete. */
  readonly target: "goods" | "shipping" | "cashback";
  readonly amountMinor: bigint;
  readonly shares: readonly {
    readonly sellerId: Id<"seller">;
    /** Absent where it falls on the parcel's shipping. */
    readonly lineId: Id<"line"> | null;
    readonly minor: bigint;
  }[];
};

/** One way to send a parcel, as its carrier or the market's own table quoted it. */
export type Rate = {
  readonly rateId: string;
  readonly provider: "table" | "biteship" | "easypost" | "own";
  readonly carrier: string;
  readonly service: string;
  readonly name: string;
  readonly priceMinor: bigint;
  readonly minDays: number;
  readonly maxDays: number;
  /** Whether it takes cash at the door. */
  readonly cash: boolean;
  readonly insuranceMinor: bigint | null;
  readonly chargeableGrams: number;
  readonly source: "table" | "live" | "cached";
  /** Days by the market's calendar, as YYYY-MM-DD. */
  readonly arrivesFrom: string;
  readonly arrivesUntil: string;
};
/** How one seller's parcel can be sent, and which way is chosen. */
export type Delivery = {
  readonly sellerId: Id<"seller">;
  readonly rates: readonly Rate[];
  readonly rateId: string;
};

export type Totals = {
  /** At the sellers' prices. */
  readonly goodsMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  /** At the carriers' prices. */
  readonly shippingMinor: bigint;
  readonly shippingDiscountMinor: bigint;
  readonly totalMinor: bigint;
};
/** Amounts of one line; tax is on what is left after discounts, and part of it where prices are inclusive. */
export type PricedLine = QuotedLine & {
  readonly goodsMinor: bigint;
  readonly discountMinor: bigint;
  readonly sellerDiscountMinor: bigint;
  readonly taxMinor: bigint;
};
export type Parcel = Totals & {
  readonly sellerId: Id<"seller">;
  readonly lines: readonly PricedLine[];
  readonly sellerDiscountMinor: bigint;
  readonly sellerShippingDiscountMinor: bigint;
  readonly rates: readonly Rate[];
  readonly rate: Rate | null;
};

type Terms = Pick<Market, "currency" | "cashStepMinor" | "tax" | "shipping">;
/** What is to be priced: nothing but what was quoted, so that the same quotes have the same totals. */
export type Quoted = {
  readonly lines: readonly QuotedLine[];
  readonly deliveries?: readonly Delivery[] | null;
  readonly discounts?: readonly Discount[] | null;
};
const BASIS_POINTS = 10_000n;

/**
 * One parcel a seller, in the order of the lines. Tax is rounded once a parcel and rate and then shared out
 * among the lines, so that the lines of a parcel, and the parcels of a checkout, add up to their totals.
 */
export function priceParcels({ lines, deliveries, discounts }: Quoted, terms: Terms): readonly Parcel[] {
  const taken = takenOff(discounts ?? []);
  return [...Map.groupBy(lines, (line) => line.sellerId)].map(([sellerId, own]) => {
    const priced = taxLines(
      own.map((line) => reduce(line, taken)),
      terms,
    );
    const total = (amountOf: (line: PricedLine) => bigint) => sum(priced.map(amountOf));
    const goodsMinor = total((line) => line.goodsMinor);
    const delivery = deliveries?.find((one) => one.sellerId === sellerId);
    const rate = delivery?.rates.find(({ rateId }) => rateId === delivery.rateId) ?? null;
    const shippingMinor = rate?.priceMinor ?? flatShipping(goodsMinor, terms);
    const off = taken.get(sellerId) ?? NOTHING;
    assertWithin(off.minor, shippingMinor);
    const discountMinor = total((line) => line.discountMinor);
    const taxMinor = total((line) => line.taxMinor);
    const net = goodsMinor - discountMinor + shippingMinor - off.minor;
    return {
      sellerId,
      lines: priced,
      goodsMinor,
      discountMinor,
      sellerDiscountMinor: total((line) => line.sellerDiscountMinor),
      taxMinor,
      shippingMinor,
      shippingDiscountMinor: off.minor,
      sellerShippingDiscountMinor: off.sellerMinor,
      totalMinor: net + (terms.tax.inclusive ? 0n : taxMinor),
      rates: delivery?.rates ?? [],
      rate,
    };
  });
}

/** What a parcel costs as long as nobody was asked, because it is not known yet where it goes. */
function flatShipping(goodsMinor: bigint, { shipping }: Terms): bigint {
  const { flatMinor, freeFromMinor } = shipping;
  return freeFromMinor !== undefined && goodsMinor >= freeFromMinor ? 0n : flatMinor;
}

type TakenOff = { readonly minor: bigint; readonly sellerMinor: bigint };
const NOTHING: TakenOff = { minor: 0n, sellerMinor: 0n };

/** By line for goods, by seller for shipping. */
function takenOff(discounts: readonly Discount[]): ReadonlyMap<string, TakenOff> {
  const taken = new Map<string, TakenOff>();
  for (const { target, fundedBy, shares } of discounts) {
    if (target === "cashback") continue;
    for (const { sellerId, lineId, minor } of shares) {
      const at = lineId ?? sellerId;
      const before = taken.get(at) ?? NOTHING;
      const bySeller = fundedBy === "seller" ? minor : 0n;
      taken.set(at, { minor: before.minor + minor, sellerMinor: before.sellerMinor + bySeller });
    }
  }
  return taken;
}

/** Whoever found the discounts has kept to this; a total below zero would be a fault of ours. */
function assertWithin(minor: bigint, limit: bigint): void {
  if (minor < 0n || minor > limit) throw new RangeError(`${minor} taken off ${limit}`);
}

type Reduced = Omit<PricedLine, "taxMinor">;

function reduce(line: QuotedLine, taken: ReadonlyMap<string, TakenOff>): Reduced {
  const goodsMinor = line.unitPriceMinor * BigInt(line.quantity);
  const off = taken.get(line.lineId) ?? NOTHING;
  assertWithin(off.minor, goodsMinor);
  return { ...line, goodsMinor, discountMinor: off.minor, sellerDiscountMinor: off.sellerMinor };
}

function taxLines(lines: readonly Reduced[], terms: Terms): readonly PricedLine[] {
  const taxes = new Map<Reduced, bigint>();
  for (const [rate, group] of Map.groupBy(lines, (line) => line.taxRateBasisPoints)) {
    const weights = group.map((line) => line.goodsMinor - line.discountMinor);
    const shares = shareTax(taxOn(sum(weights), rate, terms), weights, terms);
    for (const [i, line] of group.entries()) taxes.set(line, shares[i] ?? 0n);
  }
  return lines.map((line) => ({ ...line, taxMinor: taxes.get(line) ?? 0n }));
}

/** The tax within an inclusive price, or on top of an exclusive one, rounded half up to the cash step. */
function taxOn(netMinor: bigint, rateBasisPoints: number, { tax, cashStepMinor }: Terms): bigint {
  const rate = BigInt(rateBasisPoints);
  const divisor = (tax.inclusive ? BASIS_POINTS + rate : BASIS_POINTS) * cashStepMinor;
  return ((netMinor * rate * 2n + divisor) / (divisor * 2n)) * cashStepMinor;
}

function shareTax(taxMinor: bigint, net: readonly bigint[], terms: Terms): readonly bigint[] {
  if (taxMinor === 0n) return net.map(() => 0n);
  const { currency, cashStepMinor } = terms;
  return allocate({ minor: taxMinor, currency }, net, cashStepMinor).map((share) => share.minor);
}

/** What a tax class means in a market. */
export function taxRateOf(
  taxClass: "standard" | "reduced" | "zero" | "exempt",
  { tax }: Pick<Market, "tax">,
) {
  if (taxClass === "zero" || taxClass === "exempt") return 0;
  return taxClass === "reduced" ? (tax.reducedBasisPoints ?? tax.rateBasisPoints) : tax.rateBasisPoints;
}

export const totalsOf = (parcels: readonly Parcel[]): Totals => ({
  goodsMinor: sum(parcels.map((parcel) => parcel.goodsMinor)),
  discountMinor: sum(parcels.map((parcel) => parcel.discountMinor)),
  taxMinor: sum(parcels.map((parcel) => parcel.taxMinor)),
  shippingMinor: sum(parcels.map((parcel) => parcel.shippingMinor)),
  shippingDiscountMinor: sum(parcels.map((parcel) => parcel.shippingDiscountMinor)),
  totalMinor: sum(parcels.map((parcel) => parcel.totalMinor)),
});

/** The choice unless the buyer makes one: the cheapest, of equal ones the platform's own. */
export function cheapestOf(rates: readonly Rate[], { cash }: { readonly cash: boolean }): Rate | undefined {
  const fitting = rates.filter((rate) => !cash || rate.cash);
  return fitting.reduce<Rate | undefined>(
    (best, rate) => (best === undefined || rate.priceMinor < best.priceMinor ? rate : best),
    undefined,
  );
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);
