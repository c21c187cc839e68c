import type { Id } from "#kernel/ids";
import { err, ok, type Result } from "#kernel/result";
import type { Terms } from "./entry.ts";

export type Slot = {
  readonly id: Id<"saleSlot">;
  readonly name: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** No seller comes in after this. */
  readonly enterBy: number;
  readonly quotaMin: number;
  readonly discountMinBasisPoints: number;
  readonly perBuyerMax: number;
  readonly salesMax: number;
  readonly queue: Terms["queue"];
  readonly admitPerSecond: number;
  /** Objects that each sale is spread over; null: as many as the market says. */
  readonly shards: number | null;
  readonly createdAt: number;
};

/** What a seller brings, and what the catalogue says of it. */
export type Entrant = {
  readonly quota: number;
  readonly perBuyer: number;
  readonly priceMinor: bigint;
  /** What the discount is measured against: the lowest price of the 30 days before the slot. */
  readonly lowestMinor: bigint;
  /** The offer, its product and its shop are all open for sale. */
  readonly isSold: boolean;
};
export type Unmet = "status" | "stock" | "discount" | "per_buyer" | "cash_step";
const BASIS_POINTS = 10_000n;

/** Every term that is not met, so that a seller mends all at once. */
export function unmetTerms(slot: Slot, entrant: Entrant, cashStepMinor: bigint): readonly Unmet[] {
  const { quota, perBuyer, priceMinor, lowestMinor, isSold } = entrant;
  const unmet: Unmet[] = [];
  if (!isSold) unmet.push("status");
  if (quota < slot.quotaMin) unmet.push("stock");
  if (priceMinor >= lowestMinor || priceMinor > reducedBy(slot, lowestMinor)) unmet.push("discount");
  if (perBuyer > slot.perBuyerMax || perBuyer > quota) unmet.push("per_buyer");
  if (priceMinor % cashStepMinor !== 0n) unmet.push("cash_step");
  return unmet;
}

const reducedBy = ({ discountMinBasisPoints }: Slot, lowestMinor: bigint): bigint =>
  (lowestMinor * (BASIS_POINTS - BigInt(discountMinBasisPoints))) / BASIS_POINTS;

/** The dearest price that the slot takes and coins can pay; none where they are too big for it. */
export function dearestPrice(slot: Slot, lowestMinor: bigint, cashStepMinor: bigint): bigint | undefined {
  const reduced = reducedBy(slot, lowestMinor);
  const dearest = reduced - (reduced % cashStepMinor);
  return dearest > 0n ? dearest : undefined;
}

export function decideEnter(slot: Slot, now: number): Result<undefined, "flash_sale.slot_closed"> {
  return now < slot.enterBy ? ok(undefined) : err("flash_sale.slot_closed");
}
