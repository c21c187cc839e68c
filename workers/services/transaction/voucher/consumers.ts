import { type Consumer, defineConsumer } from "#kernel/consume";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import {
  OrderCancelled,
  OrderCompleted,
  OrderLinesCancelled,
  OrderPlaced,
} from "#services/transaction/order/facts";
import { PaymentDisputeClosed } from "#services/transaction/payment/facts";
import { RefundSettled } from "#services/transaction/refund/facts";
import { payEarnings, reclaimSoon } from "./commands/earn.ts";
import { emailKeyOf } from "./queries/quote.ts";
import { forgetCollected, noteLosses, notePatrons, noteReturns, release } from "./repository/redemptions.ts";

const KEPT = "Collected vouchers are deleted; what was used stays with its order, by id and a keyed hash.";

type Ended = ReturnType<typeof OrderCancelled.make> | ReturnType<typeof OrderLinesCancelled.make>;

/** Called off at once, or unit by unit until nothing was left. */
const isOff = (fact: Ended): boolean => fact.type === "order.cancelled" || fact.payload.isWhole;

export const consumers: readonly Consumer[] = [
  defineConsumer({
    name: "voucher.know_patrons",
    on: [OrderPlaced, OrderCancelled, OrderLinesCancelled],
    handle: async (ctx, facts) => [
      notePatrons(
        facts.map((fact) => ({
          orderId: fact.payload.orderId,
          identities: [fact.payload.buyerId, emailKeyOf(ctx, fact.payload.email)],
          isCancelled: fact.type !== "order.placed" && isOff(fact),
        })),
      ),
    ],
  }),
  defineConsumer({
    name: "voucher.release",
    on: [OrderCancelled, OrderLinesCancelled],
    handle: async (ctx, facts) => {
      const off = facts.filter(isOff);
      if (off.length === 0) return [];
      const orders = off.map(({ payload: { orderGroupId, sellerId } }) => ({ orderGroupId, sellerId }));
      return [release(ctx, orders)];
    },
  }),
  defineConsumer({
    name: "voucher.know_returns",
    on: [RefundSettled],
    // Who exchanges keeps what he bought.
    handle: async (ctx, facts) => {
      const returns = facts.filter(({ payload }) => payload.kind !== "exchange");
      const rows = returns.map(({ payload: { refundId, orderGroupId, sellerId, lines } }) => ({
        ...{ refundId, orderGroupId, sellerId },
        lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
      }));
      const groups = [...new Set(rows.map(({ orderGroupId }) => orderGroupId))].sort();
      return rows.length > 0 ? [noteReturns(rows), ...groups.map((one) => reclaimSoon(ctx, one))] : [];
    },
  }),
  defineConsumer({
    name: "voucher.know_losses",
    on: [PaymentDisputeClosed],
    handle: async (ctx, facts) => {
      const rows = facts.flatMap(({ payload: { disputeId, orderGroupId, shares = [] } }) =>
        shares.flatMap(({ sellerId, minor, ofMinor }) => {
          const of = { minor: BigInt(minor), ofMinor: BigInt(ofMinor ?? 0) };
          return sellerId && of.ofMinor > 0n ? [{ disputeId, orderGroupId, sellerId, ...of }] : [];
        }),
      );
      const groups = [...new Set(rows.map(({ orderGroupId }) => orderGroupId))].sort();
      return rows.length > 0 ? [noteLosses(rows), ...groups.map((one) => reclaimSoon(ctx, one))] : [];
    },
  }),
  defineConsumer({
    name: "voucher.cashback",
    on: [OrderCompleted],
    handle: (ctx, facts) => payEarnings(ctx, facts),
  }),
  defineConsumer({
    name: "voucher.erasures",
    on: [UserErased],
    handle: async (ctx, facts) =>
      facts.flatMap(({ payload: { userId } }) => [
        forgetCollected(userId),
        recordErasure([
          { userId, store: "voucher", action: "anonymised", reason: KEPT, at: ctx.clock.now() },
        ]),
      ]),
  }),
];
