import { and, eq, sql } from "drizzle-orm";
import { build, guarded, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { adGroup, adKeyword, adTarget } from "#schema/catalog/ad";
import type { Match, Placement } from "../domain/match.ts";

export type Group = {
  readonly groupId: Id<"adGroup">;
  readonly campaignId: Id<"adCampaign">;
  readonly sellerId: Id<"seller">;
  readonly name: string;
  readonly state: "active" | "paused";
  readonly bidMinor: bigint;
  readonly matchesTitles: boolean;
  readonly placements: readonly Placement[];
  readonly createdAt: number;
  readonly version: number;
};
export type Target = { readonly productId: Id<"product">; readonly offerId: Id<"offer"> };
export type Keyword = {
  readonly keywordId: Id<"adKeyword">;
  readonly words: string;
  readonly match: Match;
  readonly bidMinor: bigint | null;
};

const toRow = ({ groupId, placements, ...rest }: Group): typeof adGroup.$inferInsert => ({
  ...rest,
  id: groupId,
  placements: [...placements],
});

/** An array is written by drizzle, as a recordset has no form for it. */
export const insertGroup = (made: Group): Statement => statement(build.insert(adGroup).values(toRow(made)));

/** With the version, since what it holds is a part of it. */
export function saveGroup(changed: Group): Statement<"ad.stale"> {
  const { id, name, state, bidMinor, matchesTitles, placements, version } = toRow(changed);
  const before = and(
    eq(adGroup.id, id),
    eq(adGroup.sellerId, changed.sellerId),
    eq(adGroup.version, changed.version - 1),
  );
  const set = { name, state, bidMinor, matchesTitles, placements, version };
  return guarded(build.update(adGroup).set(set).where(before), 1, "ad.stale");
}

export const replaceTargets = ({ groupId, campaignId }: Group, targets: readonly Target[]): Statement[] => [
  statement(build.delete(adTarget).where(eq(adTarget.groupId, groupId))),
  insertMany(
    adTarget,
    targets.map(({ productId, offerId }) => ({ groupId, campaignId, productId, offerId })),
  ),
];

/** A keyword that stays keeps its id, since its figures hang on it. */
export function replaceKeywords(
  { groupId, campaignId }: Group,
  keywords: readonly Keyword[],
): readonly Statement[] {
  const rows = keywords.map(({ keywordId, words, match, bidMinor }) => ({
    ...{ id: keywordId, group_id: groupId, campaign_id: campaignId, words, match },
    bid_minor: bidMinor?.toString() ?? null,
  }));
  const wanted = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
    AS w (id text, group_id text, campaign_id text, words text, match text, bid_minor bigint)`;
  return [
    {
      sql: sql`DELETE FROM ad_keyword k WHERE k.group_id = ${groupId}
        AND NOT EXISTS (SELECT 1 FROM ${wanted} WHERE w.words = k.words AND w.match = k.match)`,
    },
    {
      sql: sql`INSERT INTO ad_keyword (id, group_id, campaign_id, words, match, bid_minor)
        SELECT id, group_id, campaign_id, words, match, bid_minor FROM ${wanted} ORDER BY words, match
        ON CONFLICT ON CONSTRAINT ad_keyword_once DO UPDATE SET bid_minor = excluded.bid_minor`,
    },
  ];
}

const fromRow = ({ id, ...row }: typeof adGroup.$inferSelect): Group => ({ ...row, groupId: id });

export const groupQuery = (sellerId: Id<"seller">, groupId: Id<"adGroup">): Query<Group | undefined> =>
  query(
    (read) =>
      read
        .select()
        .from(adGroup)
        .where(and(eq(adGroup.id, groupId), eq(adGroup.sellerId, sellerId))),
    ([row]) => row && fromRow(row),
  );

export const groupsQuery = (campaignId: Id<"adCampaign">): Query<readonly Group[]> =>
  query(
    (read) => read.select().from(adGroup).where(eq(adGroup.campaignId, campaignId)).orderBy(adGroup.id),
    (rows) => rows.map(fromRow),
  );

export const targetsQuery = (groupId: Id<"adGroup">): Query<readonly Target[]> =>
  query(
    (read) =>
      read
        .select({ productId: adTarget.productId, offerId: adTarget.offerId })
        .from(adTarget)
        .where(eq(adTarget.groupId, groupId))
        .orderBy(adTarget.productId),
    (rows) => rows,
  );

export const keywordsQuery = (groupId: Id<"adGroup">): Query<readonly Keyword[]> =>
  query(
    (read) =>
      read
        .select({
          keywordId: adKeyword.id,
          words: adKeyword.words,
          match: adKeyword.match,
          bidMinor: adKeyword.bidMinor,
        })
        .from(adKeyword)
        .where(eq(adKeyword.groupId, groupId))
        .orderBy(adKeyword.words, adKeyword.match),
    (rows) => rows,
  );
