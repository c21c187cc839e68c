import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { HOUR_MS } from "#kernel/clock";
import type { AdBudgetDO } from "#objects/ad-budget";
import { termsOf, toStoredTerms } from "#services/catalog/ad/domain/campaign";
import type { Receipt } from "#services/catalog/ad/domain/card";
import { campaignQuery } from "#services/catalog/ad/repository/campaigns";
import type { Harness } from "../../support/harness.ts";
import { find } from "../search/shelf.ts";
import {
  type Advertiser,
  advertiser,
  budgetOf,
  busyShelf,
  click,
  hearBudget,
  idr,
  openMarket,
  payableOf,
  spentOf,
} from "./ad-desk.ts";

/** Cards as auctions make them, for what no page shows so often. */
function cardOf(
  h: Harness,
  { sellerId, campaignId, groupId, productId, offerId }: Advertiser,
  priceMinor: number,
) {
  const auctionId = h.ids.next("adAuction");
  const receipt: Receipt = {
    ...{
      bidId: `${auctionId}-1`,
      auctionId,
      at: h.clock.now(),
      placement: "search",
      query: "x",
      categoryId: null,
    },
    ...{ currency: "IDR", slots: 1, stepMinor: "100", reserveCpcMinor: "1", reserveCpmMinor: "1", ranks: [] },
    ...{
      sellerId,
      campaignId,
      groupId,
      productId,
      offerId,
      keywordId: null,
      pricing: "cpc",
      bidMinor: "50000",
    },
    ...{ clickPpm: 10_000, relevanceBps: 10_000, tie: 0, position: 1, priceMinor: String(priceMinor) },
  };
  const who = { viewer: h.ids.next("request"), address: h.ids.next("request"), buyerId: null };
  return { kind: "click" as const, receipt, ...who, origin: "person" as const };
}

test("64 at once spend a budget to the unit, over an eviction; the ledger has the sum", async () => {
  const h = openMarket();
  const one = await advertiser(h, "a lamp of its own", 50_000, { totalBudget: idr(105_000) });
  const budget = budgetOf(one.campaignId);
  const [campaign] = await h.ctx().db.load(campaignQuery(one.sellerId, one.campaignId));
  if (!campaign) throw new Error("it was made");
  const terms = toStoredTerms(termsOf(campaign));
  const acts = Array.from({ length: 64 }, () => cardOf(h, one, 10_000));
  const spend = () =>
    Promise.all(acts.map((act) => budget.engage({ terms, acts: [act], viewerClicksMax: 5 })));
  const tally = (verdicts: readonly (readonly string[])[]) =>
    Object.fromEntries(
      [...Map.groupBy(verdicts.flat(), (one) => one)].map(([one, all]) => [one, all.length]),
    );
  expect(tally(await spend())).toEqual({ charged: 11, budget_spent: 53 });
  expect(await spentOf(one)).toBe("105000");
  await evictDurableObject(budget);
  expect(tally(await spend())).toEqual({ repeated: 64 });
  expect(await spentOf(one)).toBe("105000");
  const first = await hearBudget(h, one.campaignId);
  expect(await payableOf(h, one)).toBe(-105_000n);

  // More to spend is spent on, and charged under the next number.
  const patched = await one.client.patch(
    one.path,
    { totalBudget: idr(120_000) },
    { headers: { "if-match": '"1"' } },
  );
  expect(patched.status, JSON.stringify(patched.body)).toBe(200);
  const more = { terms, acts: Array.from({ length: 3 }, () => cardOf(h, one, 10_000)), viewerClicksMax: 5 };
  expect(await budget.engage(more)).toEqual(["charged", "charged", "budget_spent"]);
  await runInDurableObject(budget, (object: AdBudgetDO) => {
    object.clock = { now: () => Date.now() + HOUR_MS };
  });
  await runDurableObjectAlarm(budget);
  const all = await hearBudget(h, one.campaignId);
  expect(all.length).toBeGreaterThan(first.length);
  expect(await payableOf(h, one)).toBe(-120_000n);
});

test("faces of one address are charged as three viewers; each shop names them its own way", async () => {
  const h = openMarket({ viewerClicksMax: 1 });
  const word = await busyShelf(h);
  const one = await advertiser(h, `${word} lamp`, 50_000);
  const two = await advertiser(h, `${word} torch`, 30_000);
  for (const face of ["Ani", "Budi", "Citra", "Dewi", "Eka"]) {
    const { sponsored: ads } = await find(h, `q=${word}`);
    const headers = { "user-agent": `Mozilla/5.0 (${face})`, "cf-connecting-ip": `home-${word}` };
    for (const { adId } of ads) await h.anonymous.post("/v1/ads/clicks", { adId }, { headers });
  }
  expect([await spentOf(one), await spentOf(two)]).toEqual(["90000", "30000"]);
  const clicksOf = async ({ client, path, campaignId }: Advertiser) => {
    await hearBudget(h, campaignId);
    const { items } = (await client.get(`${path}/clicks`)).body;
    return items as readonly { viewer: string; verdict: string }[];
  };
  const [lamp, torch] = [await clicksOf(one), await clicksOf(two)];
  expect(lamp.map(({ verdict }) => verdict).sort()).toEqual([
    "charged",
    "charged",
    "charged",
    "excessive",
    "excessive",
  ]);
  expect(new Set([...lamp, ...torch].map(({ viewer }) => viewer)).size).toBe(10);
});

test("an operator gives clicks back once, and the shop's account has them again", async () => {
  const h = openMarket();
  const word = await busyShelf(h);
  const one = await advertiser(h, `${word} lamp`, 50_000);
  for (let i = 0; i < 2; i += 1) {
    const { sponsored: ads } = await find(h, `q=${word}`);
    await click(await h.buyer(), ads[0].adId);
  }
  await hearBudget(h, one.campaignId);
  expect(await payableOf(h, one)).toBe(-20_000n);
  const [{ bidId, viewer }] = (await one.client.get(`${one.path}/clicks?limit=1`)).body.items;
  const operator = await h.operator();
  const path = `/v1/ads/campaigns/${one.campaignId}/credits`;
  const credit = (which: object) =>
    operator.post(path, { reason: "A script clicked.", ...which }, { key: h.ids.next("request") });
  const both = await Promise.all([credit({ bidIds: [bidId] }), credit({ viewer })]);
  const [first, second] = both.map(({ status }) => status).sort();
  expect(first).toBe(201);
  expect([409, 412]).toContain(second);
  await h.drain();
  expect(await payableOf(h, one)).toBe(-10_000n);
  expect((await credit({ bidIds: [bidId] })).body.code).toBe("ad.nothing_to_credit");
  expect(await spentOf(one)).toBe("20000");
});
