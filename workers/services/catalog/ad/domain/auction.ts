import type { Id } from "#kernel/ids";

export const PRICINGS = ["cpc", "cpm"] as const;
/** A click is paid for, or a thousand impressions. */
export type Pricing = (typeof PRICINGS)[number];

/** How good an advertisement is for this page, in integers, so that every machine ranks alike. */
export type Quality = {
  /** Clicks expected of a million impressions. */
  readonly clickPpm: number;
  /** How well it fits what was asked for, in basis points. */
  readonly relevanceBps: number;
};

export type Bid = Quality & { readonly pricing: Pricing; readonly bidMinor: bigint };

/** One advertisement that may be shown on this page. */
export type Candidate = Bid & {
  readonly sellerId: Id<"seller">;
  readonly campaignId: Id<"adCampaign">;
  readonly groupId: Id<"adGroup">;
  readonly productId: Id<"product">;
  readonly offerId: Id<"offer">;
  readonly keywordId: Id<"adKeyword"> | null;
};

export type Rules = {
  readonly slots: number;
  /** Prices are multiples of it. */
  readonly stepMinor: bigint;
  readonly reserve: { readonly [P in Pricing]: bigint };
};

/** What decides who stands before whom: the higher score, and between equals the lower lot. */
export type Standing = { readonly score: bigint; readonly tie: number };
export type Ranked = Candidate & Standing;
export type Winner = Ranked & { readonly position: number; readonly priceMinor: bigint };

export type Auction = {
  /** The best sellers in order, one more than there are slots: what prices follow from. */
  readonly ranks: readonly Standing[];
  readonly winners: readonly Winner[];
  /** The next sellers behind the winners, and those below the reserve price. */
  readonly outranked: readonly Ranked[];
  readonly belowReserve: readonly Ranked[];
};

/** A thousand impressions are one bid: an impression is worth so many millionths of it. */
const CPM_PPM = 1_000;
/** Who stands further behind is told nothing of an auction: a receipt for each would be a row for each. */
const TOLD_MAX = 20;

/** What a unit of the bid is worth to the platform for one impression; never nought. */
const weightOf = ({ pricing, clickPpm, relevanceBps }: Omit<Bid, "bidMinor">): bigint =>
  BigInt(Math.max(1, (pricing === "cpc" ? clickPpm : CPM_PPM) * relevanceBps));

export const scoreOf = (bid: Bid): bigint => bid.bidMinor * weightOf(bid);

/** Below nought: `a` stands before `b`. */
export function compareStanding(a: Standing, b: Standing): number {
  if (a.score !== b.score) return a.score > b.score ? -1 : 1;
  return a.tie - b.tie;
}

/** The least a bid of this weight must be to stand before another. */
function leastAgainst(weight: bigint, tie: number, other: Standing): bigint {
  const whole = other.score / weight;
  const isEven = whole * weight === other.score;
  return isEven && tie < other.tie ? whole : whole + 1n;
}

const upTo = (minor: bigint, step: bigint): bigint => ((minor + step - 1n) / step) * step;

/** The second price: the least that keeps the place, and never below the reserve or above the bid. */
export function priceOf(
  own: Bid & { readonly tie: number },
  next: Standing | undefined,
  { reserve, stepMinor }: Rules,
): bigint {
  const least = next ? upTo(leastAgainst(weightOf(own), own.tie, next), stepMinor) : 0n;
  const price = least > reserve[own.pricing] ? least : reserve[own.pricing];
  return price < own.bidMinor ? price : own.bidMinor;
}

/** The least multiple of the step that would have stood before `other`. */
export const leastToWin = (
  own: Bid & { readonly tie: number },
  other: Standing | undefined,
  { reserve, stepMinor }: Rules,
): bigint => {
  const least = other ? upTo(leastAgainst(weightOf(own), own.tie, other), stepMinor) : 0n;
  return least > reserve[own.pricing] ? least : reserve[own.pricing];
};

/** Between two advertisements of one seller that score alike, always the same one. */
const nameOf = ({ campaignId, groupId, productId, keywordId }: Candidate): string =>
  `${campaignId} ${groupId} ${productId} ${keywordId ?? ""}`;

/**
 * Each seller stands with his best advertisement only, so that he never bids against himself and his second
 * never sets his price. Each winner pays what the seller behind him makes him pay.
 */
export function decideAuction(
  candidates: readonly Candidate[],
  rules: Rules,
  tieOf: (sellerId: Id<"seller">) => number,
): Auction {
  const best = new Map<string, Ranked>();
  const low = new Map<string, Ranked>();
  for (const candidate of candidates) {
    const isLow = candidate.bidMinor < rules.reserve[candidate.pricing];
    const known = (isLow ? low : best).get(candidate.sellerId);
    const score = scoreOf(candidate);
    if (known && (known.score > score || (known.score === score && nameOf(known) <= nameOf(candidate)))) {
      continue;
    }
    const tie = known?.tie ?? tieOf(candidate.sellerId);
    (isLow ? low : best).set(candidate.sellerId, { ...candidate, score, tie });
  }
  // Only the order counts from here on, and a place in it tells nobody whose lot it was.
  const ranked = firstOf([...best.values()], rules.slots + TOLD_MAX).map((one, i) => ({ ...one, tie: i }));
  const winners = ranked.slice(0, rules.slots).map((own, i) => {
    return { ...own, position: i + 1, priceMinor: priceOf(own, ranked[i + 1], rules) };
  });
  const unheard = [...low.values()].filter(({ sellerId }) => !best.has(sellerId));
  return {
    ranks: ranked.slice(0, rules.slots + 1).map(({ score, tie }) => ({ score, tie })),
    winners,
    outranked: ranked.slice(rules.slots),
    belowReserve: firstOf(unheard, TOLD_MAX),
  };
}

/** A lot that nobody can choose (FNV-1a, 32 bits): an auction's id is made of chance. */
export function lotOf(auctionId: string, sellerId: string): number {
  let hash = 0x811c9dc5;
  const text = `${auctionId} ${sellerId}`;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The first of an order without ordering the rest: of ten thousand a page shows a few. */
function firstOf(all: readonly Ranked[], count: number): readonly Ranked[] {
  const first: Ranked[] = [];
  for (const one of all) {
    const last = first.at(-1);
    if (first.length === count && last && compareStanding(one, last) >= 0) continue;
    let at = first.length;
    for (let before = first[at - 1]; before && compareStanding(one, before) < 0; before = first[at - 1]) {
      at -= 1;
    }
    first.splice(at, 0, one);
    if (first.length > count) first.pop();
  }
  return first;
}
