import type { OrderPaymentAsked, OrderPaymentFailed, OrderRefunded } from "#services/transaction/order/facts";
import type { PaymentAsked } from "#services/transaction/payment/facts";
import { buyerOf } from "./intents.ts";
import type { Intent } from "./message.ts";

type Told = typeof OrderPaymentAsked | typeof OrderPaymentFailed | typeof OrderRefunded;

/** What the buyer is told of the money of his orders. What a return brought back is told of with it. */
export function paymentIntents(fact: ReturnType<Told["make"]>): readonly Intent[] {
  const about = { transactionId: `${fact.type}/${fact.id}`, to: buyerOf(fact.payload) };
  const { orderGroupId } = fact.payload;
  if (fact.type === "order.payment_asked") {
    const { digits, asked, payBy } = fact.payload;
    const data = { orderGroupId, digits, asked, payBy };
    return [{ ...about, template: "payment.asked", data, expiresAt: payBy }];
  }
  if (fact.type === "order.payment_failed") {
    const { amount, reason, payBy } = fact.payload;
    return [{ ...about, template: "payment.failed", data: { orderGroupId, amount, reason, payBy } }];
  }
  const { refunded: amount, refundCaseId } = fact.payload;
  return refundCaseId === undefined
    ? [{ ...about, template: "payment.refunded", data: { orderGroupId, amount } }]
    : [];
}

/** A top-up has no orders: whose wallet it is for is told. */
export function topUpIntents(fact: ReturnType<typeof PaymentAsked.make>): readonly Intent[] {
  const { purpose, buyerId, digits, asked, payBy } = fact.payload;
  if (purpose !== "top_up") return [];
  const about = { transactionId: `${fact.type}/${fact.id}`, template: "payment.asked", expiresAt: payBy };
  const to = buyerOf({ buyerId, email: "", locale: "en" });
  return [{ ...about, data: { digits, asked, payBy }, to: { userId: to.userId } }];
}
