import { requireShop } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import type { Statement } from "#kernel/db";
import { orThrow } from "#kernel/result";
import { offersQuery } from "#services/catalog/product/index";
import { fail } from "../errors.ts";
import { campaignQuery } from "../repository/campaigns.ts";
import {
  type Group,
  groupQuery,
  groupsQuery,
  insertGroup,
  type Keyword,
  replaceKeywords,
  replaceTargets,
  saveGroup,
} from "../repository/groups.ts";
import type { NewGroup, PatchGroup, SetKeywords, SetTargets } from "../schemas/campaign.ts";
import { refuseForeign, tellMarket } from "./campaigns.ts";

/** A campaign's groups are shown on one page and read with every market. */
const GROUPS_MAX = 50;

function refuseBid(ctx: Ctx, bids: Parameters<typeof refuseForeign>[1]): void {
  refuseForeign(ctx, bids);
  const { bidMaxMinor } = ctx.market.ad;
  const errors = Object.entries(bids).flatMap(([path, bid]) =>
    bid && BigInt(bid.minor) > bidMaxMinor
      ? [{ path: `body.${path}`, code: "bid", message: `A bid is at most ${bidMaxMinor}.` }]
      : [],
  );
  if (errors.length > 0) throw fail("ad.terms_invalid", { errors });
}

export async function createGroup(ctx: Ctx, { campaignId, bid, ...rest }: NewGroup): Promise<Group> {
  const sellerId = requireShop(ctx, "ad:write");
  refuseBid(ctx, { bid });
  const [campaign, groups] = await ctx.db.load(campaignQuery(sellerId, campaignId), groupsQuery(campaignId));
  if (!campaign) throw fail("ad.campaign_not_found");
  if (campaign.state === "ended") throw fail("ad.campaign_ended");
  if (groups.length >= GROUPS_MAX) throw fail("ad.too_many");
  const made: Group = {
    ...rest,
    ...{ campaignId, sellerId, bidMinor: BigInt(bid.minor), state: "active" },
    groupId: ctx.ids.next("adGroup"),
    createdAt: ctx.clock.now(),
    version: 1,
  };
  orThrow(await ctx.db.commit([insertGroup(made)]), fail);
  await tellMarket(ctx);
  return made;
}

type Versioned = { readonly groupId: Group["groupId"]; readonly ifMatch: number };

/** What a group holds changes with its version, so that two who edit it do not mix. */
async function changeGroup(
  ctx: Ctx,
  { groupId, ifMatch }: Versioned,
  change: Partial<Group>,
  parts: (group: Group) => readonly Statement[],
): Promise<Group> {
  const [before] = await ctx.db.load(groupQuery(requireShop(ctx, "ad:write"), groupId));
  if (!before) throw fail("ad.group_not_found");
  if (before.version !== ifMatch) throw fail("ad.stale");
  const after = { ...before, ...change, version: before.version + 1 };
  orThrow(await ctx.db.commit([saveGroup(after), ...parts(after)]), fail);
  await tellMarket(ctx);
  return after;
}

export async function editGroup(ctx: Ctx, { bid, groupId, ifMatch, ...rest }: PatchGroup): Promise<Group> {
  refuseBid(ctx, { bid });
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const change = { ...given, ...(bid !== undefined && { bidMinor: BigInt(bid.minor) }) };
  return changeGroup(ctx, { groupId, ifMatch }, change, () => []);
}

/** Only what the shop sells itself; of a product's offers the last one named. */
export async function setTargets(ctx: Ctx, { offerIds, ...ref }: SetTargets): Promise<Group> {
  const sellerId = requireShop(ctx, "ad:write");
  const [offers] = await ctx.db.load(offersQuery(offerIds));
  const own = new Map(offers.filter((offer) => offer.sellerId === sellerId).map((one) => [one.offerId, one]));
  const errors = offerIds.flatMap((offerId, i) =>
    own.has(offerId) ? [] : [{ path: `body.offerIds.${i}`, code: "offer", message: "It is not yours." }],
  );
  if (errors.length > 0) throw fail("ad.offer_foreign", { errors });
  const byProduct = new Map(
    [...own.values()].map(({ productId, offerId }) => [productId, { productId, offerId }]),
  );
  return changeGroup(ctx, ref, {}, (group) => replaceTargets(group, [...byProduct.values()]));
}

export async function setKeywords(ctx: Ctx, { keywords, ...ref }: SetKeywords): Promise<Group> {
  refuseBid(ctx, Object.fromEntries(keywords.map(({ bid }, i) => [`keywords.${i}.bid`, bid])));
  const once = new Map<string, Keyword>();
  for (const { words, match, bid } of keywords) {
    const bidMinor = bid === null ? null : BigInt(bid.minor);
    once.set(`${match} ${words}`, { keywordId: ctx.ids.next("adKeyword"), words, match, bidMinor });
  }
  return changeGroup(ctx, ref, {}, (group) => replaceKeywords(group, [...once.values()]));
}
