import type { z } from "zod";
import type { Order } from "./domain.ts";
import type { OrderPaid } from "./facts.ts";

/** What every event of an order carries, so that nobody has to come and ask. */
export function toFact({ group, lines, ...order }: Order): z.output<typeof OrderPaid.payload> {
  return {
    orderId: order.id,
    orderGroupId: order.orderGroupId,
    sellerId: order.sellerId,
    buyerId: order.buyerId,
    email: group.email,
    locale: group.locale,
    currency: order.currency,
    goodsMinor: order.goodsMinor.toString(),
    taxMinor: order.taxMinor.toString(),
    shippingMinor: order.shippingMinor.toString(),
    totalMinor: order.totalMinor.toString(),
    method: order.method,
    lines: lines.map(({ offerId, productId, sku, title, quantity, unitPriceMinor }) => ({
      offerId,
      productId,
      sku,
      title,
      quantity,
      unitPriceMinor: unitPriceMinor.toString(),
    })),
  };
}
