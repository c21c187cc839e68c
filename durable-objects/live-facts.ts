import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import type { LiveEvent } from "#services/communication/livestream/domain/event";
import type { LiveState } from "#services/communication/livestream/domain/state";
import { AuctionAwarded, AuctionOutbid, GiveawayDrawn } from "#services/communication/livestream/facts";

type Maker = Parameters<typeof AuctionAwarded.make>[0];
type Telling = {
  readonly livestreamId: Id<"livestream">;
  readonly maker: () => Maker;
  /** The accounts behind names in this room. */
  readonly entrants: (giveawayId: number, drawn: readonly string[]) => Id<"user">[];
};

/** What others act on, of an event that the state has taken in already. */
export function factOf(
  state: LiveState,
  event: LiveEvent,
  telling: Telling,
  /** How many had lost the lead of the auction before this event. */
  outbidBefore: number,
): Fact | undefined {
  const { livestreamId, maker, entrants } = telling;
  const about = { id: livestreamId, version: event.seq };
  if (event.t === "bid") {
    const auction = state.auctions.get(event.auctionId);
    const userId = auction?.outbid[outbidBefore] as Id<"user"> | undefined;
    if (!auction || userId === undefined) return undefined;
    const { id: auctionId, title, priceMinor, endsAt } = auction;
    return AuctionOutbid.make(maker(), about, { livestreamId, auctionId, title, userId, priceMinor, endsAt });
  }
  if (event.t === "auction_closed" || event.t === "auction_passed") {
    const auction = state.auctions.get(event.auctionId);
    if (!auction?.award) return undefined;
    const { personId, priceMinor, payBy } = auction.award;
    return AuctionAwarded.make(maker(), about, {
      ...{ livestreamId, auctionId: auction.id, priceMinor, payBy, passed: [...auction.passed] },
      offerId: auction.offerId as Id<"offer">,
      title: auction.title,
      reservationId: auction.reservationId as Id<"reservation"> | undefined,
      userId: personId as Id<"user">,
    });
  }
  if (event.t !== "giveaway_drawn") return undefined;
  const { giveawayId, drawn } = event;
  const title = state.giveaways.get(giveawayId)?.title ?? "";
  const userIds = entrants(giveawayId, drawn);
  return GiveawayDrawn.make(maker(), about, { livestreamId, giveawayId, title, userIds });
}
