import { cached } from "#kernel/cache";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { treeQuery } from "#services/catalog/category/index";
import { type CardOffer, cardOffersQuery, cardsQuery, offersQuery } from "#services/catalog/product/index";
import { availabilityQuery } from "#services/logistics/inventory/index";
import { payablesQuery } from "#services/transaction/wallet/index";
import { type Campaign, termsOf, toStoredTerms } from "../domain/campaign.ts";
import {
  type Barred,
  buildIndex,
  type MarketIndex,
  type StoredCampaign,
  type StoredGroup,
  type StoredMarket,
} from "../domain/market-index.ts";
import { wordsOf } from "../domain/match.ts";
import { clockOf, type LocalClock } from "../domain/schedule.ts";
import {
  activeCampaignsQuery,
  activeGroupsQuery,
  activeKeywordsQuery,
  activeTargetsQuery,
  clickRatesQuery,
  spentQuery,
} from "../repository/market.ts";
import { MARKET_TAG } from "./tags.ts";

/** Of clicks and impressions before this nothing is concluded any more. */
const RATES_MS = 30 * DAY_MS;

type Known = { readonly etag: string; readonly index: MarketIndex };
/** The last market of each cell as it was read, so that an unchanged text is not taken apart again. */
const built = new WeakMap<Env, Map<string, Known>>();
const clocks = new Map<string, LocalClock>();

export function localClock(timeZone: string): LocalClock {
  const known = clocks.get(timeZone) ?? clockOf(timeZone);
  clocks.set(timeZone, known);
  return known;
}

/** No round trip while the isolate's copy is fresh, one to Redis after it, three to Postgres behind that. */
export async function marketIndex(ctx: Ctx): Promise<MarketIndex> {
  const reading = { key: "ad:market", tags: [MARKET_TAG], freshMs: ctx.market.ad.freshMs };
  const text = await cached(ctx, reading, () => loadMarket(ctx));
  const ofCells = built.get(ctx.env) ?? new Map<string, Known>();
  built.set(ctx.env, ofCells);
  const known = ofCells.get(ctx.cell);
  if (known?.etag === text.etag) return known.index;
  const index = buildIndex(text.parse());
  ofCells.set(ctx.cell, { etag: text.etag, index });
  return index;
}

async function loadMarket(ctx: Ctx): Promise<StoredMarket> {
  const { reserveCpcMinor, reserveCpmMinor } = ctx.market.ad;
  const reserve = { cpc: reserveCpcMinor.toString(), cpm: reserveCpmMinor.toString() };
  const now = ctx.clock.now();
  const clock = localClock(ctx.market.timeZone);
  const today = clock(now).day;
  const [campaigns, groups, chosen, keywords, rates, spent] = await ctx.db.load(
    activeCampaignsQuery,
    activeGroupsQuery,
    activeTargetsQuery,
    activeKeywordsQuery,
    clickRatesQuery(clock(now - RATES_MS).day),
    spentQuery(today),
  );
  const running = campaigns.filter(
    ({ endsAt, blockedReason }) => blockedReason === null && (endsAt === null || endsAt > now),
  );
  if (running.length === 0 || chosen.length === 0) return { reserve, campaigns: [] };
  const targets = await placed(ctx, chosen);
  const goods = await goodsOf(ctx, targets, running);
  const targetsOf = Map.groupBy(targets, ({ groupId }) => groupId);
  const keywordsOf = Map.groupBy(keywords, ({ groupId }) => groupId);
  const groupsOf = Map.groupBy(groups, ({ campaignId }) => campaignId);
  const stored = running.map((campaign): StoredCampaign => {
    const told = spent.get(campaign.campaignId);
    const ofCampaign = groupsOf.get(campaign.campaignId) ?? [];
    return {
      terms: toStoredTerms(termsOf(campaign)),
      spent: { day: today, todayMilli: told?.todayMilli ?? "0", totalMilli: told?.totalMilli ?? "0" },
      groups: ofCampaign.map(
        ({ id, bidMinor, matchesTitles, placements }): StoredGroup => ({
          ...{ groupId: id, bidMinor: bidMinor.toString(), matchesTitles, placements },
          keywords: (keywordsOf.get(id) ?? []).map((one) => {
            const { id: keywordId, words, match } = one;
            return { keywordId, words, match, bidMinor: one.bidMinor?.toString() ?? null };
          }),
          targets: (targetsOf.get(id) ?? []).map(({ productId, offerId }) => {
            const rate = rates.get(`${id} ${productId}`);
            const seen = { impressions: rate?.impressions ?? 0, clicks: rate?.clicks ?? 0 };
            return { productId, offerId, ...seen, ...goods(campaign.sellerId, productId, offerId) };
          }),
        }),
      ),
    };
  });
  return { reserve, campaigns: stored };
}

type Chosen = Wanted & { readonly groupId: Id<"adGroup"> };

/** What is advertised is an offer: where two products became one, it stands on the other by now. */
async function placed(ctx: Ctx, chosen: readonly Chosen[]): Promise<readonly Chosen[]> {
  const [offers] = await ctx.db.load(offersQuery([...new Set(chosen.map(({ offerId }) => offerId))]));
  const productOf = new Map(offers.map(({ offerId, productId }) => [offerId, productId]));
  const once = new Map<string, Chosen>();
  for (const { groupId, offerId, productId: before } of chosen) {
    const productId = productOf.get(offerId) ?? before;
    once.set(`${groupId} ${productId}`, { groupId, offerId, productId });
  }
  return [...once.values()];
}

type Goods = Pick<
  StoredGroup["targets"][number],
  "words" | "path" | "barred" | "priceMinor" | "shopName" | "shopCity"
>;
type Wanted = { readonly productId: Id<"product">; readonly offerId: Id<"offer"> };

/** What is offered by whom at what price, and why it cannot be shown if it cannot. */
async function goodsOf(ctx: Ctx, targets: readonly Wanted[], campaigns: readonly Campaign[]) {
  const productIds = [...new Set(targets.map(({ productId }) => productId))];
  const offerIds = [...new Set(targets.map(({ offerId }) => offerId))];
  const sellerIds = [...new Set(campaigns.map(({ sellerId }) => sellerId))];
  const { currency, ad } = ctx.market;
  const [products, offers, available, payables, tree] = await ctx.db.load(
    cardsQuery(productIds),
    cardOffersQuery(productIds),
    availabilityQuery(ctx, offerIds),
    payablesQuery(currency, sellerIds),
    treeQuery(),
  );
  const paths = new Map<string, readonly string[]>(tree.map(({ id, path }) => [id, path]));
  const productOf = new Map<string, (typeof products)[number]>(products.map((one) => [one.productId, one]));
  const offerOf = new Map<string, CardOffer>(offers.map((one) => [one.offerId, one]));
  return (sellerId: Id<"seller">, productId: Id<"product">, offerId: Id<"offer">): Goods => {
    const [product, offer] = [productOf.get(productId), offerOf.get(offerId)];
    const isSold = product?.state === "published" && offer?.isOpen === true && offer.sellerId === sellerId;
    const owes = -(payables.get(sellerId) ?? 0n);
    const isTrusted = owes <= ad.creditMinor;
    const hasStock = (available.get(offerId) ?? 0) > 0;
    const barred: Barred | null = !isSold
      ? "not_sold"
      : !hasStock
        ? "out_of_stock"
        : isTrusted
          ? null
          : "in_debt";
    return {
      words: [...new Set(wordsOf(Object.values(product?.titles ?? {}).join(" ")))].join(" "),
      path: product ? (paths.get(product.categoryId) ?? []) : [],
      barred,
      priceMinor: (offer?.priceMinor ?? 0n).toString(),
      shopName: offer?.shopName ?? "",
      shopCity: offer?.shopCity ?? "",
    };
  };
}
