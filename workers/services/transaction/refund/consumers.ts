import type { BuyerId } from "#kernel/actor";
import { defineConsumer } from "#kernel/consume";
import { LabelBought, LabelVoided } from "#services/logistics/shipping/facts";
import { UserErased } from "#services/social/user/facts";
import { recordErasure } from "#services/social/user/index";
import {
  OrderCancelled,
  OrderCompleted,
  OrderLinesCancelled,
  OrderPaid,
} from "#services/transaction/order/facts";
import { PaymentRefunded } from "#services/transaction/payment/facts";
import { refundCalledOff } from "./commands/call-off.ts";
import { settleSoon } from "./commands/effects.ts";
import { recordPaid } from "./commands/settle.ts";
import { addToStanding, forgetStanding } from "./repository/books.ts";
import { forgetAddress, settlingOf } from "./repository/cases.ts";
import { noteLabelBought, noteLabelVoided } from "./repository/labels.ts";
import { zRefundRef } from "./schemas.ts";

export const consumers = [
  defineConsumer({
    name: "refund.hear_provider",
    on: [PaymentRefunded],
    handle: async (ctx, facts) => {
      const sent = new Map<string, bigint>();
      for (const { payload } of facts) {
        sent.set(payload.key, (sent.get(payload.key) ?? 0n) + BigInt(payload.refunded.minor));
      }
      const paid = [...sent].map(([key, minor]) => {
        // Other refunds of the platform have keys of their own.
        const { data: ref } = zRefundRef.safeParse({ refundId: key });
        return ref ? recordPaid(ctx, { ...ref, minor }) : [];
      });
      return (await Promise.all(paid)).flat();
    },
  }),
  defineConsumer({
    name: "refund.call_off",
    on: [OrderLinesCancelled],
    handle: async (ctx, facts) =>
      (await Promise.all(facts.map(({ payload }) => refundCalledOff(ctx, payload)))).flat(),
  }),
  defineConsumer({
    name: "refund.hear_door",
    on: [OrderPaid, OrderCancelled],
    handle: async (ctx, facts) => {
      const atDoor = facts.filter(({ payload }) => payload.method === "cod");
      if (atDoor.length === 0) return [];
      const waiting = await settlingOf(
        ctx,
        atDoor.map(({ payload }) => payload.orderId),
      );
      return waiting.map((one) => settleSoon(ctx, one));
    },
  }),
  defineConsumer({
    name: "refund.know_labels",
    on: [LabelBought, LabelVoided],
    handle: async (_, facts) =>
      facts.flatMap(({ type, at, payload: { kind, labelId, carrier, trackingNumber } }) => {
        if (kind !== "return") return [];
        if (type === "shipping.label_voided") return [noteLabelVoided(labelId, at)];
        return [noteLabelBought(labelId, { carrier, trackingNumber, boughtAt: at })];
      }),
  }),
  defineConsumer({
    name: "refund.know_buyers",
    on: [OrderCompleted],
    handle: async (_, facts) =>
      facts.map(({ payload: { buyerId, lines } }) => {
        const unitsBought = lines.reduce((sum, line) => sum + line.quantity, 0);
        return addToStanding(buyerId as BuyerId, { orders: 1, unitsBought });
      }),
  }),
  defineConsumer({
    name: "refund.forget_buyers",
    on: [UserErased],
    handle: async (_, facts) => [
      ...facts.flatMap(({ payload: { userId } }) => [forgetStanding(userId), forgetAddress(userId)]),
      recordErasure(
        facts.flatMap(({ at, payload: { userId } }) => [
          {
            userId,
            store: "refund.refund_standing",
            action: "erased",
            reason: "What was known of the returns is deleted.",
            at,
          },
          {
            userId,
            store: "refund.refund_case",
            action: "anonymised",
            reason: "Refunds are kept with the orders as accounts; the address in them is deleted.",
            at,
          },
        ]),
      ),
    ],
  }),
];
