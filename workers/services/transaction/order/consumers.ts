import { defineConsumer } from "#kernel/consume";
import { zId } from "#kernel/ids";
import { append } from "#kernel/outbox";
import { TrackingDelivered } from "#services/logistics/tracking/facts";
import {
  PaymentAsked,
  PaymentFailed,
  PaymentRefunded,
  PaymentSettled,
} from "#services/transaction/payment/facts";
import { deliverParcel } from "./commands/fulfil.ts";
import { settleGroup } from "./commands/pay.ts";
import type { OrderGroup } from "./domain.ts";
import { OrderPaymentAsked, OrderPaymentFailed, OrderRefunded } from "./facts.ts";
import { loadGroup } from "./repository.ts";
import { zOrderRef } from "./schemas.ts";

const zCaseId = zId("refundCase");

const toBuyer = ({ id, buyerId, email, locale }: OrderGroup) => ({
  orderGroupId: id,
  buyerId,
  email,
  locale,
});

export const consumers = [
  defineConsumer({
    name: "order.settle",
    on: [PaymentSettled],
    // It commits by itself, because a refusal of stock must be answered; each of its steps bears repeating.
    handle: async (ctx, facts) => {
      const own = facts.filter(({ payload }) => payload.purpose !== "top_up");
      for (const { payload } of own) await settleGroup(ctx, payload);
      return [];
    },
  }),
  defineConsumer({
    name: "order.deliver_parcel",
    on: [TrackingDelivered],
    // It commits by itself and step by step; each of its steps bears repeating.
    handle: async (ctx, facts) => {
      for (const { payload } of facts) await deliverParcel(ctx, payload);
      return [];
    },
  }),
  defineConsumer({
    name: "order.tell_payment_failed",
    on: [PaymentFailed],
    handle: async (ctx, facts) => {
      const told = facts.map(async ({ seq, payload }) => {
        const { paymentId, method, reason, payBy, amount, orderGroupId } = payload;
        const orders = await loadGroup(ctx, orderGroupId);
        const waiting = orders.find((order) => order.state === "awaiting_payment");
        // What the buyer or we ended ourselves is no news, nor is what cannot be paid any more.
        if (!waiting || reason === "cancelled" || ctx.clock.now() >= payBy) return [];
        const about = { ...toBuyer(waiting.group), paymentId, method, reason, payBy, amount };
        return [OrderPaymentFailed.make(ctx, { id: paymentId, version: seq }, about)];
      });
      const made = (await Promise.all(told)).flat();
      return made.length > 0 ? [append(...made)] : [];
    },
  }),
  defineConsumer({
    name: "order.tell_payment_asked",
    on: [PaymentAsked],
    handle: async (ctx, facts) => {
      const told = facts.map(async ({ seq, payload }) => {
        const { paymentId, method, digits, asked, payBy, orderGroupId } = payload;
        const orders = await loadGroup(ctx, orderGroupId);
        const waiting = orders.find((order) => order.state === "awaiting_payment");
        if (!waiting || ctx.clock.now() >= payBy) return [];
        const about = { ...toBuyer(waiting.group), paymentId, method, digits, asked, payBy };
        return [OrderPaymentAsked.make(ctx, { id: paymentId, version: seq }, about)];
      });
      const made = (await Promise.all(told)).flat();
      return made.length > 0 ? [append(...made)] : [];
    },
  }),
  defineConsumer({
    name: "order.tell_refunded",
    on: [PaymentRefunded],
    handle: async (ctx, facts) => {
      const told = facts.map(async ({ payload }) => {
        const { paymentId, method, refunded, reason, key, refundId, orderGroupId } = payload;
        const [first] = await loadGroup(ctx, orderGroupId);
        if (!first) return [];
        const { data: ref } = zOrderRef.safeParse({ orderId: key });
        const { data: refundCaseId } = zCaseId.safeParse(key);
        const of = { ...ref, ...(refundCaseId ? { refundCaseId } : {}) };
        const about = { ...toBuyer(first.group), paymentId, method, refunded, reason, ...of };
        return [OrderRefunded.make(ctx, { id: refundId, version: 1 }, about)];
      });
      const made = (await Promise.all(told)).flat();
      return made.length > 0 ? [append(...made)] : [];
    },
  }),
];
