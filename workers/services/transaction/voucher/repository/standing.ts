import { and, eq, gt, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { BuyerId } from "#kernel/actor";
import { type Query, query } from "#kernel/db";
import type { Id } from "#kernel/ids";
import { voucher, voucherCollection, voucherCounter } from "#schema/transaction/voucher";
import type { Standing } from "../domain/quote.ts";
import { fromRow, type Row } from "./vouchers.ts";

/** Read for a basket that names no codes; the best of them are tried. */
const OFFERED_MAX = 60;

export type Who = {
  readonly buyerId: BuyerId;
  /** The keyed hash of his address, once he has told it. */
  readonly emailKey: string | null;
  /** The market's day. */
  readonly day: string;
  readonly now: number;
};

const total = alias(voucherCounter, "total");
const today = alias(voucherCounter, "today");
const json = (values: readonly string[]) => sql`jsonb_array_elements_text(${JSON.stringify(values)}::jsonb)`;
const at = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;

type Read = {
  readonly voucher: Row;
  readonly used: number | null;
  readonly spentMinor: bigint | null;
  readonly usedToday: number | null;
  readonly collectedAt: number | null;
  readonly mine: string | number;
  readonly mineToday: string | number;
  readonly isPatron: boolean;
};

const toStanding = ({ voucher: row, ...usage }: Read): Standing => ({
  voucher: fromRow(row),
  usage: {
    used: usage.used ?? 0,
    usedToday: usage.usedToday ?? 0,
    spentMinor: usage.spentMinor ?? 0n,
    mine: Number(usage.mine),
    mineToday: Number(usage.mineToday),
    isCollected: usage.collectedAt !== null,
    isPatron: usage.isPatron,
  },
});

/** Vouchers with how they were used, by everybody and by this person, in one read. */
const standing = ({ buyerId, emailKey, day }: Who, which: ReturnType<typeof sql>, limit: number) =>
  query(
    (read) => {
      const mine = sql`FROM voucher_redemption r
        WHERE r.voucher_id = ${voucher.id} AND r.state = 'redeemed'
          AND (r.buyer_id = ${buyerId} OR r.email_key = ${emailKey})`;
      return read
        .select({
          voucher,
          used: total.used,
          spentMinor: total.spentMinor,
          usedToday: today.used,
          collectedAt: voucherCollection.collectedAt,
          mine: sql<number>`(SELECT count(*) ${mine})`,
          mineToday: sql<number>`(SELECT count(*) ${mine} AND r.day = ${day})`,
          isPatron: sql<boolean>`${voucher.firstOrder} AND (
            EXISTS (SELECT 1 FROM voucher_patron p
              WHERE p.identity IN (${buyerId}, ${emailKey}) AND NOT p.is_cancelled)
            OR EXISTS (SELECT 1 FROM voucher_redemption r
              WHERE (r.buyer_id = ${buyerId} OR r.email_key = ${emailKey}) AND r.state = 'redeemed'
                AND r.first_order))`,
        })
        .from(voucher)
        .leftJoin(total, and(eq(total.voucherId, voucher.id), eq(total.day, "")))
        .leftJoin(today, and(eq(today.voucherId, voucher.id), eq(today.day, day)))
        .leftJoin(
          voucherCollection,
          and(eq(voucherCollection.voucherId, voucher.id), eq(voucherCollection.buyerId, buyerId)),
        )
        .where(which)
        .orderBy(voucher.id)
        .limit(limit);
    },
    (rows): readonly Standing[] => rows.map(toStanding),
  );

type Basket = {
  readonly codes: readonly string[];
  /** Also what needs no code: automatic vouchers, and what the buyer has collected. */
  readonly auto: boolean;
  readonly sellerIds: readonly Id<"seller">[];
};

export function standingQuery(who: Who, { codes, auto, sellerIds }: Basket): Query<readonly Standing[]> {
  const live = sql`v.state = 'active' AND v.starts_at <= ${at(who.now)} AND v.ends_at > ${at(who.now)}
    AND (v.seller_id IS NULL OR v.seller_id IN (SELECT ${json(sellerIds)}))`;
  const named = sql`SELECT v.id FROM voucher v WHERE v.code IN (SELECT ${json(codes)})`;
  const offered = sql`(SELECT v.id FROM voucher v WHERE v.is_automatic AND ${live} ORDER BY v.ends_at, v.id
      LIMIT ${OFFERED_MAX})
    UNION (SELECT v.id FROM voucher v JOIN voucher_collection c ON c.voucher_id = v.id
      WHERE c.buyer_id = ${who.buyerId} AND ${live} ORDER BY v.ends_at, v.id LIMIT ${OFFERED_MAX})`;
  const which = auto ? sql`${voucher.id} IN (${named} UNION ${offered})` : sql`${voucher.id} IN (${named})`;
  return standing(who, which, codes.length + 2 * OFFERED_MAX);
}

type Walk = { readonly after: Id<"voucher"> | undefined; readonly limit: number };

/** What somebody has collected and can still use. */
export const collectedQuery = (who: Who, { after, limit }: Walk): Query<readonly Standing[]> =>
  standing(
    who,
    sql`${and(
      sql`${voucherCollection.collectedAt} IS NOT NULL`,
      gt(voucher.endsAt, who.now),
      after && gt(voucher.id, after),
    )}`,
    limit,
  );

export const standingByIdQuery = (who: Who, voucherId: Id<"voucher">): Query<Standing | undefined> => {
  const found = standing(who, sql`${voucher.id} = ${voucherId}`, 1);
  return { ...found, parse: (rows) => found.parse(rows)[0] };
};
