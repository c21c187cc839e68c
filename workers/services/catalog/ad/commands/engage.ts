import { actorKey } from "#kernel/actor";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { openSealed } from "#kernel/seal";
import { onAdBudget } from "#objects/stubs";
import { termsOf, toStoredTerms } from "../domain/campaign.ts";
import { type Receipt, zReceipt } from "../domain/card.ts";
import type { Act } from "../domain/spend.ts";
import { CARD_LIFE_MS, isProgram, type Origin } from "../domain/traffic.ts";
import { fail } from "../errors.ts";
import { localClock } from "../queries/market.ts";
import { seenKey } from "../queries/sponsored.ts";
import { campaignsByIdQuery } from "../repository/campaigns.ts";
import type { Clicked, SeenCards } from "../schemas/report.ts";

/** A card that we sealed and that is not too old; nobody can make one, or change a letter of it. */
async function openCard(ctx: Ctx, adId: string): Promise<Receipt> {
  const opened = await openSealed(ctx, adId, { purpose: "ad" }).catch(() => undefined);
  const receipt = zReceipt.safeParse(opened);
  if (!receipt.success || receipt.data.at + CARD_LIFE_MS <= ctx.clock.now()) throw fail("ad.card_invalid");
  return receipt.data;
}

type ActOf = (kind: Act["kind"], receipt: Receipt) => Act;

/** People are counted; programs, those who keep the platform and a shop's own members are not. */
function actsOf(ctx: Ctx, userAgent: string): ActOf {
  const { actor, address } = ctx;
  const isKnown = actor.kind === "user" || actor.kind === "guest";
  const who = isKnown ? actorKey(actor) : `${address}\n${userAgent}`;
  const isCounted = actor.kind === "user" ? actor.operator === undefined : actor.kind !== "service";
  const shops = new Set(actor.kind === "user" ? actor.shops.map(({ sellerId }) => sellerId) : []);
  const originOf = ({ sellerId }: Receipt): Origin => {
    if (shops.has(sellerId)) return "own";
    return isCounted && !isProgram(userAgent) ? "person" : "program";
  };
  const hashOf = (text: string) => ctx.keys.sign("ad", text).slice(0, 22);
  return (kind, receipt) => ({
    ...{ kind, receipt, origin: originOf(receipt) },
    // Another one for each shop: two of them cannot tell that it was the same person.
    viewer: hashOf(`viewer\n${receipt.sellerId}\n${who}`),
    address: hashOf(`address\n${address}`),
    buyerId: isKnown ? actorKey(actor) : null,
  });
}

export async function clickAd(ctx: Ctx, { adId, headers }: Clicked): Promise<undefined> {
  const actOf = actsOf(ctx, headers["user-agent"]);
  await engage(ctx, [actOf("click", await openCard(ctx, adId))]);
}

/** Cards were in sight; each counts once, and is paid for where a thousand impressions are. */
export async function seeAds(ctx: Ctx, { adIds, headers }: SeenCards): Promise<undefined> {
  const actOf = actsOf(ctx, headers["user-agent"]);
  const receipts = await Promise.all(adIds.map((adId) => openCard(ctx, adId)));
  await engage(
    ctx,
    receipts.map((receipt) => actOf("impression", receipt)),
  );
}

/** Each campaign's budget decides about its own acts; it gets the terms as they are now. */
async function engage(ctx: Ctx, acts: readonly Act[]): Promise<void> {
  const byCampaign = Map.groupBy(acts, ({ receipt }) => receipt.campaignId);
  const [campaigns] = await ctx.db.load(campaignsByIdQuery([...byCampaign.keys()]));
  const { viewerClicksMax } = ctx.market.ad;
  await Promise.all(
    campaigns.map(async (campaign) => {
      const { campaignId, viewerDayMax } = campaign;
      const own = byCampaign.get(campaignId) ?? [];
      const engagement = { terms: toStoredTerms(termsOf(campaign)), acts: own, viewerClicksMax };
      const verdicts = await onAdBudget(ctx, campaignId, (budget) => budget.engage(engagement));
      const counted = verdicts.filter((verdict) => verdict === "counted").length;
      if (viewerDayMax !== null && counted > 0) ctx.defer(noteSeen(ctx, campaignId, counted));
    }),
  );
}

/** Auctions ask how often a viewer has seen what; should it be lost, the budget still keeps to the cap. */
async function noteSeen(ctx: Ctx, campaignId: Id<"adCampaign">, count: number): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== "user" && actor.kind !== "guest") return;
  const { day } = localClock(ctx.market.timeZone)(ctx.clock.now());
  const key = seenKey(ctx, actorKey(actor), day);
  const batch = ctx.redis.pipeline().hincrby(key, campaignId, count).pexpire(key, DAY_MS);
  await batch.exec().catch(() => undefined);
}
