import type { Id } from "#kernel/ids";
import type { Candidate } from "./auction.ts";
import { fromStoredTerms, type Spent, type StoredTerms, type Terms } from "./campaign.ts";
import { isNegative, type Match, meets, type Placement, queryWords, RELEVANCE } from "./match.ts";

/** What of a campaign an auction looks at; as text, so that isolates share one copy. */
export type StoredCampaign = {
  readonly terms: StoredTerms;
  readonly spent: { readonly day: string; readonly todayMilli: string; readonly totalMilli: string };
  readonly groups: readonly StoredGroup[];
};
export type StoredGroup = {
  readonly groupId: Id<"adGroup">;
  readonly bidMinor: string;
  readonly matchesTitles: boolean;
  readonly placements: readonly Placement[];
  readonly keywords: readonly {
    readonly keywordId: Id<"adKeyword">;
    readonly words: string;
    readonly match: Match;
    readonly bidMinor: string | null;
  }[];
  readonly targets: readonly {
    readonly productId: Id<"product">;
    readonly offerId: Id<"offer">;
    /** The words of its titles. */
    readonly words: string;
    readonly path: readonly string[];
    /** Why it cannot be shown now, whatever is bid for it. */
    readonly barred: Barred | null;
    readonly priceMinor: string;
    readonly shopName: string;
    readonly shopCity: string;
    readonly impressions: number;
    readonly clicks: number;
  }[];
};
export const BARRED = ["out_of_stock", "not_sold", "in_debt"] as const;
/** Nothing to sell, not sold by this shop at all, or the shop owes more than it is trusted with. */
export type Barred = (typeof BARRED)[number];
export type StoredMarket = {
  readonly reserve: { readonly cpc: string; readonly cpm: string };
  readonly campaigns: readonly StoredCampaign[];
};

type Keyword = {
  readonly keywordId: Id<"adKeyword">;
  readonly words: readonly string[];
  readonly match: Match;
  readonly bidMinor: bigint;
};
type Group = Omit<StoredGroup, "bidMinor" | "keywords" | "targets"> & {
  readonly bidMinor: bigint;
  readonly negatives: readonly Keyword[];
  readonly targets: readonly Target[];
  readonly campaign: IndexedCampaign;
};
type Target = Omit<StoredGroup["targets"][number], "words" | "impressions" | "clicks"> & {
  readonly words: ReadonlySet<string>;
  readonly clickPpm: number;
  readonly group: Group;
};
export type IndexedCampaign = { readonly terms: Terms; readonly spent: Spent };
/** What a card shows that is the shop's own and not the product's. */
export type Shown = Pick<StoredGroup["targets"][number], "priceMinor" | "shopName" | "shopCity">;
export type Matched = {
  readonly candidate: Candidate;
  readonly campaign: IndexedCampaign;
  readonly barred: Barred | null;
  readonly shown: Shown;
};

/** Everything that may be shown, by what it is found by. Built once for many auctions. */
export type MarketIndex = {
  readonly reserve: { readonly cpc: bigint; readonly cpm: bigint };
  readonly campaigns: ReadonlyMap<string, IndexedCampaign>;
  /** By the first word of a keyword, which a query that meets it has. */
  readonly keywords: ReadonlyMap<string, readonly { readonly keyword: Keyword; readonly group: Group }[]>;
  readonly titles: ReadonlyMap<string, readonly Target[]>;
  readonly categories: ReadonlyMap<string, readonly Target[]>;
};

/** A newcomer is thought to be clicked twice in two hundred times. */
const PRIOR_CLICKS = 2;
const PRIOR_IMPRESSIONS = 200;

const clickPpmOf = ({ impressions, clicks }: { readonly impressions: number; readonly clicks: number }) =>
  Math.min(1_000_000, Math.floor(((clicks + PRIOR_CLICKS) * 1_000_000) / (impressions + PRIOR_IMPRESSIONS)));

const orNull = (minor: string | null): bigint | null => (minor === null ? null : BigInt(minor));

class Shelf<T> extends Map<string, T[]> {
  add(name: string, item: T): void {
    const held = this.get(name);
    if (held) held.push(item);
    else this.set(name, [item]);
  }
}

export function buildIndex({ reserve, campaigns: stored }: StoredMarket): MarketIndex {
  const campaigns = new Map<string, IndexedCampaign>();
  const keywords = new Shelf<{ readonly keyword: Keyword; readonly group: Group }>();
  const titles = new Shelf<Target>();
  const categories = new Shelf<Target>();
  for (const { terms, spent, groups } of stored) {
    const { day, todayMilli, totalMilli } = spent;
    const known = { day, todayMilli: BigInt(todayMilli), totalMilli: BigInt(totalMilli) };
    const campaign = { terms: fromStoredTerms(terms), spent: known };
    campaigns.set(terms.campaignId, campaign);
    for (const one of groups) {
      const group = toGroup(one, campaign);
      for (const { words: text, bidMinor, ...keyword } of one.keywords) {
        const words = text.split(" ");
        const bid = orNull(bidMinor) ?? group.bidMinor;
        if (isNegative(keyword.match)) continue;
        keywords.add(words[0] ?? "", { keyword: { ...keyword, words, bidMinor: bid }, group });
      }
      for (const target of group.targets) {
        for (const categoryId of target.path) categories.add(categoryId, target);
        if (group.matchesTitles) for (const word of target.words) titles.add(word, target);
      }
    }
  }
  const least = { cpc: BigInt(reserve.cpc), cpm: BigInt(reserve.cpm) };
  return { reserve: least, campaigns, keywords, titles, categories };
}

function toGroup({ keywords, targets: stored, ...rest }: StoredGroup, campaign: IndexedCampaign): Group {
  const targets: Target[] = [];
  const negatives = keywords
    .filter(({ match }) => isNegative(match))
    .map((one) => ({ ...one, words: one.words.split(" "), bidMinor: 0n }));
  const group = { ...rest, bidMinor: BigInt(rest.bidMinor), negatives, targets, campaign };
  for (const { words, impressions, clicks, ...target } of stored) {
    const clickPpm = clickPpmOf({ impressions, clicks });
    targets.push({ ...target, words: new Set(words.split(" ")), clickPpm, group });
  }
  return group;
}

export type Wanted = {
  readonly placement: Placement;
  readonly query: string | null;
  readonly categoryId: string | null;
};

type Met = {
  readonly target: Target;
  readonly keywordId: Id<"adKeyword"> | null;
  readonly bidMinor: bigint;
  readonly relevanceBps: number;
};

/** Every advertisement that fits the page, whether its campaign may run now or not. */
export function matchAll(index: MarketIndex, { placement, query, categoryId }: Wanted): readonly Matched[] {
  const words = query === null ? [] : queryWords(query);
  const met = words.length > 0 ? ofQuery(index, words) : ofCategory(index, categoryId);
  const matched: Matched[] = [];
  // Ten thousand may fit: each is one object, made in one piece.
  for (const { target, keywordId, bidMinor, relevanceBps } of met) {
    const { group, productId, offerId, clickPpm, barred, path } = target;
    if (!group.placements.includes(placement)) continue;
    if (categoryId !== null && !path.includes(categoryId)) continue;
    const { campaign, groupId } = group;
    const { campaignId, sellerId, pricing } = campaign.terms;
    const candidate: Candidate = {
      sellerId,
      campaignId,
      groupId,
      productId,
      offerId,
      keywordId,
      pricing,
      bidMinor,
      clickPpm,
      relevanceBps,
    };
    matched.push({ candidate, campaign, barred, shown: target });
  }
  return matched;
}

function ofCategory({ categories }: MarketIndex, categoryId: string | null): readonly Met[] {
  if (categoryId === null) return [];
  return (categories.get(categoryId) ?? []).map((target) => ({
    target,
    keywordId: null,
    bidMinor: target.group.bidMinor,
    relevanceBps: target.path.at(-1) === categoryId ? RELEVANCE.sameCategory : RELEVANCE.withinCategory,
  }));
}

/** A group bids with the keyword that is worth most for the query; its titles bid where no keyword does. */
function ofQuery(index: MarketIndex, words: readonly string[]): readonly Met[] {
  const best = new Map<Group, { readonly keyword: Keyword; readonly worth: bigint }>();
  for (const word of new Set(words)) {
    for (const { keyword, group } of index.keywords.get(word) ?? []) {
      if (!meets(keyword.match, keyword.words, words)) continue;
      const worth = keyword.bidMinor * BigInt(relevanceOf(keyword.match));
      const known = best.get(group);
      const isWorse = known && (known.worth > worth || (known.worth === worth && isFirst(known, keyword)));
      if (!isWorse) best.set(group, { keyword, worth });
    }
  }
  const isRefused = ({ negatives }: Group) => negatives.some((one) => meets(one.match, one.words, words));
  const met: Met[] = [];
  for (const [group, { keyword }] of best) {
    if (isRefused(group)) continue;
    const { keywordId, bidMinor, match } = keyword;
    for (const target of group.targets) {
      // Half of the worth is the keyword's, half the share of the query that the title has.
      const inTitle = words.filter((word) => target.words.has(word)).length;
      const fit = 5_000 + Math.floor((5_000 * inTitle) / words.length);
      const relevanceBps = Math.floor((relevanceOf(match) * fit) / 10_000);
      met.push({ target, keywordId, bidMinor, relevanceBps });
    }
  }
  for (const target of titled(index, words)) {
    if (best.has(target.group) || isRefused(target.group)) continue;
    const { bidMinor } = target.group;
    met.push({ target, keywordId: null, bidMinor, relevanceBps: RELEVANCE.title });
  }
  return met;
}

const isFirst = ({ keyword }: { readonly keyword: Keyword }, { keywordId }: Keyword): boolean =>
  keyword.keywordId < keywordId;
const relevanceOf = (match: Match): number =>
  match === "exact" || match === "phrase" ? RELEVANCE[match] : RELEVANCE.broad;

/** Targets whose titles have every word of the query, looked for where its rarest word is. */
function titled({ titles }: MarketIndex, words: readonly string[]): readonly Target[] {
  const shelves = words.map((word) => titles.get(word) ?? []).toSorted((a, b) => a.length - b.length);
  return (shelves[0] ?? []).filter((target) => words.every((word) => target.words.has(word)));
}
