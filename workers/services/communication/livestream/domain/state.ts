import { sha256 } from "#kernel/digest";
import { type Auction, closeAuction, decideBid, endAward, passOver } from "./auction.ts";
import type { BagItem, DealTerms, LiveEvent, Phase } from "./event.ts";
import { commitmentOf, type Giveaway } from "./giveaway.ts";
import { closePoll, type Poll, recordVote } from "./poll.ts";

export type Deal = DealTerms & {
  readonly id: number;
  readonly endsAt: number;
  left: number;
  state: "open" | "closed";
};

/** Messages that a late joiner sees. */
export const RECENT_MAX = 50;

/** A room's memory: changed in place by its events and by nothing else. */
export type LiveState = {
  seq: number;
  phase: Phase;
  videoUid: string | null;
  slowMs: number;
  bag: readonly BagItem[];
  pinned: string | null;
  readonly polls: Map<number, Poll>;
  readonly giveaways: Map<number, Giveaway>;
  readonly auctions: Map<number, Auction>;
  readonly deals: Map<number, Deal>;
  readonly mutedUntil: Map<string, number>;
  readonly removed: Set<string>;
  /** When each person last spoke: what slow mode looks at. */
  readonly spokeAt: Map<string, number>;
  recent: LiveEvent[];
};

export const emptyState = (): LiveState => ({
  seq: 0,
  phase: "waiting",
  videoUid: null,
  slowMs: 0,
  bag: [],
  pinned: null,
  polls: new Map(),
  giveaways: new Map(),
  auctions: new Map(),
  deals: new Map(),
  mutedUntil: new Map(),
  removed: new Set(),
  spokeAt: new Map(),
  recent: [],
});

/** A person's name in one room: the same through the show, and worth nothing anywhere else. */
export const whoIs = (roomId: string, personId: string): string =>
  sha256(`${roomId} ${personId}`).slice(0, 16);

/** What is in a room's memory must be there for what follows it. */
function the<T>(map: ReadonlyMap<number, T>, id: number): T {
  const found = map.get(id);
  if (found === undefined) throw new Error(`nothing numbered ${id} is in this room`);
  return found;
}

export function applyEvent(state: LiveState, event: LiveEvent): void {
  state.seq = event.seq;
  switch (event.t) {
    case "phase":
      state.phase = event.phase;
      state.videoUid = event.videoUid ?? state.videoUid;
      return;
    case "slow":
      state.slowMs = event.ms;
      return;
    case "muted":
      state.mutedUntil.set(event.personId, event.until);
      return;
    case "removed":
      state.removed.add(event.personId);
      return;
    case "bag":
      state.bag = event.items;
      return;
    case "pinned":
      state.pinned = event.offerId;
      return;
    case "message":
    case "message_removed":
      applyChat(state, event);
      return;
    case "deal_opened":
    case "deal_stock":
    case "deal_closed":
      applyDeal(state, event);
      return;
    case "poll_opened":
    case "voted":
    case "poll_closed":
      applyPoll(state, event);
      return;
    case "giveaway_opened":
    case "entered":
    case "giveaway_drawn":
      applyGiveaway(state, event);
      return;
    default:
      applyAuction(state, event);
      return;
  }
}

type Of<T extends LiveEvent["t"]> = Extract<LiveEvent, { readonly t: T }>;

function applyChat(state: LiveState, event: Of<"message" | "message_removed">): void {
  if (event.t === "message_removed") {
    state.recent = state.recent.filter(({ seq }) => seq !== event.messageSeq);
    return;
  }
  state.spokeAt.set(event.personId, event.at);
  state.recent.push(event);
  if (state.recent.length > RECENT_MAX) state.recent.shift();
}

function applyDeal(state: LiveState, event: Of<"deal_opened" | "deal_stock" | "deal_closed">): void {
  if (event.t === "deal_opened") {
    const { t: _, at: __, seq: id, ...terms } = event;
    state.deals.set(id, { ...terms, id, left: terms.units, state: "open" });
    return;
  }
  const deal = the(state.deals, event.dealId);
  if (event.t === "deal_stock") deal.left = event.left;
  else deal.state = "closed";
}

function applyPoll(state: LiveState, event: Of<"poll_opened" | "voted" | "poll_closed">): void {
  if (event.t === "poll_opened") {
    const { seq: id, question, choices, closesAt } = event;
    const counts = choices.map(() => 0);
    state.polls.set(id, { id, question, choices, closesAt, state: "open", counts, votes: new Map() });
    return;
  }
  const poll = the(state.polls, event.pollId);
  if (event.t === "voted") recordVote(poll, event);
  else closePoll(poll);
}

function applyGiveaway(state: LiveState, event: Of<"giveaway_opened" | "entered" | "giveaway_drawn">): void {
  if (event.t === "giveaway_opened") {
    const { seq: id, title, winners, closesAt, seed } = event;
    const commitment = commitmentOf(id, seed);
    const about = { id, title, winners, closesAt, seed, commitment };
    state.giveaways.set(id, { ...about, state: "open", entries: new Set(), drawn: [] });
    return;
  }
  const giveaway = the(state.giveaways, event.giveawayId);
  if (event.t === "entered") giveaway.entries.add(event.who);
  else {
    giveaway.state = "drawn";
    giveaway.drawn = event.drawn;
  }
}

function applyAuction(state: LiveState, event: Of<"auction_opened" | Moving>): void {
  if (event.t === "auction_opened") {
    const { t: _, seq: id, at: openedAt, ...terms } = event;
    const fresh = { bidders: [], bids: 0, outbid: [], award: null, passed: [] };
    const { startMinor: priceMinor } = terms;
    state.auctions.set(id, { ...terms, ...fresh, id, openedAt, state: "open", priceMinor });
    return;
  }
  const auction = the(state.auctions, event.auctionId);
  state.auctions.set(event.auctionId, moved(auction, event));
}

type Moving = "bid" | "auction_closed" | "auction_passed" | "auction_paid" | "auction_withdrawn";

function moved(auction: Auction, event: Of<Moving>): Auction {
  if (event.t === "auction_closed") return closeAuction(auction, event.at);
  if (event.t === "auction_passed") return passOver(auction, event.personId, event.at);
  if (event.t === "auction_paid") return endAward(auction, event.personId, "paid");
  if (event.t === "auction_withdrawn") return endAward(auction, event.personId, "withdrawn");
  const { personId, name, maxMinor, seq } = event;
  const decision = decideBid(auction, { personId, name, maxMinor, seq }, event.at);
  if (!decision.ok) throw new Error(`a bid that was taken is refused now: ${decision.code}`);
  return decision.value;
}
