import { defineRoute, newApp } from "#kernel/app";
import { seller } from "#kernel/policy";
import { changeCampaign, createCampaign, moveCampaign } from "../commands/campaigns.ts";
import { createGroup, editGroup, setKeywords, setTargets } from "../commands/groups.ts";
import type { Move } from "../domain/campaign.ts";
import {
  getCampaign,
  getGroup,
  listClicks,
  listGroups,
  listOwn,
  reportOn,
  toGroupDto,
} from "../queries/campaigns.ts";
import {
  toCampaignDto,
  zCampaign,
  zCampaignDetail,
  zCampaignRef,
  zCampaigns,
  zGroup,
  zGroupDetail,
  zGroupRef,
  zGroups,
  zKeywords,
  zListCampaigns,
  zNewCampaign,
  zNewGroup,
  zPatchCampaign,
  zPatchGroup,
  zTargets,
} from "../schemas/campaign.ts";
import { zClicks, zClicksQuery, zReport, zReportQuery } from "../schemas/report.ts";

const advertiser = seller("ad:write");
const EXAMPLE_ID = "01jd8zt4w8h5vc6q1m9a2r7sxy";
const campaignId = `adc_${EXAMPLE_ID}`;
const groupId = `adg_${EXAMPLE_ID}`;
const bid = { minor: "50000", currency: "IDR" };

/** The same shape for each, so that none differs by accident. */
const moveRoute = <const M extends Move>(move: M, summary: string) =>
  defineRoute({
    method: "post",
    path: `/{campaignId}/${move}`,
    summary,
    policy: advertiser,
    request: { params: zCampaignRef },
    responses: { 200: zCampaign },
    example: { campaignId },
  });

const campaigns = newApp("/v1/ad-campaigns")
  .route(
    defineRoute({
      method: "post",
      path: "",
      summary: "Starts a campaign with a budget for the day, for all of it, or both.",
      policy: advertiser,
      request: { body: zNewCampaign },
      responses: { 201: zCampaign },
      idempotency: "required",
      example: { name: "Coffee in December", dailyBudget: { minor: "5000000", currency: "IDR" } },
    }),
    async (ctx, input) => toCampaignDto(await createCampaign(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "",
      summary: "The shop's campaigns, the newest first.",
      policy: advertiser,
      request: { query: zListCampaigns },
      responses: { 200: zCampaigns },
      example: { limit: 20 },
    }),
    (ctx, input) => listOwn(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{campaignId}",
      summary: "A campaign with what it has spent, to the unit.",
      policy: advertiser,
      request: { params: zCampaignRef },
      responses: { 200: zCampaignDetail },
      example: { campaignId },
    }),
    (ctx, input) => getCampaign(ctx, input),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/{campaignId}",
      summary: "Changes what is spent from now on; what was spent stays spent.",
      policy: advertiser,
      request: { params: zCampaignRef, body: zPatchCampaign },
      responses: { 200: zCampaign },
      concurrency: "if-match",
      example: { campaignId, dailyBudget: { minor: "7000000", currency: "IDR" } },
    }),
    async (ctx, input) => toCampaignDto(await changeCampaign(ctx, input)),
  )
  .route(
    moveRoute("pause", "Stops a campaign for a while; clicks on cards still open are free."),
    (ctx, input) => moveCampaign(ctx, input, "pause").then(toCampaignDto),
  )
  .route(moveRoute("resume", "Lets a paused campaign go on."), (ctx, input) =>
    moveCampaign(ctx, input, "resume").then(toCampaignDto),
  )
  .route(moveRoute("end", "Ends a campaign for good."), (ctx, input) =>
    moveCampaign(ctx, input, "end").then(toCampaignDto),
  );

const reported = campaigns
  .route(
    defineRoute({
      method: "get",
      path: "/{campaignId}/report",
      summary:
        "Impressions, clicks, spending and what was bought afterwards, by day, group, product or keyword.",
      policy: advertiser,
      request: { params: zCampaignRef, query: zReportQuery },
      responses: { 200: zReport },
      example: { campaignId, from: "2026-11-01", to: "2026-11-30" },
    }),
    (ctx, input) => reportOn(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{campaignId}/clicks",
      summary: "Each visit with its price, the newest first; its id is that of its receipt.",
      policy: advertiser,
      request: { params: zCampaignRef, query: zClicksQuery },
      responses: { 200: zClicks },
      example: { campaignId },
    }),
    (ctx, input) => listClicks(ctx, input),
  );

export const app = reported
  .route(
    defineRoute({
      method: "post",
      path: "/{campaignId}/groups",
      summary: "Adds a group of products that share keywords and a bid.",
      policy: advertiser,
      request: { params: zCampaignRef, body: zNewGroup },
      responses: { 201: zGroup },
      idempotency: "required",
      example: { campaignId, name: "Beans", bid },
    }),
    async (ctx, input) => toGroupDto(ctx, await createGroup(ctx, input)),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/{campaignId}/groups",
      summary: "The groups of a campaign.",
      policy: advertiser,
      request: { params: zCampaignRef },
      responses: { 200: zGroups },
      example: { campaignId },
    }),
    (ctx, input) => listGroups(ctx, input),
  )
  .route(
    defineRoute({
      method: "get",
      path: "/groups/{groupId}",
      summary: "A group with its products and keywords.",
      policy: advertiser,
      request: { params: zGroupRef },
      responses: { 200: zGroupDetail },
      example: { groupId },
    }),
    (ctx, input) => getGroup(ctx, input),
  )
  .route(
    defineRoute({
      method: "patch",
      path: "/groups/{groupId}",
      summary: "Changes a group's bid, name, state and places.",
      policy: advertiser,
      request: { params: zGroupRef, body: zPatchGroup },
      responses: { 200: zGroup },
      concurrency: "if-match",
      example: { groupId, bid },
    }),
    async (ctx, input) => toGroupDto(ctx, await editGroup(ctx, input)),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/groups/{groupId}/targets",
      summary: "Says anew which of the shop's offers a group shows.",
      policy: advertiser,
      request: { params: zGroupRef, body: zTargets },
      responses: { 200: zGroup },
      concurrency: "if-match",
      example: { groupId, offerIds: [`ofr_${EXAMPLE_ID}`] },
    }),
    async (ctx, input) => toGroupDto(ctx, await setTargets(ctx, input)),
  )
  .route(
    defineRoute({
      method: "put",
      path: "/groups/{groupId}/keywords",
      summary: "Says anew for which queries a group is shown, and for which never.",
      policy: advertiser,
      request: { params: zGroupRef, body: zKeywords },
      responses: { 200: zGroup },
      concurrency: "if-match",
      example: { groupId, keywords: [{ words: "kopi arabika", match: "phrase" }] },
    }),
    async (ctx, input) => toGroupDto(ctx, await setKeywords(ctx, input)),
  );
