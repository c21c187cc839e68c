import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds } from "#kernel/ids";
import { larger } from "#kernel/money";
import {
  type Auction,
  type Candidate,
  decideAuction,
  lotOf,
  type Rules,
  scoreOf,
} from "#services/catalog/ad/domain/auction";
import type { Spent, Terms } from "#services/catalog/ad/domain/campaign";
import { type Receipt, receiptText, zReceipt } from "#services/catalog/ad/domain/card";
import { meets } from "#services/catalog/ad/domain/match";
import { faultsOf, replay, replayReceipt } from "#services/catalog/ad/domain/receipt";
import { clockOf, elapsedOf } from "#services/catalog/ad/domain/schedule";
import { type Act, decideClick, decideImpression } from "#services/catalog/ad/domain/spend";

const RUNS = { numRuns: 10_000 };
const ids = createIds({ now: () => 1_793_750_400_000 });
const SELLERS = Array.from({ length: 8 }, () => ids.next("seller"));
const STEP = 100n;
const AUCTION = ids.next("adAuction");
const tieOf = (sellerId: string) => lotOf(AUCTION, sellerId);

/** Few values, so that equal scores and equal sellers are common. */
const candidates: fc.Arbitrary<readonly Candidate[]> = fc
  .array(
    fc.record({
      sellerId: fc.constantFrom(...SELLERS),
      pricing: fc.constantFrom("cpc" as const, "cpm" as const),
      bidMinor: fc.integer({ min: 1, max: 40 }).map((steps) => BigInt(steps) * STEP),
      clickPpm: fc.constantFrom(1, 5_000, 10_000, 10_001, 400_000),
      relevanceBps: fc.constantFrom(7_000, 8_000, 10_000),
      n: fc.integer({ min: 0, max: 999 }),
    }),
    { maxLength: 9 },
  )
  .map((all) =>
    all.map(({ n, ...one }) => ({
      ...one,
      campaignId: `adc_${n}` as Candidate["campaignId"],
      groupId: `adg_${n}` as Candidate["groupId"],
      productId: `prd_${n}` as Candidate["productId"],
      offerId: `ofr_${n}` as Candidate["offerId"],
      keywordId: null,
    })),
  );
const rules: fc.Arbitrary<Rules> = fc.record({
  slots: fc.integer({ min: 1, max: 4 }),
  stepMinor: fc.constant(STEP),
  reserve: fc.record({ cpc: fc.constantFrom(100n, 500n, 1_500n), cpm: fc.constantFrom(100n, 700n) }),
});

test("winners are the best sellers in order, each once, and never bid against themselves", () => {
  fc.assert(
    fc.property(candidates, rules, (all, how) => {
      const { winners, outranked, belowReserve } = decideAuction(all, how, tieOf);
      const able = all.filter(({ bidMinor, pricing }) => bidMinor >= how.reserve[pricing]);
      const best = [...Map.groupBy(able, ({ sellerId }) => sellerId).values()].map((own) =>
        own.map(scoreOf).reduce(larger),
      );
      const scores = best.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0));
      expect([...winners, ...outranked].map(({ score }) => score)).toEqual(scores);
      expect(winners.length).toBe(Math.min(how.slots, best.length));
      const told = [...winners, ...outranked, ...belowReserve].map(({ sellerId }) => sellerId);
      expect(new Set(told).size).toBe(told.length);
      expect(belowReserve.every(({ bidMinor, pricing }) => bidMinor < how.reserve[pricing])).toBe(true);
    }),
    RUNS,
  );
});

test("a winner pays the reserve or more, at most his bid, and the least worth as much as the next", () => {
  fc.assert(
    fc.property(candidates, rules, (all, how) => {
      const { winners, outranked } = decideAuction(all, how, tieOf);
      const order = [...winners, ...outranked];
      for (const [i, own] of winners.entries()) {
        const { priceMinor, bidMinor } = own;
        const reserve = how.reserve[own.pricing];
        const next = order[i + 1];
        const isWorth = (minor: bigint) => !next || scoreOf({ ...own, bidMinor: minor }) >= next.score;
        const isLeast = priceMinor - STEP < reserve || !isWorth(priceMinor - STEP);
        const isRight = priceMinor >= reserve && priceMinor <= bidMinor && isWorth(priceMinor) && isLeast;
        if (!isRight) expect.fail(`position ${own.position} pays ${priceMinor}`);
      }
    }),
    RUNS,
  );
});

const publicOf = (how: Rules, { ranks }: Auction) => ({ ...how, ranks });

test("whoever took part works out from his own part where he stood, what he paid, what he lacked", () => {
  fc.assert(
    fc.property(candidates, rules, (all, how) => {
      const auction = decideAuction(all, how, tieOf);
      const shown = publicOf(how, auction);
      for (const own of auction.winners) {
        const { outcome, position, priceMinor } = replay(shown, own);
        const isSame = outcome === "won" && position === own.position && priceMinor === own.priceMinor;
        if (!isSame) expect.fail(`${own.position} replays as ${outcome} ${position} ${priceMinor}`);
      }
      for (const own of auction.outranked) {
        const { outcome, leastBidMinor } = replay(shown, own);
        const raised = replay(shown, { ...own, bidMinor: leastBidMinor }).outcome;
        if (outcome !== "outranked" || raised !== "won") expect.fail(`${outcome}, raised ${raised}`);
      }
      for (const own of auction.belowReserve) {
        if (replay(shown, own).outcome !== "below_reserve") expect.fail("the reserve was not seen");
      }
    }),
    RUNS,
  );
});

function receiptsOf(all: readonly Candidate[], how: Rules): readonly Receipt[] {
  const { winners, ranks } = decideAuction(all, how, tieOf);
  return winners.map((own) => {
    const { score: _, bidMinor, priceMinor, ...rest } = own;
    return zReceipt.parse({
      ...rest,
      ...{
        bidId: `${AUCTION}-${own.position}`,
        auctionId: AUCTION,
        at: 1,
        placement: "search",
        query: "kopi",
      },
      ...{ categoryId: null, currency: "IDR", slots: how.slots, stepMinor: how.stepMinor.toString() },
      ...{ reserveCpcMinor: how.reserve.cpc.toString(), reserveCpmMinor: how.reserve.cpm.toString() },
      ...{ campaignId: ids.next("adCampaign"), groupId: ids.next("adGroup") },
      ...{ productId: ids.next("product"), offerId: ids.next("offer") },
      ...{ bidMinor: bidMinor.toString(), priceMinor: priceMinor.toString() },
      ranks: ranks.map(({ score, tie }) => ({ score: score.toString(), tie })),
    });
  });
}

test("a receipt verifies; another price, bid or place in it does not follow from its inputs", () => {
  fc.assert(
    fc.property(candidates, rules, fc.integer({ min: -5, max: 5 }), (all, how, steps) => {
      for (const receipt of receiptsOf(all, how)) {
        expect(faultsOf(receipt)).toEqual([]);
        expect(zReceipt.parse(JSON.parse(JSON.stringify(receipt)))).toEqual(receipt);
        const price = BigInt(receipt.priceMinor) + BigInt(steps) * STEP;
        if (steps === 0 || price < 0n) continue;
        const dearer = { ...receipt, priceMinor: price.toString() };
        expect(faultsOf(dearer)).toContain("price");
        expect(receiptText(dearer)).not.toBe(receiptText(receipt));
        expect(faultsOf({ ...receipt, position: receipt.position + 1 })).toContain("place");
        const bid = { ...receipt, bidMinor: (BigInt(receipt.bidMinor) + 1n).toString() };
        expect(faultsOf(bid)).toContain("score");
      }
    }),
    { numRuns: 1_000 },
  );
});

test("every field of a receipt is in the text that is signed", () => {
  const [receipt] = receiptsOf(
    [
      {
        ...{ sellerId: SELLERS[0] ?? ids.next("seller"), pricing: "cpc", bidMinor: 1_000n, keywordId: null },
        ...{ clickPpm: 10_000, relevanceBps: 10_000, campaignId: ids.next("adCampaign") },
        ...{ groupId: ids.next("adGroup"), productId: ids.next("product"), offerId: ids.next("offer") },
      },
    ],
    { slots: 1, stepMinor: STEP, reserve: { cpc: 100n, cpm: 100n } },
  );
  if (!receipt) throw new Error("one candidate wins");
  expect(replayReceipt(receipt).priceMinor).toBe(100n);
  for (const field of Object.keys(receipt)) {
    expect(receiptText({ ...receipt, [field]: [] }), field).not.toBe(receiptText(receipt));
  }
});

test.each([
  ["exact", "kopi susu", "kopi susu", true],
  ["exact", "kopi susu", "kopi susu dingin", false],
  ["phrase", "kopi susu", "es kopi susu", true],
  ["phrase", "kopi susu", "susu kopi", false],
  ["broad", "kopi susu", "susu segar untuk kopi", true],
  ["broad", "kopi susu", "kopi hitam", false],
  ["negative_phrase", "kopi", "mesin kopi bekas", true],
  ["negative_exact", "kopi", "mesin kopi", false],
] as const)("%s %j meets %j: %s", (match, keyword, asked, expected) => {
  expect(meets(match, keyword.split(" "), asked.split(" "))).toBe(expected);
});

test("no budget is passed by a thousandth, and it is spent whole when enough is asked", () => {
  const minor = fc.integer({ min: 1, max: 300 });
  const terms = fc.record({
    pricing: fc.constantFrom("cpc" as const, "cpm" as const),
    daily: minor,
    total: minor,
  });
  const ask = fc.record({ priceMinor: minor, nextDay: fc.boolean() });
  fc.assert(
    fc.property(terms, fc.array(ask, { maxLength: 30 }), ({ pricing, daily, total }, asks) => {
      let spent: Spent = { day: "1", todayMilli: 0n, totalMilli: 0n };
      for (const { priceMinor, nextDay } of asks) {
        const today = nextDay ? `${Number(spent.day) + 1}` : spent.day;
        const left = leftOf(spent, today, daily, total);
        const before = { isRepeated: false, viewerCount: 0, viewerMax: null, addressCount: 0, spent, today };
        const act = { receipt: { priceMinor: String(priceMinor) }, origin: "person" } as Act;
        const budgets = { dailyMinor: BigInt(daily), totalMinor: BigInt(total), state: "active" as const };
        const asked = { ...before, terms: { ...budgets, pricing, isBlocked: false } as Terms };
        const { chargedMilli } = pricing === "cpc" ? decideClick(act, asked) : decideImpression(act, asked);
        const price = BigInt(priceMinor) * (pricing === "cpc" ? 1_000n : 1n);
        if (chargedMilli !== (price < left ? price : left)) expect.fail(`${chargedMilli} of ${left}`);
        const todayMilli = (today === spent.day ? spent.todayMilli : 0n) + chargedMilli;
        spent = { day: today, todayMilli, totalMilli: spent.totalMilli + chargedMilli };
      }
      if (spent.totalMilli > BigInt(total) * 1_000n) expect.fail("the budget was passed");
    }),
    RUNS,
  );
});

/** Reckoned here by hand, and not by what is tested. */
function leftOf({ day, todayMilli, totalMilli }: Spent, today: string, daily: number, total: number): bigint {
  const ofDay = BigInt(daily) * 1_000n - (day === today ? todayMilli : 0n);
  const ofAll = BigInt(total) * 1_000n - totalMilli;
  return ofDay < ofAll ? ofDay : ofAll;
}

test("even spending follows the hours in which a campaign runs", () => {
  const local = clockOf("Asia/Jakarta")(Date.parse("2026-11-23T05:00:00Z"));
  expect(local).toEqual({ day: "2026-11-23", weekday: 1, minute: 720 });
  const share = (hours: Parameters<typeof elapsedOf>[0]) => {
    const { done, all } = elapsedOf(hours, local, 0);
    return Number(done) / Number(all);
  };
  expect(share([])).toBeCloseTo(0.5, 2);
  expect(share([{ days: [1], from: 600, until: 840 }])).toBeCloseTo(0.5, 2);
  expect(share([{ days: [1], from: 0, until: 600 }])).toBe(1);
  expect(share([{ days: [1], from: 1_000, until: 1_200 }])).toBe(0);
});
