import type { z } from "zod";
import { requireOperator } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import { toMoneyDto } from "#kernel/money";
import { append } from "#kernel/outbox";
import { ok, orThrow } from "#kernel/result";
import { type Campaign, MILLI } from "../domain/campaign.ts";
import { fail } from "../errors.ts";
import { AdCredited } from "../facts.ts";
import { campaignQuery, saveCampaign } from "../repository/campaigns.ts";
import { creditableQuery, giveBack } from "../repository/engagement.ts";
import type { CreditClicks, zCampaignRef, zCredit } from "../schemas/campaign.ts";
import { tellBudget } from "./campaigns.ts";

type CampaignRef = z.output<typeof zCampaignRef>;

/** A reason takes a campaign out, null brings it back; the shop's own pause stays what it was. */
export async function setBlocked(
  ctx: Ctx,
  { campaignId, reason }: CampaignRef & { readonly reason: string | null },
): Promise<Campaign> {
  requireOperator(ctx, "marketing:write");
  const outcome = await untilFresh("ad.stale", async () => {
    const [before] = await ctx.db.load(campaignQuery(null, campaignId));
    if (!before) throw fail("ad.campaign_not_found");
    if (before.blockedReason === reason) return ok(before);
    const after = { ...before, blockedReason: reason, version: before.version + 1 };
    const committed = await ctx.db.commit([saveCampaign(after)]);
    return committed.ok ? ok(after) : committed;
  });
  const campaign = orThrow(outcome, fail);
  await tellBudget(ctx, campaign);
  return campaign;
}

/** Gives charged clicks back to the shop's account; the budget stays spent. */
export async function creditClicks(ctx: Ctx, input: CreditClicks): Promise<z.input<typeof zCredit>> {
  const by = requireOperator(ctx, "marketing:write");
  const { campaignId, reason, bidIds, viewer, day } = input;
  const which = { ...(bidIds && { bidIds }), ...(viewer && { viewer }), ...(day && { day }) };
  const [campaign, clicks] = await ctx.db.load(
    campaignQuery(null, campaignId),
    creditableQuery(campaignId, which),
  );
  if (!campaign) throw fail("ad.campaign_not_found");
  const minor = clicks.reduce((sum, { chargedMilli }) => sum + chargedMilli, 0n) / MILLI;
  if (minor === 0n) throw fail("ad.nothing_to_credit");
  const { sellerId, currency } = campaign;
  const creditId = ctx.ids.next("adCredit");
  const amount = toMoneyDto({ minor, currency });
  const credit = {
    ...{ id: creditId, campaignId, sellerId, amountMinor: minor, clicks: clicks.length },
    ...{ reason, by, at: ctx.clock.now() },
  };
  const told = { creditId, campaignId, sellerId, amount, clicks: clicks.length };
  const marked = giveBack(
    credit,
    clicks.map(({ bidId }) => bidId),
  );
  const fact = AdCredited.make(ctx, { id: creditId, version: 1 }, told);
  orThrow(await ctx.db.commit([...marked, append(fact)]), fail);
  return { id: creditId, campaignId, amount, clicks: clicks.length };
}
