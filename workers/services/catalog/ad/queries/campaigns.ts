import type { z } from "zod";
import { requireOperator, requireShop } from "#kernel/actor";
import { DAY_MS } from "#kernel/clock";
import type { Ctx } from "#kernel/ctx";
import type { Id } from "#kernel/ids";
import { toMoneyDto } from "#kernel/money";
import { decodeCursor, toPage } from "#kernel/page";
import { onAdBudget } from "#objects/stubs";
import type { Campaign } from "../domain/campaign.ts";
import { addUp, NOTHING, toDecimal, toFigures } from "../domain/figures.ts";
import { fail } from "../errors.ts";
import { campaignQuery, campaignsQuery } from "../repository/campaigns.ts";
import { type Click, clicksQuery } from "../repository/engagement.ts";
import { type Group, groupQuery, groupsQuery, keywordsQuery, targetsQuery } from "../repository/groups.ts";
import { countedQuery, creditedQuery, soldQuery } from "../repository/report.ts";
import {
  type ListCampaigns,
  toCampaignDto,
  type zCampaignDetail,
  type zCampaignRef,
  type zGroup,
  type zGroupDetail,
  type zGroupRef,
} from "../schemas/campaign.ts";
import type { ReportQuery, zClick, zClicksQuery, zReport } from "../schemas/report.ts";

type CampaignRef = z.output<typeof zCampaignRef>;
/** A report of longer is several. */
const REPORT_DAYS_MAX = 92;

export const listOwn = (ctx: Ctx, input: ListCampaigns) =>
  list(ctx, { ...input, sellerId: requireShop(ctx, "ad:write") });

/** Every shop's, for who moderates them. */
export function listAll(ctx: Ctx, input: ListCampaigns) {
  requireOperator(ctx, "marketing:write");
  return list(ctx, input);
}

async function list(ctx: Ctx, { sellerId, state, limit, cursor }: ListCampaigns) {
  const scope = `ad campaigns ${sellerId ?? ""} ${state ?? ""}`;
  const before = decodeCursor(ctx, scope, cursor)?.[0] as Id<"adCampaign"> | undefined;
  const [rows] = await ctx.db.load(campaignsQuery({ sellerId, state, before, limit: limit + 1 }));
  return toPage(ctx, scope, limit, rows, ({ campaignId }) => [campaignId], toCampaignDto);
}

async function ownCampaign(ctx: Ctx, { campaignId }: CampaignRef): Promise<Campaign> {
  const [campaign] = await ctx.db.load(campaignQuery(requireShop(ctx, "ad:write"), campaignId));
  if (!campaign) throw fail("ad.campaign_not_found");
  return campaign;
}

/** With what is spent to the unit, which its budget alone knows. */
export async function getCampaign(ctx: Ctx, ref: CampaignRef): Promise<z.input<typeof zCampaignDetail>> {
  const campaign = await ownCampaign(ctx, ref);
  const { day, todayMilli, totalMilli } = await onAdBudget(ctx, ref.campaignId, (budget) =>
    budget.spending(),
  );
  const spending = {
    day,
    todayMinor: toDecimal(BigInt(todayMilli)),
    totalMinor: toDecimal(BigInt(totalMilli)),
  };
  return { ...toCampaignDto(campaign), spending };
}

export const toGroupDto = (ctx: Ctx, group: Group): z.input<typeof zGroup> => {
  const { groupId, sellerId: _, bidMinor, placements, createdAt, ...rest } = group;
  return {
    ...rest,
    id: groupId,
    bid: toMoneyDto({ minor: bidMinor, currency: ctx.market.currency }),
    placements: [...placements],
    createdAt: new Date(createdAt).toISOString(),
  };
};

export async function listGroups(ctx: Ctx, ref: CampaignRef) {
  const campaign = await ownCampaign(ctx, ref);
  const [groups] = await ctx.db.load(groupsQuery(campaign.campaignId));
  return { items: groups.map((group) => toGroupDto(ctx, group)) };
}

export async function getGroup(
  ctx: Ctx,
  { groupId }: z.output<typeof zGroupRef>,
): Promise<z.input<typeof zGroupDetail>> {
  const [group, targets, keywords] = await ctx.db.load(
    groupQuery(requireShop(ctx, "ad:write"), groupId),
    targetsQuery(groupId),
    keywordsQuery(groupId),
  );
  if (!group) throw fail("ad.group_not_found");
  const { currency } = ctx.market;
  return {
    ...toGroupDto(ctx, group),
    targets: targets.map(({ offerId, productId }) => ({ offerId, productId })),
    keywords: keywords.map(({ keywordId, words, match, bidMinor }) => ({
      ...{ id: keywordId, words, match },
      bid: bidMinor === null ? null : toMoneyDto({ minor: bidMinor, currency }),
    })),
  };
}

/** What a campaign cost and what was bought after it, in one round trip. */
export async function reportOn(
  ctx: Ctx,
  { from, to, by, windowDays, ...ref }: ReportQuery & CampaignRef,
): Promise<z.input<typeof zReport>> {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days < 1 || days > REPORT_DAYS_MAX) throw fail("ad.terms_invalid");
  const { campaignId, sellerId } = await ownCampaign(ctx, ref);
  const span = { campaignId, sellerId, from, to, by, windowDays: Number(windowDays) };
  const [counted, sold, credited] = await ctx.db.load(
    countedQuery(span),
    soldQuery(span),
    creditedQuery(campaignId),
  );
  const names = [...new Set([...counted.keys(), ...sold.keys()])].sort();
  const all = names.map((name) => ({ ...NOTHING, ...counted.get(name), ...sold.get(name) }));
  const rows = names.map((name, i) => ({ name, ...toFigures(all[i] ?? NOTHING) }));
  return { rows, total: toFigures(addUp(all)), creditedMinor: credited.toString() };
}

const toClickDto = (click: Click): z.input<typeof zClick> => ({
  bidId: click.bidId,
  productId: click.productId,
  viewer: click.viewer,
  at: new Date(click.at).toISOString(),
  verdict: click.verdict,
  chargedMinor: toDecimal(click.chargedMilli),
  credited: click.creditId !== null,
});

export async function listClicks(ctx: Ctx, input: CampaignRef & z.output<typeof zClicksQuery>) {
  const { campaignId } = await ownCampaign(ctx, input);
  const scope = `ad clicks ${campaignId}`;
  const before = decodeCursor(ctx, scope, input.cursor);
  const [rows] = await ctx.db.load(clicksQuery({ campaignId, before, limit: input.limit + 1 }));
  return toPage(ctx, scope, input.limit, rows, ({ at, bidId }) => [at, bidId], toClickDto);
}
