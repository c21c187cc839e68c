import { and, eq, inArray, sql } from "drizzle-orm";
import type { BuyerId } from "#kernel/actor";
import type { Ctx } from "#kernel/ctx";
import { build, insertMany, type Query, query, type Statement, statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import {
  voucher,
  voucherCollection,
  voucherLoss,
  voucherRedemption,
  voucherReturn,
  voucherShare,
} from "#schema/transaction/voucher";
import type { Weight } from "../domain/earning.ts";
import type { Applied } from "../domain/quote.ts";
import type { Redeemed } from "../domain/reprice.ts";
import { type Terms, zBenefit, zConditions } from "../domain/terms.ts";

type Timed = Pick<Ctx, "clock">;
const nowOf = ({ clock }: Timed) => sql`${new Date(clock.now()).toISOString()}::timestamptz`;

export type Redemption = {
  readonly orderGroupId: Id<"orderGroup">;
  readonly buyerId: BuyerId;
  readonly emailKey: string;
  readonly day: string;
  readonly applied: readonly Applied[];
};
export type RedeemRefusal = "voucher.exhausted" | "voucher.changed" | "voucher.not_collected";

/** All of these vouchers, or none; what the group has used already stays as it is. */
export function redeem(ctx: Timed, redemption: Redemption): Statement<RedeemRefusal> {
  const { orderGroupId, buyerId, emailKey, day, applied } = redemption;
  const rows = applied.map(({ voucherId, version, amountMinor, shares }) => ({
    voucher_id: voucherId,
    version,
    amount_minor: amountMinor.toString(),
    shares: [...Map.groupBy(shares, (share) => share.sellerId)].map(([sellerId, own]) => ({
      seller_id: sellerId,
      amount_minor: own.reduce((sum, { minor }) => sum + minor, 0n).toString(),
      lines: own.map(({ lineId, minor }) => ({ lineId, minor: minor.toString() })),
    })),
  }));
  return {
    sql: sql`SELECT voucher_redeem(${orderGroupId}, ${buyerId}, ${emailKey}, ${day},
      ${JSON.stringify(rows)}::jsonb, ${nowOf(ctx)})`,
  };
}

export type EndedOrder = {
  readonly orderGroupId: Id<"orderGroup">;
  readonly sellerId: Id<"seller">;
  /** Only of this voucher. */
  readonly voucherId?: Id<"voucher">;
};

/** The shares of these orders, and the uses whose last share they were. */
export function release(ctx: Timed, orders: readonly EndedOrder[]): Statement {
  const rows = orders.map(({ orderGroupId, sellerId, voucherId }) => ({
    order_group_id: orderGroupId,
    seller_id: sellerId,
    voucher_id: voucherId ?? null,
  }));
  return { sql: sql`SELECT voucher_release(${JSON.stringify(rows)}::jsonb, ${nowOf(ctx)})` };
}

export const redeemedQuery = (orderGroupId: Id<"orderGroup">): Query<readonly Redeemed[]> =>
  query(
    (read) =>
      read
        .select({ redemption: voucherRedemption, category: voucher.category })
        .from(voucherRedemption)
        .innerJoin(voucher, eq(voucher.id, voucherRedemption.voucherId))
        .where(eq(voucherRedemption.orderGroupId, orderGroupId))
        .orderBy(voucherRedemption.voucherId),
    (rows) =>
      rows.map(({ redemption: { voucherId, code, sellerId, amountMinor, ...row }, category }) => ({
        ...{ voucherId, code, sellerId, amountMinor, category },
        version: row.voucherVersion,
        benefit: zBenefit.parse(row.benefit),
        conditions: zConditions.parse(row.conditions),
        isReleased: row.state === "released",
      })),
  );

/** A cashback that waits for the order to be completed. */
export type Earning = Pick<Terms, "sellerId" | "conditions" | "benefit"> & {
  readonly orderGroupId: Id<"orderGroup">;
  readonly voucherId: Id<"voucher">;
  /** Whose order it is of; `sellerId` is who pays for it. */
  readonly orderOf: Id<"seller">;
  readonly buyerId: BuyerId;
  readonly currency: typeof voucherRedemption.$inferSelect.currency;
  readonly amountMinor: bigint;
};

export const earningsQuery = (orderGroupIds: readonly Id<"orderGroup">[]): Query<readonly Earning[]> =>
  query(
    (read) =>
      read
        .select({ share: voucherShare, redemption: voucherRedemption })
        .from(voucherShare)
        .innerJoin(
          voucherRedemption,
          and(
            eq(voucherRedemption.orderGroupId, voucherShare.orderGroupId),
            eq(voucherRedemption.voucherId, voucherShare.voucherId),
          ),
        )
        .where(
          and(
            inArray(voucherShare.orderGroupId, [...orderGroupIds]),
            eq(voucherShare.state, "held"),
            eq(voucherRedemption.target, "cashback"),
          ),
        )
        .orderBy(voucherShare.orderGroupId, voucherShare.voucherId, voucherShare.sellerId),
    (rows) =>
      rows.map(({ share, redemption: { buyerId, currency, sellerId, benefit, conditions } }) => ({
        orderGroupId: share.orderGroupId,
        voucherId: share.voucherId,
        orderOf: share.sellerId,
        amountMinor: share.amountMinor,
        ...{ buyerId, currency, sellerId },
        benefit: zBenefit.parse(benefit),
        conditions: zConditions.parse(conditions),
      })),
  );

type Earned = Pick<
  Earning,
  "orderGroupId" | "voucherId" | "orderOf" | "buyerId" | "currency" | "sellerId"
> & {
  readonly amountMinor: bigint;
  readonly paidMinor: bigint;
  readonly weights: readonly Weight[];
};

/** Cashbacks of a group that were paid, and what each was earned by. */
export const earnedQuery = (orderGroupId: Id<"orderGroup">): Query<readonly Earned[]> =>
  query(
    (read) =>
      read
        .select({ share: voucherShare, redemption: voucherRedemption })
        .from(voucherShare)
        .innerJoin(
          voucherRedemption,
          and(
            eq(voucherRedemption.orderGroupId, voucherShare.orderGroupId),
            eq(voucherRedemption.voucherId, voucherShare.voucherId),
          ),
        )
        .where(and(eq(voucherShare.orderGroupId, orderGroupId), eq(voucherShare.state, "earned")))
        .orderBy(voucherShare.voucherId, voucherShare.sellerId),
    (rows) =>
      rows.flatMap(({ share, redemption: { buyerId, currency, sellerId } }) => {
        const { voucherId, sellerId: orderOf, amountMinor, paidMinor, weights } = share;
        if (paidMinor === null || weights === null) return [];
        return [
          { orderGroupId, voucherId, orderOf, amountMinor, paidMinor, weights, buyerId, currency, sellerId },
        ];
      }),
  );

/** From now on it is the buyer's, and no cancellation gives it back. */
export const earn = (
  ctx: Timed,
  { orderGroupId, voucherId, orderOf }: Earning,
  { paidMinor, weights }: Pick<Earned, "paidMinor" | "weights">,
): Statement =>
  statement(
    build
      .update(voucherShare)
      .set({ state: "earned", settledAt: ctx.clock.now(), paidMinor, weights })
      .where(
        and(
          eq(voucherShare.orderGroupId, orderGroupId),
          eq(voucherShare.voucherId, voucherId),
          eq(voucherShare.sellerId, orderOf),
          eq(voucherShare.state, "held"),
        ),
      ),
  );

export type Returned = typeof voucherReturn.$inferSelect;

/** What came back, before the order was completed or after; told twice it is once. */
export const noteReturns = (returned: readonly Returned[]): Statement => ({
  sql: sql`${insertMany(voucherReturn, returned).sql} ON CONFLICT DO NOTHING`,
});

export const returnsQuery = (orderGroupIds: readonly Id<"orderGroup">[]): Query<readonly Returned[]> =>
  query(
    (read) =>
      read
        .select()
        .from(voucherReturn)
        .where(inArray(voucherReturn.orderGroupId, [...orderGroupIds])),
    (rows) => rows,
  );

export type Lost = typeof voucherLoss.$inferSelect;

/** What buyers' banks have taken back of orders; told twice it is once. */
export const noteLosses = (lost: readonly Lost[]): Statement => ({
  sql: sql`${insertMany(voucherLoss, lost).sql} ON CONFLICT DO NOTHING`,
});

export const lossesQuery = (orderGroupId: Id<"orderGroup">): Query<readonly Lost[]> =>
  query(
    (read) => read.select().from(voucherLoss).where(eq(voucherLoss.orderGroupId, orderGroupId)),
    (rows) => rows,
  );

type Collected = { readonly buyerId: BuyerId; readonly voucherId: Id<"voucher"> };

/** Collecting twice is collecting once. */
export const collect = (ctx: Timed, { buyerId, voucherId }: Collected): Statement =>
  statement(
    build
      .insert(voucherCollection)
      .values({ buyerId, voucherId, collectedAt: ctx.clock.now() })
      .onConflictDoNothing(),
  );

/** In the order of vouchers, so that two sign-ins of one visitor wait for each other and in no ring. */
export const handOver = (from: BuyerId, to: BuyerId): readonly Statement[] => [
  {
    sql: sql`INSERT INTO ${voucherCollection} (buyer_id, voucher_id, collected_at)
      SELECT ${to}, voucher_id, collected_at FROM ${voucherCollection} WHERE buyer_id = ${from}
      ORDER BY voucher_id ON CONFLICT DO NOTHING`,
  },
  forgetCollected(from),
];

type Claimant = { readonly buyerId: BuyerId; readonly emailKey: string };

export const claim = (groups: readonly Id<"orderGroup">[], { buyerId, emailKey }: Claimant): Statement => ({
  sql: sql`SELECT voucher_claim(${JSON.stringify(groups)}::jsonb, ${buyerId}, ${emailKey})`,
});

export const forgetCollected = (buyerId: BuyerId): Statement =>
  statement(build.delete(voucherCollection).where(eq(voucherCollection.buyerId, buyerId)));

export type Patronage = {
  readonly orderId: Id<"order">;
  /** An account or a visitor, and a keyed hash of the address. */
  readonly identities: readonly string[];
  readonly isCancelled: boolean;
};

/** In any order and as often as you like: an order that was cancelled stays cancelled. */
export function notePatrons(orders: readonly Patronage[]): Statement {
  const rows = orders.flatMap(({ orderId, identities, isCancelled }) =>
    identities.map((identity) => ({ identity, order_id: orderId, is_cancelled: isCancelled })),
  );
  return {
    sql: sql`INSERT INTO voucher_patron (identity, order_id, is_cancelled)
      SELECT identity, order_id, bool_or(is_cancelled)
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS w (identity text, order_id text, is_cancelled boolean)
      GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (identity, order_id) DO UPDATE
      SET is_cancelled = voucher_patron.is_cancelled OR excluded.is_cancelled`,
  };
}
