import { env, runDurableObjectAlarm } from "cloudflare:test";
import { and, eq } from "drizzle-orm";
import { expect } from "vitest";
import type { Fact } from "#kernel/facts";
import type { Id } from "#kernel/ids";
import { outbox, toFact } from "#kernel/outbox";
import { listing } from "#schema/catalog/search";
import { sellerAccountQuery } from "#services/transaction/wallet/index";
import { type Client, type Harness, harness } from "../../support/harness.ts";
import { ownWord, stocked } from "../search/shelf.ts";

export const idr = (minor: number | bigint) => ({ minor: minor.toString(), currency: "IDR" });
const BROWSER = { headers: { "user-agent": "Mozilla/5.0 (Android 15; Mobile)" } };
export const click = (client: Client, adId: string) => client.post("/v1/ads/clicks", { adId }, BROWSER);
export const see = (client: Client, adIds: readonly string[]) =>
  client.post("/v1/ads/impressions", { adIds }, BROWSER);

/** A market in which no advertisement is late, however busy the machine is. */
export const openMarket = (terms: object = {}) =>
  harness({
    settings: {
      ad: {
        ...{ reserveCpcMinor: "10000", reserveCpmMinor: "200000", bidMaxMinor: "10000000" },
        ...{ creditMinor: "20000000", answerWithinMs: 1_000 },
        ...terms,
      },
    },
  });

type Terms = { readonly [field: string]: unknown };

async function made(client: Client, h: Harness, path: string, body: object) {
  const answer = await client.post(path, body, { key: h.ids.next("request") });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

/** A shop that sells one thing and has it advertised, at a bid. */
export async function advertiser(h: Harness, title: string, bid: number, terms: Terms = {}) {
  const { sellerId, offers } = await stocked(h, [{ title, priceMinor: 5_000_000n, stock: 5 }]);
  const [{ offerId, productId }] = offers as [(typeof offers)[number]];
  const client = await h.member(sellerId);
  const { group, ...body } = { group: {}, ...terms };
  const campaign = await made(client, h, "/v1/ad-campaigns", {
    ...{ name: title, totalBudget: idr(10_000_000), pacing: "asap" },
    ...body,
  });
  const campaignId = campaign.id as Id<"adCampaign">;
  const path = `/v1/ad-campaigns/${campaignId}`;
  const { id } = await made(client, h, `${path}/groups`, { name: title, bid: idr(bid), ...group });
  const groupId = id as Id<"adGroup">;
  const put = (part: string, content: object, version: number) =>
    client.put(`/v1/ad-campaigns/groups/${groupId}/${part}`, content, {
      headers: { "if-match": `"${version}"` },
    });
  const targets = await put("targets", { offerIds: [offerId] }, 1);
  expect(targets.status, JSON.stringify(targets.body)).toBe(200);
  return { sellerId, offerId, productId, client, campaignId, groupId, path, put };
}
export type Advertiser = Awaited<ReturnType<typeof advertiser>>;

/** A word under which four products that sell well stand at the head, so that others have a reason to pay. */
export async function busyShelf(h: Harness): Promise<string> {
  const word = ownWord();
  const kinds = ["amber", "birch", "cedar", "dune"];
  const { offers } = await stocked(
    h,
    kinds.map((kind) => ({ title: `${word} ${kind}`, priceMinor: 4_000_000n, stock: 9 })),
  );
  for (const { productId } of offers) {
    await h.ctx().db.read.update(listing).set({ sold: 500 }).where(eq(listing.productId, productId));
  }
  return word;
}

export const budgetOf = (campaignId: Id<"adCampaign">) =>
  env.AD_BUDGET.getByName(`id:ad-budget:${campaignId}`);

/** What a budget has told, all of it so far. */
async function toldBy(h: Harness, campaignId: Id<"adCampaign">): Promise<readonly Fact[]> {
  await runDurableObjectAlarm(budgetOf(campaignId));
  const isIts = and(eq(outbox.subject, campaignId));
  const rows = await h.ctx().db.read.select().from(outbox).where(isIts);
  return rows.map(toFact);
}

/** Everything arrives, twice and the last first. */
export async function hearBudget(h: Harness, campaignId: Id<"adCampaign">): Promise<readonly Fact[]> {
  const facts = await toldBy(h, campaignId);
  await h.deliver(facts.toReversed());
  await h.deliver(facts);
  return facts;
}

/** To the unit, as the shop reads it. */
export async function spentOf({ client, path }: Advertiser): Promise<string> {
  const { status, body } = await client.get(path);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.spending.totalMinor;
}

/** What a shop's account has, in minor units: below nought is what it owes for its advertisements. */
export const payableOf = async (h: Harness, { sellerId }: Advertiser) => {
  const ctx = h.ctx();
  const [account] = await ctx.db.load(sellerAccountQuery(ctx, sellerId));
  return account.available.minor;
};
