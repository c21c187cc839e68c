import { and, desc, eq, lt, sql } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { adCampaign } from "#schema/catalog/ad";
import type { Campaign } from "../domain/campaign.ts";

type CampaignId = Id<"adCampaign">;
type Row = typeof adCampaign.$inferSelect;

export const fromRow = ({ id, ...row }: Row): Campaign => ({ ...row, campaignId: id });
const toRow = ({ campaignId, ...rest }: Campaign): typeof adCampaign.$inferInsert => ({
  ...rest,
  id: campaignId,
});

export const insertCampaign = (made: Campaign): Statement => insertMany(adCampaign, [toRow(made)]);

/** Whose it is, how it is paid and its currency never change. */
export function saveCampaign(changed: Campaign): Statement<"ad.stale"> {
  const { id, sellerId, pricing: _, currency: __, createdAt: ___, ...set } = toRow(changed);
  const before = and(
    eq(adCampaign.id, id),
    eq(adCampaign.sellerId, sellerId),
    eq(adCampaign.version, changed.version - 1),
  );
  return guarded(build.update(adCampaign).set(set).where(before), 1, "ad.stale");
}

/** The owner is part of the question: another shop's campaign is not found. Null: an operator asks. */
export const campaignQuery = (
  sellerId: Id<"seller"> | null,
  campaignId: CampaignId,
): Query<Campaign | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(adCampaign)
        .where(
          and(
            eq(adCampaign.id, campaignId),
            sellerId === null ? undefined : eq(adCampaign.sellerId, sellerId),
          ),
        ),
    ([row]) => row && fromRow(row),
  );

/** As they are now, for the objects that keep their budgets. */
export const campaignsByIdQuery = (ids: readonly CampaignId[]): Query<readonly Campaign[]> =>
  query(
    (read) =>
      read
        .select()
        .from(adCampaign)
        .where(sql`${adCampaign.id} IN (SELECT jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`),
    (rows) => rows.map(fromRow),
  );

type Listing = {
  readonly sellerId: Id<"seller"> | undefined;
  readonly state: Campaign["state"] | undefined;
  readonly before: CampaignId | undefined;
  readonly limit: number;
};

/** The newest first. */
export const campaignsQuery = ({ sellerId, state, before, limit }: Listing): Query<readonly Campaign[]> =>
  query(
    (read) =>
      read
        .select()
        .from(adCampaign)
        .where(
          and(
            sellerId && eq(adCampaign.sellerId, sellerId),
            state && eq(adCampaign.state, state),
            before && lt(adCampaign.id, before),
          ),
        )
        .orderBy(desc(adCampaign.id))
        .limit(limit),
    (rows) => rows.map(fromRow),
  );
