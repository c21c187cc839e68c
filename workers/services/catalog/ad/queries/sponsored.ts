import { type Actor, actorKey } from "#kernel/actor";
import { DAY_MS, MINUTE_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { type Money, toMoneyDto } from "#kernel/money";
import { seal } from "#kernel/seal";
import type { Candidate, Ranked, Winner } from "../domain/auction.ts";
import type { Receipt } from "../domain/card.ts";
import type { MarketIndex, Wanted } from "../domain/market-index.ts";
import { replay } from "../domain/receipt.ts";
import { type Held, holdAuction, type Page, toldOf } from "../domain/take-part.ts";
import { type HeldAuction, keepAuctions } from "../repository/engagement.ts";
import { localClock } from "./market.ts";

/** Pages whose last kept auction an isolate remembers; the oldest leave first. */
const KEPT_PAGES_MAX = 1_000;
const KEEP_EVERY_MS = MINUTE_MS;
const AUCTION_LIFE_MS = 30 * DAY_MS;

export type Sponsored = {
  /** The resolved bid, sealed: whoever shows or follows the card gives it back. */
  readonly adId: string;
  readonly productId: Id<"product">;
  readonly offerId: Id<"offer">;
  readonly seller: { readonly id: Id<"seller">; readonly name: string; readonly city: string };
  readonly price: ReturnType<typeof toMoneyDto>;
  readonly position: number;
  /** What of the score is the card's own and not the bid's. */
  readonly clickRate: number;
  readonly relevance: number;
};

export type Asked = Wanted & {
  /** Read beside the page and not after it. */
  readonly market: Promise<MarketIndex>;
  /** Products at the head of the page. */
  readonly organic: () => readonly string[];
  readonly viewer: Actor;
  readonly slots: number;
};

/**
 * The advertisements of a page, the best first; none when they would keep it waiting, or fail. Whoever asks
 * needs no care: it neither throws nor takes longer than the market says.
 */
export async function sponsored(ctx: Ctx, asked: Asked): Promise<readonly Sponsored[]> {
  const { promise, resolve } = Promise.withResolvers<readonly Sponsored[]>();
  const timer = setTimeout(() => resolve([]), ctx.market.ad.answerWithinMs);
  const shown = offer(ctx, asked).catch((error: unknown) => {
    ctx.log.warn("ad.not_shown", { reason: String(error) });
    return [];
  });
  // What came too late for this page is there for the next one.
  ctx.defer(shown);
  try {
    return await Promise.race([shown, promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function offer(ctx: Ctx, asked: Asked): Promise<readonly Sponsored[]> {
  if (asked.slots === 0) return [];
  const index = await asked.market;
  if (index.campaigns.size === 0) return [];
  const seen = await seenBy(ctx, index, asked);
  const page = pageOf(ctx, asked);
  const held = holdAuction(index, page, seen);
  if (!held) return [];
  keep(ctx, page, held);
  const shops = new Map(held.matched.map(({ candidate, shown }) => [keyOf(candidate), shown]));
  const { currency } = ctx.market;
  return Promise.all(
    held.auction.winners.map(async (winner): Promise<Sponsored> => {
      const shown = shops.get(keyOf(winner));
      const price: Money = { minor: BigInt(shown?.priceMinor ?? 0), currency };
      const { productId, offerId, sellerId, position, clickPpm, relevanceBps } = winner;
      return {
        ...{ productId, offerId, position },
        adId: await seal(ctx, receiptOf(ctx, page, held, winner), { purpose: "ad" }),
        seller: { id: sellerId, name: shown?.shopName ?? "", city: shown?.shopCity ?? "" },
        price: toMoneyDto(price),
        clickRate: clickPpm / 1_000_000,
        relevance: relevanceBps / 10_000,
      };
    }),
  );
}

const keyOf = ({ groupId, productId }: Candidate): string => `${groupId} ${productId}`;

function pageOf(ctx: Ctx, { placement, query, categoryId, organic, slots }: Asked): Page {
  const at = ctx.clock.now();
  const local = localClock(ctx.market.timeZone)(at);
  const auctionId = ctx.ids.next("adAuction");
  const wanted = { placement, query, categoryId };
  const stepMinor = ctx.market.cashStepMinor;
  return { ...wanted, auctionId, slots, stepMinor, organic: new Set(organic()), at, local };
}

/** Asked of Redis only where a campaign that could be shown wants to know it. */
async function seenBy(ctx: Ctx, { campaigns }: MarketIndex, { viewer }: Asked) {
  const isCapped = [...campaigns.values()].some(({ terms }) => terms.viewerDayMax !== null);
  if (!isCapped || (viewer.kind !== "user" && viewer.kind !== "guest")) return () => 0;
  const { day } = localClock(ctx.market.timeZone)(ctx.clock.now());
  const counts = await ctx.redis.hgetall<{ [id: string]: number }>(seenKey(ctx, actorKey(viewer), day));
  return (campaignId: string) => Number(counts?.[campaignId] ?? 0);
}

/** What a viewer saw of each campaign on a day. */
export const seenKey = ({ cell, keys }: Pick<Ctx, "cell" | "keys">, who: string, day: string): string =>
  `${cell}:ad:seen:${day}:${keys.sign("ad", `viewer\n${who}`).slice(0, 22)}`;

type Rules = Held["rules"];
const rulesText = ({ slots, stepMinor, reserve }: Rules) => ({
  slots,
  stepMinor: stepMinor.toString(),
  reserveCpcMinor: reserve.cpc.toString(),
  reserveCpmMinor: reserve.cpm.toString(),
});

function receiptOf(ctx: Ctx, page: Page, { rules, auction }: Held, winner: Winner): Receipt {
  const { auctionId, at, placement, query, categoryId } = page;
  const { position, priceMinor, score: _, bidMinor, ...own } = winner;
  return {
    ...own,
    ...rulesText(rules),
    ...{ at, placement, position, query },
    bidId: `${auctionId}-${position}`,
    auctionId: auctionId as Id<"adAuction">,
    categoryId: categoryId as Id<"category"> | null,
    currency: ctx.market.currency,
    ranks: auction.ranks.map(({ score, tie }) => ({ score: score.toString(), tie })),
    bidMinor: bidMinor.toString(),
    priceMinor: priceMinor.toString(),
  };
}

const keptAt = new Map<string, number>();

/** Who took part finds in a kept auction why he lost: one a page and minute, or each search would write. */
function keep(ctx: Ctx, page: Page, held: Held): void {
  const name = `${ctx.cell} ${page.placement} ${page.query} ${page.categoryId}`;
  const last = keptAt.get(name);
  if (last !== undefined && page.at < last + KEEP_EVERY_MS) return;
  keptAt.delete(name);
  keptAt.set(name, page.at);
  for (const oldest of keptAt.keys()) {
    if (keptAt.size <= KEPT_PAGES_MAX) break;
    keptAt.delete(oldest);
  }
  const rows = accountsOf(ctx, page, held);
  if (rows.length > 0)
    ctx.defer(ctx.db.commit(keepAuctions(rows, page.at - AUCTION_LIFE_MS)).catch(() => undefined));
}

/** Each seller's part of an auction, for his eyes only. */
function accountsOf(ctx: Ctx, page: Page, { rules, auction, left }: Held): readonly HeldAuction[] {
  const ranks = auction.ranks.map(({ score, tie }) => ({ score: score.toString(), tie }));
  const { auctionId, at, placement, query, categoryId } = page;
  const shared = {
    at,
    placement,
    query,
    categoryId,
    currency: ctx.market.currency,
    ...rulesText(rules),
    ranks,
  };
  const account = (own: Candidate | Ranked, outcome: string, rest: object): HeldAuction => ({
    ...{ auctionId: auctionId as Id<"adAuction">, sellerId: own.sellerId, campaignId: own.campaignId },
    ...{ at, outcome },
    body: {
      ...shared,
      ...{ groupId: own.groupId, productId: own.productId, offerId: own.offerId, keywordId: own.keywordId },
      ...{ pricing: own.pricing, clickPpm: own.clickPpm, relevanceBps: own.relevanceBps },
      bidMinor: own.bidMinor.toString(),
      ...rest,
    },
  });
  const told = toldOf(auction).map((own) => {
    const again = replay({ ...rules, ranks: auction.ranks }, own);
    const { outcome, position } = again;
    const least = again.leastBidMinor.toString();
    return account(own, outcome, {
      ...{ tie: own.tie, score: again.score.toString(), position, leastBidMinor: least },
      priceMinor: again.priceMinor?.toString() ?? null,
    });
  });
  return [...told, ...left.map(({ candidate, outcome }) => account(candidate, outcome, {}))];
}

/** An auction that nobody sees, for a seller who asks how he would stand on a page now. */
export async function rehearse(ctx: Ctx, asked: Asked): Promise<readonly HeldAuction[]> {
  const page = pageOf(ctx, asked);
  const held = holdAuction(await asked.market, page, () => 0);
  return held ? accountsOf(ctx, page, held) : [];
}
