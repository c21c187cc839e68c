import { MINUTE_MS, SECOND_MS } from "#kernel/clock";
import type { Auction } from "./auction.ts";

/** Outlasts a restart of the whole platform: only then could a unit that is bid for be somebody else's. */
export const KEPT_MS = 30 * MINUTE_MS;
/** Between the end of an auction and the look at what came of it, and between two looks then. */
export const LOOK_MS = SECOND_MS;

export type Lot = Pick<Auction, "id" | "state" | "endsAt">;
type Unit = { readonly auctionId?: number | undefined; readonly reservationId: string };

/** The auction that a reservation's unit is in, by its number or by what it opened with. */
export function findLot(
  auctions: ReadonlyMap<number, Auction>,
  { auctionId, reservationId }: Unit,
): Lot | undefined {
  for (const one of auctions.values()) {
    if (one.id !== auctionId && one.reservationId !== reservationId) continue;
    return { id: one.id, state: one.state, endsAt: one.endsAt };
  }
  return undefined;
}

export type LotStep =
  | { readonly t: "keep"; readonly until: number; readonly lookAt: number }
  | { readonly t: "release" };

/**
 * What becomes of the unit that an auction has reserved. While it is bid for, it is kept beyond the end,
 * which late bids move; whoever wins takes it over in a commit of his own, and until then it is kept;
 * nobody's unit and one of an auction that never opened go back.
 */
export function decideLot(lot: Lot | undefined, now: number): LotStep {
  if (lot?.state === "open") {
    return { t: "keep", until: lot.endsAt + KEPT_MS, lookAt: Math.max(now, lot.endsAt) + LOOK_MS };
  }
  if (lot?.state === "awarded") return { t: "keep", until: now + KEPT_MS, lookAt: now + LOOK_MS };
  return { t: "release" };
}
