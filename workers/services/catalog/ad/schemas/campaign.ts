import * as z from "zod";
import { zId } from "#kernel/ids";
import { toMoneyDto, zMoney } from "#kernel/money";
import { zPage, zPageQuery } from "#kernel/page";
import { PRICINGS } from "../domain/auction.ts";
import { type Campaign, PACINGS, STATES } from "../domain/campaign.ts";
import { MATCHES, PLACEMENTS, wordsOf } from "../domain/match.ts";
import { DAY_MINUTES } from "../domain/schedule.ts";

const NAME_CHARS_MAX = 80;
const HOURS_MAX = 28;
const TARGETS_MAX = 500;
const KEYWORDS_MAX = 500;
const KEYWORD_CHARS_MAX = 80;
const KEYWORD_WORDS_MAX = 8;
/** A thousand of them are 10^15 thousandths of a unit, which a table of an object still counts exactly. */
const BUDGET_MAX_MINOR = 1_000_000_000_000n;

const zPositive = zMoney.refine(({ minor }) => BigInt(minor) > 0n, "It must be above nothing.");
const zBudget = zPositive
  .refine(({ minor }) => BigInt(minor) <= BUDGET_MAX_MINOR, "It is too much.")
  .nullable();
const zHours = z
  .array(
    z.object({
      /** 0 is Sunday. */
      days: z.array(z.int().min(0).max(6)).min(1).max(7),
      /** Minutes of the market's day. */
      from: z.int().min(0).max(DAY_MINUTES),
      until: z.int().min(0).max(DAY_MINUTES),
    }),
  )
  .max(HOURS_MAX);

const TERMS = {
  name: z.string().trim().min(1).max(NAME_CHARS_MAX),
  dailyBudget: zBudget,
  totalBudget: zBudget,
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime().nullable(),
  /** None: at all hours. */
  hours: zHours,
  pacing: z.enum(PACINGS),
  /** Impressions that one viewer has of it on a day. */
  viewerDayMax: z.int().min(1).max(1_000).nullable(),
};

export const zCampaignRef = z.object({ campaignId: zId("adCampaign") });
export const zNewCampaign = z.object({
  name: TERMS.name,
  pricing: z.enum(PRICINGS).default("cpc"),
  dailyBudget: TERMS.dailyBudget.default(null),
  totalBudget: TERMS.totalBudget.default(null),
  /** At once where it is not said. */
  startsAt: TERMS.startsAt.optional(),
  endsAt: TERMS.endsAt.default(null),
  hours: TERMS.hours.default([]),
  pacing: TERMS.pacing.default("even"),
  viewerDayMax: TERMS.viewerDayMax.default(null),
});
export type NewCampaign = z.output<typeof zNewCampaign>;
/** What is left out stays as it is. */
export const zPatchCampaign = z.object(TERMS).partial();
export type PatchCampaign = z.output<typeof zPatchCampaign> &
  z.output<typeof zCampaignRef> & { readonly ifMatch: number };

export const zCampaign = z.object({
  ...TERMS,
  id: zId("adCampaign"),
  sellerId: zId("seller"),
  pricing: z.enum(PRICINGS),
  state: z.enum(STATES),
  blockedReason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  version: z.int(),
});
/** Money in decimal minor units: of a thousand impressions, one costs no whole unit. */
export const zSpending = z.object({ day: z.string(), todayMinor: z.string(), totalMinor: z.string() });
export const zCampaignDetail = zCampaign.extend({ spending: zSpending });
export const zCampaigns = zPage(zCampaign);
export const zListCampaigns = zPageQuery.extend({ state: z.enum(STATES).optional() });
export const zListAll = zListCampaigns.extend({ sellerId: zId("seller").optional() });
export type ListCampaigns = z.output<typeof zListAll>;

const moneyOrNull = (minor: bigint | null, currency: Campaign["currency"]) =>
  minor === null ? null : toMoneyDto({ minor, currency });
const iso = (at: number) => new Date(at).toISOString();

export const toCampaignDto = (campaign: Campaign): z.input<typeof zCampaign> => {
  const { campaignId, dailyMinor, totalMinor, startsAt, endsAt, createdAt, hours, currency, ...rest } =
    campaign;
  return {
    ...rest,
    id: campaignId,
    dailyBudget: moneyOrNull(dailyMinor, currency),
    totalBudget: moneyOrNull(totalMinor, currency),
    startsAt: iso(startsAt),
    endsAt: endsAt === null ? null : iso(endsAt),
    createdAt: iso(createdAt),
    hours: hours.map((span) => ({ ...span, days: [...span.days] })),
  };
};

const GROUP = {
  name: TERMS.name,
  state: z.enum(["active", "paused"]),
  /** The most that a click costs, or a thousand impressions. */
  bid: zPositive,
  matchesTitles: z.boolean(),
  placements: z.array(z.enum(PLACEMENTS)).min(1).max(PLACEMENTS.length),
};
export const zGroupRef = z.object({ groupId: zId("adGroup") });
export const zNewGroup = z.object({
  name: GROUP.name,
  bid: GROUP.bid,
  /** Shown, too, for queries whose words are all in the product's title. */
  matchesTitles: GROUP.matchesTitles.default(true),
  placements: GROUP.placements.default([...PLACEMENTS]),
});
export type NewGroup = z.output<typeof zNewGroup> & z.output<typeof zCampaignRef>;
export const zPatchGroup = z.object(GROUP).partial();
export type PatchGroup = z.output<typeof zPatchGroup> &
  z.output<typeof zGroupRef> & { readonly ifMatch: number };

export const zTargets = z.object({ offerIds: z.array(zId("offer")).max(TARGETS_MAX) });
export type SetTargets = z.output<typeof zTargets> &
  z.output<typeof zGroupRef> & { readonly ifMatch: number };

/** Words in lower case, without accents and signs, as queries are read. */
const zWords = z
  .string()
  .max(KEYWORD_CHARS_MAX)
  .transform((text) => wordsOf(text))
  .refine((words) => words.length > 0 && words.length <= KEYWORD_WORDS_MAX, "One to eight words.")
  .transform((words) => words.join(" "));
export const zKeywords = z.object({
  keywords: z
    .array(z.object({ words: zWords, match: z.enum(MATCHES), bid: zPositive.nullable().default(null) }))
    .max(KEYWORDS_MAX),
});
export type SetKeywords = z.output<typeof zKeywords> &
  z.output<typeof zGroupRef> & { readonly ifMatch: number };

export const zGroup = z.object({
  ...GROUP,
  id: zId("adGroup"),
  campaignId: zId("adCampaign"),
  createdAt: z.iso.datetime(),
  version: z.int(),
});
export const zGroups = z.object({ items: z.array(zGroup) });
export const zGroupDetail = zGroup.extend({
  targets: z.array(z.object({ offerId: zId("offer"), productId: zId("product") })),
  keywords: z.array(
    z.object({
      id: zId("adKeyword"),
      words: z.string(),
      match: z.enum(MATCHES),
      bid: zMoney.nullable(),
    }),
  ),
});

export const zBlock = z.object({ reason: z.string().trim().min(3).max(500) });
export const zCreditClicks = z
  .object({
    reason: z.string().trim().min(3).max(500),
    bidIds: z.array(z.string().max(40)).min(1).max(1_000).optional(),
    /** All of one viewer on a day, as the list of clicks names him. */
    viewer: z.string().min(1).max(64).optional(),
    day: z.iso.date().optional(),
  })
  .refine(({ bidIds, viewer }) => (bidIds === undefined) !== (viewer === undefined), "Clicks, or a viewer.");
export type CreditClicks = z.output<typeof zCreditClicks> & z.output<typeof zCampaignRef>;
export const zCredit = z.object({
  id: zId("adCredit"),
  campaignId: zId("adCampaign"),
  amount: zMoney,
  clicks: z.int(),
});
