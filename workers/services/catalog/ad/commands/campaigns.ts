import type { z } from "zod";
import { requireShop } from "#kernel/actor";
import { purge } from "#kernel/cache";
import type { Ctx } from "#kernel/ctx";
import { untilFresh } from "#kernel/db";
import type { FieldError } from "#kernel/errors";
import type { zMoney } from "#kernel/money";
import { ok, orThrow } from "#kernel/result";
import { onAdBudget } from "#objects/stubs";
import {
  type Campaign,
  type Change,
  decideChange,
  decideMove,
  hasSense,
  type Move,
  termsOf,
  toStoredTerms,
} from "../domain/campaign.ts";
import { fail } from "../errors.ts";
import { MARKET_TAG } from "../queries/tags.ts";
import { campaignQuery, insertCampaign, saveCampaign } from "../repository/campaigns.ts";
import type { NewCampaign, PatchCampaign, zCampaignRef } from "../schemas/campaign.ts";

type MoneyDto = z.output<typeof zMoney>;
type CampaignRef = z.output<typeof zCampaignRef>;

/** The currency is the market's, and nobody can pay what is off its cash step. */
export function refuseForeign(
  ctx: Ctx,
  amounts: { readonly [path: string]: MoneyDto | null | undefined },
): void {
  const { currency, cashStepMinor } = ctx.market;
  const errors: FieldError[] = [];
  for (const [path, amount] of Object.entries(amounts)) {
    if (!amount) continue;
    const at = { path: `body.${path}` };
    if (amount.currency !== currency) {
      errors.push({ ...at, code: "currency", message: `Prices here are in ${currency}.` });
    } else if (BigInt(amount.minor) % cashStepMinor !== 0n) {
      errors.push({ ...at, code: "cash_step", message: `Amounts here are multiples of ${cashStepMinor}.` });
    }
  }
  if (errors.length > 0) throw fail("ad.terms_invalid", { errors });
}

const minorOf = (amount: MoneyDto | null): bigint | null => (amount === null ? null : BigInt(amount.minor));

export async function createCampaign(ctx: Ctx, input: NewCampaign): Promise<Campaign> {
  const sellerId = requireShop(ctx, "ad:write");
  const { dailyBudget, totalBudget, startsAt, endsAt, ...terms } = input;
  refuseForeign(ctx, { dailyBudget, totalBudget });
  const now = ctx.clock.now();
  const made: Campaign = {
    ...terms,
    campaignId: ctx.ids.next("adCampaign"),
    sellerId,
    state: "active",
    blockedReason: null,
    currency: ctx.market.currency,
    dailyMinor: minorOf(dailyBudget),
    totalMinor: minorOf(totalBudget),
    startsAt: startsAt === undefined ? now : Date.parse(startsAt),
    endsAt: endsAt === null ? null : Date.parse(endsAt),
    createdAt: now,
    version: 1,
  };
  if (!hasSense(made)) throw fail("ad.terms_invalid");
  orThrow(await ctx.db.commit([insertCampaign(made)]), fail);
  await tellMarket(ctx);
  return made;
}

export async function changeCampaign(ctx: Ctx, input: PatchCampaign): Promise<Campaign> {
  const sellerId = requireShop(ctx, "ad:write");
  const { campaignId, ifMatch, dailyBudget, totalBudget, startsAt, endsAt, ...rest } = input;
  refuseForeign(ctx, { dailyBudget, totalBudget });
  const [before] = await ctx.db.load(campaignQuery(sellerId, campaignId));
  if (!before) throw fail("ad.campaign_not_found");
  if (before.version !== ifMatch) throw fail("ad.stale");
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const change: Change = {
    ...given,
    ...(dailyBudget !== undefined && { dailyMinor: minorOf(dailyBudget) }),
    ...(totalBudget !== undefined && { totalMinor: minorOf(totalBudget) }),
    ...(startsAt !== undefined && { startsAt: Date.parse(startsAt) }),
    ...(endsAt !== undefined && { endsAt: endsAt === null ? null : Date.parse(endsAt) }),
  };
  const after = orThrow(decideChange(before, change), fail);
  orThrow(await ctx.db.commit([saveCampaign(after)]), fail);
  await tellBudget(ctx, after);
  return after;
}

/** Pausing, resuming and ending; done already, it is done. */
export async function moveCampaign(ctx: Ctx, { campaignId }: CampaignRef, move: Move): Promise<Campaign> {
  const sellerId = requireShop(ctx, "ad:write");
  const outcome = await untilFresh("ad.stale", async () => {
    const [before] = await ctx.db.load(campaignQuery(sellerId, campaignId));
    if (!before) throw fail("ad.campaign_not_found");
    const decision = decideMove(before, move);
    if (!decision.ok || decision.value === before) return decision;
    const committed = await ctx.db.commit([saveCampaign(decision.value)]);
    return committed.ok ? ok(decision.value) : committed;
  });
  const moved = orThrow(outcome, fail);
  await tellBudget(ctx, moved);
  return moved;
}

/** Auctions see it within a moment, and at the latest when their copy of the market is too old. */
export const tellMarket = (ctx: Ctx): Promise<void> => purge(ctx, [MARKET_TAG]).catch(() => undefined);

/**
 * The budget hears of new terms at once; should that fail, the next act brings them, since each comes with
 * the terms of then and the object keeps the newest.
 */
export async function tellBudget(ctx: Ctx, campaign: Campaign): Promise<void> {
  const terms = toStoredTerms(termsOf(campaign));
  const told = onAdBudget(ctx, campaign.campaignId, (budget) => budget.setTerms(terms));
  await Promise.all([tellMarket(ctx), told.catch(() => undefined)]);
}
