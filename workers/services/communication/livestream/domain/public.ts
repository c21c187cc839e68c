import { type Auction, floorOf, leaderOf } from "./auction.ts";
import type { LiveEvent } from "./event.ts";
import { type Deal, type LiveState, whoIs } from "./state.ts";

export type PublicEvent = { readonly t: string; readonly seq: number; readonly at: number } & {
  readonly [field: string]: unknown;
};

/** An event as everybody may see it: no account, no limit, no seed before its draw; or nothing at all. */
export function toPublic(state: LiveState, roomId: string, event: LiveEvent): PublicEvent | undefined {
  const { seq, at } = event;
  const who = (personId: string) => whoIs(roomId, personId);
  switch (event.t) {
    case "message": {
      const { name, role, text, personId } = event;
      return { t: "message", seq, at, who: who(personId), name, role, text };
    }
    case "muted":
    case "removed":
    // Votes and entries show as counts, which are sent together.
    case "voted":
    case "entered":
      return undefined;
    case "message_removed":
      return { t: "message_removed", seq, at, messageSeq: event.messageSeq };
    case "giveaway_opened": {
      const { title, winners, closesAt } = event;
      const commitment = state.giveaways.get(seq)?.commitment;
      return { t: "giveaway_opened", seq, at, title, winners, closesAt, commitment };
    }
    case "bid":
    case "auction_opened":
    case "auction_closed":
    case "auction_passed":
    case "auction_paid":
    case "auction_withdrawn": {
      const auction = state.auctions.get(event.t === "auction_opened" ? seq : event.auctionId);
      return auction && { t: event.t, seq, at, auction: showAuction(auction, roomId) };
    }
    default:
      return event;
  }
}

function showAuction(auction: Auction, roomId: string) {
  const { id, offerId, title, mode, state, endsAt, priceMinor, bids, award, passed } = auction;
  const leader = leaderOf(auction);
  return {
    ...{ id, offerId, title, mode, state, endsAt, priceMinor, bids },
    nextMinor: floorOf(auction).toString(),
    leader: leader ? { who: whoIs(roomId, leader.personId), name: leader.name } : null,
    award: award && { ...award, personId: undefined, who: whoIs(roomId, award.personId) },
    passed: passed.map((personId) => whoIs(roomId, personId)),
  };
}

const showDeal = ({ priorMinor = null, ...deal }: Deal) => {
  const { id, saleId, offerId, title, priceMinor, units, left, endsAt, state } = deal;
  return { id, saleId, offerId, title, priceMinor, priorMinor, units, left, endsAt, state };
};

/** Counts that change with every vote and entry, sent together and not one by one. */
export function tallies(state: LiveState) {
  const polls = [...state.polls.values()].filter((poll) => poll.state === "open");
  const giveaways = [...state.giveaways.values()].filter((giveaway) => giveaway.state === "open");
  return {
    polls: polls.map(({ id, counts }) => ({ id, counts: [...counts] })),
    giveaways: giveaways.map(({ id, entries }) => ({ id, entries: entries.size })),
  };
}

/** The room as a late joiner finds it. */
export function snapshotOf(state: LiveState, roomId: string) {
  const { seq, phase, videoUid, slowMs, bag, pinned } = state;
  const polls = [...state.polls.values()].filter((poll) => poll.state === "open");
  const running = [...state.auctions.values()].filter(({ state: is }) => is === "open" || is === "awarded");
  return {
    ...{ seq, phase, videoUid, slowMs, bag, pinned },
    polls: polls.map(({ id, question, choices, closesAt, counts }) => ({
      ...{ id, question, choices, closesAt },
      counts: [...counts],
    })),
    giveaways: [...state.giveaways.values()].map((giveaway) => {
      const { id, title, winners, closesAt, commitment, entries, drawn, state: is } = giveaway;
      return { id, title, winners, closesAt, commitment, state: is, entries: entries.size, drawn };
    }),
    auctions: running.map((auction) => showAuction(auction, roomId)),
    deals: [...state.deals.values()].filter((deal) => deal.state === "open").map(showDeal),
    recent: state.recent.flatMap((event) => toPublic(state, roomId, event) ?? []),
  };
}
export type Snapshot = ReturnType<typeof snapshotOf>;
