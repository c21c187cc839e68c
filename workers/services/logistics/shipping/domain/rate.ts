import type { Id } from "#kernel/ids";
import type { Market } from "#kernel/market";
import type { ParcelLine } from "./weight.ts";

/** `own` is the platform's own fleet. */
export const PROVIDERS = ["table", "biteship", "easypost", "own"] as const;
export type Provider = (typeof PROVIDERS)[number];
/** Carriers' platforms that are asked over the network. */
export type LiveProvider = Extract<Provider, "biteship" | "easypost">;

/** Where a parcel goes, as much of it as is known; a rate needs no name and no street. */
export type Destination = {
  readonly country: string;
  readonly region: string | null;
  readonly city: string;
  readonly postalCode: string;
  readonly latitude?: number | null | undefined;
  readonly longitude?: number | null | undefined;
};

export type ParcelToQuote = {
  readonly sellerId: Id<"seller">;
  readonly goodsMinor: bigint;
  /** To be paid at the door. */
  readonly cash: boolean;
  /** When what is sold ahead is promised to be there: the parcel leaves no earlier. */
  readonly readyAt?: number;
  readonly lines: readonly (ParcelLine & { readonly offerId: Id<"offer"> })[];
};

export type Rate = {
  /** Names the rate among those of its parcel, and the same service again when it is quoted anew. */
  readonly rateId: string;
  readonly provider: Provider;
  readonly carrier: string;
  readonly service: string;
  readonly name: string;
  /** All that the buyer pays, the fee for cash included. */
  readonly priceMinor: bigint;
  readonly minDays: number;
  readonly maxDays: number;
  /** Whether it can be paid at the door. */
  readonly cash: boolean;
  /** What insuring the goods would cost; null where the carrier insures nothing. */
  readonly insuranceMinor: bigint | null;
  readonly chargeableGrams: number;
  /** `cached`: a copy of what the carrier answered before. */
  readonly source: "table" | "live" | "cached";
  /** Promised days by the market's calendar, after cut-off and closed days. */
  readonly arrivesFrom: string;
  readonly arrivesUntil: string;
};

export type ParcelQuote = { readonly sellerId: Id<"seller">; readonly rates: readonly Rate[] };

/** What a carrier answered, checked; a copy of it is kept. */
export type LiveRate = {
  readonly carrier: string;
  readonly service: string;
  readonly name: string;
  readonly priceMinor: bigint;
  readonly minDays: number;
  readonly maxDays: number;
  readonly cash: boolean;
  readonly insurable: boolean;
};

export type ShippingTerms = Market["shipping"];

export const rateIdOf = ({ provider, carrier, service }: Pick<Rate, "provider" | "carrier" | "service">) =>
  [provider, carrier, service].map((part) => part.toLowerCase().replace(/[^a-z0-9]+/g, "-")).join(":");

/** Up to the next multiple of what can be paid. */
export const onStep = (minor: bigint, cashStepMinor: bigint): bigint =>
  ((minor + cashStepMinor - 1n) / cashStepMinor) * cashStepMinor;

const BASIS_POINTS = 10_000n;
const shareUp = (minor: bigint, basisPoints: number): bigint =>
  (minor * BigInt(basisPoints) + BASIS_POINTS - 1n) / BASIS_POINTS;

/** What taking the money at the door costs the buyer. */
export function cashFee(goodsMinor: bigint, { cash }: Pick<ShippingTerms, "cash">): bigint {
  if (cash.feeBasisPoints === 0 && cash.feeFloorMinor === 0n) return 0n;
  const share = shareUp(goodsMinor, cash.feeBasisPoints);
  if (share < cash.feeFloorMinor) return cash.feeFloorMinor;
  return share;
}

/** Whether a courier may be trusted with so much cash. */
export const allowsCash = (goodsMinor: bigint, { cash }: Pick<ShippingTerms, "cash">): boolean =>
  cash.goodsMaxMinor === undefined || goodsMinor <= cash.goodsMaxMinor;

export const insuranceOf = (goodsMinor: bigint, terms: Pick<ShippingTerms, "insuranceBasisPoints">): bigint =>
  shareUp(goodsMinor, terms.insuranceBasisPoints);

/** Dearer than any parcel: an answer beyond it is a mistake of the carrier's. */
const PRICE_MINOR_MAX = 10n ** 12n;
const DAYS_MAX = 180;

/** A carrier may answer nonsense; what no parcel costs or takes is not shown to anybody. */
export const isPlausible = ({ priceMinor, minDays, maxDays }: LiveRate): boolean =>
  priceMinor > 0n &&
  priceMinor <= PRICE_MINOR_MAX &&
  minDays >= 0 &&
  minDays <= maxDays &&
  maxDays <= DAYS_MAX;

/** The table's rates first, since they are always there; then the cheapest, of equal ones the fastest. */
export function inOrder(rates: readonly Rate[]): readonly Rate[] {
  const rank = ({ source }: Rate) => (source === "table" ? 0 : 1);
  const sorted = rates.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      Number(a.priceMinor - b.priceMinor) ||
      a.maxDays - b.maxDays ||
      (a.rateId < b.rateId ? -1 : 1),
  );
  // A carrier that offers a service twice means the cheaper one.
  const seen = new Set<string>();
  return sorted.filter(({ rateId }) => !seen.has(rateId) && seen.add(rateId));
}
