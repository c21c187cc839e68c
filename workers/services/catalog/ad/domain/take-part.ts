import { type Auction, type Candidate, decideAuction, lotOf, type Ranked, type Rules } from "./auction.ts";
import { idleReason } from "./campaign.ts";
import { type MarketIndex, type Matched, matchAll, type Wanted } from "./market-index.ts";
import type { Outcome } from "./receipt.ts";
import type { Local } from "./schedule.ts";

export type Page = Wanted & {
  readonly auctionId: string;
  readonly slots: number;
  readonly stepMinor: bigint;
  /** Products that stand at the head of the page anyway: nobody pays for the place that he has. */
  readonly organic: ReadonlySet<string>;
  readonly at: number;
  readonly local: Local;
};

/** One that fitted the page and took no part. */
export type Left = { readonly candidate: Candidate; readonly outcome: Outcome };
export type Held = {
  readonly rules: Rules;
  readonly auction: Auction;
  readonly left: readonly Left[];
  readonly matched: readonly Matched[];
};

/** Who fits, who of them may run now, and who wins; `seen` counts what this viewer saw of a campaign. */
export function holdAuction(
  index: MarketIndex,
  page: Page,
  seen: (campaignId: string) => number,
): Held | undefined {
  const matched = matchAll(index, page);
  if (matched.length === 0) return undefined;
  const idle = new Map<string, Outcome | undefined>();
  const outcomeOf = ({ candidate, barred, campaign: { terms, spent } }: Matched) => {
    const { campaignId, productId } = candidate;
    if (!idle.has(campaignId)) {
      const { viewerDayMax } = terms;
      const reason = idleReason(terms, spent, page.at, page.local);
      const isCapped = viewerDayMax !== null && seen(campaignId) >= viewerDayMax;
      idle.set(campaignId, reason ?? (isCapped ? "viewer_cap" : undefined));
    }
    const isThere = page.organic.has(productId);
    return barred ?? idle.get(campaignId) ?? (isThere ? "on_page" : undefined);
  };
  const eligible: Candidate[] = [];
  const left = new Map<string, Left>();
  for (const one of matched) {
    const { candidate } = one;
    const outcome = outcomeOf(one);
    if (outcome === undefined) eligible.push(candidate);
    else if (!left.has(candidate.sellerId)) left.set(candidate.sellerId, { candidate, outcome });
  }
  const { slots, stepMinor } = page;
  const rules = { slots, stepMinor, reserve: index.reserve };
  const auction = decideAuction(eligible, rules, (sellerId) => lotOf(page.auctionId, sellerId));
  for (const { sellerId } of toldOf(auction)) left.delete(sellerId);
  return { rules, auction, left: [...left.values()].slice(0, LEFT_MAX), matched };
}

/** Who took no part is told so, up to this many of an auction. */
const LEFT_MAX = 20;

export const toldOf = ({ winners, outranked, belowReserve }: Auction): readonly Ranked[] => [
  ...winners,
  ...outranked,
  ...belowReserve,
];
