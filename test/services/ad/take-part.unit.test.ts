import { expect, test } from "vitest";
import { createIds, type Id } from "#kernel/ids";
import type { StoredTerms } from "#services/catalog/ad/domain/campaign";
import {
  type Barred,
  buildIndex,
  type StoredCampaign,
  type StoredGroup,
} from "#services/catalog/ad/domain/market-index";
import type { Match } from "#services/catalog/ad/domain/match";
import { holdAuction, type Page } from "#services/catalog/ad/domain/take-part";

const NOW = Date.parse("2026-11-23T05:00:00Z");
const ids = createIds({ now: () => NOW });
const [ROOT, LEAF] = [ids.next("category"), ids.next("category")];

type Wish = {
  readonly bid?: string;
  readonly terms?: Partial<StoredTerms>;
  readonly spent?: string;
  readonly barred?: Barred;
  readonly group?: Partial<StoredGroup>;
  readonly keywords?: readonly (readonly [words: string, match: Match])[];
};

function campaignOf({ bid = "500", terms = {}, spent = "0", barred, group = {}, keywords = [] }: Wish) {
  const target = {
    ...{ productId: ids.next("product"), offerId: ids.next("offer"), words: "lampu meja kayu" },
    ...{ path: [ROOT, LEAF], barred: barred ?? null, priceMinor: "1", shopName: "", shopCity: "" },
    ...{ impressions: 0, clicks: 0 },
  };
  return {
    terms: {
      ...{
        campaignId: ids.next("adCampaign"),
        sellerId: ids.next("seller"),
        pricing: "cpc",
        state: "active",
      },
      ...{
        isBlocked: false,
        currency: "IDR",
        dailyMinor: "1000",
        totalMinor: null,
        startsAt: 0,
        endsAt: null,
      },
      ...{ hours: [], pacing: "asap", viewerDayMax: null, version: 1 },
      ...terms,
    },
    spent: { day: "2026-11-23", todayMilli: spent, totalMilli: spent },
    groups: [
      {
        ...{ groupId: ids.next("adGroup"), bidMinor: bid, matchesTitles: true },
        ...{ placements: ["search", "category"], targets: [target] },
        keywords: keywords.map(([words, match]) => {
          return { keywordId: ids.next("adKeyword"), words, match, bidMinor: null };
        }),
        ...group,
      },
    ],
  } satisfies StoredCampaign as StoredCampaign;
}

function hold(campaigns: readonly StoredCampaign[], page: Partial<Page> = {}, seen = 0) {
  const index = buildIndex({ reserve: { cpc: "100", cpm: "100" }, campaigns });
  const whole: Page = {
    ...{ placement: "search", query: "lampu meja", categoryId: null, auctionId: ids.next("adAuction") },
    ...{ slots: 2, stepMinor: 1n, organic: new Set(), at: NOW },
    local: { day: "2026-11-23", weekday: 1, minute: 720 },
    ...page,
  };
  return holdAuction(index, whole, () => seen);
}

/** Alone on a page: it wins, or is told why it takes no part; undefined where it does not fit at all. */
function outcomeOf(wish: Wish, page: Partial<Page> = {}, seen = 0): string | undefined {
  const held = hold([campaignOf(wish)], page, seen);
  if (!held) return undefined;
  if (held.auction.winners.length === 1) return "won";
  return held.auction.belowReserve.length === 1 ? "below_reserve" : held.left[0]?.outcome;
}

const inCategory = (categoryId: Id<"category">): Partial<Page> => {
  return { placement: "category", query: null, categoryId };
};

test.each<[string, Wish, Partial<Page>, string | undefined]>([
  ["its title has all words", {}, {}, "won"],
  ["its title lacks one", {}, { query: "lampu merah" }, undefined],
  ["titles are not asked", { group: { matchesTitles: false } }, {}, undefined],
  ["a keyword is met", { group: { matchesTitles: false }, keywords: [["meja lampu", "broad"]] }, {}, "won"],
  [
    "a phrase is not",
    { group: { matchesTitles: false }, keywords: [["meja lampu", "phrase"]] },
    {},
    undefined,
  ],
  ["a negative one is met", { keywords: [["meja", "negative_phrase"]] }, {}, undefined],
  ["in its category", {}, inCategory(LEAF), "won"],
  ["above its category", {}, inCategory(ROOT), "won"],
  ["in another", {}, inCategory(ids.next("category")), undefined],
  ["not for this place", { group: { placements: ["product"] } }, {}, undefined],
  ["searched within another category", {}, { categoryId: ids.next("category") }, undefined],
  ["nothing left in stock", { barred: "out_of_stock" }, {}, "out_of_stock"],
  ["paused", { terms: { state: "paused" } }, {}, "not_active"],
  ["blocked", { terms: { isBlocked: true } }, {}, "not_active"],
  ["not begun", { terms: { startsAt: NOW + 1 } }, {}, "off_schedule"],
  ["over", { terms: { endsAt: NOW } }, {}, "off_schedule"],
  ["not at this hour", { terms: { hours: [{ days: [1], from: 0, until: 720 }] } }, {}, "off_schedule"],
  ["at this hour", { terms: { hours: [{ days: [1], from: 720, until: 721 }] } }, {}, "won"],
  ["spent for today", { spent: "1000000" }, {}, "budget_spent"],
  ["spent in all", { spent: "1000", terms: { dailyMinor: null, totalMinor: "1" } }, {}, "budget_spent"],
  ["ahead of the clock", { spent: "600000", terms: { pacing: "even" } }, {}, "paced"],
  ["behind the clock", { spent: "400000", terms: { pacing: "even" } }, {}, "won"],
  ["bids too little", { bid: "99" }, {}, "below_reserve"],
])("%s", (_, wish, page, expected) => {
  expect(outcomeOf(wish, page)).toBe(expected);
});

test("what stands at the head, and what a viewer has seen often enough, is not paid for", () => {
  const one = campaignOf({});
  const productId = one.groups[0]?.targets[0]?.productId ?? "";
  const there = hold([one], { organic: new Set([productId]) });
  expect([there?.auction.winners, there?.left.map(({ outcome }) => outcome)]).toEqual([[], ["on_page"]]);
  expect(outcomeOf({ terms: { viewerDayMax: 2 } }, {}, 1)).toBe("won");
  expect(outcomeOf({ terms: { viewerDayMax: 2 } }, {}, 2)).toBe("viewer_cap");
});

test("ten thousand that fit are one auction, and the best of them win it", () => {
  const many = Array.from({ length: 10_000 }, (_, i) =>
    campaignOf({ bid: String(100 + ((i * 7_919) % 9_901)) }),
  );
  const held = hold(many);
  expect(held?.matched).toHaveLength(10_000);
  expect(held?.auction.winners.map(({ bidMinor }) => bidMinor)).toEqual([10_000n, 9_999n]);
});
