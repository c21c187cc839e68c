import { count, desc, eq, sql, sum } from "drizzle-orm";
import type { BuyerId } from "#kernel/actor";
import { type Query, query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { voucher, voucherCollection, voucherCounter, voucherRedemption } from "#schema/transaction/voucher";
import type { Counted, Used, UsedOn } from "../domain/usage.ts";

/** A report shows so many days, the newest first. */
const DAYS_MAX = 92;
/** An export is one answer. */
const EXPORTED_MAX = 1_000;

const isLive = sql`${voucherRedemption.state} = 'redeemed'`;
const live = () => sql<string>`count(*) FILTER (WHERE ${isLive})`;
const spent = () => sql<string>`coalesce(sum(${voucherRedemption.amountMinor}) FILTER (WHERE ${isLive}), 0)`;

export const usedQuery = (voucherId: Id<"voucher">): Query<Used> =>
  query(
    (read) =>
      read
        .select({
          redeemed: live(),
          all: count(),
          amount: spent(),
          buyers: sql<string>`count(DISTINCT ${voucherRedemption.buyerId}) FILTER (WHERE ${isLive})`,
        })
        .from(voucherRedemption)
        .where(eq(voucherRedemption.voucherId, voucherId)),
    ([row]) => ({
      redeemed: Number(row?.redeemed ?? 0),
      released: Number(row?.all ?? 0) - Number(row?.redeemed ?? 0),
      amountMinor: BigInt(row?.amount ?? 0),
      buyers: Number(row?.buyers ?? 0),
    }),
  );

export const usedByDayQuery = (voucherId: Id<"voucher">): Query<readonly UsedOn[]> =>
  query(
    (read) =>
      read
        .select({ day: voucherRedemption.day, redeemed: live(), amount: spent() })
        .from(voucherRedemption)
        .where(eq(voucherRedemption.voucherId, voucherId))
        .groupBy(voucherRedemption.day)
        .orderBy(desc(voucherRedemption.day))
        .limit(DAYS_MAX),
    (rows) =>
      rows.map(({ day, redeemed, amount }) => ({
        day,
        redeemed: Number(redeemed),
        amountMinor: BigInt(amount),
      })),
  );

export const collectorsQuery = (voucherId: Id<"voucher">): Query<number> =>
  query(
    (read) =>
      read
        .select({ collectors: count() })
        .from(voucherCollection)
        .where(eq(voucherCollection.voucherId, voucherId)),
    ([row]) => row?.collectors ?? 0,
  );

/** What the counters hold against the limits. */
export const countedQuery = (voucherId: Id<"voucher">): Query<Counted> =>
  query(
    (read) =>
      read
        .select({ used: sum(voucherCounter.used), spent: sum(voucherCounter.spentMinor) })
        .from(voucherCounter)
        .where(sql`${voucherCounter.voucherId} = ${voucherId} AND ${voucherCounter.day} = ''`),
    ([row]) => ({ used: Number(row?.used ?? 0), spentMinor: BigInt(row?.spent ?? 0) }),
  );

/** For a person's export: what was collected, and what was used for how much. */
export const exportQuery = (buyerId: BuyerId): Query<readonly unknown[]> =>
  query(
    (read) =>
      read.execute(sql`
        SELECT v.code, c.collected_at AS "collectedAt", r.order_group_id AS "orderGroupId",
          r.amount_minor::text AS "amountMinor", r.currency, r.state, r.created_at AS "usedAt"
        FROM (SELECT * FROM ${voucherRedemption} WHERE buyer_id = ${buyerId} LIMIT ${EXPORTED_MAX}) r
          FULL JOIN (SELECT * FROM ${voucherCollection} WHERE buyer_id = ${buyerId} LIMIT ${EXPORTED_MAX}) c
            USING (voucher_id)
          JOIN ${voucher} v ON v.id = voucher_id
        ORDER BY voucher_id, r.created_at`),
    (result) => result.rows,
  );
