import type { Currency } from "#kernel/money";
import {
  dueAtDoor,
  type Order,
  type OrderHead,
  type OrderLine,
  type ShippingChoice,
  toNumber,
} from "../domain.ts";
import type { Invoice, OrderEvent, Scope, Shipment } from "../repository.ts";

const toTime = (at: number | null) => (at === null ? null : new Date(at).toISOString());
const toInstant = (at: number) => new Date(at).toISOString();
const money = (minor: bigint, currency: Currency) => ({ minor: minor.toString(), currency });

const toDue = (order: OrderHead) => {
  const minor = order.state === "cancelled" ? null : dueAtDoor(order);
  return minor === null ? null : money(minor, order.currency);
};

export const toHead = (order: OrderHead, payBy: number) => ({
  id: order.id,
  orderGroupId: order.orderGroupId,
  sellerId: order.sellerId,
  state: order.state,
  paymentMethod: order.method,
  goods: money(order.goodsMinor, order.currency),
  discount: money(order.discountMinor, order.currency),
  tax: money(order.taxMinor, order.currency),
  shipping: money(order.shippingMinor, order.currency),
  shippingDiscount: money(order.shippingDiscountMinor, order.currency),
  total: money(order.totalMinor, order.currency),
  dueAtDoor: toDue(order),
  cancelReason: order.cancelReason,
  createdAt: toInstant(order.createdAt),
  payBefore: order.state === "awaiting_payment" ? toInstant(payBy) : null,
  paidAt: toTime(order.paidAt),
  shipBefore: toTime(order.shipBy),
  shippedAt: toTime(order.shippedAt),
  deliveredAt: toTime(order.deliveredAt),
  completedAt: toTime(order.completedAt),
  cancelledAt: toTime(order.cancelledAt),
  version: order.version,
});

const toLine = (line: OrderLine, currency: Currency) => ({
  id: line.id,
  offerId: line.offerId,
  productId: line.productId,
  sku: line.sku,
  title: line.title,
  variantLabel: line.variantLabel,
  imageKey: line.imageKey,
  unitPrice: money(line.unitPriceMinor, currency),
  quantity: line.quantity,
  shippedQuantity: line.shippedQuantity,
  cancelledQuantity: line.cancelledQuantity,
  returnedQuantity: line.returnedQuantity,
  goods: money(line.goodsMinor, currency),
  discount: money(line.discountMinor, currency),
  tax: money(line.taxMinor, currency),
  taxRateBasisPoints: line.taxRateBasisPoints,
  promisedOn: line.promisedOn,
});

type Beside = {
  readonly as: Scope["as"];
  readonly shipments?: readonly Shipment[];
  readonly invoice?: Invoice | undefined;
};

/** What the platform keeps is not the buyer's business. */
export function toOrderDto(order: Order, { as, shipments = [], invoice }: Beside) {
  const { group, currency } = order;
  return {
    ...toHead(order, group.payBy),
    taxName: group.taxName,
    taxInclusive: group.taxInclusive,
    address: group.address,
    delivery: order.shippingChoice && toDelivery(order.shippingChoice),
    lines: order.lines.map((line) => toLine(line, currency)),
    shipments: shipments.map(({ id, carrier, trackingNumber, lines, shippedAt }) => ({
      id,
      carrier,
      trackingNumber,
      lines: [...lines],
      shippedAt: toInstant(shippedAt),
    })),
    invoice: invoice
      ? {
          number: toNumber(invoice.seq),
          issuedAt: toInstant(invoice.issuedAt),
          isReady: invoice.documentKey !== null,
        }
      : null,
    ...(as === "operator" ? { buyerId: group.buyerId } : {}),
    ...(as === "buyer" ? {} : toCharges(order)),
  };
}

const toDelivery = ({ provider, carrier, service, name, arrivesFrom, arrivesUntil }: ShippingChoice) => ({
  provider,
  carrier,
  service,
  name,
  arrivesFrom,
  arrivesUntil,
});

const toCharges = ({ commissionMinor, commissionTaxMinor, sellerDiscountMinor, currency }: OrderHead) => ({
  commission: money(commissionMinor, currency),
  commissionTax: money(commissionTaxMinor, currency),
  sellerDiscount: money(sellerDiscountMinor, currency),
});

/** Who did it, by role: buyers and shops do not learn each other's ids. */
function byWhom({ actor, detail }: OrderEvent): string {
  if (typeof detail.as === "string") return detail.as;
  if (actor === "system") return "platform";
  return actor.startsWith("usr_") || actor.startsWith("gst_") ? "buyer" : "seller";
}

export const toEventDto = (event: OrderEvent) => {
  const { as: _, paymentId: __, operation: ___, ...detail } = event.detail;
  const { seq, at, move, state } = event;
  return { seq, at: toInstant(at), move, state, by: byWhom(event), detail };
};
