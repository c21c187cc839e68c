import type { AuctionTerms } from "./auction.ts";

export type Phase = "waiting" | "live" | "interrupted" | "ended";

/** A product that is shown in the room. */
export type BagItem = {
  readonly offerId: string;
  readonly title: string;
  readonly priceMinor: string;
};

/** A price that holds in this room for a while, on a flash sale of its own. */
export type DealTerms = {
  readonly saleId: string;
  readonly offerId: string;
  readonly title: string;
  readonly priceMinor: string;
  /** The lowest price of the 30 days before, if the deal's is less; shows of before it was told have none. */
  readonly priorMinor?: string | null;
  readonly units: number;
};

/**
 * All that ever changes a room, in one order. The room's memory is a fold of these, and what viewers see is
 * made of them (public.ts), so an event that is on disk is all that must be kept.
 */
export type Change =
  | { readonly t: "phase"; readonly phase: Phase; readonly videoUid: string | null }
  | {
      readonly t: "message";
      readonly personId: string;
      readonly name: string;
      readonly role: string;
      readonly text: string;
    }
  | { readonly t: "message_removed"; readonly messageSeq: number; readonly by: string }
  | { readonly t: "slow"; readonly ms: number }
  | { readonly t: "muted"; readonly personId: string; readonly until: number }
  | { readonly t: "removed"; readonly personId: string; readonly by: string }
  | { readonly t: "bag"; readonly items: readonly BagItem[] }
  | { readonly t: "pinned"; readonly offerId: string | null }
  | {
      readonly t: "poll_opened";
      readonly question: string;
      readonly choices: readonly string[];
      readonly closesAt: number;
    }
  | { readonly t: "voted"; readonly pollId: number; readonly personId: string; readonly choice: number }
  | { readonly t: "poll_closed"; readonly pollId: number; readonly counts: readonly number[] }
  | {
      readonly t: "giveaway_opened";
      readonly title: string;
      readonly winners: number;
      readonly closesAt: number;
      readonly seed: string;
    }
  | { readonly t: "entered"; readonly giveawayId: number; readonly personId: string; readonly who: string }
  | {
      readonly t: "giveaway_drawn";
      readonly giveawayId: number;
      readonly seed: string;
      readonly entries: readonly string[];
      readonly drawn: readonly string[];
    }
  | ({ readonly t: "auction_opened"; readonly endsAt: number } & AuctionTerms)
  | {
      readonly t: "bid";
      readonly auctionId: number;
      readonly personId: string;
      readonly name: string;
      readonly maxMinor: string;
      /** The instant of the picture that the bidder saw (EXT-X-PROGRAM-DATE-TIME), as his player said. */
      readonly seenAt: number | null;
    }
  | { readonly t: "auction_closed"; readonly auctionId: number }
  | { readonly t: "auction_passed"; readonly auctionId: number; readonly personId: string }
  | { readonly t: "auction_paid"; readonly auctionId: number; readonly personId: string }
  | { readonly t: "auction_withdrawn"; readonly auctionId: number; readonly personId: string }
  | ({ readonly t: "deal_opened"; readonly endsAt: number } & DealTerms)
  | { readonly t: "deal_stock"; readonly dealId: number; readonly left: number }
  | { readonly t: "deal_closed"; readonly dealId: number };

/** `at` is the server's clock, which is also the clock of the video's EXT-X-PROGRAM-DATE-TIME. */
export type LiveEvent = Change & { readonly seq: number; readonly at: number };
