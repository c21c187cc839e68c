import { err, ok, type Result } from "#kernel/result";

/** A bid in the last moments gives everybody else this long to answer it. */
export const SNIPE_MS = 10_000;

type Bidder = {
  readonly personId: string;
  readonly name: string;
  /** What he would pay at most; nobody else ever sees it. */
  readonly maxMinor: string;
  /** When he reached it, in the room's order: the earlier of two equal limits leads. */
  readonly seq: number;
};

export type AuctionTerms = {
  readonly offerId: string;
  readonly title: string;
  readonly startMinor: string;
  readonly stepMinor: string;
  readonly mode: "regular" | "sudden_death";
  readonly payWithinMs: number;
  /** Which reservation keeps the unit; an auction of before has none. */
  readonly reservationId?: string | undefined;
};

export type Award = { readonly personId: string; readonly priceMinor: string; readonly payBy: number };
export type Auction = AuctionTerms & {
  readonly id: number;
  readonly openedAt: number;
  readonly endsAt: number;
  readonly state: "open" | "awarded" | "paid" | "unsold" | "withdrawn";
  readonly priceMinor: string;
  /** The best first. Only a limit that was above the price of its time is here. */
  readonly bidders: readonly Bidder[];
  readonly bids: number;
  /** Who has lost the lead, each once and in that order: it is told the first time only. */
  readonly outbid: readonly string[];
  readonly award: Award | null;
  /** Who won and did not pay in time, in that order. */
  readonly passed: readonly string[];
};

export type Bid = {
  readonly personId: string;
  readonly name: string;
  readonly maxMinor: string;
  readonly seq: number;
};
export type BidRefusal =
  | "livestream.auction_closed"
  | "livestream.bid_too_low"
  | "livestream.bid_lower_than_own"
  | "livestream.bidders_full";

/** One auction names so many bidders; their limits are part of the room's memory. */
const BIDDERS_MAX = 1_000;

export const leaderOf = ({ bidders }: Auction): Bidder | undefined => bidders[0];

/** The least that a new bidder must offer. */
export function floorOf(auction: Auction): bigint {
  const price = BigInt(auction.priceMinor);
  return auction.bidders.length === 0 ? price : price + BigInt(auction.stepMinor);
}

/**
 * Proxy bidding: a bidder names his limit, and pays a step above the second limit, never above his own.
 * Raising one's own limit while leading moves no price. In the regular mode a late bid sets the clock to ten
 * seconds; in sudden death nothing does.
 */
export function decideBid(auction: Auction, bid: Bid, now: number): Result<Auction, BidRefusal> {
  if (auction.state !== "open" || now >= auction.endsAt) return err("livestream.auction_closed");
  const max = BigInt(bid.maxMinor);
  const own = auction.bidders.find(({ personId }) => personId === bid.personId);
  const leads = leaderOf(auction)?.personId === bid.personId;
  if (own && max <= BigInt(own.maxMinor)) return err("livestream.bid_lower_than_own");
  if (!leads && max < floorOf(auction)) return err("livestream.bid_too_low");
  if (!own && auction.bidders.length >= BIDDERS_MAX) return err("livestream.bidders_full");
  const others = auction.bidders.filter(({ personId }) => personId !== bid.personId);
  const bidders = [...others, bid].toSorted(byLimit);
  const lost = leads ? undefined : leaderOf(auction)?.personId;
  const isNews = lost !== undefined && bidders[0] === bid && !auction.outbid.includes(lost);
  const isLate = auction.mode === "regular" && auction.endsAt - now < SNIPE_MS;
  return ok({
    ...auction,
    bidders,
    bids: auction.bids + 1,
    outbid: isNews ? [...auction.outbid, lost] : auction.outbid,
    priceMinor: priceOf(auction, bidders).toString(),
    endsAt: isLate ? now + SNIPE_MS : auction.endsAt,
  });
}

const byLimit = (a: Bidder, b: Bidder) => {
  const [x, y] = [BigInt(a.maxMinor), BigInt(b.maxMinor)];
  return x === y ? a.seq - b.seq : x > y ? -1 : 1;
};

/** What the first of these bidders pays: a step above the second's limit, within his own. */
function priceOf({ startMinor, stepMinor }: AuctionTerms, [first, second]: readonly Bidder[]): bigint {
  if (!first) return BigInt(startMinor);
  if (!second) return BigInt(startMinor);
  const above = BigInt(second.maxMinor) + BigInt(stepMinor);
  const max = BigInt(first.maxMinor);
  return above < max ? above : max;
}

/** The clock has run out: the leader is to pay, or nobody came. */
export function closeAuction(auction: Auction, now: number): Auction {
  if (auction.state !== "open" || now < auction.endsAt) return auction;
  return awardNext(auction, now);
}

/**
 * Who won and did not pay is passed over: the next bidder wins at the price that he would have paid without
 * him, which is never above his own limit.
 */
export function passOver(auction: Auction, personId: string, now: number): Auction {
  const { award } = auction;
  if (auction.state !== "awarded" || award?.personId !== personId || now < award.payBy) return auction;
  return awardNext({ ...auction, passed: [...auction.passed, personId], award: null }, now);
}

/** Paid, and it is the winner's; or the shop has stopped selling it, and it is nobody's. */
export function endAward(auction: Auction, personId: string, state: "paid" | "withdrawn"): Auction {
  if (auction.state !== "awarded" || auction.award?.personId !== personId) return auction;
  return { ...auction, state };
}

type Outcome = {
  readonly t: "auction_paid" | "auction_passed" | "auction_withdrawn";
  readonly personId: string;
};

/** What is said of an award: of somebody else's, or before its time, nothing; said again, no news. */
export function decideOutcome(
  auction: Auction | undefined,
  { t, personId }: Outcome,
  now: number,
): "refused" | "known" | "news" {
  if (auction?.award?.personId !== personId) return "refused";
  if (t === "auction_passed" && now < auction.award.payBy) return "refused";
  return auction.state === "awarded" ? "news" : "known";
}

function awardNext(auction: Auction, now: number): Auction {
  const left = auction.bidders.filter(({ personId }) => !auction.passed.includes(personId));
  const [winner] = left;
  if (!winner) return { ...auction, state: "unsold", award: null };
  const priceMinor = priceOf(auction, left).toString();
  const award = { personId: winner.personId, priceMinor, payBy: now + auction.payWithinMs };
  return { ...auction, state: "awarded", priceMinor, award };
}
