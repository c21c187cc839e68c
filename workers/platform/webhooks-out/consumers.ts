import { type Consumer, defineConsumer } from "#kernel/consume";
import * as product from "#services/catalog/product/facts";
import { SellerChanged } from "#services/catalog/seller/facts";
import { InventoryLow } from "#services/logistics/inventory/facts";
import { TrackingChanged, TrackingDelivered } from "#services/logistics/tracking/facts";
import * as order from "#services/transaction/order/facts";
import * as payment from "#services/transaction/payment/facts";
import { fanOut } from "./commands/fan-out.ts";

/** Each type in `domain/event.ts` is here and the other way round; a test compares them. */
export const consumers: readonly Consumer[] = [
  defineConsumer({
    name: "webhooks_out.fan_out",
    on: [
      order.OrderPlaced,
      order.OrderPaid,
      order.OrderConfirmed,
      order.OrderPartShipped,
      order.OrderShipped,
      order.OrderDelivered,
      order.OrderCompleted,
      order.OrderCancelled,
      order.OrderLinesCancelled,
      order.OrderRefunded,
      order.OrderPaymentFailed,
      payment.PaymentSettled,
      payment.PaymentFailed,
      payment.PaymentRefunded,
      payment.PaymentRefundStuck,
      product.ProductPublished,
      product.ProductChanged,
      product.ProductRejected,
      product.ProductArchived,
      product.OfferChanged,
      InventoryLow,
      TrackingChanged,
      TrackingDelivered,
      SellerChanged,
    ],
    handle: fanOut,
  }),
];
