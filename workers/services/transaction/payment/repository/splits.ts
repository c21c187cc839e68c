import { eq, sql } from "drizzle-orm";
import { insertMany, type Query, query, type Statement } from "#kernel/db";
import type { Id } from "#kernel/ids";
import type { Currency } from "#kernel/money";
import { payment, paymentSplit } from "#schema/transaction/payment";

type PaymentId = Id<"payment">;
export type Split = typeof paymentSplit.$inferSelect;
export type NewSplit = {
  readonly orderId: Id<"order">;
  readonly sellerId: Id<"seller">;
  readonly minor: bigint;
};

export const insertSplits = (
  paymentId: PaymentId,
  currency: Currency,
  splits: readonly NewSplit[],
): Statement =>
  insertMany(
    paymentSplit,
    splits.map(({ orderId, sellerId, minor }) => ({
      paymentId,
      orderId,
      sellerId,
      authorisedMinor: minor,
      capturedMinor: 0n,
      refundedMinor: 0n,
      lostMinor: 0n,
      isOwed: true,
      currency,
    })),
  );

/** The next try to pay for the orders that are still owed. */
export const copySplits = (from: PaymentId, to: PaymentId): Statement => ({
  sql: sql`INSERT INTO ${paymentSplit}
    (payment_id, order_id, seller_id, authorised_minor, captured_minor, refunded_minor, lost_minor,
      is_owed, currency)
    SELECT ${to}, order_id, seller_id, authorised_minor, 0, 0, 0, true, currency
    FROM ${paymentSplit} WHERE payment_id = ${from} AND is_owed`,
});

/** The order was called off before it was paid. Money that comes for it all the same is still its own. */
export const disown = (orderGroupId: Id<"orderGroup">, orderId: Id<"order">): Statement => ({
  sql: sql`UPDATE ${paymentSplit} s SET is_owed = false FROM ${payment} p
    WHERE p.id = s.payment_id AND p.order_group_id = ${orderGroupId} AND s.order_id = ${orderId}`,
});

/** All of it is here. */
export const captureSplits = (paymentId: PaymentId): Statement => ({
  sql: sql`UPDATE ${paymentSplit} SET captured_minor = authorised_minor WHERE payment_id = ${paymentId}`,
});

/** An order's cash is here; the other orders of its group are paid at doors of their own. */
export const captureCash = (orderGroupId: Id<"orderGroup">, orderId: Id<"order">): Statement => ({
  sql: sql`UPDATE ${paymentSplit} s SET captured_minor = authorised_minor FROM ${payment} p
    WHERE p.id = s.payment_id AND p.order_group_id = ${orderGroupId} AND p.method = 'cod'
      AND s.order_id = ${orderId}`,
});

/** What was captured of a held payment, order by order. */
export const captureOrders = (paymentId: PaymentId, orderIds: readonly Id<"order">[]): Statement => ({
  sql: sql`UPDATE ${paymentSplit} SET captured_minor = authorised_minor WHERE payment_id = ${paymentId}
    AND order_id IN (SELECT jsonb_array_elements_text(${JSON.stringify(orderIds)}::jsonb))`,
});

type Share = { readonly orderId: Id<"order">; readonly minor: bigint };

/** The buyer's bank has taken it back for good. */
export function loseSplits(paymentId: PaymentId, shares: readonly Share[]): Statement {
  const rows = shares.map(({ orderId, minor }) => ({ order_id: orderId, minor: minor.toString() }));
  return {
    sql: sql`UPDATE ${paymentSplit} s SET lost_minor = s.lost_minor + x.minor
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS x(order_id text, minor bigint)
      WHERE s.payment_id = ${paymentId} AND s.order_id = x.order_id`,
  };
}

export const splitsQuery = (paymentId: PaymentId): Query<readonly Split[]> =>
  query(
    (read) =>
      read
        .select()
        .from(paymentSplit)
        .where(eq(paymentSplit.paymentId, paymentId))
        .orderBy(paymentSplit.orderId),
    (rows) => rows,
  );
