import {
  type Bid,
  compareStanding,
  leastToWin,
  type Pricing,
  priceOf,
  type Rules,
  type Standing,
  scoreOf,
} from "./auction.ts";
import { IDLE_REASONS } from "./campaign.ts";
import type { Receipt } from "./card.ts";
import { BARRED } from "./market-index.ts";

export const OUTCOMES = [
  "won",
  "outranked",
  "below_reserve",
  "on_page",
  "viewer_cap",
  ...BARRED,
  ...IDLE_REASONS,
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What everybody who took part may know: how high one had to score, and nothing of who scored or bid it. */
export type PublicAuction = Rules & { readonly ranks: readonly Standing[] };

/** A seller's own part. */
export type OwnBid = Bid & { readonly tie: number };

export type Replayed = {
  readonly outcome: "won" | "outranked" | "below_reserve";
  readonly score: bigint;
  readonly position: number | null;
  readonly priceMinor: bigint | null;
  /** The least bid that would have won the last place. */
  readonly leastBidMinor: bigint;
};

/**
 * Runs the auction again from a receipt. Only scores are needed: those of the winners and of the one behind
 * them, in which the seller's own stands if he was among them.
 */
export function replay({ ranks, ...rules }: PublicAuction, own: OwnBid): Replayed {
  const mine: Standing = { score: scoreOf(own), tie: own.tie };
  const isLow = own.bidMinor < rules.reserve[own.pricing];
  const at = isLow ? -1 : ranks.findIndex((one) => compareStanding(one, mine) === 0);
  const others = at === -1 ? ranks : ranks.toSpliced(at, 1);
  const before = others.filter((one) => compareStanding(one, mine) < 0).length;
  const leastBidMinor = leastToWin(own, others[rules.slots - 1], rules);
  const isWinner = !isLow && before < rules.slots;
  if (!isWinner) {
    const outcome = isLow ? "below_reserve" : "outranked";
    return { outcome, score: mine.score, position: null, priceMinor: null, leastBidMinor };
  }
  const priceMinor = priceOf(own, others[before], rules);
  return { outcome: "won", score: mine.score, position: before + 1, priceMinor, leastBidMinor };
}

const reserveOf = (receipt: Receipt): { readonly [P in Pricing]: bigint } => ({
  cpc: BigInt(receipt.reserveCpcMinor),
  cpm: BigInt(receipt.reserveCpmMinor),
});

export function replayReceipt(receipt: Receipt): Replayed {
  const { slots, ranks, tie, clickPpm, relevanceBps, pricing } = receipt;
  const standings = ranks.map(({ score, tie: place }) => ({ score: BigInt(score), tie: place }));
  const rules = { slots, stepMinor: BigInt(receipt.stepMinor), reserve: reserveOf(receipt) };
  const own = { tie, clickPpm, relevanceBps, pricing, bidMinor: BigInt(receipt.bidMinor) };
  return replay({ ...rules, ranks: standings }, own);
}

export const RECEIPT_FAULTS = ["signature", "place", "price", "bid", "reserve", "score"] as const;
export type ReceiptFault = (typeof RECEIPT_FAULTS)[number];

/** What of a receipt does not follow from its own inputs; nothing, when the price was right. */
export function faultsOf(receipt: Receipt): readonly ReceiptFault[] {
  const faults = new Set<ReceiptFault>();
  const again = replayReceipt(receipt);
  const price = BigInt(receipt.priceMinor);
  const isAmong = receipt.ranks.some(
    ({ score, tie }) => BigInt(score) === again.score && tie === receipt.tie,
  );
  if (!isAmong) faults.add("score");
  if (again.position !== receipt.position) faults.add("place");
  if (again.priceMinor !== price) faults.add("price");
  if (price > BigInt(receipt.bidMinor)) faults.add("bid");
  if (price < reserveOf(receipt)[receipt.pricing]) faults.add("reserve");
  return [...faults];
}
