import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { zMarket } from "#kernel/market";
import { MARKETS } from "#kernel/markets";
import {
  hasLink,
  hasPersonalData,
  isProfane,
  moderate,
  NO_SIGNALS,
} from "#services/catalog/review/domain/moderation";
import {
  bayesianMean,
  countOf,
  type Histogram,
  rankingScore,
  sumOf,
  wilsonLowerBound,
} from "#services/catalog/review/domain/rating";
import { maskName } from "#services/catalog/review/domain/review";

const RULES = zMarket().parse(MARKETS.id).review;

describe("moderation finds", () => {
  it.each([
    ["write to budi.s+toko@example.co.id please", true],
    ["budi (at) example (dot) com", true],
    ["WA 0812-3456-7890 ya", true],
    ["call +62 812 3456 7890", true],
    ["order 20261123 came in 3 days, size 38, Rp 1.250.000", false],
    ["0.5 mm thinner than the 2021 one, 10/10", false],
  ])("personal data in %s: %s", (text, found) => expect(hasPersonalData(text)).toBe(found));

  it.each([
    ["see https://spam.example/x", true],
    ["cheaper at tokosebelah.shop", true],
    ["www.x.example", true],
    ["3.5cm wide.It fits", false],
    ["good.thanks", false],
    ["v1.2.io3", false],
  ])("a link in %s: %s", (text, found) => expect(hasLink(text)).toBe(found));

  it.each([
    ["what a sh1t bag", true],
    ["ANJING!!", true],
    ["shiiiiit", true],
    ["barangnya bángsat", true],
    ["a classic cassette from Scunthorpe", false],
    ["asunción coffee", false],
  ])("profanity in %s: %s", (text, found) => expect(isProfane(text)).toBe(found));

  it("takes the gravest of what it found", () => {
    expect(moderate("good", NO_SIGNALS, RULES)).toEqual({ state: "published", findings: [] });
    expect(moderate("shit", NO_SIGNALS, RULES)).toEqual({ state: "pending", findings: ["profanity"] });
    expect(moderate("shit, see www.x.example", NO_SIGNALS, RULES)).toEqual({
      state: "rejected",
      findings: ["link", "profanity"],
    });
    const ring = { recentReviews: RULES.burstMax, deviceAccounts: 1, addressAccounts: 5 };
    expect(moderate("good", ring, RULES)).toEqual({
      state: "pending",
      findings: ["burst", "device_ring", "address_ring"],
    });
    expect(moderate("good", { ...ring, recentReviews: RULES.burstMax - 1 }, RULES).findings).not.toContain(
      "burst",
    );
  });
});

describe("scores", () => {
  const count = fc.nat(1_000);
  const histogram: fc.Arbitrary<Histogram> = fc.tuple(count, count, count, count, count);

  it("reach known values", () => {
    // Wilson (1927), as in every table of it: 10 of 10 promise no more than 72.2 %.
    expect(wilsonLowerBound(10, 10)).toBeCloseTo(0.7225, 4);
    expect(wilsonLowerBound(50, 100)).toBeCloseTo(0.4038, 4);
    expect(wilsonLowerBound(0, 0)).toBe(0);
    expect(bayesianMean([0, 0, 0, 0, 1], { weight: 10, mean: 4 })).toBeCloseTo(45 / 11, 10);
    expect(bayesianMean([0, 0, 0, 0, 0], { weight: 10, mean: 4 })).toBe(4);
  });

  it("never promise more than was seen, and put many good ones before one", () => {
    fc.assert(
      fc.property(histogram, (given) => {
        const total = countOf(given);
        const plain = total === 0 ? 4 : sumOf(given) / total;
        const share = total === 0 ? 0 : (plain - 1) / 4;
        const score = rankingScore(given);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(share + 1e-9);
        const mean = bayesianMean(given, { weight: 10, mean: 4 });
        expect(mean).toBeGreaterThanOrEqual(Math.min(4, plain) - 1e-9);
        expect(mean).toBeLessThanOrEqual(Math.max(4, plain) + 1e-9);
      }),
    );
    expect(rankingScore([0, 0, 0, 10, 90])).toBeGreaterThan(rankingScore([0, 0, 0, 0, 1]));
  });
});

it("a masked name keeps its ends and nothing else", () => {
  expect(maskName("Ayu Lestari")).toBe("A***i");
  expect(maskName("Li")).toBe("***");
  expect(maskName("  ")).toBe("***");
});
